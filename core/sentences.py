"""Sentences that are kept now and read later, each reader in the own language.

Invariant: what is kept names a meaning and its values, no words; a text of before, kept as plain words, is read as it
stands. A value may be a kept sentence itself.
"""

import json

from core.texts import has_text, t

_LONGEST_VALUE = 300


def keep(key: str, **values: object) -> str:
    """A sentence of the catalogues (``key``) with its values, as a text that can be stored."""
    return json.dumps({"key": key, **{name: _kept(value) for name, value in values.items()}}, ensure_ascii=False)


def _kept(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    words = str(value)
    return words if words.startswith("{") else words[:_LONGEST_VALUE]


def read(kept: str) -> str:
    """The sentence in the language of the moment; any other text as it stands."""
    try:
        said = json.loads(kept) if kept.startswith("{") else None
    except ValueError:
        return kept
    if not isinstance(said, dict) or not isinstance(said.get("key"), str) or not has_text(said["key"]):
        return kept
    values = {name: read(value) if isinstance(value, str) else value for name, value in said.items() if name != "key"}
    return t(said["key"], **values)


def read_or_none(kept: str | None) -> str | None:
    """As ``read``; nothing stays nothing."""
    return None if kept is None else read(kept)
