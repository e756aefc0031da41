"""Loads the history of amoCRM for a range of days: every deal made or closed on them, with its people.

Invariant: a day is noted as read in the transaction that saves it, so a run that was stopped goes on where it was;
saving a day again changes nothing. Several days are asked for at once, so that the allowed rate is used while answers
are on their way.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import structlog

from core.business_time import each_day
from core.records import AmocrmBody, DateRange
from data.amocrm_history import forget_days_read, load_days_read, save_day_read
from jobs.amocrm_account import demand_client
from jobs.amocrm_reading import fetch_deals_of_day, fetch_people
from jobs.complete_deals import check_account, save_answers
from jobs.context import JobContext

_AT_ONCE = 4
_AHEAD = 8

log = structlog.get_logger()
Fetched = tuple[date, AmocrmBody, AmocrmBody]


def backfill_amocrm(
    context: JobContext, period: DateRange, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Read and save these days; how many deals they told of. ``progress`` is told (days done, days in all).

    Raises: NotConnected, WrongAccount, AmocrmError; what was saved before stays, and the next run goes on behind it.
    """
    check_account(demand_client(context), context)
    with context.database.transaction(read_only=True) as connection:
        read = load_days_read(connection, period)
    open_days = [day for day in each_day(period) if day not in read]
    done, deals = period.days - len(open_days), set[int]()
    progress(done, period.days)
    for day, found, people in _fetch_days(context, open_days):
        with context.database.transaction() as connection:
            save_answers(connection, context, found, people)
            save_day_read(connection, period, day, len(found.events))
        deals |= {event.id for event in found.events if event.id is not None}
        done += 1
        progress(done, period.days)
    if done == period.days:
        with context.database.transaction() as connection:
            forget_days_read(connection, period)
    log.info("amocrm_backfilled", days=done, deals=len(deals))
    return len(deals)


def _fetch_days(context: JobContext, days: list[date]) -> Iterator[Fetched]:
    """Each day with its deals and people, in order, until the process is told to stop."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="amocrm") as pool:
        waiting: list[Future[Fetched]] = []
        rest = iter(days)
        try:
            while not context.stop.is_set():
                while len(waiting) < _AHEAD and (day := next(rest, None)) is not None:
                    waiting.append(pool.submit(_fetch_day, context, day))
                if not waiting:
                    return
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()


def _fetch_day(context: JobContext, day: date) -> Fetched:
    client = demand_client(context)
    deals = fetch_deals_of_day(client, day, context.calendar)
    return day, deals, fetch_people(client, deals)
