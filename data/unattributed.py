"""Money without a team: the sales that no rule and no person has given to anybody, and who may have brought them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.cursors import read_cursor, write_cursor
from core.likely_leads import LeadSign, rank_leads
from data.queries import run
from data.search_patterns import like

_TIES = {1: "contact", 2: "phone", 3: "email"}
LOOK_BACK_DAYS = 90


@dataclass(frozen=True)
class QueueFilter:
    """Which sales; ``source`` and ``campaign`` are exact marks ('' is none), days are included."""

    search: str | None = None
    reason: str | None = None
    source: str | None = None
    campaign: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class QueuedSale:
    """A sale that waits for a team; ``reason`` is a word of ``core/attribution.py``, ``candidates`` teams' slugs."""

    id: str
    deal_id: int
    product: str
    amount: Decimal | None
    currency: str
    amount_kzt: Decimal | None
    sold_at: datetime
    sale_day: date
    marks: Mapping[str, str | None]
    reason: str | None
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue, and the place after its last sale when there are more."""

    rows: tuple[QueuedSale, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class MarkGroup:
    """Sales that share a mark; ``money`` in KZT, of those whose amount is known."""

    source: str
    campaign: str
    sales: int
    money: Decimal | None
    without_amount: int
    first_day: date
    last_day: date
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ReasonTotal:
    """All sales that wait for one reason; ``money`` in KZT."""

    reason: str | None
    sales: int
    money: Decimal | None
    without_amount: int


@dataclass(frozen=True)
class Candidate:
    """A lead that may have brought a sale, its team (``None``: none), and what speaks for it."""

    lead_id: str
    at: datetime
    form: str
    utm_source: str | None
    utm_campaign: str | None
    team: str | None
    team_name: str | None
    color: str | None
    emoji: str | None
    reason: str | None
    points: int
    signs: tuple[str, ...]


def load_queue(connection: Connection, chosen: QueueFilter, limit: int, cursor: str | None = None) -> QueuePage:
    """A page of sales without a team, the greatest money first, unknown amounts last."""
    rank, sale_id = _place(cursor)
    rows = run(connection, "queue/sales", search=like(chosen.search), reason=chosen.reason, source=chosen.source,
               campaign=chosen.campaign, first_day=chosen.first_day, last_day=chosen.last_day, after_rank=rank,
               after_id=sale_id, row_limit=limit + 1)
    page = rows[:limit]
    following = write_cursor(str(page[-1]["rank"]), str(page[-1]["id"])) if len(rows) > limit else None
    return QueuePage(tuple(map(_to_sale, page)), following)


def _place(cursor: str | None) -> tuple[Decimal | None, str | None]:
    place = read_cursor(cursor, 2)
    if place is None:
        return None, None
    try:
        rank = Decimal(place[0])
        return (rank, str(UUID(place[1]))) if rank.is_finite() else (None, None)
    except (InvalidOperation, ValueError):
        return None, None


def _to_sale(row: Mapping[str, Any]) -> QueuedSale:
    return QueuedSale(
        str(row["id"]), row["deal_id"], row["product"], row["sale_amount"], row["currency"], row["amount_kzt"],
        row["sale_date"], row["sale_day"],
        {name: row[name] for name in ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")},
        row["reason"], tuple(row["candidates"]))


def load_marks(connection: Connection, limit: int, skipped: int = 0) -> tuple[MarkGroup, ...]:
    """The marks that sales without a team share, the greatest money first."""
    return tuple(MarkGroup(row["source"], row["campaign"], row["sales"], row["money"], row["without_amount"],
                           row["first_day"], row["last_day"], tuple(row["reasons"]))
                 for row in run(connection, "queue/marks", row_limit=limit, skipped=skipped))


def load_reason_totals(connection: Connection) -> tuple[ReasonTotal, ...]:
    """All money without a team by reason, the greatest first."""
    return tuple(ReasonTotal(**row) for row in run(connection, "queue/totals"))


def load_likely_leads(connection: Connection, sale_ids: Sequence[str]) -> dict[str, tuple[Candidate, ...]]:
    """The three most likely leads of each of these sales, in one statement."""
    found: dict[str, list[Mapping[str, Any]]] = {sale_id: [] for sale_id in sale_ids}
    for row in run(connection, "queue/likely_leads", ids=list(sale_ids), days=LOOK_BACK_DAYS):
        found[str(row["sale_id"])].append(row)
    return {sale_id: _rank(rows) for sale_id, rows in found.items()}


def _rank(rows: Sequence[Mapping[str, Any]]) -> tuple[Candidate, ...]:
    if not rows:
        return ()
    by_lead = {str(row["lead_id"]): row for row in rows}
    signs = [LeadSign(str(row["lead_id"]), row["created_at"], _TIES.get(row["tie"]), row["utm_campaign"], row["slug"])
             for row in rows]
    likely = rank_leads(rows[0]["sale_date"], rows[0]["sale_campaign"], signs)
    return tuple(_candidate(by_lead[one.lead_id], one.points, one.signs) for one in likely)


def _candidate(row: Mapping[str, Any], points: int, signs: tuple[str, ...]) -> Candidate:
    return Candidate(str(row["lead_id"]), row["created_at"], row["source"], row["utm_source"], row["utm_campaign"],
                     row["slug"], row["name"], row["color"], row["emoji"], row["reason"], points, signs)
