"""The part of an address a page knows: one text for each name, everything else left out."""

from collections.abc import Mapping
from typing import Any

LONGEST = 2000


def known_query(query: Mapping[str, Any], *names: str) -> dict[str, str]:
    """What the address says under these names; of a repeated one, nothing."""
    return {name: value for name in names if isinstance(value := query.get(name), str) and 0 < len(value) <= LONGEST}
