"""The own profile: name and language, and the tokens made for programs."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import AwareDatetime, BaseModel, Field

from api.encoding import json_answer
from api.fields import PlainText
from api.openapi import create_api
from api.problems import FieldProblem, problem, problem_answers
from api.session import Body, Password, UserAnswer, describe_user, password_wrong, wait_problem
from auth.api_tokens import end_token, make_token
from auth.audit import Action, record
from auth.permissions import Permission, requires, token_scopes
from auth.sign_in import recheck_password
from auth.viewer import current_user
from core.texts import LocaleCode, t
from data.api_tokens import ApiToken, load_tokens
from data.engine import AUTH, web_database
from data.queries import run
from data.sessions import to_user
from data.sign_ins import load_name, save_profile

profile_api = create_api("profile", __name__, "/api/auth")

LONGEST_NAME = 100
LONGEST_LIFE_DAYS = 365


class ProfileBody(Body):
    """What is to change; what is left out stays."""

    name: PlainText | None = Field(None, max_length=1000)
    was: PlainText | None = Field(None, max_length=1000,
                                  description="The name as it was read: refused (409) when it is another one by now.")
    locale: LocaleCode | None = None


class ProfileSavedAnswer(UserAnswer):
    """The profile as saved, and how to go back."""

    undo: dict[str, Any]


class ProgramTokenBody(Body):
    """A new token: what it is for, what it may, for how many days; the password once more."""

    name: PlainText = Field(max_length=1000)
    scopes: list[str] = Field(max_length=100)
    days: int = Field(description="1 to 365")
    current_password: Password


class ProgramTokenAnswer(BaseModel):
    """A token; `beginning` are the first letters of the secret."""

    id: UUID
    name: str
    beginning: str
    scopes: list[str]
    created_at: AwareDatetime
    expires_at: AwareDatetime
    last_used_at: AwareDatetime | None


class ProgramTokensAnswer(BaseModel):
    """The tokens that stand, and the scopes a new one may have."""

    rows: list[ProgramTokenAnswer]
    scopes: list[str]


class NewProgramTokenAnswer(BaseModel):
    """The secret, shown this once: `Authorization: Bearer <token>`."""

    id: UUID
    token: str
    expires_at: AwareDatetime


class ProgramTokenPath(BaseModel):
    """A token by its id."""

    id: UUID


@profile_api.patch("/profile", summary="Change the own profile",
                   responses={200: ProfileSavedAnswer, **problem_answers(409)})
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def change_profile(body: ProfileBody) -> Response:
    """Name and language; role, team and address are an admin's to change."""
    user = current_user()
    name = user.full_name if body.name is None else " ".join(body.name.split())
    if not name and body.name is not None or len(name) > LONGEST_NAME:
        said = t("profile.name_refused", most=LONGEST_NAME)
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[FieldProblem(field="name", message=said)])
    language = body.locale or user.locale
    with web_database().transaction(AUTH) as connection:
        if body.was is not None and load_name(connection, user.id) != body.was:
            return problem(HTTPStatus.CONFLICT, detail=t("profile.name_changed_by_other"))
        if (name, language) != (user.full_name, user.locale):
            save_profile(connection, user.id, name, language)
            record(connection, Action.PROFILE_CHANGED, user_id=user.id, object_type="user", object_id=user.id,
                   before={"name": user.full_name, "locale": user.locale}, after={"name": name, "locale": language})
        saved = to_user(run(connection, "auth/user_by_id", user_id=user.id)[0])
    undo = {"method": "PATCH", "path": "/api/auth/profile", "body": {
        "name": user.full_name or user.name, "locale": user.locale, "was": saved.full_name}}
    return json_answer({**describe_user(saved), "undo": undo})


@profile_api.get("/tokens", summary="Tokens of programs", responses={200: ProgramTokensAnswer})
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def list_tokens() -> Response:
    """The tokens that stand; their secrets are known to nobody any more."""
    user = current_user()
    with web_database().transaction(AUTH, read_only=True) as connection:
        found = load_tokens(connection, user.id)
    return json_answer({"rows": [_describe(one) for one in found], "scopes": list(token_scopes(user.role))})


def _describe(one: ApiToken) -> dict[str, object]:
    return {"id": one.id, "name": one.name, "beginning": one.beginning, "scopes": list(one.scopes),
            "created_at": one.created_at, "expires_at": one.expires_at, "last_used_at": one.last_used_at}


@profile_api.post("/tokens", summary="Make a token", responses={201: NewProgramTokenAnswer,
                                                                **problem_answers(409, 429)})
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def add_token(body: ProgramTokenBody) -> Response:
    """A secret for a program; it may at most what its scopes and the role of this user allow."""
    user = current_user()
    allowed, problems = set(token_scopes(user.role)), []
    if not body.name.strip() or len(body.name.strip()) > LONGEST_NAME:
        problems.append(FieldProblem(field="name", message=t("token.name_refused", most=LONGEST_NAME)))
    if not body.scopes or not set(body.scopes) <= allowed:
        problems.append(FieldProblem(field="scopes", message=t(
            "token.scope_unknown" if body.scopes else "token.scope_missing")))
    if not 1 <= body.days <= LONGEST_LIFE_DAYS:
        problems.append(FieldProblem(field="days", message=t("token.days_refused", most=LONGEST_LIFE_DAYS)))
    if problems:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=problems)
    checked = recheck_password(user, body.current_password)
    if checked.wait_seconds:
        return wait_problem(checked)
    if checked.user is None:
        return password_wrong()
    made = make_token(user, body.name, body.scopes, body.days)
    if made is None:
        return problem(HTTPStatus.CONFLICT, detail=t("token.too_many"))
    return json_answer({"id": made.id, "token": made.secret, "expires_at": made.expires_at}, HTTPStatus.CREATED)


@profile_api.delete("/tokens/<id>", summary="Revoke a token", responses={204: None, **problem_answers(404)})
@requires(Permission.ACCOUNT_PROFILE_WRITE)
def revoke_token(path: ProgramTokenPath) -> Response:
    """End one of the own tokens; that of another user looks like a missing one."""
    is_ended = end_token(current_user(), str(path.id))
    return Response(status=HTTPStatus.NO_CONTENT) if is_ended else problem(HTTPStatus.NOT_FOUND)
