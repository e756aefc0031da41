"""How well a colour can be read on the black of the product (WCAG 2.2, contrast ratio)."""

import re
from decimal import Decimal

LEAST = Decimal("4.5")
_COLOUR = re.compile(r"#([0-9a-fA-F]{6})")
_DARK = Decimal("0.05")


def is_colour(text: str) -> bool:
    """True for ``#RRGGBB``."""
    return _COLOUR.fullmatch(text) is not None


def contrast_on_black(colour: str) -> Decimal:
    """From 1 (black) to 21 (white), rounded down to one digit. Raises ``ValueError`` for what is no colour."""
    found = _COLOUR.fullmatch(colour)
    if found is None:
        raise ValueError("a colour is written #RRGGBB")
    red, green, blue = (_linear(int(found[1][place:place + 2], 16) / 255) for place in (0, 2, 4))
    luminance = Decimal(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return int((luminance + _DARK) / _DARK * 10) / Decimal(10)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
