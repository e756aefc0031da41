"""Users for admins: invited, changed, let in again. Passwords are never seen: links are shown once."""

from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from flask import Response
from pydantic import AwareDatetime, BaseModel, Field, model_validator

from api.encoding import json_answer
from api.fields import PlainText
from api.openapi import create_api
from api.problems import FieldProblem, problem, problem_answers
from api.session import Body
from auth.account_links import NewLink, make_link
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.one_time_links import INVITATION, RESET
from core.records import Role
from core.texts import t
from data.engine import AUTH, Viewer, web_database
from data.login_attempts import forget_failures
from data.people import PeopleError, User, change_user, create_user, load_teams, load_user, load_users
from data.second_factors import remove_factor
from data.sessions import end_sessions

people = create_api("people", __name__, "/api/traffic-admin/users")

RoleName = Literal["admin", "analyst", "targetologist"]
NO_PASSWORD = "!"
_FIELDS = {"user_email_taken": "email", "user_email_invalid": "email", "targetologist_without_team": "team",
           "team_unknown": "team"}
_SENTENCES = {"user_email_taken": "problem.email_taken", "user_email_invalid": "problem.email_invalid",
              "targetologist_without_team": "problem.team_needed", "team_unknown": "problem.team_unknown"}


class InvitationBody(Body):
    """A new user, who sets the password by the link."""

    email: PlainText = Field(min_length=3, max_length=254)
    role: RoleName
    team: PlainText | None = Field(None, max_length=80, description="Slug; a targetologist needs one.")
    name: PlainText = Field("", max_length=200)
    locale: Literal["ru", "en", "kk"] = "ru"


class UserChangeBody(Body):
    """What is to change; what is left out stays."""

    role: RoleName | None = None
    team: PlainText | None = Field(None, max_length=80)
    is_active: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> "UserChangeBody":
        if not self.model_fields_set:
            raise ValueError("nothing is to change")
        return self


class UserPath(BaseModel):
    """A user by id."""

    id: UUID


class PersonAnswer(BaseModel):
    """A user."""

    id: UUID
    email: str
    name: str
    role: RoleName
    team: str | None
    locale: str
    is_active: bool


class PeopleAnswer(BaseModel):
    """All of them."""

    rows: list[PersonAnswer]


class LinkAnswer(BaseModel):
    """A link to pass on; it is shown this once and works once."""

    id: UUID
    link: str
    expires_at: AwareDatetime


def _admin() -> Viewer:
    return Viewer.of(current_user().scope)


def describe_person(user: User) -> dict[str, Any]:
    """A user as the API tells it."""
    return {"id": user.id, "email": user.email, "name": user.full_name, "role": user.role.value,
            "team": user.team_slug, "locale": user.locale, "is_active": user.is_active}


def _refused(error: PeopleError) -> Response:
    sentence = t(_SENTENCES[error.reason]) if error.reason in _SENTENCES else t("problem.422.detail")
    refused = FieldProblem(field=_FIELDS.get(error.reason, "body"), message=sentence)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[refused])


def _show_link(user_id: str, link: NewLink, status: HTTPStatus) -> Response:
    return json_answer({"id": user_id, "link": link.address, "expires_at": link.expires_at}, status)


@people.get("", summary="Users", responses={200: PeopleAnswer})
@requires(Permission.PEOPLE_USER_READ)
def list_people() -> Response:
    """Everybody, by address."""
    with web_database().transaction(_admin(), read_only=True) as connection:
        return json_answer({"rows": [describe_person(user) for user in load_users(connection)]})


@people.post("", summary="Invite a user", responses={201: LinkAnswer})
@requires(Permission.PEOPLE_USER_WRITE)
def invite(body: InvitationBody) -> Response:
    """Make a user without a password and the link that sets it."""
    admin = current_user()
    try:
        with web_database().transaction(_admin()) as connection:
            team_id = _team_id(connection, body.team)
            user = create_user(connection, email=body.email, password_hash=NO_PASSWORD, role=Role(body.role),
                               team_id=team_id, full_name=body.name, locale=body.locale)
            record(connection, Action.USER_CREATED, user_id=admin.id, object_type="user", object_id=user.id,
                   after={"role": body.role, "team": body.team})
    except PeopleError as error:
        return _refused(error)
    with web_database().transaction(AUTH) as connection:
        link = make_link(connection, INVITATION, user.id, created_by=admin.id)
    return problem(HTTPStatus.NOT_FOUND) if link is None else _show_link(user.id, link, HTTPStatus.CREATED)


