"""Places in a list as text for addresses: the values of the last row shown, opaque to whoever carries them.

Invariant: what was not written here, or was changed on the way, reads as ``None``, the beginning of the list.
"""

import base64
import binascii
import json
from collections.abc import Sequence

_LONGEST = 2000


def write_cursor(*parts: str) -> str:
    """The place after a row with these values."""
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, how_many: int) -> Sequence[str] | None:
    """The values of a place, as many as the list is ordered by; ``None`` for no place and for nonsense."""
    if not cursor or len(cursor) > _LONGEST:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    is_ours = isinstance(parts, list) and len(parts) == how_many and all(isinstance(part, str) for part in parts)
    return parts if is_ours and not any("\0" in part for part in parts) else None
