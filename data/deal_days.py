"""Which deals have to do with some days."""

from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.records import DateRange
from data.queries import run


def load_deals_of_days(connection: Connection, period: DateRange, calendar: BusinessCalendar) -> tuple[int, ...]:
    """The deals that changed or were sold on these days, by id."""
    start, end = calendar.bounds(period)
    rows = run(connection, "deals/of_days", start=start, end=end, first_day=period.first, last_day=period.last)
    return tuple(row["deal_id"] for row in rows)


def load_all_deals(connection: Connection) -> tuple[int, ...]:
    """Every deal that anything was ever said about, by id."""
    return tuple(row["deal_id"] for row in run(connection, "deals/all_ids"))
