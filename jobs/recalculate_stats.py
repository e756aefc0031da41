"""Computes the statistics of the days that changed, and of chosen days when somebody asks for it."""

from collections.abc import Iterable
from datetime import date

from data.freshness import bump
from data.stats import become_writer, load_days_with_figures, recalculate, take_dirty_days
from jobs.context import JobContext

_DAYS_AT_ONCE = 200


def recalculate_stats(context: JobContext) -> int:
    """Compute every dirty day anew; how many days that were. Another process at it is left alone."""
    done = 0
    while not context.stop.is_set():
        with context.database.transaction() as connection:
            if not become_writer(connection, wait=False):
                return done
            days = take_dirty_days(connection, _DAYS_AT_ONCE)
            if days and recalculate(connection, days):
                bump(connection)
        done += len(days)
        if len(days) < _DAYS_AT_ONCE:
            return done
    return done


def recalculate_days(context: JobContext, first: date | None = None, last: date | None = None) -> int:
    """Compute every day with a figure from ``first`` to ``last`` (``None``: without that bound); how many days."""
    with context.database.transaction(read_only=True) as connection:
        days = [day for day in load_days_with_figures(connection)
                if (first is None or first <= day) and (last is None or day <= last)]
    for chunk in _chunks(days):
        with context.database.transaction() as connection:
            if recalculate(connection, chunk):
                bump(connection)
    return len(days)


def _chunks(days: list[date]) -> Iterable[list[date]]:
    return (days[start:start + _DAYS_AT_ONCE] for start in range(0, len(days), _DAYS_AT_ONCE))
