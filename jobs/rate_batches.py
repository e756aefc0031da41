"""Saves rates as they are learned, so that what the bank told before it fell silent is kept."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import Connection

from data.freshness import bump
from jobs.context import JobContext

Rate = TypeVar("Rate")


def save_as_they_come(
    context: JobContext, rates: Iterable[Rate], save: Callable[[Connection, list[Rate]], int], every: int
) -> int:
    """Save ``every`` rates together, and the rest at the end, however it comes; how many are new or other ones.

    ``save`` writes some and answers how many changed. It ends early when the process is to stop.
    Raises: whatever ``rates`` raises, after what came before it was saved.
    """
    changed, batch = 0, list[Rate]()
    try:
        for rate in rates:
            batch.append(rate)
            if len(batch) >= every:
                changed += _save(context, batch, save)
                batch.clear()
            if context.stop.is_set():
                break
    finally:
        changed += _save(context, batch, save)
    return changed


def _save(context: JobContext, rates: list[Rate], save: Callable[[Connection, list[Rate]], int]) -> int:
    if not rates:
        return 0
    with context.database.transaction() as connection:
        changed = save(connection, rates)
        if changed:
            bump(connection)
    return changed
