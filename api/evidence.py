"""Why a sale belongs to its team, for programs."""

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
from core.records import Utm
from data.engine import Viewer, web_database
from data.reports.evidence import SaleEvidence, load_evidence

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


class EvidenceAnswer(BaseModel):
    """Everything that explains a sale."""

    id: UUID
    deal_id: int
    product: str
    amount: float | None
    currency: str
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


@evidence.get("/sales/<id>/evidence", summary="Why a sale belongs to its team",
              responses={200: EvidenceAnswer, **problem_answers(404)})
@requires(Permission.ANALYTICS_REPORT_READ)
def show_evidence(path: EvidencePath) -> Response:
    """All touches of the person, the rule and its version, what lost and why. A foreign sale answers like none."""
    with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
        found = load_evidence(connection, str(path.id))
    return problem(HTTPStatus.NOT_FOUND) if found is None else json_answer(describe_evidence(found))


def describe_evidence(one: SaleEvidence) -> dict[str, Any]:
    """The evidence as the API tells it."""
    return {
        "id": one.id, "deal_id": one.deal_id, "product": one.product, "amount": one.amount, "currency": one.currency,
        "sold_at": one.sold_at, "sale_day": one.sale_day, "status": "reversed" if one.is_reversed else "won",
        "team": one.team.slug, "method": one.method, "confidence": one.confidence, "reason": one.reason,
        "candidates": list(one.candidates), "locked": one.locked, "campaign": one.campaign, "utm": _marks(one.utm),
        "gap_seconds": _seconds(one.gap), "version": one.version,
        "rule": None if one.rule is None else asdict(one.rule),
        "steps": [{"method": step.method, "outcome": step.outcome, "teams": list(step.teams), "rule": step.rule,
                   "near": [{"team": team, "unmet": list(unmet)} for team, unmet in step.near]} for step in one.steps],
        "touches": [{
            "lead_id": touch.lead_id, "at": touch.at, "day": touch.day, "form": touch.form, "utm": _marks(touch.utm),
            "tie": touch.tie, "team": touch.team, "method": touch.method, "reason": touch.reason,
            "gap_seconds": _seconds(touch.gap), "outcome": touch.outcome} for touch in one.touches],
        "history": [{"at": entry.at, "action": entry.action, "team": entry.team, "user": entry.user}
                    for entry in one.history],
    }


def _marks(utm: Utm) -> dict[str, str | None]:
    return {f"utm_{name}": value for name, value in vars(utm).items()}


def _seconds(gap: timedelta | None) -> int | None:
    return None if gap is None else int(gap.total_seconds())
