"""Claims as the API takes and tells them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.fields import PlainText
from api.session import Body
from core.people_records import Claim

LONGEST_REASON = 1000
Status = Literal["open", "accepted", "rejected", "withdrawn"]


class ClaimBody(Body):
    """Which deal, and why it is the own team's."""

    deal_id: int = Field(gt=0, lt=2**63, description="Its number in amoCRM.")
    reason: PlainText = Field(max_length=LONGEST_REASON)


class DecisionBody(Body):
    """Accepted or rejected, with a sentence for whoever claimed."""

    decision: Literal["accept", "reject"]
    answer: PlainText = Field("", max_length=LONGEST_REASON, description="A rejection needs one.")
    version: int


class ClaimPath(BaseModel):
    """A claim by its id."""

    id: UUID


class ClaimsQuery(BaseModel):
    """Which claims."""

    status: Status | None = None
    limit: int = Field(50, ge=1, le=500)
    cursor: PlainText | None = Field(None, max_length=100, description="`next_cursor` of the answer before.")


class ClaimedSale(BaseModel):
    """A sale of the claimed deal."""

    id: UUID
    product: str
    amount: float | None
    currency: str
    sale_day: date
    team: str | None
    locked: bool


class ClaimAnswer(BaseModel):
    """A claim; its sales as far as the viewer sees them."""

    id: UUID
    deal_id: int
    team: str
    who: str | None
    reason: str
    status: Status
    answer: str
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    version: int
    sales: list[ClaimedSale]


class ClaimsAnswer(BaseModel):
    """The newest claims."""

    rows: list[ClaimAnswer]
    next_cursor: str | None


class ClaimSavedAnswer(ClaimAnswer):
    """A claim as it stands, and how to go back."""

    undo: dict[str, Any] | None


def describe_claim(one: Claim) -> dict[str, Any]:
    """A claim as the API tells it."""
    sales = [{"id": sale["id"], "product": sale["product"], "currency": sale["currency"], "team": sale["team"],
              "amount": None if sale["amount"] is None else float(sale["amount"]), "sale_day": sale["sale_day"],
              "locked": sale["locked"]} for sale in one.sales]
    return {"id": one.id, "deal_id": one.deal_id, "team": one.team.slug, "who": one.who, "reason": one.reason,
            "status": one.status, "answer": one.answer, "created_at": one.created_at, "decided_at": one.decided_at,
            "decided_by": one.decided_by, "version": one.version, "sales": sales}
