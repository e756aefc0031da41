"""What was read of amoCRM's history, and the proofs that nothing differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from core.records import DateRange
from data.queries import run
from data.settling import as_json


@dataclass(frozen=True)
class ComparedDeal:
    """A deal as it is compared: ``day`` is that of the sale when it is won, else the one it was made on."""

    deal_id: int
    pipeline_id: int | None
    status_id: int | None
    money: Decimal | None
    day: date


@dataclass(frozen=True)
class Difference:
    """A pipeline, stage and day of which amoCRM and we hold another number of deals, or other money."""

    pipeline_id: int | None
    status_id: int | None
    day: date
    their_deals: int
    our_deals: int
    their_money: Decimal
    our_money: Decimal


@dataclass(frozen=True)
class Reconciliation:
    """A comparison: ``found`` deals differed, ``left`` still do after healing. Both money sums are KZT."""

    checked_at: datetime
    period: DateRange
    deals: int
    money: Decimal
    found: int
    left: int
    money_left: Decimal
    differences: tuple[Difference, ...]
    hook: str

    @property
    def is_proof(self) -> bool:
        """True when nothing differs: 0 deals, 0 ₸."""
        return self.left == 0 and self.money_left == 0


def load_days_read(connection: Connection, period: DateRange) -> frozenset[date]:
    """The days of this very range that were read by a run that did not come to its end."""
    rows = run(connection, "amocrm/days_read", first_day=period.first, last_day=period.last)
    return frozenset(row["day"] for row in rows)


def save_day_read(connection: Connection, period: DateRange, day: date, deals: int) -> None:
    """Note that a day of the range was read whole."""
    connection.execute(text("""
        INSERT INTO amocrm_days_read (first_day, last_day, day, deals) VALUES (:first, :last, :day, :deals)
        ON CONFLICT (first_day, last_day, day) DO UPDATE SET deals = excluded.deals, read_at = now()"""),
        {"first": period.first, "last": period.last, "day": day, "deals": deals})


def forget_days_read(connection: Connection, period: DateRange) -> None:
    """The range was read to its end: the next run reads it anew."""
    connection.execute(text("DELETE FROM amocrm_days_read WHERE first_day = :first AND last_day = :last"),
                       {"first": period.first, "last": period.last})


def load_deals_to_compare(
    connection: Connection, period: DateRange, deal_ids: Iterable[int] = ()
) -> dict[int, ComparedDeal]:
    """Our deals that were made or sold in a period, and these, as far as they are not deleted."""
    rows = run(connection, "amocrm/deals_to_compare", first_day=period.first, last_day=period.last,
               deal_ids=list(deal_ids))
    return {row["deal_id"]: ComparedDeal(**row) for row in rows}


def save_reconciliation(connection: Connection, done: Reconciliation) -> None:
    """Keep a comparison, a proof or not."""
    rows = [vars(one) for one in done.differences]
    connection.execute(text("""
        INSERT INTO amocrm_reconciliations (checked_at, first_day, last_day, deals, money, deals_found, deals_left,
                                            money_left, differences, hook)
        VALUES (:checked_at, :first, :last, :deals, :money, :found, :left, :money_left,
                CAST(:differences AS jsonb), :hook)"""),
        {"checked_at": done.checked_at, "first": done.period.first, "last": done.period.last, "deals": done.deals,
         "money": done.money, "found": done.found, "left": done.left, "money_left": done.money_left,
         "differences": as_json(rows), "hook": done.hook})


def load_reconciliations(connection: Connection, how_many: int = 50) -> list[Reconciliation]:
    """The newest comparisons."""
    return [Reconciliation(
        row["checked_at"], DateRange(row["first_day"], row["last_day"]), row["deals"], row["money"],
        row["deals_found"], row["deals_left"], row["money_left"],
        tuple(_to_difference(one) for one in row["differences"]), row["hook"])
        for row in run(connection, "amocrm/reconciliations", how_many=how_many)]


def _to_difference(kept: Mapping[str, Any]) -> Difference:
    return Difference(kept["pipeline_id"], kept["status_id"], date.fromisoformat(kept["day"]), kept["their_deals"],
                      kept["our_deals"], Decimal(kept["their_money"]), Decimal(kept["our_money"]))
