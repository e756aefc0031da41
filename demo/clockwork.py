"""When things happen at the demo company: days of the week, hours of the day, and the moment called now.

Invariant: no instant made here is in the future of ``now``; a day's instants lie inside that local day.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from core.business_time import BusinessCalendar

# Monday to Sunday.
WEEK = (1.02, 1.08, 1.06, 1.03, 0.98, 0.88, 0.95)
# By local hour: quiet nights, a plateau at work, the peak between seven and ten in the evening.
HOURS = (
    1.2, 0.7, 0.4, 0.3, 0.3, 0.5, 1.0, 1.8, 2.8, 3.6, 4.2, 4.5,
    4.8, 4.8, 4.6, 4.6, 4.9, 5.4, 6.4, 7.8, 8.8, 8.6, 6.6, 3.6,
)  # fmt: skip
_SUMS: Sequence[float] = (0.0, *accumulate(HOURS))


class Clockwork:
    """The days of the history and moments inside them."""

    def __init__(self, today: date, now: datetime, days: int, calendar: BusinessCalendar) -> None:
        """Raises ``ValueError`` when ``now`` is naive or not on the local day ``today``, or ``days`` < 2."""
        if calendar.day_of(now) != today:
            raise ValueError(f"{now.isoformat()} is not on {today}")
        if days < 2:
            raise ValueError("a history needs two days at least")
        self.calendar = calendar
        self.today = today
        self.now = now.replace(microsecond=0)
        self.days = tuple(today - timedelta(days=back) for back in range(days - 1, -1, -1))
        self._starts = {day: calendar.start_of(day) for day in self.days}

    @property
    def first_day(self) -> date:
        """The first day of the history."""
        return self.days[0]

    @property
    def last_moment(self) -> datetime:
        """The latest instant at which something may have happened."""
        return self.now - timedelta(seconds=5)

    def day_of(self, instant: datetime) -> date:
        """The local day of an instant."""
        return self.calendar.day_of(instant)

    def elapsed(self, day: date) -> float:
        """How much of a day's activity has happened by now: 1 for past days."""
        if day < self.today:
            return 1.0
        seconds = max(0.0, (self.last_moment - self._starts[day]).total_seconds())
        return _share_before(seconds)

    def moment(self, rng: Random, day: date) -> datetime:
        """A random instant of a day, whole seconds, before now, as the hours weigh."""
        start = self._starts[day]
        instant = start + timedelta(seconds=int(_second_at(rng.random() * self.elapsed(day))))
        return max(start, min(instant, self.last_moment))

    def waking(self, rng: Random, instant: datetime) -> datetime:
        """The instant, or the same morning when it fell between one and seven at night."""
        local = instant.astimezone(self.calendar.zone)
        if 1 <= local.hour < 7:
            return instant + timedelta(hours=7 - local.hour, seconds=rng.randrange(5400))
        return instant


def _share_before(seconds: float) -> float:
    hour = min(int(seconds // 3600), 23)
    part = min((seconds - hour * 3600) / 3600, 1.0)
    return (_SUMS[hour] + HOURS[hour] * part) / _SUMS[-1]


def _second_at(share: float) -> float:
    wanted = share * _SUMS[-1]
    hour = min(bisect_right(_SUMS, wanted) - 1, 23)
    return min(hour * 3600 + (wanted - _SUMS[hour]) / HOURS[hour] * 3600, 86399.0)
