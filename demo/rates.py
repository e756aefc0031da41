"""The USD→KZT series of the demo company, as the National Bank would have published it.

Invariant: Sunday and Monday repeat Saturday's rate; a day the bank left out has no record, and the nearest earlier
rate stands for it (``RateSeries.on``).
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from core.records import DayRate

SOURCE = "nationalbank.kz"
LEAD_IN_DAYS = 15
_LOWEST, _MIDDLE, _HIGHEST = 472.0, 498.0, 528.0


def make_rates(rng: Random, first_day: date, last_day: date) -> tuple[DayRate, ...]:
    """The published days from ``LEAD_IN_DAYS`` before ``first_day`` to ``last_day``, KZT per USD with two decimals."""
    day = first_day - timedelta(days=LEAD_IN_DAYS)
    span = (last_day - first_day).days
    missing = {first_day + timedelta(days=max(1, round(span * part))) for part in (0.31, 0.32, 0.74)} - {last_day}
    value = _MIDDLE + rng.uniform(-10, 10)
    published = []
    while day <= last_day:
        if day.weekday() not in (6, 0):
            value += rng.gauss(0, 2.3) + (_MIDDLE - value) * 0.008
            value = min(max(value, _LOWEST), _HIGHEST)
        if day not in missing:
            published.append(DayRate(day, Decimal(f"{value:.2f}"), SOURCE))
        day += timedelta(days=1)
    return tuple(published)


class RateSeries:
    """The rate of any day out of the published ones."""

    def __init__(self, rates: Iterable[DayRate]) -> None:
        self._rates = sorted(rates, key=lambda rate: rate.day)
        self._days = [rate.day for rate in self._rates]

    def on(self, day: date) -> Decimal:
        """KZT per USD on a day: its own rate, else the nearest earlier one. Raises ``LookupError`` before the first."""
        place = bisect_right(self._days, day)
        if not place:
            raise LookupError(f"no rate on or before {day}")
        return self._rates[place - 1].usd_to_kzt
