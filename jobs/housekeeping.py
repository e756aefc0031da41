"""Forgets what is of no more use, once a day."""

from data.housekeeping import forget_old_rows
from jobs.context import JobContext


def keep_house(context: JobContext) -> int:
    """Remove old sign-in rows and old reports on runs; how many rows went."""
    with context.database.transaction() as connection:
        return sum(forget_old_rows(connection, context.clock()).values())
