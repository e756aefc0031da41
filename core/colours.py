"""How well two colours are told apart: the contrast of accessibility guidelines (WCAG 2.2), from 1 to 21."""

import re
from decimal import Decimal

READABLE = Decimal("4.5")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PAGE = "#" + 3 * "00"  # the background everything stands on


def is_colour(text: str) -> bool:
    """True for ``#RRGGBB``."""
    return _COLOUR.fullmatch(text) is not None


def contrast_on_page(colour: str) -> Decimal:
    """How well text in this colour is read, rounded down to one digit. Raises: ValueError for what is no colour."""
    if not is_colour(colour):
        raise ValueError("a colour is written #RRGGBB")
    return int(contrast(colour, _PAGE) * 10) / Decimal(10)


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of ``#RRGGBB``, from 0 to 1."""
    digits = colour.lstrip("#")
    return int(digits[0:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:6], 16) / 255


def linear(channel: float) -> float:
    """The light of a channel as physics counts it."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """The contrast of two opaque colours."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (linear(channel) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
