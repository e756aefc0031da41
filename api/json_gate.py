"""Bodies in JSON, read in one place: what is not plain JSON of bounded depth is refused as malformed.

Invariant: no NaN or Infinity, no lone surrogates, no nesting that would exhaust the stack ever reaches a route.
"""

from typing import Any

import orjson
from flask.json.provider import DefaultJSONProvider


class JsonGate(DefaultJSONProvider):
    """Flask's JSON with a strict reader."""

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read a body. Raises: ValueError (``orjson.JSONDecodeError``), which Flask answers as 400."""
        return orjson.loads(s)
