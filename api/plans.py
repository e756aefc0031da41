"""Weekly plans of teams with their pace."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import Connection

from api.conflicts import other_version
from api.encoding import json_answer
from api.openapi import create_api
from api.plan_shapes import (
    NewPlanBody,
    PlanChangeBody,
    PlanIdsBody,
    PlanPath,
    PlansAnswer,
    PlanSavedAnswer,
    PlansCopied,
    WeekBody,
    WeekQuery,
)
from api.problems import problem, problem_answers
from api.rule_shapes import flawed
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar, now
from core.plans import Plan, WeekOfTeam, elapsed, plan_lines, week_of
from core.texts import t
from data.engine import Viewer, web_database
from data.freshness import bump
from data.people import OtherVersion, load_teams
from data.plans import (
    PlanExists,
    change_plan,
    copy_plans,
    create_plan,
    delete_plans,
    load_plan,
    load_week,
)

plans = create_api("plans", __name__, "/api/traffic-admin")

def _viewer() -> Viewer:
    return Viewer.of(current_user().scope)


def business_calendar() -> BusinessCalendar:
    """The calendar of the business."""
    return BusinessCalendar(auth_parts().settings.business_timezone)


@plans.get("/plans", summary="Plans of a week", responses={200: PlansAnswer})
@requires(Permission.PLANS_WEEK_READ)
def list_plans(query: WeekQuery) -> Response:
    """What each team wants to reach, has reached, and where it should be by now."""
    calendar, moment = business_calendar(), now()
    week = week_of(query.week or calendar.today(moment))
    share = elapsed(week, moment, calendar)
    with web_database().transaction(_viewer(), read_only=True) as connection:
        teams = load_week(connection, week.first, query.team)
    return json_answer({"week_start": week.first, "elapsed": share,
                        "rows": [_describe(one, share) for one in teams]})


def _describe(one: WeekOfTeam, share: Decimal) -> dict[str, Any]:
    goals = one.plan.goals if one.plan else {}
    lines = [{"metric": line.metric.name, "fact": line.fact, "plan": line.plan, "completion": line.completion,
              "expected": line.expected, "forecast": line.forecast, "pace": line.pace.value}
             for line in plan_lines(goals, one.sums, share)]
    return {"team": one.team.slug, "name": one.team.name, "id": one.plan.id if one.plan else None,
            "version": one.plan.version if one.plan else None, "currency": one.currency, "lines": lines}


@plans.post("/plans", summary="Plan a week", responses={201: PlanSavedAnswer, **problem_answers(409)})
@requires(Permission.PLANS_WEEK_WRITE)
def add_plan(body: NewPlanBody) -> Response:
    """A plan of an active team; a week has one."""
    with web_database().transaction(_viewer()) as connection:
        team = next((one for one in load_teams(connection) if one.slug == body.team and one.is_active), None)
        found = [] if team else [("team", t("problem.team_unknown"))]
        found += _goal_flaws(body.week_start, body.goals)
        if team is None or found:
            return flawed(found)
        try:
            plan_id = create_plan(connection, team.id, body.week_start, body.currency, body.goals)
        except PlanExists:
            return problem(HTTPStatus.CONFLICT, detail=t("plans.exists", team=team.name))
        _note(connection, Action.PLAN_SAVED, plan_id, None,
              _told(body.team, body.week_start, body.currency, body.goals))
        bump(connection)
    undo = {"method": "DELETE", "path": f"/api/traffic-admin/plans/{plan_id}"}
    return json_answer({"id": plan_id, "version": 1, "undo": undo}, HTTPStatus.CREATED)


def _goal_flaws(week_start: date | None, goals: Mapping[str, Decimal | None]) -> list[tuple[str, str]]:
    found = []
    if week_start is not None and week_start.weekday():
        found.append(("week_start", t("plans.monday")))
    if not any(value is not None for value in goals.values()):
        found.append(("revenue", t("plans.nothing")))
    return found


@plans.patch("/plans/<id>", summary="Change a plan", responses={200: PlanSavedAnswer, **problem_answers(404, 409)})
@requires(Permission.PLANS_WEEK_WRITE)
def patch_plan(path: PlanPath, body: PlanChangeBody) -> Response:
    """All figures of a plan anew."""
    plan_id = str(path.id)
    with web_database().transaction(_viewer()) as connection:
        plan = load_plan(connection, plan_id)
        if plan is None:
            return problem(HTTPStatus.NOT_FOUND)
        found = _goal_flaws(None, body.goals)
        if found:
            return flawed(found)
        try:
            change_plan(connection, plan, body.version, body.currency, body.goals)
        except OtherVersion:
            return other_version(connection, "plan", plan_id)
        _note(connection, Action.PLAN_SAVED, plan_id, _of(plan),
              _told(plan.team_slug, plan.week_start, body.currency, body.goals))
        bump(connection)
    undo = {"method": "PATCH", "path": f"/api/traffic-admin/plans/{plan_id}",
            "body": {"currency": plan.currency, **plan.goals, "version": plan.version + 1}}
    return json_answer({"id": plan_id, "version": plan.version + 1, "undo": undo})


@plans.delete("/plans/<id>", summary="Remove a plan", responses={200: PlanSavedAnswer, **problem_answers(404)})
@requires(Permission.PLANS_WEEK_WRITE)
def remove_plan(path: PlanPath) -> Response:
    """A week without a plan; what was reached stays."""
    plan_id = str(path.id)
    with web_database().transaction(_viewer()) as connection:
        plan = load_plan(connection, plan_id)
        if plan is None:
            return problem(HTTPStatus.NOT_FOUND)
        delete_plans(connection, [plan_id])
        _note(connection, Action.PLAN_DELETED, plan_id, _of(plan), None)
        bump(connection)
    undo = {"method": "POST", "path": "/api/traffic-admin/plans", "body": {
        "team": plan.team_slug, "week_start": plan.week_start, "currency": plan.currency, **plan.goals}}
    return json_answer({"id": plan_id, "version": plan.version, "undo": undo})


@plans.post("/plan-copies", summary="Copy the plans of the week before", responses={201: PlansCopied})
@requires(Permission.PLANS_WEEK_WRITE)
def copy_week(body: WeekBody) -> Response:
    """Plans of the week before for every active team that has none in this one."""
    if body.week_start.weekday():
        return flawed([("week_start", t("plans.monday"))])
    with web_database().transaction(_viewer()) as connection:
        ids = copy_plans(connection, body.week_start)
        if not ids:
            return flawed([("week_start", t("plans.nothing_to_copy"))])
        _note(connection, Action.PLANS_COPIED, body.week_start.isoformat(), None, {"plans": ids})
        bump(connection)
    undo = {"method": "POST", "path": "/api/traffic-admin/plan-removals", "body": {"ids": ids}}
    return json_answer({"ids": ids, "copied": len(ids), "undo": undo}, HTTPStatus.CREATED)


@plans.post("/plan-removals", summary="Remove several plans", responses={204: None})
@requires(Permission.PLANS_WEEK_WRITE)
def remove_plans(body: PlanIdsBody) -> Response:
    """All of them at once; those that are gone already do not matter."""
    with web_database().transaction(_viewer()) as connection:
        for one in body.ids:
            plan = load_plan(connection, str(one))
            if plan is not None:
                _note(connection, Action.PLAN_DELETED, plan.id, _of(plan), None)
        delete_plans(connection, [str(one) for one in body.ids])
        bump(connection)
    return Response(status=HTTPStatus.NO_CONTENT)


def _note(
    connection: Connection, action: Action, plan_id: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    record(connection, action, user_id=current_user().id, object_type="plan", object_id=plan_id, before=before,
           after=after)


def _of(plan: Plan) -> dict[str, Any]:
    return _told(plan.team_slug, plan.week_start, plan.currency, plan.goals)


def _told(team: str, week_start: date, currency: str, goals: Mapping[str, Decimal | None]) -> dict[str, Any]:
    return {"team": team, "week_start": week_start.isoformat(), "currency": currency,
            **{name: None if value is None else str(value) for name, value in goals.items()}}
