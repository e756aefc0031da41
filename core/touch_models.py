"""How other models than the default would share one sale among the touches of its person.

Invariant: pure; the shares of a model are exact and add up to exactly 1, whatever is unattributed being ``None``.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TypeVar

MODELS = ("last", "first", "linear", "position", "time_decay", "data_driven")
HALF_LIFE = timedelta(days=7)
_END, _MIDDLE = Decimal("0.4"), Decimal("0.2")
_STEP = Decimal("0.000001")
TeamTouch = tuple[datetime, str]
Key = TypeVar("Key")


def share_sale(
    touches: Sequence[TeamTouch], effects: Mapping[str, Decimal] | None = None
) -> dict[str, dict[str | None, Decimal]]:
    """For each model the share of each team; without touches the whole sale is nobody's.

    ``effects`` are those of ``core/removal_effects.py`` by team. The data-driven model shares by them, and evenly by
    touches, like ``linear``, when they say nothing of one of the teams.
    """
    return {model: share_by(model, touches, effects) for model in MODELS}


def share_by(
    model: str, touches: Sequence[TeamTouch], effects: Mapping[str, Decimal] | None = None
) -> dict[str | None, Decimal]:
    """The shares of one model, as ``share_sale``."""
    ordered = sorted(touches)
    return _shares(ordered, _weights(model, ordered, effects or {}))


def is_learned(teams: Sequence[str], effects: Mapping[str, Decimal]) -> bool:
    """True when the effects of these teams can share a sale among them."""
    return all(team in effects for team in teams) and any(effects[team] > 0 for team in teams)


def round_parts(parts: Mapping[Key, Decimal], step: Decimal) -> dict[Key, Decimal]:
    """Parts in whole steps that add up to their total, rounded half up: what is left goes to the largest remainders."""
    total = sum(parts.values(), Decimal(0)).quantize(step, ROUND_HALF_UP)
    rounded = {key: part.quantize(step, ROUND_FLOOR) for key, part in parts.items()}
    left = int((total - sum(rounded.values(), Decimal(0))) / step)
    for key in sorted(parts, key=lambda one: (rounded[one] - parts[one], str(one)))[:left]:
        rounded[key] += step
    return rounded


def _weights(model: str, touches: Sequence[TeamTouch], effects: Mapping[str, Decimal]) -> list[Decimal]:
    count = len(touches)
    last = count - 1
    if model == "last":
        return [Decimal(number == last) for number in range(count)]
    if model == "first":
        return [Decimal(number == 0) for number in range(count)]
    if model == "position" and count > 2:
        return [_END if number in (0, last) else _MIDDLE / (count - 2) for number in range(count)]
    if model == "time_decay":
        # Only how much older a touch is than the last one matters.
        ages = [(touches[last][0] - at) / HALF_LIFE for at, _ in touches]
        return [Decimal(repr(0.5 ** age)) for age in ages]
    if model == "data_driven" and is_learned([team for _, team in touches], effects):
        # However often a team was met, its effect is counted once.
        met = Counter(team for _, team in touches)
        return [effects[team] / met[team] for _, team in touches]
    return [Decimal(1)] * count


def _shares(touches: Sequence[TeamTouch], weights: Sequence[Decimal]) -> dict[str | None, Decimal]:
    if not touches:
        return {None: Decimal(1)}
    total = sum(weights, Decimal(0))
    found: dict[str | None, Decimal] = {}
    for (_, team), weight in zip(touches, weights, strict=True):
        found[team] = found.get(team, Decimal(0)) + weight / total
    rounded = {team: share.quantize(_STEP) for team, share in found.items()}
    rounded = {team: share for team, share in rounded.items() if share > 0}
    # What rounding left over goes to the greatest share.
    greatest = max(rounded, key=lambda team: (rounded[team], str(team)))
    rounded[greatest] += 1 - sum(rounded.values(), Decimal(0))
    return rounded
