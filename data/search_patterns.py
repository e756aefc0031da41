"""Words somebody typed as patterns of PostgreSQL."""


def like(words: str | None) -> str | None:
    """Words as a pattern for ILIKE: found anywhere, their own % and _ meaning themselves; ``None`` for none."""
    if not words or not words.strip():
        return None
    escaped = words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
