"""Claims: a targetologist says a sale is the own team's, an admin decides.

Invariant: a claim is made without looking at the sale, so that making one tells nothing about sales of others. It is
decided once; deciding and assigning the sale are one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from core.people_records import Claim
from core.reports import TeamLook
from data.people import OtherVersion, User, to_user
from data.queries import run


class ClaimExists(Exception):
    """The team claims this deal already."""


@dataclass(frozen=True)
class HeldClaim:
    """A claim while it is being decided; ``before`` holds its sales as they stood when it was accepted."""

    id: str
    deal_id: int
    status: str
    version: int
    user_id: str
    team_id: str
    team_slug: str
    before: Sequence[Mapping[str, Any]]


def save_claim(connection: Connection, deal_id: int, team_id: str, user_id: str, reason: str) -> str:
    """Keep a new claim, as the viewer who signs people in; its id. Raises: ClaimExists."""
    try:
        with connection.begin_nested():
            return str(connection.execute(text("""
                INSERT INTO sale_claims (deal_id, team_id, user_id, reason)
                VALUES (:deal_id, CAST(:team_id AS uuid), CAST(:user_id AS uuid), :reason) RETURNING id"""),
                {"deal_id": deal_id, "team_id": team_id, "user_id": user_id, "reason": reason.strip()}).scalar_one())
    except IntegrityError:
        raise ClaimExists from None


def load_claims(
    connection: Connection, *, status: str | None = None, deal_id: int | None = None,
    cursor: tuple[str, str] | None = None, limit: int = 50,
) -> tuple[tuple[Claim, ...], str | None]:
    """The newest claims the viewer may know, and the cursor to go on from (``None``: that was all)."""
    before, before_id = cursor or (None, None)
    rows = run(connection, "claims/page", id=None, status=status, deal_id=deal_id, before=before, before_id=before_id,
               how_many=limit + 1)
    claims = tuple(_to_claim(row) for row in rows[:limit])
    last = claims[-1] if len(rows) > limit else None
    return claims, f"{last.created_at.isoformat()}_{last.id}" if last else None


def load_claim(connection: Connection, claim_id: str) -> Claim | None:
    """One claim; ``None`` when the viewer may know none of this id."""
    rows = run(connection, "claims/page", id=claim_id, status=None, deal_id=None, before=None, before_id=None,
               how_many=1)
    return _to_claim(rows[0]) if rows else None


def hold_claim(connection: Connection, claim_id: str) -> HeldClaim | None:
    """One claim, held until the transaction ends."""
    rows = run(connection, "claims/claim_to_decide", id=claim_id)
    if not rows:
        return None
    row = rows[0]
    return HeldClaim(str(row["id"]), row["deal_id"], row["status"], row["version"], str(row["user_id"]),
                     str(row["team_id"]), row["team_slug"], row["before"])


def close_claim(
    connection: Connection, claim: HeldClaim, status: str, answer: str, by: str,
    before: Sequence[Mapping[str, Any]] = (),
) -> None:
    """End an open claim: ``status`` is accepted, rejected or withdrawn. Raises: OtherVersion."""
    changed = connection.execute(text("""
        UPDATE sale_claims SET status = :status, answer = :answer, decided_by = CAST(:by AS uuid), decided_at = now(),
            before = CAST(:before AS jsonb)
        WHERE id = CAST(:id AS uuid) AND status = 'open' AND version = :version"""),
        {"id": claim.id, "status": status, "answer": answer.strip(), "by": by, "version": claim.version,
         "before": orjson.dumps(list(before)).decode()}).rowcount
    if changed != 1:
        raise OtherVersion


def reopen_claim(connection: Connection, claim: HeldClaim) -> None:
    """Let a decided claim wait again. Raises: ClaimExists."""
    try:
        with connection.begin_nested():
            connection.execute(text("""
                UPDATE sale_claims SET status = 'open', answer = '', decided_by = NULL, decided_at = NULL, before = '[]'
                WHERE id = CAST(:id AS uuid)"""), {"id": claim.id})
    except IntegrityError:
        raise ClaimExists from None


def load_sales_of_deal(connection: Connection, deal_id: int) -> tuple[str, ...]:
    """The ids of the standing sales of a deal that the viewer sees."""
    return tuple(str(row["id"]) for row in run(connection, "claims/sales_of_deal", deal_id=deal_id))


def load_admins(connection: Connection) -> tuple[User, ...]:
    """Everybody who decides."""
    return tuple(to_user(row) for row in run(connection, "claims/admins"))


def count_open_claims(connection: Connection) -> int:
    """How many claims the viewer may know wait for an admin."""
    return int(run(connection, "claims/open_claims")[0]["claims"])


def _to_claim(row: Mapping[str, Any]) -> Claim:
    return Claim(
        id=str(row["id"]), deal_id=row["deal_id"],
        team=TeamLook(row["team_slug"], row["team_name"], row["color"], row["emoji"]), user_id=str(row["user_id"]),
        who=(row["full_name"] or row["email"]) if row["email"] else None, reason=row["reason"], status=row["status"],
        answer=row["answer"], created_at=row["created_at"], decided_at=row["decided_at"], decided_by=row["decided_by"],
        version=row["version"], sales=tuple(row["sales"]))
