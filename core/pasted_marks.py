"""The marks in a text that a person pasted: a link, a part of one, or a bare ``utm_source``."""

from core.records import Utm
from core.wire_values import utm_from_link


def read_marks(text: str) -> Utm:
    """The marks of a link or of ``utm_source=…&utm_medium=…`` (also one a line); one bare word is a source."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    joined = "&".join(line.strip("&;,") for line in lines)
    if "?" in joined:
        return utm_from_link(joined)
    if "=" in joined:
        return utm_from_link(f"?{joined.lstrip('#')}")
    return Utm(source=joined or None) if "://" not in joined else Utm()
