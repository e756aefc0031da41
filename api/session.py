"""Sign-in of programs and the sessions of a user: tokens, sign-out, who am I, password."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Response, g, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from api.openapi import SECURITY, create_api
from api.problems import FieldProblem, problem, problem_answers
from auth.account_links import request_reset, set_password
from auth.audit import Action, record
from auth.cookies import clear_session_cookie, read_session_key
from auth.passwords import PasswordRefused
from auth.permissions import Permission, requires
from auth.sign_in import SignIn, answer_challenge, auth_parts, close_session, recheck_password, sign_in
from auth.token_sessions import TokenPair, open_token_session, renew
from auth.tokens import ACCESS_SECONDS
from auth.viewer import current_user
from core.texts import LocaleCode, t
from data.engine import AUTH, web_database
from data.sessions import SignedInUser, end_sessions, load_open_sessions
from data.sign_ins import save_password_hash

sessions = create_api("session", __name__, "/api/auth", signed_in=False)

Password = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})]


class Body(BaseModel):
    """A body: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class LoginBody(Body):
    """E-mail and password; the code of the second factor, or a recovery code, where one is set up."""

    email: str = Field(min_length=1, max_length=254)
    password: Password
    code: str | None = Field(None, min_length=6, max_length=40)


class RefreshBody(Body):
    """The refresh token of the latest pair."""

    refresh_token: str = Field(min_length=1, max_length=4000)


class PasswordBody(Body):
    """The password of now and the next one."""

    current_password: Password
    new_password: Password


class SessionPath(BaseModel):
    """A session by its id."""

    id: UUID


class UserAnswer(BaseModel):
    """The signed-in user; ``team`` is a slug."""

    id: UUID
    email: str
    name: str
    role: Literal["admin", "analyst", "targetologist"]
    team: str | None
    locale: LocaleCode


