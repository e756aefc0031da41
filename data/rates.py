"""Exchange rates by Almaty day: kept as published, earlier ones carried over the days without one.

Invariant: a carried rate never replaces a published one, and nothing replaces one set by hand but another set by hand;
whenever a rate changes, the days converted at it are dirty.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from core.records import DateRange, DayRate
from data.queries import run
from data.stats import load_days_with_figures, mark_days

MANUAL = "manual"
_BY_HAND_LOCK = 7_241_090  # any number no other program takes: whoever sets a rate by hand


def save_rates(connection: Connection, rates: Iterable[DayRate]) -> frozenset[date]:
    """Keep rates (KZT for one USD); answers the days whose rate is new or another one now."""
    rows = sorted({rate.day: rate for rate in rates}.values(), key=lambda rate: rate.day)
    changed = frozenset(connection.execute(_SAVE, {
        "days": [row.day for row in rows], "values": [row.usd_to_kzt for row in rows],
        "sources": [row.source for row in rows], "carried": [row.is_carried for row in rows]}).scalars())
    if changed:
        mark_days(connection, load_days_with_figures(connection, changed))
    return changed


_SAVE = text("""
    INSERT INTO exchange_rates AS kept (date, usd_to_kzt, source, is_carried)
    SELECT * FROM unnest(CAST(:days AS date[]), CAST(:values AS numeric[]), CAST(:sources AS text[]),
                         CAST(:carried AS boolean[]))
    ON CONFLICT (date) DO UPDATE SET usd_to_kzt = excluded.usd_to_kzt, source = excluded.source,
        is_carried = excluded.is_carried, fetched_at = now()
    WHERE ((kept.usd_to_kzt, kept.is_carried) IS DISTINCT FROM (excluded.usd_to_kzt, excluded.is_carried)
           OR (excluded.source = 'manual' AND kept.source <> 'manual'))
      AND (kept.is_carried OR NOT excluded.is_carried)
      AND (kept.source <> 'manual' OR excluded.source = 'manual')
    RETURNING date""")


def load_rates(connection: Connection, period: DateRange) -> dict[date, DayRate]:
    """The stored rates of a range of days, by day."""
    rows = run(connection, "rates/days", first_day=period.first, last_day=period.last)
    return {row["day"]: _to_rate(row) for row in rows}


def hold_rate(connection: Connection, day: date, seen_at: datetime | None) -> bool:
    """Keep others from setting rates by hand until the transaction ends; ``False`` when somebody set this day after
    ``seen_at`` (``None``: whatever was set may be replaced)."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _BY_HAND_LOCK})
    rows = run(connection, "rates/set_by_hand_at", day=day) if seen_at is not None else ()
    return not rows or seen_at is None or rows[0]["fetched_at"] <= seen_at


def load_replaced_rate(connection: Connection, day: date) -> DayRate | None:
    """The rate that the one set by hand has replaced, as the audit log remembers it; ``None`` when there was none."""
    rows = run(connection, "rates/replaced", day=day.isoformat())
    told = rows[0]["before"] if rows else None
    return None if told is None else DayRate(
        day, Decimal(told["usd_to_kzt"]), told["source"], bool(told.get("is_carried")))


def restore_rate(connection: Connection, day: date, rate: DayRate | None) -> None:
    """Put a rate (``None``: none) in the place of the one that was set by hand."""
    connection.execute(text("DELETE FROM exchange_rates WHERE date = :day AND source = 'manual'"), {"day": day})
    if rate is not None:
        save_rates(connection, [rate])
    mark_days(connection, load_days_with_figures(connection, frozenset({day})))


def load_rate_before(connection: Connection, day: date) -> DayRate | None:
    """The nearest published rate before a day, or ``None``."""
    rows = run(connection, "rates/last_before", day=day)
    return _to_rate(rows[0]) if rows else None


def load_first_needed_day(connection: Connection) -> date | None:
    """The earliest day with spend or a sale, or ``None`` when there is neither."""
    found: date | None = run(connection, "rates/first_needed_day")[0]["day"]
    return found


def _to_rate(row: Mapping[str, Any]) -> DayRate:
    return DayRate(row["day"], row["usd_to_kzt"], row["source"], row["is_carried"])
