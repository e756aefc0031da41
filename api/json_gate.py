"""Bodies in JSON, read in one place: what is not plain JSON of bounded depth is refused as malformed.

Invariant: no NaN or Infinity, no NUL and no lone surrogate (PostgreSQL keeps neither), no name twice in an object (two
readers would understand two things), no nesting that would exhaust the stack ever reaches a route.
"""

import json
from typing import Any, NoReturn

import orjson
from flask.json.provider import DefaultJSONProvider

MAX_DEPTH = 100


class JsonGate(DefaultJSONProvider):
    """Flask's JSON with a strict reader."""

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read a body. Raises: ValueError, which Flask answers as 400 and a described route as 422."""
        found = orjson.loads(s)  # refuses NaN, lone surrogates and broken UTF-8; bounded in depth
        _check(found)
        if isinstance(found, dict | list):
            json.loads(s, object_pairs_hook=_once, parse_constant=_refuse)
        return found


def _check(found: Any) -> None:
    """Walk level by level; a deeper body would exhaust the stack of whoever walks it recursively."""
    level = [found]
    for _ in range(MAX_DEPTH):
        texts = [one for one in level if isinstance(one, str)]
        names = [name for one in level if isinstance(one, dict) for name in one]
        if any("\0" in text for text in texts) or any("\0" in name for name in names):
            raise ValueError("a text holds a NUL")
        level = [child for one in level if isinstance(one, dict | list)
                 for child in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return
    raise ValueError(f"deeper than {MAX_DEPTH} levels")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
