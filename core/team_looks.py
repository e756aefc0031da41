"""How a team looks before anybody chose its look: a colour and an emoji that no other team has."""

import colorsys
from collections.abc import Collection
from itertools import count

from core.colours import READABLE, contrast_on_page

EMOJI = ("🐆", "🐺", "🦊", "🔥", "⭐", "🌙", "⚡", "🦅", "🐎", "🌊", "🌾", "🏔️")
# Turning by the golden angle leaves the hues of any number of teams far apart.
_TURN = 137.508 / 360
_LIGHT, _STRONG = 0.68, 0.75


def propose_colour(taken: Collection[str]) -> str:
    """A readable colour, ``#RRGGBB`` in capitals, that is not among the taken ones."""
    used = {colour.upper() for colour in taken}
    colours = (_write(colorsys.hls_to_rgb(number * _TURN % 1, _LIGHT, _STRONG)) for number in count(len(used)))
    return next(one for one in colours if one not in used and contrast_on_page(one) >= READABLE)


def propose_emoji(taken: Collection[str]) -> str:
    """The first emoji nobody has; when all are had, the first."""
    return next((one for one in EMOJI if one not in taken), EMOJI[0])


def _write(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02X}" for channel in channels)
