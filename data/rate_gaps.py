"""Days that need a rate and have none."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from data.queries import run


@dataclass(frozen=True)
class RateGap:
    """A stretch of days without a stored rate; ``taken_from`` is the earlier day whose rate stands in, if any."""

    first_day: date
    last_day: date
    days: int
    money_days: int
    taken_from: date | None


def load_rate_gaps(connection: Connection, today: date, how_many: int = 20) -> tuple[RateGap, ...]:
    """The newest stretches, from the first day with money to today."""
    return tuple(RateGap(**row) for row in run(connection, "rates/gaps", today=today, how_many=how_many))
