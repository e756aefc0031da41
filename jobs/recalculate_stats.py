"""Computes the statistics of the days that changed, and of chosen days when somebody asks for it."""

from collections.abc import Callable

from core.records import DateRange
from data.freshness import bump
from data.stats import become_writer, load_days_with_figures, recalculate, take_dirty_days
from jobs.context import JobContext

_DAYS_AT_ONCE = 100


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


def recalculate_days(
    context: JobContext, period: DateRange | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Compute every day with a figure in ``period`` (``None``: ever); how many days that were.

    ``progress`` is told (done, of how many) after each step.
    """
    with context.database.transaction(read_only=True) as connection:
        days = [day for day in load_days_with_figures(connection)
                if period is None or period.first <= day <= period.last]
    done = 0
    while done < len(days) and not context.stop.is_set():
        chunk = days[done:done + _DAYS_AT_ONCE]
        with context.database.transaction() as connection:
            if recalculate(connection, chunk):
                bump(connection)
        done += len(chunk)
        progress(done, len(days))
    return done
