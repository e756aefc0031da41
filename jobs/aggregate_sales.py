"""Collects the sales of chosen days once more from everything that was stored about their deals."""

from collections.abc import Callable, Sequence

from core.records import DateRange
from data.deal_days import load_all_deals, load_deals_of_days
from data.deals import settle_deals
from data.freshness import bump
from data.rules import load_rules
from jobs.context import JobContext

_DEALS_AT_ONCE = 1000


def aggregate_sales(
    context: JobContext, period: DateRange, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Settle every deal that changed or was sold on these days; how many deals that were.

    ``progress`` is told (done, of how many) after each step. Settling again changes nothing that is right already.
    """
    with context.database.transaction(read_only=True) as connection:
        deal_ids = load_deals_of_days(connection, period, context.calendar)
    return _settle(context, deal_ids, progress)


def settle_all_deals(
    context: JobContext, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """As ``aggregate_sales``, for every deal that anything was ever said about."""
    with context.database.transaction(read_only=True) as connection:
        deal_ids = load_all_deals(connection)
    return _settle(context, deal_ids, progress)


def _settle(context: JobContext, deal_ids: Sequence[int], progress: Callable[[int, int], None]) -> int:
    done = 0
    while done < len(deal_ids) and not context.stop.is_set():
        chunk = deal_ids[done:done + _DEALS_AT_ONCE]
        with context.database.transaction() as connection:
            settle_deals(connection, chunk, load_rules(connection), context.calendar)
            bump(connection)
        done += len(chunk)
        progress(done, len(deal_ids))
    return done
