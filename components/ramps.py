"""Colours between colours: ramps mixed in OKLab, and ink that can be read on them.

Invariant: ink has a contrast of at least 4.5 : 1 on whatever it is chosen for.
"""

from decimal import Decimal
from functools import lru_cache

from components.theme import ramp, token
from core.colours import READABLE, channels, contrast, linear

LOSS_LIMIT = 115.0  # ROI at which the ramp of losses ends, percent below zero
GAIN_LIMIT = 400.0  # and the ramp of gains
STEPS = 80  # colours of one side: more cannot be told apart, fewer make the cache useful

Triple = tuple[float, float, float]


def _gamma(light: float) -> float:
    bounded = max(0.0, min(1.0, light))
    return 12.92 * bounded if bounded <= 0.0031308 else 1.055 * bounded ** (1 / 2.4) - 0.055


def _to_oklab(colour: str) -> Triple:
    r, g, b = (linear(channel) for channel in channels(colour))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
    )


def _from_oklab(lab: Triple) -> str:
    light, a, b = lab
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.291485548 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
    )
    return "#" + "".join(f"{round(_gamma(channel) * 255):02X}" for channel in rgb)


@lru_cache(maxsize=1024)
def mix(stops: tuple[str, ...], place: float) -> str:
    """The colour at ``place`` (0 to 1) between the stops of a ramp."""
    spot = max(0.0, min(1.0, place)) * (len(stops) - 1)
    index = min(int(spot), len(stops) - 2)
    share = spot - index
    low, high = _to_oklab(stops[index]), _to_oklab(stops[index + 1])
    return _from_oklab(
        (
            low[0] + (high[0] - low[0]) * share,
            low[1] + (high[1] - low[1]) * share,
            low[2] + (high[2] - low[2]) * share,
        )
    )


@lru_cache(maxsize=1024)
def ink(background: str) -> str:
    """A colour of text that can be read on ``background``: the usual one where possible."""
    for name in ("text", "ink-light"):
        if contrast(token(name), background) >= READABLE:
            return token(name)
    return token("ink-dark")


def diverging(place: float) -> str:
    """The colour of a figure around zero; ``place`` from −1 (worst) over 0 to 1 (best)."""
    steps = round(max(-1.0, min(1.0, place)) * STEPS) / STEPS
    return mix(ramp("div"), (steps + 1) / 2)


def roi_colour(roi: Decimal, strength: float = 1.0) -> str:
    """The colour of a ROI in percent: linear on each side of zero, clamped; ``strength`` weakens the ramp."""
    value = float(roi)
    return diverging(max(-1.0, min(1.0, value / (LOSS_LIMIT if value < 0 else GAIN_LIMIT))) * strength)


def spread_place(value: Decimal, values: list[Decimal], lower_is_better: bool) -> float:
    """Where a figure stands among its peers: −1 is the worst of them, 0 their mean, 1 the best."""
    if len(values) < 2:
        return 0.0
    mean = sum(values, Decimal(0)) / len(values)
    edge = max(values) if value >= mean else min(values)
    if edge == mean:
        return 0.0
    place = abs(float((value - mean) / (edge - mean)))
    above = value >= mean
    return place if above is not lower_is_better else -place
