"""Money without a team: the queue, who may have brought it, and giving many sales to a team at once."""

from dataclasses import asdict
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.encoding import json_answer
from api.fields import Day, NearDay, PlainText
from api.openapi import create_api
from api.problems import problem, problem_answers
from api.rule_changes import OtherVersion, apply_change
from api.rule_conflicts import other_version
from api.rule_shapes import AliasBody, Mark, flawed, refused, to_alias
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.records import Team
from core.rule_book import FlawedChange, RuleChange
from core.texts import t, tn
from data.bulk_assignments import SalesMoved, assign_sales, return_sales
from data.engine import Viewer, web_database
from data.people import load_teams
from data.unattributed import (
    QueuedSale,
    QueueFilter,
    load_likely_leads,
    load_marks,
    load_queue,
    load_reason_totals,
)

ROOT = "/api/traffic-admin/unattributed"
unattributed = create_api("unattributed", __name__, ROOT)

MOST_AT_ONCE = 500
NOBODY = "none"  # as in the addresses of reports


class QueueQuery(BaseModel):
    """Which sales; days are those of the business time zone, both included."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    q: PlainText | None = Field(None, max_length=200, description="Looked for in the marks and the deal's number.")
    reason: PlainText | None = Field(None, max_length=40)
    source: PlainText | None = Field(None, max_length=200, description="utm_source exactly; empty: sales without one.")
    campaign: PlainText | None = Field(None, max_length=200, description="utm_campaign exactly.")
    first: NearDay | None = Field(None, alias="from")
    last: NearDay | None = Field(None, alias="to")
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, max_length=200)


class LikelyLeadAnswer(BaseModel):
    """A lead that may have brought the sale."""

    lead_id: UUID
    at: AwareDatetime
    form: str
    utm_source: str | None
    utm_campaign: str | None
    team: str | None
    team_name: str | None
    reason: str | None = Field(description="Why the lead itself has no team.")
    points: int
    signs: list[str] = Field(description="contact, phone, email, words, near; after: it came after the sale")


class QueuedSaleAnswer(BaseModel):
    """A sale without a team."""

    id: UUID
    deal_id: int
    product: str
    amount: float | None
    currency: str
    amount_kzt: float | None
    sold_at: AwareDatetime
    sale_day: date
    utm: dict[str, str | None]
    reason: str | None
    candidates: list[str]
    leads: list[LikelyLeadAnswer]


class QueueAnswer(BaseModel):
    """Sales without a team, the greatest money first."""

    rows: list[QueuedSaleAnswer]
    next_cursor: str | None


class MarkQuery(BaseModel):
    """Which part of the list of marks."""

    limit: int = Field(50, ge=1, le=500)
    cursor: int = Field(0, ge=0, le=1_000_000)


class SharedMark(BaseModel):
    """Sales that share a mark."""

    utm_source: str
    utm_campaign: str
    sales: int
    amount: float | None
    without_amount: int
    first_day: date
    last_day: date
    reasons: list[str]


class SharedMarksAnswer(BaseModel):
    """Marks of sales without a team, the greatest money first."""

    rows: list[SharedMark]
    next_cursor: int | None


class ReasonAnswer(BaseModel):
    """All sales that wait for one reason."""

    reason: str | None
    sales: int
    amount: float | None
    without_amount: int


class QueueTotals(BaseModel):
    """The whole queue; amounts in KZT."""

    reasons: list[ReasonAnswer]


class TaughtAlias(AliasBody):
    """The alias that is taught with the sales."""

    valid_from: Day | None = None
    valid_to: Day | None = Field(None, description="Included.")


class GiveBody(BaseModel):
    """Sales for one team, `null` for nobody; with an alias their mark means that team from now on."""

    model_config = ConfigDict(extra="forbid")

    sale_ids: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)
    team: Mark | None = Field(description="Slug; `null` or `none`: they belong to nobody.")
    alias: TaughtAlias | None = Field(None, description="What the team is called as well; its `team` must be the same.")
    version: int | None = Field(
        None, strict=True, description="Refuse (409) an alias when the rules are no longer of this version.")


class GivenAnswer(BaseModel):
    """How many sales were given, the run that follows an alias, and the request that takes the sales back."""

    assigned: int
    version: int | None
    run_id: UUID | None
    undo: dict[str, Any]


class TakeBackBody(BaseModel):
    """Sales that the same person gave to a team last."""

    model_config = ConfigDict(extra="forbid")

    sale_ids: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)


class TakenBackAnswer(BaseModel):
    """How many sales are without a team again."""

    returned: int


@unattributed.get("", summary="Sales without a team", responses={200: QueueAnswer})
@requires(Permission.ATTRIBUTION_SALE_ASSIGN)
def list_queue(query: QueueQuery) -> Response:
    """The greatest money first, each with its reason and the three most likely leads."""
    chosen = QueueFilter(query.q, query.reason, _mark(query.source), _mark(query.campaign), query.first, query.last)
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        page = load_queue(connection, chosen, query.limit, query.cursor)
        leads = load_likely_leads(connection, [one.id for one in page.rows])
    return json_answer({"rows": [{**_describe(one), "leads": [
        {name: value for name, value in asdict(lead).items() if name in LikelyLeadAnswer.model_fields}
        for lead in leads[one.id]]} for one in page.rows], "next_cursor": page.next_cursor})


def _mark(value: str | None) -> str | None:
    return None if value is None else value.strip().lower()


def _describe(one: QueuedSale) -> dict[str, Any]:
    return {"id": one.id, "deal_id": one.deal_id, "product": one.product, "amount": one.amount,
            "currency": one.currency, "amount_kzt": one.amount_kzt, "sold_at": one.sold_at, "sale_day": one.sale_day,
            "utm": dict(one.marks), "reason": one.reason, "candidates": list(one.candidates)}


@unattributed.get("/marks", summary="Marks of sales without a team", responses={200: SharedMarksAnswer})
@requires(Permission.ATTRIBUTION_SALE_ASSIGN)
def list_marks(query: MarkQuery) -> Response:
    """Sales without a team by the mark they share."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        groups = load_marks(connection, query.limit, query.cursor)
    rows = [{"utm_source": one.source, "utm_campaign": one.campaign, "sales": one.sales, "amount": one.money,
             "without_amount": one.without_amount, "first_day": one.first_day, "last_day": one.last_day,
             "reasons": list(one.reasons)} for one in groups]
    return json_answer({"rows": rows, "next_cursor": query.cursor + query.limit if len(rows) == query.limit else None})


