"""Connecting to Facebook and ending it: the dialog and its return, a pasted token, the state of what is connected."""

import secrets
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from flask import Response, redirect, request
from pydantic import BaseModel, ConfigDict, Field
from structlog import get_logger

from api.encoding import json_answer
from api.facebook_connecting import (
    cipher,
    facebook_sign_in,
    facebook_wait,
    in_a_wait,
    keep_connection,
    keep_wait,
    not_configured,
    redirect_address,
)
from api.openapi import create_api
from api.problems import FieldProblem, problem, problem_answers
from auth.audit import Action, record
from auth.encryption import DecryptionError
from auth.permissions import Permission, may, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user, signed_in_user
from core.business_time import now
from core.sentences import read
from core.texts import t
from data.engine import AUTH, Viewer, web_database
from data.facebook_connections import (
    TOKEN_PURPOSE,
    FacebookConnection,
    load_connections,
    remove_connection,
)
from data.facebook_sign_ins import save_state, use_state
from data.facebook_status import count_other_connections, load_standings
from data.freshness import bump
from data.sessions import SignedInUser
from data.sync_runs import load_runs
from integrations.facebook.errors import BadRequest, FacebookError, TokenInvalid
from integrations.facebook.sign_in import FacebookSignIn, TokenFacts

facebook_sign_in_api = create_api("facebook_sign_in", __name__, "/api/traffic-admin/facebook")
SETTINGS_PAGE = "/settings?tab=facebook"
# What a browser that comes back is told; each has its sentence, ``facebook.notice.<name>``.
Notice = Literal["connected", "refused", "permissions", "state", "state_expired", "code", "wrong_app", "unavailable",
                 "not_configured", "not_allowed", "clock"]
_LONGEST_PARAMETER = 4000

log = get_logger()


class Body(BaseModel):
    """A body: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class DialogBody(Body):
    """How to ask."""

    ask_again: bool = Field(False, description="Ask also for what was declined before.")


class DialogAnswer(BaseModel):
    """Where the browser goes."""

    url: str


class DisconnectBody(Body):
    """Which connection; all of the user's own without one."""

    connection_id: UUID | None = None


class DisconnectAnswer(BaseModel):
    """How many connections ended, and whether Facebook has taken the permissions back for all of them."""

    disconnected: int
    revoked: bool


class TokenBody(Body):
    """A token of a system user."""

    token: str = Field(min_length=20, max_length=2000, json_schema_extra={"format": "password"})


class ConnectionAnswer(BaseModel):
    """A connection; the token itself is never told. ``days_left`` is null for one that never expires."""

    id: UUID
    kind: Literal["person", "system_user"]
    name: str
    facebook_user_id: str
    state: Literal["connected", "reconnect", "log_in_at_facebook", "removed"]
    problem: str | None
    scopes: list[str]
    declined: list[str]
    expires_at: datetime | None
    days_left: int | None
    data_access_expires_at: datetime | None
    connected_at: datetime


class FailedAccount(BaseModel):
    """An account that could not be read: since when its figures are missing, and why."""

    id: str
    name: str
    complete_until: datetime | None
    reason: str


class StatusAnswer(BaseModel):
    """How the user stands with Facebook."""

    configured: bool
    connections: list[ConnectionAnswer]
    last_synced_at: datetime | None
    failed_accounts: list[FailedAccount]


@facebook_sign_in_api.post("/oauth-url", summary="Begin to connect",
                           responses={200: DialogAnswer, **problem_answers(409, 503)})
@requires(Permission.ADS_CONNECTION_WRITE)
def begin_sign_in(body: DialogBody) -> Response:
    """The address of Facebook's dialog, with a state that is good for one return of this session."""
    user, facebook = current_user(), facebook_sign_in()
    if facebook is None:
        return not_configured()
    wait = facebook_wait(user)
    if wait is not None:
        return in_a_wait(wait)
    state = secrets.token_urlsafe(32)
    with web_database().transaction(AUTH) as connection:
        save_state(connection, state, user.id, user.session_id or "")
    return json_answer({"url": facebook.dialog_address(redirect_address(), state, ask_again=body.ask_again)})


