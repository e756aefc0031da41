"""Users for admins: invited, changed, let in again. Passwords are never seen: links are shown once."""

from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import Connection

from api.conflicts import other_version
from api.encoding import json_answer
from api.openapi import create_api
from api.people_notes import tell_changed_user
from api.people_shapes import (
    InvitationBody,
    LinkAnswer,
    PeopleAnswer,
    PeopleQuery,
    PersonAnswer,
    PersonSavedAnswer,
    UserChangeBody,
    UserPath,
    describe_person,
)
from api.problems import FieldProblem, problem, problem_answers
from auth.account_links import NewLink, mail_link, make_link
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import FREE_ATTEMPTS
from auth.viewer import current_user
from core.emails import email_flaw
from core.one_time_links import INVITATION, RESET
from core.records import Role
from core.texts import t
from data.engine import AUTH, Viewer, seen_by, web_database
from data.login_attempts import forget_failures
from data.people import NO_PASSWORD, OtherVersion, PeopleError, User, change_user, create_user, load_teams, load_user
from data.people_list import UserFilter, load_listed_user, load_user_page
from data.second_factors import remove_factor
from data.sessions import end_sessions

people = create_api("people", __name__, "/api/traffic-admin/users")

_FIELDS = {"user_email_taken": "email", "user_email_invalid": "email", "targetologist_without_team": "team",
           "team_unknown": "team", "team_archived": "team"}
_SENTENCES = {"user_email_taken": "problem.email_taken", "user_email_invalid": "problem.email_invalid",
              "targetologist_without_team": "problem.team_needed", "team_unknown": "problem.team_unknown",
              "team_archived": "people.team_archived"}


def _admin() -> Viewer:
    return Viewer.of(current_user().scope)


def _refused(error: PeopleError) -> Response:
    if error.reason == "last_admin":
        return problem(HTTPStatus.CONFLICT, detail=t("people.last_admin"))
    sentence = t(_SENTENCES[error.reason]) if error.reason in _SENTENCES else t("problem.422.detail")
    return _unfit(_FIELDS.get(error.reason, "body"), sentence)


def _unfit(field: str, sentence: str) -> Response:
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=[FieldProblem(field=field, message=sentence)])


def _show_link(user_id: str, link: NewLink, status: HTTPStatus) -> Response:
    return json_answer({"id": user_id, "link": link.address, "expires_at": link.expires_at}, status)


@people.get("", summary="Users", responses={200: PeopleAnswer})
@requires(Permission.PEOPLE_USER_READ)
def list_people(query: PeopleQuery) -> Response:
    """Users by address, a page at a time."""
    chosen = UserFilter(query.search or None, query.role, query.team, query.is_active)
    with web_database().transaction(_admin(), read_only=True) as connection:
        page, following = load_user_page(connection, _admin(), chosen, free_attempts=FREE_ATTEMPTS,
                                         after=query.cursor, limit=query.limit)
    return json_answer({"rows": [describe_person(one) for one in page], "next_cursor": following})


@people.get("/<id>", summary="A user", responses={200: PersonAnswer, **problem_answers(404)})
@requires(Permission.PEOPLE_USER_READ)
def show_person(path: UserPath) -> Response:
    """One user."""
    with web_database().transaction(_admin(), read_only=True) as connection:
        found = load_listed_user(connection, _admin(), str(path.id), free_attempts=FREE_ATTEMPTS)
    return problem(HTTPStatus.NOT_FOUND) if found is None else json_answer(describe_person(found))


@people.post("", summary="Invite a user", responses={201: LinkAnswer})
@requires(Permission.PEOPLE_USER_WRITE)
def invite(body: InvitationBody) -> Response:
    """Make a user without a password and the link that sets it, in one transaction."""
    admin = current_user()
    flaw = email_flaw(body.email)
    if flaw is not None:
        return _unfit(flaw.field, t(flaw.key, **flaw.values))
    try:
        with web_database().transaction(_admin()) as connection:
            team_id = _team_id(connection, body.team)
            user = create_user(connection, email=body.email, password_hash=NO_PASSWORD, role=Role(body.role),
                               team_id=team_id, full_name=body.name, locale=body.locale)
            record(connection, Action.USER_CREATED, user_id=admin.id, object_type="user", object_id=user.id,
                   after={"role": body.role, "team": body.team})
            with seen_by(connection, AUTH, _admin()):
                if body.invitation == "mail":
                    mail_link(connection, INVITATION, user.id, created_by=admin.id)
                    link = None
                else:
                    link = make_link(connection, INVITATION, user.id, created_by=admin.id)
    except PeopleError as error:
        return _refused(error)
    if link is None:
        return json_answer({"id": user.id, "link": None, "expires_at": None}, HTTPStatus.CREATED)
    return _show_link(user.id, link, HTTPStatus.CREATED)


