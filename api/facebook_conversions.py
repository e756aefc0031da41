"""Sending a team's won sales back to Facebook: what is arranged, and the log of what was sent."""

from http import HTTPStatus
from typing import Any

from flask import Response

from api.encoding import json_answer
from api.facebook_connecting import cipher
from api.facebook_conversion_shapes import (
    ConversionsAnswer,
    ConversionsBody,
    ConversionsQuery,
    ConversionsSaved,
)
from api.openapi import create_api
from api.problems import FieldProblem, problem, problem_answers
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar
from core.records import Team
from core.sentences import read, read_or_none
from core.texts import format_moment, t
from data.conversions import (
    TOKEN_PURPOSE,
    ConversionEvent,
    ConversionSettings,
    load_conversion_log,
    load_conversion_settings,
    save_conversion_settings,
)
from data.engine import Viewer, web_database
from data.people import load_teams

facebook_conversions_api = create_api("facebook_conversions", __name__, "/api/traffic-admin/facebook")

_LOG_SHOWN = 100


@facebook_conversions_api.get("/conversions", summary="Sales sent back to Facebook",
                              responses={200: ConversionsAnswer, **problem_answers(404)})
@requires(Permission.ADS_CONNECTION_READ)
def show_conversions(query: ConversionsQuery) -> Response:
    """What the team arranged and the newest events: what was sent and by what the person can be found. No token."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        team = _team(load_teams(connection), query.team, user.team_id)
        if team is None:
            return problem(HTTPStatus.NOT_FOUND)
        arranged = load_conversion_settings(connection, team.slug)
        log = load_conversion_log(connection, team.slug, _LOG_SHOWN)
    return json_answer(_describe(team, arranged[0] if arranged else None, log))


@facebook_conversions_api.post("/conversions", summary="Arrange what is sent back",
                               responses={200: ConversionsSaved, **problem_answers(404, 409)})
@requires(Permission.ADS_CONNECTION_WRITE)
def arrange_conversions(body: ConversionsBody) -> Response:
    """Switch sending on or off for a team; sales won before it was switched on are never sent."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        team = _team(load_teams(connection), body.team, user.team_id)
        if team is None:
            return problem(HTTPStatus.NOT_FOUND)
        before = next(iter(load_conversion_settings(connection, team.slug)), None)
        if before is None and not body.token:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[
                FieldProblem(field="token", message=t("conversions.token_needed"))])
        values = {"is_on": body.is_on, "dataset_id": body.dataset_id, "event_name": body.event_name,
                  "test_code": body.test_code or None, "updated_by": user.id,
                  "token": cipher().encrypt(TOKEN_PURPOSE, team.id, body.token) if body.token else None}
        if not save_conversion_settings(connection, team.id, values, body.version if before else None):
            return problem(HTTPStatus.CONFLICT, detail=_conflict(before))
        record(connection, Action.FACEBOOK_CONVERSIONS_ARRANGED, user_id=user.id, object_type="team",
               object_id=team.id, before=_audited(before), after=_after(body))
        [arranged] = load_conversion_settings(connection, team.slug)
        log = load_conversion_log(connection, team.slug, _LOG_SHOWN)
    return json_answer({**_describe(team, arranged, log), "undo": _undo(before, arranged, body)})


def _undo(before: ConversionSettings | None, after: ConversionSettings, body: ConversionsBody) -> dict[str, Any] | None:
    """The request that takes the change back; a token that was replaced is known to nobody any more."""
    if body.token and before is not None:
        return None
    back = {"is_on": False, "dataset_id": after.dataset_id, "event_name": after.event_name,
            "test_code": after.test_code} if before is None else {
        "is_on": before.is_on, "dataset_id": before.dataset_id, "event_name": before.event_name,
        "test_code": before.test_code}
    return {"method": "POST", "path": "/api/traffic-admin/facebook/conversions",
            "body": {**back, "team": body.team, "version": after.version}}


def _team(teams: tuple[Team, ...], slug: str | None, own_id: str | None) -> Team | None:
    """The team named, else the viewer's own; teams the viewer may not see are not among ``teams``."""
    return next((one for one in teams if (one.slug == slug if slug else one.id == own_id)), None)


def _conflict(before: ConversionSettings | None) -> str:
    if before is None:
        return t("conversions.conflict_new")
    zone = BusinessCalendar(auth_parts().settings.business_timezone).zone
    return t("conversions.conflict", who=before.updated_by or "—",
             when=format_moment(before.updated_at.astimezone(zone)))


def _audited(before: ConversionSettings | None) -> dict[str, Any] | None:
    return None if before is None else {"is_on": before.is_on, "dataset_id": before.dataset_id,
                                        "event_name": before.event_name}


def _after(body: ConversionsBody) -> dict[str, Any]:
    return {"is_on": body.is_on, "dataset_id": body.dataset_id, "event_name": body.event_name,
            "new_token": bool(body.token)}


def _describe(team: Team, one: ConversionSettings | None, log: tuple[ConversionEvent, ...]) -> dict[str, Any]:
    return {
        "team": team.slug, "is_on": bool(one and one.is_on), "dataset_id": one.dataset_id if one else None,
        "event_name": one.event_name if one else "Purchase", "test_code": one.test_code if one else None,
        "has_token": one is not None, "since": one.since if one else None,
        "problem": read_or_none(one.problem) if one else None, "version": one.version if one else None,
        "rows": [_describe_event(event) for event in log],
    }


def _describe_event(one: ConversionEvent) -> dict[str, Any]:
    return {
        "event_id": one.event_id, "deal_id": one.deal_id, "event_name": one.event_name, "won_at": one.won_at,
        "value": one.value, "currency": one.currency, "status": one.status, "matched_by": list(one.matched_by),
        "reason": read(one.reason) if one.reason else None, "attempts": one.attempts, "sent_at": one.sent_at,
        "trace": one.trace,
    }
