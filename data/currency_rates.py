"""Rates of the currencies that ad accounts spend in, beside the dollar: kept like those of the dollar.

Invariant: a carried rate never replaces a published one; whenever a rate changes, the days of spend converted at it
are dirty.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, text

from core.records import DateRange
from data.queries import run
from data.stats import mark_days


@dataclass(frozen=True)
class CurrencyRate:
    """KZT for one unit of a currency on an Almaty day."""

    currency: str
    day: date
    kzt_for_one: Decimal
    source: str
    is_carried: bool = False


def save_currency_rates(connection: Connection, rates: Iterable[CurrencyRate]) -> int:
    """Keep rates; how many are new or other ones."""
    rows = sorted({(rate.currency, rate.day): rate for rate in rates}.values(), key=lambda one: (one.currency, one.day))
    changed = connection.execute(_SAVE, {
        "currencies": [row.currency for row in rows], "days": [row.day for row in rows],
        "values": [row.kzt_for_one for row in rows], "sources": [row.source for row in rows],
        "carried": [row.is_carried for row in rows]}).all()
    if changed:
        mark_days(connection, [row["day"] for row in run(
            connection, "rates/days_of_currencies", currencies=[row.currency for row in changed],
            days=[row.date for row in changed])])
    return len(changed)


_SAVE = text("""
    INSERT INTO currency_rates AS kept (currency, date, kzt_for_one, source, is_carried)
    SELECT * FROM unnest(CAST(:currencies AS text[]), CAST(:days AS date[]), CAST(:values AS numeric[]),
                         CAST(:sources AS text[]), CAST(:carried AS boolean[]))
    ON CONFLICT (currency, date) DO UPDATE SET kzt_for_one = excluded.kzt_for_one, source = excluded.source,
        is_carried = excluded.is_carried, fetched_at = now()
    WHERE (kept.kzt_for_one, kept.is_carried) IS DISTINCT FROM (excluded.kzt_for_one, excluded.is_carried)
      AND (kept.is_carried OR NOT excluded.is_carried)
    RETURNING currency, date""")


def load_currency_rates(connection: Connection) -> dict[str, dict[date, CurrencyRate]]:
    """Every stored rate, by currency and day."""
    found: dict[str, dict[date, CurrencyRate]] = {}
    for row in run(connection, "rates/currency_days"):
        rate = CurrencyRate(**row)
        found.setdefault(rate.currency, {})[rate.day] = rate
    return found


def load_rates_of_currency(connection: Connection, currency: str, period: DateRange) -> dict[date, CurrencyRate]:
    """The stored rates of one currency for a range of days, by day."""
    rows = run(connection, "rates/currency_month", currency=currency, first_day=period.first, last_day=period.last)
    return {row["day"]: CurrencyRate(**row) for row in rows}


def load_known_currencies(connection: Connection) -> dict[str, date]:
    """The currencies beside KZT and USD with spend or with rates, with the first day of each."""
    return {row["currency"]: row["day"] for row in run(connection, "rates/currencies_known")}


def load_currencies_needed(connection: Connection) -> dict[str, date]:
    """The currencies of spend beside KZT and USD, with the first day of each."""
    return {row["currency"]: row["day"] for row in run(connection, "rates/currencies_needed")}
