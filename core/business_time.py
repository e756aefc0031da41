"""The business day: the only place where an instant becomes a local day and a day becomes two instants.

Invariant: a day is ``[local 00:00, next local 00:00)`` of the business zone, half-open; instants are aware, in UTC.
Offsets come from the time-zone database, never from a constant: Asia/Almaty was +06 before 2024-03-01 and is +05 since.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.records import DateRange

INTERVALS = ("day", "week", "month")
_ONE_DAY = timedelta(days=1)


class TimeZoneDataError(RuntimeError):
    """The time-zone database is missing, or too old to know the days of the business zone."""


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def check_time_zone_data() -> None:
    """Refuse a time-zone database older than 2024a: it would put every Almaty evening on the wrong day.

    Raises ``TimeZoneDataError``.
    """
    try:
        offset = datetime(2025, 1, 1, tzinfo=ZoneInfo("Asia/Almaty")).utcoffset()
    except ZoneInfoNotFoundError as missing:
        raise TimeZoneDataError("No time-zone database: install the package tzdata.") from missing
    if offset != timedelta(hours=5):
        raise TimeZoneDataError(f"The time-zone database has {offset} for Asia/Almaty in 2025; 2024a is needed.")


def each_day(period: DateRange) -> Iterator[date]:
    """The days of a period in order, both ends included."""
    for number in range(period.days):
        yield period.first + timedelta(days=number)


def week_start(day: date) -> date:
    """The Monday of the day's week (ISO)."""
    return day - timedelta(days=day.weekday())


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - _ONE_DAY


class BusinessCalendar:
    """Days, weeks and months of one business zone."""

    def __init__(self, zone: str = "Asia/Almaty") -> None:
        """Raises ``TimeZoneDataError`` when the database does not know ``zone``."""
        try:
            self.zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise TimeZoneDataError(f"The time-zone database does not know {zone!r}.") from unknown

    def day_of(self, instant: datetime) -> date:
        """The local day that holds an instant. Raises ``ValueError`` for a naive time."""
        if instant.tzinfo is None:
            raise ValueError("a naive time belongs to no day")
        return instant.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The instant at which a local day begins, in UTC.

        A midnight that occurs twice begins the day the first time; one that the clock skips begins it at the jump.
        """
        return datetime.combine(day, time.min, tzinfo=self.zone).astimezone(UTC)

    def bounds(self, period: DateRange) -> tuple[datetime, datetime]:
        """The half-open span of instants ``[start, end)`` of local days."""
        return self.start_of(period.first), self.start_of(period.last + _ONE_DAY)

    def span(self, first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
        """The instants from the start of one local day to the end of another, either of which may be open."""
        return (self.start_of(first) if first else None, self.start_of(last + _ONE_DAY) if last else None)

    def today(self, at: datetime) -> date:
        """The local day of the instant called now."""
        return self.day_of(at)

    def week_start(self, day: date) -> date:
        """The Monday of the day's week (ISO)."""
        return week_start(day)

    def bucket(self, day: date, interval: str) -> DateRange:
        """The day, the Monday-to-Sunday week or the calendar month that holds a day.

        Raises ``ValueError`` for an interval outside ``INTERVALS``.
        """
        if interval == "day":
            return DateRange(day, day)
        if interval == "week":
            return DateRange(week_start(day), week_start(day) + timedelta(days=6))
        if interval == "month":
            return DateRange(day.replace(day=1), month_end(day))
        raise ValueError(f"no such interval: {interval!r}")