@facebook_sign_in_api.get("/callback", summary="Return from Facebook", responses={303: None})
def finish_sign_in() -> Response:
    """Where Facebook sends the browser back to; it goes on to the settings page with a notice."""
    user = signed_in_user()
    if user is None:
        return _tell("state")
    if not may(user, Permission.ADS_CONNECTION_WRITE):
        return _tell("not_allowed")
    try:
        return _tell(_finish(user))
    except FacebookError as error:
        log.warning("facebook_sign_in_failed", user=user.id, reason=str(error))
        keep_wait(user, error)
        return _tell("unavailable")


def _tell(notice: Notice) -> Response:
    return redirect(f"{SETTINGS_PAGE}&notice={notice}", HTTPStatus.SEE_OTHER)  # type: ignore[return-value]


def _finish(user: SignedInUser) -> Notice:
    """Judge what came back, in order: is it ours, was it refused, is the token what it should be."""
    facebook = facebook_sign_in()
    if facebook is None:
        return "not_configured"
    state = request.args.get("state", "")
    with web_database().transaction(AUTH) as connection:
        wrong = use_state(connection, state, user.id, user.session_id or "") if (
            0 < len(state) <= _LONGEST_PARAMETER) else "unknown"
    if wrong is not None:
        return "state_expired" if wrong == "expired" else "state"
    code = request.args.get("code", "")
    if not code or len(code) > _LONGEST_PARAMETER or "error" in request.args:
        return "refused"
    if facebook_wait(user) is not None:
        return "unavailable"
    try:
        grant = facebook.fetch_grant(code, redirect_address())
    except (BadRequest, TokenInvalid) as error:
        log.warning("facebook_code_refused", user=user.id, reason=str(error))
        return "code"
    return _accept(facebook, user, grant.token)


def _accept(facebook: FacebookSignIn, user: SignedInUser, short_token: str) -> Notice:
    """Make the token live long, look at it, and keep it when it may read statistics."""
    grant = facebook.fetch_longer_grant(short_token)
    facts = facebook.fetch_facts(grant.token)
    if facts.app_id != auth_parts().settings.facebook_app_id:
        return "wrong_app"
    if not facts.is_valid:
        return "code"
    permissions = facebook.fetch_permissions(grant.token)
    if not permissions.reads_ads:
        return "permissions"
    person, name = facebook.fetch_person(grant.token)
    known = replace(facts, user_id=facts.user_id or person, scopes=permissions.granted,
                    expires_at=facts.expires_at or (grant.expires_at if facts.kind != "SYSTEM_USER" else None))
    keep_connection(user, grant.token, known, name, permissions.declined)
    return "clock" if facebook.clock_differs else "connected"


@facebook_sign_in_api.post("/token", summary="Connect by a pasted token of a system user",
                           responses={201: ConnectionAnswer, **problem_answers(409, 503)})
@requires(Permission.ADS_CONNECTION_WRITE)
def connect_by_token(body: TokenBody) -> Response:
    """For servers that nobody sits in front of: such a token lives for ever, or 60 days."""
    user, facebook = current_user(), facebook_sign_in()
    if facebook is None:
        return not_configured()
    wait = facebook_wait(user)
    if wait is not None:
        return in_a_wait(wait)
    token = body.token.strip()
    try:
        facts = facebook.fetch_facts(token)
        wrong = _fault_of(facts)
        if wrong is not None:
            return _token_refused(wrong)
        _, name = facebook.fetch_person(token)
    except (BadRequest, TokenInvalid) as error:
        is_foreign = "did not match the Viewing App" in str(error)
        return _token_refused("facebook.notice.wrong_app" if is_foreign else "facebook.token.invalid")
    except FacebookError as error:
        log.warning("facebook_token_not_checked", user=user.id, reason=str(error))
        keep_wait(user, error)
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail=t("facebook.notice.unavailable"),
                       headers={"Retry-After": "60"})
    connection_id = keep_connection(user, token, facts, name, ())
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        kept = next(one for one in load_connections(connection, user.id) if one.id == connection_id)
    return json_answer(describe_connection(kept), HTTPStatus.CREATED)


