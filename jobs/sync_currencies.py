"""Brings the rates of the currencies that ad accounts spend in, beside the dollar, from the first day of spend on.

Invariant: as for the dollar: a day for which the bank published nothing carries the nearest earlier rate and says so;
a day for which the bank could not be asked stays open and is asked again. A currency the bank does not know stays
unknown.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from core.business_time import each_day
from core.records import DateRange
from data.currency_rates import CurrencyRate, load_currencies_needed, load_currency_rates, save_currency_rates
from integrations.rates.client import SOURCE, RatesClient
from jobs.context import JobContext
from jobs.rate_batches import save_as_they_come

_ASK_AGAIN_DAYS = 7
_LOOK_BACK_DAYS = 10
_SAVE_EVERY = 60

_Stored = dict[str, dict[date, CurrencyRate]]


def sync_currencies(context: JobContext) -> int:
    """Ask for every day with spend in such a currency that has no published rate; how many rates changed.

    What was learned before the bank fell silent is kept. Raises: RatesUnavailable.
    """
    today = context.calendar.today(context.clock())
    with context.database.transaction(read_only=True) as connection:
        needed, stored = load_currencies_needed(connection), load_currency_rates(connection)
    rates = _rates(needed, stored, today, RatesClient(context.settings.rates_url))
    return save_as_they_come(context, rates, save_currency_rates, _SAVE_EVERY)


def _rates(needed: dict[str, date], stored: _Stored, today: date, client: RatesClient) -> Iterator[CurrencyRate]:
    """The rates that are missing or have to be carried anew, the oldest day first; the bank is asked once a day."""
    if not needed:
        return
    last: dict[str, CurrencyRate] = {}
    for day in each_day(DateRange(min(min(needed.values()), today), today)):
        open_codes = [code for code, first in needed.items()
                      if first <= day and _is_open(stored.get(code, {}).get(day), day, today)]
        published = client.fetch_day(day) if open_codes else {}
        for code in needed:
            known = stored.get(code, {}).get(day)
            if code in published and code in open_codes:
                last[code] = CurrencyRate(code, day, published[code], SOURCE)
                yield last[code]
            elif known is not None and not known.is_carried:
                last[code] = known
            elif code in open_codes:
                yield from _carry(code, day, last, client)


def _is_open(known: CurrencyRate | None, day: date, today: date) -> bool:
    return known is None or (known.is_carried and (today - day).days < _ASK_AGAIN_DAYS)


def _carry(code: str, day: date, last: dict[str, CurrencyRate], client: RatesClient) -> Iterator[CurrencyRate]:
    """The nearest earlier rate for a day without one; before the first known one the bank is asked backwards."""
    for back in range(1, _LOOK_BACK_DAYS + 1):
        if code in last:
            break
        value = client.fetch_day(day - timedelta(days=back)).get(code)
        if value is not None:
            last[code] = CurrencyRate(code, day - timedelta(days=back), value, SOURCE)
            yield last[code]
    if code in last:
        yield CurrencyRate(code, day, last[code].kzt_for_one, SOURCE, is_carried=True)
