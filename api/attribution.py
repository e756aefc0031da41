"""The rules of attribution as a whole: what a change would move, putting it in force, its versions, the way back."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.encoding import json_answer
from api.fields import Day
from api.openapi import create_api
from api.operations import RunAnswer, RunPath
from api.problems import problem, problem_answers
from api.rule_changes import OtherVersion, apply_book, apply_change
from api.rule_conflicts import other_version
from api.rule_shapes import AppliedAnswer, ChangeBody, VersionsAnswer, refused, to_change
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.attribution_rules import Rules
from core.records import DateRange
from core.rule_book import FlawedChange, RuleBook, change_book
from core.texts import t
from data.attribution_preview import Move, count_sales, find_change, load_days, preview_moves
from data.attribution_previews import load_preview
from data.engine import Viewer, web_database
from data.rule_books import load_book, load_version, load_versions
from data.rules import load_rules
from data.run_requests import request_run

attribution = create_api("attribution", __name__, "/api/traffic-admin/attribution")

# What a request may take in its three seconds; more sales than that are a worker's business. A change that is no matter
# of marks (the look-back, a change upon one still being applied) asks every sale instead of those it reaches.
MOST_SALES_AT_ONCE = 400_000
MOST_SALES_ASKED_AT_ONCE = 50_000


class PreviewBody(ChangeBody):
    """A change, and the days of the sales that are asked about."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    in_background: bool = Field(False, description="Let a worker compute it; watch its run, then ask for its preview.")


class MoveRow(BaseModel):
    """Sales of a day that would leave one team for another; `null` is no team."""

    day: date
    from_team: str | None = Field(alias="from")
    to_team: str | None = Field(alias="to")
    sales: int
    amount: float


class TeamShift(BaseModel):
    """What a team would win and lose."""

    team: str | None
    name: str | None
    sales: int = Field(description="Won less lost.")
    amount: float
    sales_in: int
    sales_out: int
    amount_in: float
    amount_out: float


class DayShift(BaseModel):
    """What a team would win less lose on a day."""

    day: date
    team: str | None
    sales: int
    amount: float


class MovedTotals(BaseModel):
    """All moved sales."""

    sales: int
    amount: float
    without_amount: int


class PreviewAnswer(BaseModel):
    """What a change would move; amounts in KZT."""

    version: int
    period: dict[str, date] | None
    currency: str
    totals: MovedTotals
    teams: list[TeamShift]
    days: list[DayShift]
    moves: list[MoveRow]


class VersionsQuery(BaseModel):
    """Which versions."""

    limit: int = Field(50, ge=1, le=500)
    cursor: int | None = Field(None, ge=1, le=2**31 - 1)


class VersionPath(BaseModel):
    """A version by its number."""

    version: int = Field(ge=1, le=2**31 - 1)