class TokenAnswer(BaseModel):
    """A pair of tokens; ``expires_in`` seconds are those of the access token."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    user: UserAnswer


class SessionAnswer(BaseModel):
    """One way of being signed in; ``current`` is the one that asks."""

    id: UUID
    kind: Literal["browser", "api"]
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str
    address: str | None
    current: bool


class SessionsAnswer(BaseModel):
    """All of them."""

    rows: list[SessionAnswer]


def describe_user(user: SignedInUser) -> dict[str, Any]:
    """A user as the API tells it."""
    return {"id": user.id, "email": user.email, "name": user.name, "role": user.role.value, "team": user.team_slug,
            "locale": user.locale}


def wait_problem(outcome: SignIn) -> Response:
    """429 with the seconds to wait."""
    return problem(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(outcome.wait_seconds)})


def code_problem(key: str) -> Response:
    """401: the password was right, the code is missing or wrong."""
    return problem(HTTPStatus.UNAUTHORIZED, detail=t(key), errors=[FieldProblem(field="code", message=t(key))],
                   headers={"WWW-Authenticate": "Bearer"})


def _tokens(pair: TokenPair) -> Response:
    return jsonify(access_token=pair.access_token, refresh_token=pair.refresh_token, token_type="Bearer",
                   expires_in=ACCESS_SECONDS, user=describe_user(pair.user))


@sessions.post("/login", summary="Sign in", responses={200: TokenAnswer, **problem_answers(401, 429)})
def log_in(body: LoginBody) -> Response:
    """A pair of tokens for the right password. Unknown user and wrong password are one answer.

    Where a second factor is needed and no code came, `errors` names the field `code`.
    """
    outcome = sign_in(body.email, body.password)
    if outcome.wait_seconds:
        return wait_problem(outcome)
    if outcome.challenge is not None:
        if outcome.enrolment is not None or body.code is None:
            return code_problem("problem.enrol_first" if outcome.enrolment else "problem.second_factor")
        outcome = answer_challenge(outcome.challenge, body.code)
        if outcome.user is None:
            return code_problem("problem.code_wrong")
    if outcome.user is None:
        return problem(HTTPStatus.UNAUTHORIZED, detail=t("problem.wrong_sign_in"),
                       headers={"WWW-Authenticate": "Bearer"})
    return _tokens(open_token_session(outcome.user))


@sessions.post("/refresh", summary="Renew the tokens", responses={200: TokenAnswer, **problem_answers(401)})
def refresh(body: RefreshBody) -> Response:
    """A new pair for the refresh token; the old one is used up, and using it again ends the whole chain."""
    pair = renew(body.refresh_token)
    if pair is None:
        return problem(HTTPStatus.UNAUTHORIZED, detail=t("problem.refresh_refused"),
                       headers={"WWW-Authenticate": "Bearer"})
    return _tokens(pair)


@sessions.post("/logout", summary="Sign out", responses={204: None, **problem_answers(401)}, security=SECURITY)
@requires(Permission.ACCOUNT_SESSION_END)
def log_out() -> Response:
    """End the session or the tokens that ask; both are refused from now on, in every process."""
    answer = Response(status=HTTPStatus.NO_CONTENT)
    key = read_session_key(request)
    if key is not None and not g.get("by_token"):
        close_session(key)
        clear_session_cookie(answer, auth_parts().settings)
        return answer
    user = current_user()
    with web_database().transaction(AUTH) as connection:
        end_sessions(connection, user.id, only=user.session_id)
        record(connection, Action.LOGOUT, user_id=user.id, object_type="user", object_id=user.id)
    return answer


@sessions.get("/me", summary="Who am I", responses={200: UserAnswer, **problem_answers(401)}, security=SECURITY)
@requires(Permission.ACCOUNT_PROFILE_READ)
def show_me() -> Response:
    """The signed-in user with role and team of this moment."""
    return jsonify(describe_user(current_user()))


@sessions.get("/sessions", summary="Where am I signed in", responses={200: SessionsAnswer, **problem_answers(401)},
              security=SECURITY)
@requires(Permission.ACCOUNT_PROFILE_READ)
def list_sessions() -> Response:
    """All browsers and programs that are signed in as this user."""
    user = current_user()
    with web_database().transaction(AUTH, read_only=True) as connection:
        found = load_open_sessions(connection, user.id)
    return jsonify(rows=[
        {"id": one.id, "kind": one.kind, "created_at": one.created_at.isoformat(),
         "last_seen_at": one.last_seen_at.isoformat(), "expires_at": one.expires_at.isoformat(),
         "user_agent": one.user_agent, "address": one.address, "current": one.id == user.session_id}
        for one in found
    ])


@sessions.delete("/sessions", summary="Sign out everywhere else", responses={204: None, **problem_answers(401)},
                 security=SECURITY)
@requires(Permission.ACCOUNT_SESSION_END)
def end_other_sessions() -> Response:
    """End all sessions but the one that asks."""
    user = current_user()
    with web_database().transaction(AUTH) as connection:
        ended = end_sessions(connection, user.id, except_for=user.session_id)
        record(connection, Action.SESSIONS_ENDED, user_id=user.id, object_type="user", object_id=user.id,
               after={"ended": ended})
    return Response(status=HTTPStatus.NO_CONTENT)


@sessions.delete("/sessions/<id>", summary="End one session", responses={204: None, **problem_answers(401, 404)},
                 security=SECURITY)
@requires(Permission.ACCOUNT_SESSION_END)
def end_one_session(path: SessionPath) -> Response:
    """End one of the own sessions; that of another user looks like a missing one."""
    user = current_user()
    with web_database().transaction(AUTH) as connection:
        ended = end_sessions(connection, user.id, only=str(path.id))
        if ended:
            record(connection, Action.SESSIONS_ENDED, user_id=user.id, object_type="session", object_id=str(path.id))
    return Response(status=HTTPStatus.NO_CONTENT) if ended else problem(HTTPStatus.NOT_FOUND)


@sessions.post("/password", summary="Change the password", responses={204: None, **problem_answers(401, 429)},
               security=SECURITY)
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def change_password(body: PasswordBody) -> Response:
    """Replace the own password; everything else that is signed in as this user is signed out."""
    user = current_user()
    checked = recheck_password(user, body.current_password)
    if checked.wait_seconds:
        return wait_problem(checked)
    if checked.user is None:
        return password_wrong()
    try:
        new_hash = auth_parts().passwords.hash(body.new_password, email=user.email)
    except PasswordRefused as error:
        return password_refused(error)
    with web_database().transaction(AUTH) as connection:
        save_password_hash(connection, user.id, new_hash)
        end_sessions(connection, user.id, except_for=user.session_id)
        record(connection, Action.PASSWORD_CHANGED, user_id=user.id, object_type="user", object_id=user.id)
    return Response(status=HTTPStatus.NO_CONTENT)


def password_wrong() -> Response:
    """422: the password of now was not right."""
    wrong = FieldProblem(field="current_password", message=t("problem.password_wrong"))
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[wrong])


def password_refused(error: PasswordRefused) -> Response:
    """422: the new password is not acceptable."""
    refused = FieldProblem(field="new_password", message=t(f"password.{error.reason}"))
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[refused])


class ForgottenBody(Body):
    """Whose password is forgotten."""

    email: str = Field(min_length=1, max_length=254)


class LinkBody(Body):
    """The last part of an invitation or reset link, and the new password."""

    token: str = Field(min_length=1, max_length=200)
    new_password: Password


@sessions.post("/forgot", summary="Forgotten password", responses={202: None})
def request_link(body: ForgottenBody) -> Response:
    """Send a reset link, if the address is known; the answer is the same if it is not."""
    request_reset(body.email)
    return Response(status=HTTPStatus.ACCEPTED)


@sessions.post("/link", summary="Set a password by a link", responses={204: None, **problem_answers(404)})
def use_link(body: LinkBody) -> Response:
    """Set the password of whoever got the link. A link works once; everything signed in as its user ends."""
    try:
        is_set = set_password(None, body.token, body.new_password)
    except PasswordRefused as error:
        return password_refused(error)
    if is_set:
        return Response(status=HTTPStatus.NO_CONTENT)
    return problem(HTTPStatus.NOT_FOUND, detail=t("problem.link_gone"))