def _fault_of(facts: TokenFacts) -> str | None:
    if facts.app_id and facts.app_id != auth_parts().settings.facebook_app_id:
        return "facebook.notice.wrong_app"
    if not facts.is_valid:
        return "facebook.token.invalid"
    return None if facts.reads_ads else "facebook.notice.permissions"


def _token_refused(key: str) -> Response:
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail=t(key), errors=[FieldProblem(field="token", message=t(key))])


@facebook_sign_in_api.post("/disconnect", summary="End connections",
                           responses={200: DisconnectAnswer, **problem_answers(404)})
@requires(Permission.ADS_CONNECTION_WRITE)
def disconnect(body: DisconnectBody) -> Response:
    """Take the permissions back at Facebook and forget the tokens; here they go whatever Facebook says."""
    user = current_user()
    wanted = None if body.connection_id is None else str(body.connection_id)
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        own = [one for one in load_connections(connection, user.id) if wanted in (None, one.id)]
    if wanted is not None and not own:
        return problem(HTTPStatus.NOT_FOUND)
    revoked = [_revoke(one) for one in own]
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        for one in own:
            remove_connection(connection, one.id, user.id)
            record(connection, Action.FACEBOOK_DISCONNECTED, user_id=user.id, object_type="facebook_connection",
                   object_id=one.id)
        bump(connection)
    return json_answer({"disconnected": len(own), "revoked": all(revoked)})


def _revoke(one: FacebookConnection) -> bool:
    """Take one connection's permissions back; others of ours may live on the same person's consent."""
    facebook = facebook_sign_in()
    if facebook is None or one.token is None:
        return one.token is None
    with web_database().transaction(AUTH) as connection:
        if one.facebook_user_id and count_other_connections(connection, one.facebook_user_id, one.id):
            return False
    try:
        facebook.revoke(cipher().decrypt(TOKEN_PURPOSE, one.user_id, one.token))
    except TokenInvalid:
        return True     # it was dead already
    except (FacebookError, DecryptionError) as error:
        log.warning("facebook_not_revoked", connection=one.id, reason=str(error))
        return False
    return True


@facebook_sign_in_api.get("/status", summary="How the user stands with Facebook", responses={200: StatusAnswer})
@requires(Permission.ADS_CONNECTION_READ)
def show_status() -> Response:
    """Who is connected, for how long, when the figures came last and what failed."""
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        connections = load_connections(connection, user.id)
        standings = load_standings(connection, user.id)
        runs = load_runs(connection, "facebook", 1)
    return json_answer({
        "configured": facebook_sign_in() is not None,
        "connections": [describe_connection(one) for one in connections],
        "last_synced_at": max((one.last_synced_at for one in standings if one.last_synced_at), default=None),
        "failed_accounts": [{"id": one.account_id, "name": one.name, "complete_until": one.last_synced_at,
                             "reason": read(one.reason)} for one in standings if one.reason],
        "last_run": None if not runs else {"id": runs[0].id, "status": runs[0].status},
    })


def describe_connection(one: FacebookConnection) -> dict[str, Any]:
    """A connection as the API tells it, without its token."""
    left = None if one.expires_at is None else max((one.expires_at - now()).days, 0)
    return {
        "id": one.id, "kind": one.kind, "name": one.name, "facebook_user_id": one.facebook_user_id,
        "state": one.state, "problem": t(one.problem) if one.problem else None, "scopes": list(one.scopes),
        "declined": list(one.declined), "expires_at": one.expires_at, "days_left": left,
        "data_access_expires_at": one.data_access_expires_at, "connected_at": one.connected_at,
    }
