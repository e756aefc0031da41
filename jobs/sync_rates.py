"""Brings the exchange rate of every day that needs one, from the first day with money to today.

Invariant: a day for which the bank published nothing carries the nearest earlier rate and says so; a day for which the
bank could not be asked stays open and is asked again.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import structlog

from core.business_time import each_day
from core.records import DateRange, DayRate
from data.rates import load_first_needed_day, load_rate_before, load_rates, save_rates
from integrations.rates.client import RatesClient, RatesUnavailable
from jobs.context import JobContext
from jobs.rate_batches import save_as_they_come
from jobs.sync_currencies import sync_currencies

LOWEST_USUAL, HIGHEST_USUAL = Decimal(300), Decimal(800)
_ASK_AGAIN_DAYS = 7       # a bank that published late is believed for so long
_LOOK_BACK_DAYS = 10      # how far before the first needed day a rate is looked for
_SAVE_EVERY = 30

log = structlog.get_logger()


def sync_rates(context: JobContext) -> int:
    """Ask for every day that has no published rate yet, of the dollar and of every other currency that was spent.

    Answers how many rates are new or other ones.

    What was learned before the bank fell silent is kept. Raises: RatesUnavailable.
    """
    today = context.calendar.today(context.clock())
    with context.database.transaction(read_only=True) as connection:
        first = min(load_first_needed_day(connection) or today, today)
        stored = load_rates(connection, DateRange(first, today))
        earlier = load_rate_before(connection, first)
    rates = _rates_of(DateRange(first, today), stored, earlier, RatesClient(context.settings.rates_url))
    return save_as_they_come(context, rates, lambda connection, some: len(save_rates(connection, some)), _SAVE_EVERY
                             ) + sync_currencies(context)


def sync_todays_rate(context: JobContext) -> int:
    """As ``sync_rates``, but only while today has no published rate: the bank publishes at no certain hour."""
    today = context.calendar.today(context.clock())
    with context.database.transaction(read_only=True) as connection:
        known = load_rates(connection, DateRange(today, today)).get(today)
    return sync_rates(context) if known is None or known.is_carried else sync_currencies(context)


def _rates_of(
    period: DateRange, stored: dict[date, DayRate], earlier: DayRate | None, client: RatesClient
) -> Iterator[DayRate]:
    """The rates that are missing or have to be carried anew, the oldest day first."""
    last = earlier
    for day in each_day(period):
        known = stored.get(day)
        is_open = known is None or (known.is_carried and (period.last - day).days < _ASK_AGAIN_DAYS)
        published = client.fetch_dollar(day) if is_open else None
        if published is not None:
            _warn_when_strange(published)
            yield published
        elif known is not None and not known.is_carried:
            last = known
        else:
            if last is None:
                last = _fetch_earlier(day, client)
                yield from () if last is None else (last,)
            if last is not None:
                yield DayRate(day, last.usd_to_kzt, last.source, is_carried=True)
        last = published or last


def _fetch_earlier(day: date, client: RatesClient) -> DayRate | None:
    for back in range(1, _LOOK_BACK_DAYS + 1):
        found = client.fetch_dollar(day - timedelta(days=back))
        if found is not None:
            return found
    return None


def _warn_when_strange(rate: DayRate) -> None:
    if not LOWEST_USUAL <= rate.usd_to_kzt <= HIGHEST_USUAL:
        log.warning("rate_out_of_range", day=rate.day.isoformat(), usd_to_kzt=str(rate.usd_to_kzt))


__all__ = ["RatesUnavailable", "sync_rates", "sync_todays_rate"]