@unattributed.get("/totals", summary="All money without a team", responses={200: QueueTotals})
@requires(Permission.ATTRIBUTION_SALE_ASSIGN)
def show_totals() -> Response:
    """By reason."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        totals = load_reason_totals(connection)
    return json_answer({"reasons": [{"reason": one.reason, "sales": one.sales, "amount": one.money,
                                     "without_amount": one.without_amount} for one in totals]})


@unattributed.post("/assign", summary="Give sales to a team",
                   responses={200: GivenAnswer, **problem_answers(409)})
@requires(Permission.ATTRIBUTION_SALE_ASSIGN)
def assign(body: GiveBody) -> Response:
    """All of them or none; what is given by hand survives every run of the rules."""
    ids = sorted({str(one) for one in body.sale_ids})
    try:
        with web_database().transaction(Viewer.of(current_user().scope)) as connection:
            team = next((one for one in load_teams(connection) if one.slug == body.team), None)
            if body.team not in (None, NOBODY) and team is None:
                return flawed([("team", t("rules.team_unknown", team=body.team))])
            return _give(connection, body, ids, team)
    except FlawedChange as error:
        return refused(error, "aliases.0.")
    except SalesMoved as error:
        return problem(HTTPStatus.CONFLICT, detail=tn("queue.moved", error.how_many))


def _give(connection: Connection, body: GiveBody, ids: list[str], team: Team | None) -> Response:
    """Raises: FlawedChange, SalesMoved; nothing is kept then."""
    user, version, run_id = current_user(), None, None
    if body.alias is not None:
        if team is None or body.alias.team != team.slug:
            return flawed([("alias.team", t("queue.alias_of_other_team"))])
        try:
            done = apply_change(connection, RuleChange(save_aliases=(to_alias(body.alias),)), body.alias.note,
                                body.version)
        except OtherVersion:
            return problem(HTTPStatus.CONFLICT, detail=other_version(connection))
        version, run_id = done.version, done.run_id
    assigned = assign_sales(connection, ids, team, user.id)
    record(connection, Action.SALES_ASSIGNED, user_id=user.id, object_type="sale", object_id=ids[0],
           before={"team": None, "sales": ids}, after={"team": team.slug if team else None, "locked": True,
                                                       "sales": ids, "count": assigned})
    back = {"method": "POST", "path": f"{ROOT}/take-back", "body": {"sale_ids": ids}}
    return json_answer({"assigned": assigned, "version": version, "run_id": run_id, "undo": back})


@unattributed.post("/take-back", summary="Take given sales back",
                   responses={200: TakenBackAnswer, **problem_answers(409)})
@requires(Permission.ATTRIBUTION_SALE_ASSIGN)
def take_back(body: TakeBackBody) -> Response:
    """Sales that the caller gave to a team are without one again, as they were; all of them or none."""
    user, ids = current_user(), sorted({str(one) for one in body.sale_ids})
    try:
        with web_database().transaction(Viewer.of(user.scope)) as connection:
            returned = return_sales(connection, ids, user.id)
            record(connection, Action.SALES_RETURNED, user_id=user.id, object_type="sale", object_id=ids[0],
                   before={"locked": True, "sales": ids}, after={"team": None, "locked": False, "count": returned})
    except SalesMoved as error:
        return problem(HTTPStatus.CONFLICT, detail=tn("queue.moved", error.how_many))
    return json_answer({"returned": returned})
