"""Why a sale or a lead belongs to its team, for programs."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from api.encoding import json_answer
from api.openapi import create_api
from api.problems import problem, problem_answers
from auth.permissions import Permission, requires
from auth.viewer import current_scope
from core.evidence import LeadEvidence, SaleEvidence
from core.records import Utm
from data.engine import Viewer, web_database
from data.reports.evidence import load_evidence
from data.reports.lead_evidence import load_lead_evidence

evidence = create_api("evidence", __name__, "/api/analytics")


class EvidencePath(BaseModel):
    """A sale by its id."""

    id: UUID


class EvidenceStep(BaseModel):
    """What one step said."""

    method: str
    outcome: str = Field(description="decided, lost, ambiguous or silent")
    teams: list[str]
    rule: str | None
    near: list[dict[str, Any]] = Field(description="Aliases of the source that did not fit, and the unmet conditions.")


class EvidenceTouch(BaseModel):
    """A lead of the person."""

    lead_id: UUID
    at: datetime
    day: date
    form: str
    utm: dict[str, str | None]
    tie: str = Field(description="contact, phone or email")
    team: str | None
    method: str | None
    reason: str | None
    gap_seconds: int
    outcome: str = Field(description="decided, not_asked, later_one, after_sale, too_old, no_team or weak_tie")


class EvidenceRule(BaseModel):
    """The rule that decided."""

    id: str
    kind: str
    version: int
    since: int | None
    says: dict[str, Any]


class EvidencePayment(BaseModel):
    """A payment of the sale, told as a deal of its own."""

    sale_id: UUID
    deal_id: int
    amount: float | None
    currency: str
    paid_at: datetime
    is_sale: bool = Field(description="True for the payment that makes the sale.")
    status: str


class EvidenceAnswer(BaseModel):
    """Everything that explains a sale."""

    id: UUID
    deal_id: int
    product: str
    amount: float | None
    currency: str
    amount_usd: float | None
    rate: float | None
    sold_at: datetime
    sale_day: date
    status: str
    team: str | None
    method: str | None
    confidence: str | None
    reason: str | None
    candidates: list[str]
    locked: bool
    campaign: str | None
    utm: dict[str, str | None]
    gap_seconds: int | None
    version: int = Field(description="Version of the rules in force; 0: none was kept yet.")
    rule: EvidenceRule | None
    steps: list[EvidenceStep]
    touches: list[EvidenceTouch]
    history: list[dict[str, Any]]
    payments: list[EvidencePayment] = Field(description="All payments of the sale, when there are several.")
    models: dict[str, list[dict[str, Any]]] = Field(description="Shares of teams by model; they add up to 1.")
    learned_at: datetime | None = Field(
        description="When `data_driven` learned from the paths of all people; null: it shares evenly, like `linear`.")


class LeadPath(BaseModel):
    """A lead by its id."""

    id: UUID


class EvidenceLeadSale(BaseModel):
    """A sale of the person; `is_brought` when this lead explains it."""

    id: UUID
    deal_id: int
    product: str
    amount: float | None
    currency: str
    sold_at: datetime
    status: str
    is_brought: bool
    team: str | None
    gap_seconds: int


class LeadEvidenceAnswer(BaseModel):
    """Everything that explains a lead."""

    id: UUID
    at: datetime
    day: date
    form: str
    funnel: str | None
    deal_id: int | None
    team: str | None
    method: str | None
    confidence: str | None
    reason: str | None
    candidates: list[str]
    locked: bool
    campaign: str | None
    utm: dict[str, str | None]
    version: int
    rule: EvidenceRule | None
    steps: list[EvidenceStep]
    touches: list[EvidenceTouch] = Field(description="The person's other leads; `gap_seconds` runs to this lead.")
    sales: list[EvidenceLeadSale]


@evidence.get("/sales/<id>/evidence", summary="Why a sale belongs to its team",
              responses={200: EvidenceAnswer, **problem_answers(404)})
@requires(Permission.ANALYTICS_REPORT_READ)
def show_evidence(path: EvidencePath) -> Response:
    """All touches of the person, the rule and its version, what lost and why. A foreign sale answers like none."""
    with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
        found = load_evidence(connection, str(path.id))
    return problem(HTTPStatus.NOT_FOUND) if found is None else json_answer(describe_evidence(found))


@evidence.get("/leads/<id>/evidence", summary="Why a lead belongs to its team",
              responses={200: LeadEvidenceAnswer, **problem_answers(404)})
@requires(Permission.ANALYTICS_REPORT_READ)
def show_lead_evidence(path: LeadPath) -> Response:
    """The rule and its version, what lost and why, the person's other leads and sales. A foreign lead is like none."""
    with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
        found = load_lead_evidence(connection, str(path.id))
    return problem(HTTPStatus.NOT_FOUND) if found is None else json_answer(describe_lead(found))