@attribution.post("/preview", summary="What a change of the rules would move",
                  responses={200: PreviewAnswer, 202: RunAnswer, **problem_answers(409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def preview(body: PreviewBody) -> Response:
    """Sales and money per team and day that the change would move; nothing is changed."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), one_moment=True) as connection:
        rules = load_rules(connection)
        if body.version is not None and body.version != rules.version:
            return _conflict(connection)
        try:
            book = change_book(load_book(connection, rules), to_change(body), rules.teams)
        except FlawedChange as error:
            return refused(error)
        period = _period(connection, body)
        if period is None:
            return json_answer(describe_moves([], rules, period))
        reach = find_change(connection, rules, book.rules(rules))
        most = MOST_SALES_ASKED_AT_ONCE if reach is None else MOST_SALES_AT_ONCE
        if not body.in_background and count_sales(connection, period) <= most:
            return json_answer(describe_moves(
                preview_moves(connection, book.rules(rules), period, reach), rules, period))
    return _queue_preview(book, period)


def _period(connection: Connection, body: PreviewBody) -> DateRange | None:
    known = load_days(connection)
    if known is None:
        return None
    first, last = body.first or known.first, body.last or known.last
    return DateRange(first, last) if first <= last else None


def _queue_preview(book: RuleBook, period: DateRange) -> Response:
    user = current_user()
    parameters: dict[str, Any] = {
        "rules": book.to_json(), "from": period.first.isoformat(), "to": period.last.isoformat()}
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        run_id = request_run(connection, "attribution_preview", parameters, user.id)
        record(connection, Action.RUN_REQUESTED, user_id=user.id, object_type="run", object_id=run_id,
               after={"kind": "attribution_preview"})
    return json_answer({"run_id": run_id}, HTTPStatus.ACCEPTED)


@attribution.get("/previews/<id>", summary="A preview that took a worker",
                 responses={200: PreviewAnswer, **problem_answers(404)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def show_preview(path: RunPath) -> Response:
    """What a run of the preview found; 404 while it has not ended."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        moves = load_preview(connection, str(path.id))
        if moves is None:
            return problem(HTTPStatus.NOT_FOUND)
        return json_answer(describe_moves(moves, load_rules(connection), None))


@attribution.post("/apply", summary="Change the rules",
                  responses={202: AppliedAnswer, **problem_answers(409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def apply(body: ChangeBody) -> Response:
    """Put a change in force; the former version is kept, and a run brings everything in line."""
    with web_database().transaction(Viewer.of(current_user().scope)) as connection:
        try:
            done = apply_change(connection, to_change(body), body.note, body.version)
        except FlawedChange as error:
            return refused(error)
        except OtherVersion:
            return _conflict(connection)
    return json_answer({"version": done.version, "run_id": done.run_id}, HTTPStatus.ACCEPTED)


@attribution.get("/versions", summary="Versions of the rules", responses={200: VersionsAnswer})
@requires(Permission.ATTRIBUTION_RULES_READ)
def list_versions(query: VersionsQuery) -> Response:
    """The newest versions; the first is in force."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        rows = load_versions(connection, query.cursor, query.limit)
    following = rows[-1]["version"] if len(rows) == query.limit else None
    return json_answer({"rows": rows, "next_cursor": following})


@attribution.get("/versions/<version>", summary="One version of the rules",
                 responses={200: None, **problem_answers(404)})
@requires(Permission.ATTRIBUTION_RULES_READ)
def show_version(path: VersionPath) -> Response:
    """The rules of a version as they are kept."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        found = load_version(connection, path.version)
    return problem(HTTPStatus.NOT_FOUND) if found is None else json_answer(
        {"version": found[0], **found[1].to_json()})


@attribution.post("/versions/<version>/revert", summary="Restore a version of the rules",
                  responses={202: AppliedAnswer, **problem_answers(404)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def revert(path: VersionPath) -> Response:
    """Put the rules of a former version in force again, as a new version."""
    with web_database().transaction(Viewer.of(current_user().scope)) as connection:
        found = load_version(connection, path.version)
        if found is None:
            return problem(HTTPStatus.NOT_FOUND)
        done = apply_book(connection, lambda _: found[1], t("rules.restored", version=path.version),
                          Action.RULES_RESTORED)
    return json_answer({"version": done.version, "run_id": done.run_id}, HTTPStatus.ACCEPTED)


def _conflict(connection: Connection) -> Response:
    return problem(HTTPStatus.CONFLICT, detail=other_version(connection))


def describe_moves(moves: Iterable[Move], rules: Rules, period: DateRange | None) -> dict[str, Any]:
    """The moves of a preview as the API tells them: by move, by team and day, by team, in all."""
    listed = list(moves)
    names = {team.slug: team.name for team in rules.teams}
    by_team: dict[str | None, dict[str, Any]] = defaultdict(
        lambda: {"sales_in": 0, "sales_out": 0, "amount_in": Decimal(0), "amount_out": Decimal(0)})
    by_day: dict[tuple[date, str | None], list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for move in listed:
        for team, way, sign in ((move.to_team, "in", 1), (move.from_team, "out", -1)):
            by_team[team][f"sales_{way}"] += move.sales
            by_team[team][f"amount_{way}"] += move.money
            by_day[move.day, team][0] += sign * move.sales
            by_day[move.day, team][1] += sign * move.money
    return {
        "version": rules.version, "currency": "KZT",
        "period": {"from": period.first, "to": period.last} if period else None,
        "totals": {"sales": sum(one.sales for one in listed), "amount": sum(one.money for one in listed),
                   "without_amount": sum(one.without_amount for one in listed)},
        "teams": [{"team": team, "name": names.get(team) if team else None,
                   "sales": one["sales_in"] - one["sales_out"], "amount": one["amount_in"] - one["amount_out"], **one}
                  for team, one in sorted(by_team.items(), key=lambda item: (item[0] is None, item[0] or ""))],
        "days": [{"day": day, "team": team, "sales": sales, "amount": money}
                 for (day, team), (sales, money) in sorted(by_day.items(), key=lambda item: (
                     item[0][0], item[0][1] is None, item[0][1] or ""))],
        "moves": [{"day": one.day, "from": one.from_team, "to": one.to_team, "sales": one.sales, "amount": one.money}
                  for one in listed],
    }


