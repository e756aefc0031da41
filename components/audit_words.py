"""What an entry of the audit log changed, in words: names of fields and the values that are words of the product."""

from collections.abc import Mapping
from typing import Any

from core.texts import has_text, t

# Where the words of a field's values stand already; the first that knows the value speaks.
_VALUES: Mapping[str, tuple[str, ...]] = {
    "role": ("role",), "kind": ("runs.kind", "audit.value.kind"), "method": ("method",), "locale": ("language",),
    "status": ("webhooks.status", "claims.status"), "by": ("audit.value.by",), "channel": ("audit.value.channel",),
    "source": ("audit.value.source",), "frequency": ("notify.frequency",), "scopes": ("scope",),
    "product": ("product",),
}


def field_in_words(name: str) -> str:
    """What a field is called; one that nobody has named yet, such as a column of a file, by its own name."""
    return t(f"audit.field.{name}") if has_text(f"audit.field.{name}") else name


def value_in_words(name: str, value: Any) -> str | None:
    """What stands in the field ``name``; ``None`` for nothing. Parts are told as ``name: value``, one part a line."""
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return t("audit.value.yes" if value else "audit.value.no")
    if isinstance(value, Mapping):
        return "; ".join(f"{field_in_words(part)}: {said}" for part, held in value.items()
                         if (said := value_in_words(part, held)) is not None) or None
    if isinstance(value, list | tuple):
        parts = [said for one in value if (said := value_in_words(name, one)) is not None]
        return ("\n" if any(isinstance(one, Mapping) for one in value) else ", ").join(parts)
    return _word(name, str(value))


def _word(name: str, value: str) -> str:
    for place in _VALUES.get(name, ()):
        key = f"{place}.{value.replace(':', '.') if name == 'scopes' else value}"
        if has_text(key):
            return t(key)
    return value