def describe_evidence(one: SaleEvidence) -> dict[str, Any]:
    """The evidence as the API tells it."""
    return {
        "id": one.id, "deal_id": one.deal_id, "product": one.product, "amount": one.amount, "currency": one.currency,
        "amount_usd": one.amount_usd, "rate": one.rate,
        "sold_at": one.sold_at, "sale_day": one.sale_day, "status": "reversed" if one.is_reversed else "won",
        "team": one.team.slug, "method": one.method, "confidence": one.confidence, "reason": one.reason,
        "candidates": list(one.candidates), "locked": one.locked, "campaign": one.campaign, "utm": _marks(one.utm),
        "gap_seconds": _seconds(one.gap), "version": one.version,
        **_told(one),
        "history": [{"at": entry.at, "action": entry.action, "team": entry.team, "user": entry.user}
                    for entry in one.history],
        "payments": [{"sale_id": paid.sale_id, "deal_id": paid.deal_id, "amount": paid.amount,
                      "currency": paid.currency, "paid_at": paid.paid_at, "is_sale": paid.is_sale,
                      "status": "reversed" if paid.is_reversed else "won"} for paid in one.payments],
        "models": {model: [{"team": team, "share": share} for team, share in shares.items()]
                   for model, shares in one.models.items()},
        "learned_at": one.learned_at,
    }


def describe_lead(one: LeadEvidence) -> dict[str, Any]:
    """The evidence of a lead as the API tells it."""
    return {
        "id": one.id, "at": one.at, "day": one.day, "form": one.form, "funnel": one.funnel, "deal_id": one.deal_id,
        "team": one.team.slug, "method": one.method, "confidence": one.confidence, "reason": one.reason,
        "candidates": list(one.candidates), "locked": one.locked, "campaign": one.campaign, "utm": _marks(one.utm),
        "version": one.version, **_told(one),
        "sales": [{"id": sale.id, "deal_id": sale.deal_id, "product": sale.product, "amount": sale.amount,
                   "currency": sale.currency, "sold_at": sale.sold_at,
                   "status": "reversed" if sale.is_reversed else "won", "is_brought": sale.is_brought,
                   "team": sale.team, "gap_seconds": _seconds(sale.gap)} for sale in one.sales],
    }


def _told(one: SaleEvidence | LeadEvidence) -> dict[str, Any]:
    """The rule, the steps and the touches."""
    return {
        "rule": None if one.rule is None else asdict(one.rule),
        "steps": [{"method": step.method, "outcome": step.outcome, "teams": list(step.teams), "rule": step.rule,
                   "near": [{"team": team, "unmet": list(unmet)} for team, unmet in step.near]} for step in one.steps],
        "touches": [{
            "lead_id": touch.lead_id, "at": touch.at, "day": touch.day, "form": touch.form, "utm": _marks(touch.utm),
            "tie": touch.tie, "team": touch.team, "method": touch.method, "reason": touch.reason,
            "gap_seconds": _seconds(touch.gap), "outcome": touch.outcome} for touch in one.touches],
    }


def _marks(utm: Utm) -> dict[str, str | None]:
    return {f"utm_{name}": value for name, value in vars(utm).items()}


def _seconds(gap: timedelta | None) -> int | None:
    return None if gap is None else int(gap.total_seconds())
