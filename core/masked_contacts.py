"""Personal data shown in part: enough to recognise what one knows, too little to learn it."""

_DOTS = "•••"


def mask_contact(value: str | None) -> str | None:
    """A phone with its first four and last two digits, an e-mail with its first letter and domain, a name by its first
    letter; ``None`` stays ``None``.
    """
    if not value:
        return None
    if "@" in value:
        local, _, domain = value.partition("@")
        return f"{local[:1]}{_DOTS}@{domain}"
    if any(letter.isdigit() for letter in value) and len(value) > 8:
        return f"{value[:4]}{_DOTS}{value[-2:]}"
    return f"{value[:1]}{_DOTS}"