def _team_id(connection: Any, slug: str | None) -> str | None:
    """The id of a team. Raises: PeopleError when there is none of this slug."""
    if slug is None:
        return None
    found = next((team.id for team in load_teams(connection) if team.slug == slug.strip().lower()), None)
    if found is None:
        raise PeopleError("team_unknown")
    return found


@people.patch("/<id>", summary="Change a user's rights", responses={200: PersonAnswer, **problem_answers(404, 409)})
@requires(Permission.PEOPLE_USER_WRITE)
def change(path: UserPath, body: UserChangeBody) -> Response:
    """Another role, team or access; everything signed in as this user ends at once."""
    admin, user_id = current_user(), str(path.id)
    if user_id == admin.id:
        return problem(HTTPStatus.CONFLICT, detail=t("problem.own_rights"))
    try:
        with web_database().transaction(_admin()) as connection:
            before = load_user(connection, user_id)
            if before is None:
                return problem(HTTPStatus.NOT_FOUND)
            given = body.model_fields_set
            team_id = _team_id(connection, body.team) if "team" in given else before.team_id
            after = change_user(connection, user_id, role=Role(body.role or before.role), team_id=team_id,
                                is_active=before.is_active if body.is_active is None else body.is_active)
            record(connection, Action.USER_CHANGED, user_id=admin.id, object_type="user", object_id=user_id,
                   before=_rights(before), after=_rights(after))
    except PeopleError as error:
        return _refused(error)
    return json_answer(describe_person(after))


def _rights(user: User) -> dict[str, Any]:
    return {"role": user.role.value, "team": user.team_slug, "is_active": user.is_active}


@people.post("/<id>/link", summary="Link for a new password", responses={201: LinkAnswer, **problem_answers(404)})
@requires(Permission.PEOPLE_USER_WRITE)
def make_reset_link(path: UserPath) -> Response:
    """A link with which an active user sets a new password; earlier links of this user end."""
    with web_database().transaction(AUTH) as connection:
        link = make_link(connection, RESET, str(path.id), created_by=current_user().id)
    return problem(HTTPStatus.NOT_FOUND) if link is None else _show_link(str(path.id), link, HTTPStatus.CREATED)


@people.post("/<id>/unlock", summary="Let a user try again", responses={204: None, **problem_answers(404)})
@requires(Permission.PEOPLE_USER_WRITE)
def unlock(path: UserPath) -> Response:
    """Forget the failed sign-ins of a user whose guesses were paused."""
    admin, user_id = current_user(), str(path.id)
    with web_database().transaction(_admin()) as connection:
        user = load_user(connection, user_id)
        if user is None:
            return problem(HTTPStatus.NOT_FOUND)
        forgotten = forget_failures(connection, user.email)
        record(connection, Action.USER_UNLOCKED, user_id=admin.id, object_type="user", object_id=user_id,
               before={"failures": forgotten})
    return Response(status=HTTPStatus.NO_CONTENT)


@people.delete("/<id>/second-factor", summary="Forget a lost second factor",
               responses={204: None, **problem_answers(404)})
@requires(Permission.PEOPLE_USER_WRITE)
def forget_second_factor(path: UserPath) -> Response:
    """For a user who lost both the phone and the recovery codes; everything signed in as this user ends."""
    user_id = str(path.id)
    with web_database().transaction(AUTH) as connection:
        if not remove_factor(connection, user_id):
            return problem(HTTPStatus.NOT_FOUND)
        end_sessions(connection, user_id)
        record(connection, Action.SECOND_FACTOR_DISABLED, user_id=current_user().id, object_type="user",
               object_id=user_id)
    return Response(status=HTTPStatus.NO_CONTENT)
