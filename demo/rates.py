"""The rates of the demo company, of the dollar, the euro and the yen, as the National Bank would have published them.

Invariant: Sunday and Monday repeat Saturday's rate; a day the bank left out has no record of any currency, and the
nearest earlier rate stands for it (``RateSeries``).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from core.records import DayRate

SOURCE = "nationalbank.kz"
LEAD_IN_DAYS = 15
OtherRates = Mapping[date, Mapping[str, Decimal]]     # of a day, KZT for one unit by currency
_LOWEST, _MIDDLE, _HIGHEST = 472.0, 498.0, 528.0
# What one unit costs in dollars, and the step it is told in: the bank tells a hundred yen with two digits.
_IN_DOLLARS = {"EUR": (Decimal("1.118"), Decimal("0.01")), "JPY": (Decimal("0.00652"), Decimal("0.0001"))}


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


def make_other_rates(rng: Random, rates: Iterable[DayRate]) -> OtherRates:
    """The other currencies on the days of the dollar, each near its price in dollars; a repeated day repeats them."""
    published: dict[date, Mapping[str, Decimal]] = {}
    before: DayRate | None = None
    told: Mapping[str, Decimal] = {}
    for rate in rates:
        if before is None or rate.usd_to_kzt != before.usd_to_kzt:
            told = {code: (rate.usd_to_kzt * price * Decimal(f"{rng.uniform(0.99, 1.01):.4f}")).quantize(step)
                    for code, (price, step) in _IN_DOLLARS.items()}
        published[rate.day], before = told, rate
    return published


class RateSeries:
    """The rate of any day out of the published ones."""

    def __init__(self, rates: Iterable[DayRate], others: OtherRates | None = None) -> None:
        published: dict[str, list[tuple[date, Decimal]]] = {"USD": [(rate.day, rate.usd_to_kzt) for rate in rates]}
        for day, told in (others or {}).items():
            for code, value in told.items():
                published.setdefault(code, []).append((day, value))
        self._series = {code: sorted(series) for code, series in published.items()}

    def on(self, day: date) -> Decimal:
        """KZT per USD on a day: its own rate, else the nearest earlier one. Raises ``LookupError`` before the first."""
        return self.of("USD", day)

    def of(self, currency: str, day: date) -> Decimal:
        """KZT for one unit of a currency on a day, as ``on``. Raises ``LookupError``, for an unknown currency too."""
        if currency == "KZT":
            return Decimal(1)
        series = self._series[currency]
        place = bisect_right(series, day, key=lambda entry: entry[0])
        if not place:
            raise LookupError(f"no rate of {currency} on or before {day}")
        return series[place - 1][1]
