"""Attributing everything anew by the rules of now, in SQL over whole sets of rows, writing only what changes.

Invariant: afterwards every lead, deal and sale says what settling it alone would say (``data/leads.py``,
``data/deals.py``). Each question that rules can be asked is put once to ``core.attribution``; its answer is joined to
the rows that ask it. What the rules never touch (amounts, persons, registrations) is left alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, text

from core.records import DateRange
from data.contacts import load_deals_of_leads
from data.marks_keys import MarksKeys
from data.queries import load_sql, run
from data.stats import mark_days

# Of more moved leads than these the deals are not looked up one by one: all that depend on a person are asked.
FEW_LEADS = 20_000
_JOINED = ("rerun_deals", "rerun_cases")
_TABLES = ("rerun_deals", "rerun_cases", "rerun_persons", "rerun_decided", "rerun_moved_sales")


@dataclass(frozen=True)
class Moved:
    """How many leads were decided otherwise, and which deals they may take along (``None``: any)."""

    leads: int = 0
    deals: frozenset[int] | None = frozenset()

    def __add__(self, other: "Moved") -> "Moved":
        known = None if self.deals is None or other.deals is None else self.deals | other.deals
        return Moved(self.leads + other.leads, known)


def load_pieces(connection: Connection, leads: int, deals: int) -> tuple[list[DateRange], list[DateRange]]:
    """The days that have leads, in pieces of about so many, and those that have deals, in pieces of about so many."""
    days = run(connection, "attribution/day_weights")
    return (_cut(((row["day"], int(row["leads"])) for row in days), leads),
            _cut(((row["day"], int(row["deals"])) for row in days), deals))


def _cut(days: Iterable[tuple[date, int]], rows: int) -> list[DateRange]:
    """Whole days, in their order, in pieces of about this many rows; days without rows are left out at the ends."""
    pieces: list[DateRange] = []
    first: date | None = None
    last, held = date.min, 0
    for day, how_many in days:
        if not how_many:
            continue
        if first is not None and held + how_many > rows:
            pieces.append(DateRange(first, last))
            first, held = None, 0
        first, last, held = first or day, day, held + how_many
    return [*pieces, DateRange(first, last)] if first is not None else pieces


def attribute_leads(connection: Connection, keys: MarksKeys, days: DateRange) -> Moved:
    """Attribute the leads of these days by their marks and mark the days whose figures changed.

    The caller holds the settling lock, or shares it with others that attribute leads of other days.
    """
    asked = _asked(keys, days)
    _look_at(connection, "rerun_leads", asked)
    answers = keys.lead_answers(row["key"] for row in run(connection, "attribution/rerun_lead_keys"))
    with _in_their_order(connection):
        moved = run(connection, "attribution/rerun_save_leads", few=FEW_LEADS, first_day=days.first,
                    last_day=days.last, **answers.parameters)
    _forget(connection, ["rerun_leads"])
    mark_days(connection, [row["day"] for row in moved])
    leads = sum(row["leads"] for row in moved)
    few = leads <= FEW_LEADS
    return Moved(leads, load_deals_of_leads(
        connection, (str(one) for row in moved for one in row["ids"])) if few else None)


def attribute_deals(
    connection: Connection, keys: MarksKeys, days: DateRange, reached: Iterable[int] | None
) -> int:
    """Attribute the deals made on these days and their sales, by marks and by person; how many deals changed.

    ``reached`` are the deals whose person has to be asked again though nothing else about them changed (``None``: all).
    The caller holds the settling lock.
    """
    _look_at(connection, "rerun_deals", _asked(keys, days))
    answers = keys.deal_answers(row["key"] for row in run(connection, "attribution/rerun_deal_keys"))
    _look_at(connection, "rerun_cases", {"everything": reached is None, "reached": sorted(reached or ()),
                                         **answers.parameters})
    _look_at(connection, "rerun_persons", {})
    _look_at(connection, "rerun_decided", {"look_back_days": keys.rules.look_back_days})
    changed = _save(connection)
    _forget(connection, _TABLES)
    return changed


def _save(connection: Connection) -> int:
    _look_at(connection, "rerun_moved_sales", {})
    # Before the rows: whoever recalculates a day holds its mark first and then asks for its sales, so do we.
    mark_days(connection, [row["day"] for row in run(connection, "attribution/rerun_moved_days")])
    saved = run(connection, "attribution/rerun_save_deals")[0]
    mark_days(connection, saved["days"] or [])
    for step in ("save_sales", "save_products", "log_sales"):
        connection.execute(load_sql(f"attribution/rerun_{step}"))
    return int(saved["deals"])


def _asked(keys: MarksKeys, days: DateRange) -> dict[str, Any]:
    # The moment of a lead lies within a day of its local day, in whatever zone.
    return {**keys.parameters, "first_day": days.first, "last_day": days.last,
            "since": datetime.combine(days.first - timedelta(days=2), time(), UTC),
            "until": datetime.combine(days.last + timedelta(days=3), time(), UTC)}


@contextmanager
def _in_their_order(connection: Connection) -> Iterator[None]:
    """Have rows written in the order they lie: joined by sorted keys, each would be on another page than the last."""
    connection.execute(text("SET LOCAL enable_mergejoin = off"))
    yield
    connection.execute(text("SET LOCAL enable_mergejoin = on"))


def _forget(connection: Connection, tables: Iterable[str]) -> None:
    """Another piece may follow in the same transaction."""
    for table in tables:
        connection.execute(text(f"DROP TABLE pg_temp.{table}"))


def _look_at(connection: Connection, table: str, parameters: Mapping[str, Any]) -> None:
    """Fill a table of this transaction; let the planner know those that it joins with far more rows."""
    connection.execute(load_sql(f"attribution/{table}"), parameters)
    if table in _JOINED:
        connection.execute(text(f"ANALYZE pg_temp.{table}"))