def _team_id(connection: Connection, slug: str | None) -> str | None:
    """The id of a team. Raises: PeopleError when there is none of this slug, or it is in the archive."""
    if not slug:
        return None
    found = next((team for team in load_teams(connection) if team.slug == slug.strip().lower()), None)
    if found is None:
        raise PeopleError("team_unknown")
    if not found.is_active:
        raise PeopleError("team_archived")
    return found.id


@people.patch("/<id>", summary="Change a user's rights",
              responses={200: PersonSavedAnswer, **problem_answers(404, 409)})
@requires(Permission.PEOPLE_USER_WRITE)
def change(path: UserPath, body: UserChangeBody) -> Response:
    """Another role, team, name or access; with new rights everything signed in as this user ends, and is told why."""
    return _save(str(path.id), body)


@people.delete("/<id>", summary="Close a user's access",
               responses={200: PersonSavedAnswer, **problem_answers(404, 409)})
@requires(Permission.PEOPLE_USER_WRITE)
def close(path: UserPath) -> Response:
    """A user is never erased, so that what was done keeps its name; whoever is closed is signed out and stays out."""
    return _save(str(path.id), UserChangeBody(is_active=False))


def _save(user_id: str, body: UserChangeBody) -> Response:
    admin = current_user()
    if user_id == admin.id:
        return problem(HTTPStatus.CONFLICT, detail=t("problem.own_rights"))
    try:
        with web_database().transaction(_admin()) as connection:
            before = load_user(connection, user_id)
            if before is None:
                return problem(HTTPStatus.NOT_FOUND)
            after = _change(connection, before, body)
            record(connection, Action.USER_CHANGED, user_id=admin.id, object_type="user", object_id=user_id,
                   before=_rights(before), after=_rights(after))
            told = load_listed_user(connection, _admin(), user_id, free_attempts=FREE_ATTEMPTS)
            if told is None:
                raise RuntimeError("a viewer who may change users must be able to read them")
            if _rights(before) != _rights(after):
                tell_changed_user(connection, before, after, told.team_name)
    except PeopleError as error:
        return _refused(error)
    except OtherVersion:
        with web_database().transaction(_admin(), read_only=True) as connection:
            return other_version(connection, "user", user_id)
    return json_answer({**describe_person(told), "undo": _undo(before, told.version)})


def _change(connection: Connection, before: User, body: UserChangeBody) -> User:
    """Raises: PeopleError, OtherVersion."""
    team_id = before.team_id
    if "team" in body.model_fields_set and body.team != before.team_slug:
        team_id = _team_id(connection, body.team)
    return change_user(
        connection, before.id, role=Role(body.role or before.role), team_id=team_id, version=body.version,
        is_active=before.is_active if body.is_active is None else body.is_active, full_name=body.name)


def _rights(user: User) -> dict[str, Any]:
    return {"role": user.role.value, "team": user.team_slug, "is_active": user.is_active}


def _undo(before: User, version: int) -> dict[str, Any]:
    return {"method": "PATCH", "path": f"/api/traffic-admin/users/{before.id}",
            "body": {**_rights(before), "name": before.full_name, "version": version}}


@people.post("/<id>/link", summary="Link for a new password", responses={201: LinkAnswer, **problem_answers(404)})
@requires(Permission.PEOPLE_USER_WRITE)
def make_reset_link(path: UserPath) -> Response:
    """A link with which an active user sets the password (whoever never did: is invited); earlier links end."""
    with web_database().transaction(_admin()) as connection:
        found = load_listed_user(connection, _admin(), str(path.id), free_attempts=FREE_ATTEMPTS)
        kind = INVITATION if found is not None and found.is_invited else RESET
        with seen_by(connection, AUTH, _admin()):
            link = make_link(connection, kind, str(path.id), created_by=current_user().id)
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
