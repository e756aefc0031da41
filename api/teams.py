"""Teams: made with their first person, changed, put away and brought back; which team a link belongs to."""

from collections.abc import Iterable
from http import HTTPStatus
from uuid import uuid4

from flask import Response
from sqlalchemy import Connection

from api.conflicts import other_version
from api.encoding import json_answer
from api.openapi import create_api
from api.problems import problem, problem_answers
from api.rule_changes import apply_change
from api.rule_shapes import flawed
from api.team_shapes import (
    ArrangedTeamsAnswer,
    NewTeamAnswer,
    NewTeamBody,
    TeamChangeBody,
    TeamPath,
    TeamSavedAnswer,
    TeamVersionQuery,
    describe_team,
    sentences,
)
from auth.account_links import NewLink, mail_link, make_link
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.attribution_rules import Alias
from core.business_time import BusinessCalendar, now
from core.emails import email_flaw
from core.one_time_links import INVITATION
from core.records import DateRange, Role, Team
from core.rule_book import BookAlias, Flaw, RuleChange
from core.team_looks import propose_colour, propose_emoji
from core.team_names import propose_slug, propose_source
from core.team_rules import TeamDraft, team_flaws
from core.texts import t
from data.engine import AUTH, Viewer, seen_by, web_database
from data.freshness import bump
from data.people import (
    NO_PASSWORD,
    OtherVersion,
    PeopleError,
    User,
    create_team,
    create_user,
    load_user_by_email,
)
from data.rule_books import hold_book, load_book
from data.rules import load_rules
from data.run_requests import request_run
from data.teams import ArrangedTeam, change_team, load_arranged_team, load_arranged_teams

teams = create_api("teams", __name__, "/api/traffic-admin/teams")

SALES_DAYS = 30
_FIELDS = {"team_name_taken": ("name", "teams.raced"), "team_slug_taken": ("slug", "teams.raced"),
           "team_utm_source_taken": ("utm_source", "teams.raced"), "user_email_taken": ("user.email", "teams.raced")}


def admin_viewer() -> Viewer:
    """The eyes of the admin who asks."""
    return Viewer.of(current_user().scope)


def latest_days() -> DateRange:
    """The days whose sales a list of teams shows; the last is today."""
    today = BusinessCalendar(auth_parts().settings.business_timezone).today(now())
    return DateRange(today.fromordinal(today.toordinal() - SALES_DAYS + 1), today)


@teams.get("", summary="Teams", responses={200: ArrangedTeamsAnswer})
@requires(Permission.PEOPLE_TEAM_READ)
def list_teams() -> Response:
    """All teams with their marks, people and latest sales; active ones first."""
    with web_database().transaction(admin_viewer(), read_only=True) as connection:
        return json_answer({"rows": [describe_team(one) for one in load_arranged_teams(connection, latest_days())]})


@teams.post("", summary="Make a team", responses={201: NewTeamAnswer})
@requires(Permission.PEOPLE_TEAM_WRITE)
def make_team(body: NewTeamBody) -> Response:
    """A team with its first person, in one transaction: both or neither. What its marks brought before follows."""
    slug = body.slug or propose_slug(body.name)
    try:
        with web_database().transaction(admin_viewer()) as connection:
            hold_book(connection)
            rules = load_rules(connection)
            draft = _draft(body, slug, rules.teams)
            flaws = team_flaws(draft, rules, latest_days().last)
            flaws += _user_flaws(connection, body)
            if flaws:
                return flawed(sentences(flaws))
            saved = create_team(connection, name=draft.name, slug=slug, color=draft.color, emoji=draft.emoji,
                                utm_source=draft.utm_source, utm_medium=draft.utm_medium)
            record(connection, Action.TEAM_CREATED, user_id=current_user().id, object_type="team", object_id=saved.id,
                   after={**vars(draft)})
            user, link = _make_first_user(connection, body, saved) if body.user else (None, None)
            request_run(connection, "attribution", {"persons_too": False}, current_user().id)
            team = _load(connection, saved.id)
            bump(connection)
    except PeopleError as error:
        return _raced(error)
    return json_answer({"team": describe_team(team), "user_id": user.id if user else None,
                        "slug": slug, "link": link.address if link else None,
                        "expires_at": link.expires_at if link else None}, HTTPStatus.CREATED)


def _draft(body: NewTeamBody, slug: str, teams: Iterable[Team]) -> TeamDraft:
    """The team as it was asked for; what was left out is proposed."""
    known = tuple(teams)
    colour = propose_colour([one.color for one in known]) if body.color is None else body.color
    emoji = propose_emoji([one.emoji for one in known]) if body.emoji is None else body.emoji
    return TeamDraft(body.name, colour.upper(), emoji, body.utm_source or propose_source(slug), body.utm_medium, slug)


def _user_flaws(connection: Connection, body: NewTeamBody) -> list[Flaw]:
    if body.user is None:
        return []
    flaw = email_flaw(body.user.email, "user.email")
    if flaw is None and load_user_by_email(connection, body.user.email) is not None:
        flaw = Flaw("user.email", "problem.email_taken", {})
    return [flaw] if flaw else []


def _make_first_user(connection: Connection, body: NewTeamBody, team: Team) -> tuple[User, NewLink | None]:
    """The person and the link, which is ``None`` when it goes by mail."""
    if body.user is None:
        raise ValueError("there is no first person")
    admin, role = current_user(), Role(body.user.role)
    user = create_user(connection, email=body.user.email, password_hash=NO_PASSWORD, role=role,
                       team_id=team.id if role is Role.TARGETOLOGIST else None, full_name=body.user.name,
                       locale=body.user.locale)
    record(connection, Action.USER_CREATED, user_id=admin.id, object_type="user", object_id=user.id,
           after={"role": role.value, "team": user.team_slug})
    with seen_by(connection, AUTH, Viewer.of(admin.scope)):
        if body.invitation == "mail":
            mail_link(connection, INVITATION, user.id, created_by=admin.id)
            return user, None
        return user, make_link(connection, INVITATION, user.id, created_by=admin.id)


@teams.patch("/<id>", summary="Change a team", responses={200: TeamSavedAnswer, **problem_answers(404, 409)})
@requires(Permission.PEOPLE_TEAM_WRITE)
def change(path: TeamPath, body: TeamChangeBody) -> Response:
    """Another name, look or mark, into the archive or back; history stays, a mark given up stays an alias."""
    given = {name: value for name, value in body.model_dump(exclude_unset=True).items()
             if name != "version" and value is not None}
    if "color" in given:
        given["color"] = given["color"].upper()
    return _save(str(path.id), body.version, given)


@teams.delete("/<id>", summary="Put a team into the archive",
              responses={200: TeamSavedAnswer, **problem_answers(404, 409)})
@requires(Permission.PEOPLE_TEAM_WRITE)
def archive(path: TeamPath, query: TeamVersionQuery) -> Response:
    """A team is never deleted: its history and its marks keep counting, it only leaves the lists of the active."""
    return _save(str(path.id), query.version, {"is_active": False})


def _save(team_id: str, version: int | None, given: dict[str, object]) -> Response:
    admin = current_user()
    try:
        with web_database().transaction(admin_viewer()) as connection:
            hold_book(connection)
            before = load_arranged_team(connection, team_id, latest_days())
            if before is None:
                return problem(HTTPStatus.NOT_FOUND)
            if before.team.merged_into is not None:
                return problem(HTTPStatus.CONFLICT, detail=t("teams.merged", team=before.merged_into_name))
            if version is not None and version != before.version:
                return other_version(connection, "team", team_id)
            wanted = {**before.settings, **given}
            flaws = _change_flaws(connection, before, wanted) if given.keys() - {"is_active"} else []
            if flaws:
                return flawed(sentences(flaws))
            change_team(connection, team_id, before.version, wanted)
            record(connection, _deed(before, wanted), user_id=admin.id, object_type="team", object_id=team_id,
                   before=before.settings, after=wanted)
            _keep_mark(connection, before, str(wanted["utm_source"]))
            after = _load(connection, team_id)
            bump(connection)
    except PeopleError as error:
        return _raced(error)
    except OtherVersion:
        return problem(HTTPStatus.CONFLICT, detail=t("conflict.somebody"))
    back = {name: before.settings[name] for name in given}
    return json_answer({"team": describe_team(after), "undo": {
        "method": "PATCH", "path": f"/api/traffic-admin/teams/{team_id}", "body": {**back, "version": after.version}}})


def _change_flaws(connection: Connection, before: ArrangedTeam, wanted: dict[str, object]) -> list[Flaw]:
    draft = TeamDraft(*(str(wanted[name]) for name in ("name", "color", "emoji", "utm_source", "utm_medium")))
    return team_flaws(draft, load_rules(connection), latest_days().last, before.team)


def _deed(before: ArrangedTeam, wanted: dict[str, object]) -> Action:
    if wanted["is_active"] == before.team.is_active:
        return Action.TEAM_CHANGED
    return Action.TEAM_RESTORED if wanted["is_active"] else Action.TEAM_ARCHIVED


def _keep_mark(connection: Connection, before: ArrangedTeam, source: str) -> None:
    """What was sold under the former mark stays the team's: the mark becomes an alias, as a version of the rules."""
    former = before.team.utm_source
    if former == source:
        return
    own = [one.rule for one in load_book(connection).aliases if one.rule.team_slug == before.team.slug]
    needless = tuple(rule.id for rule in own if rule.utm_source == source and rule.specificity == 0)
    known = any(rule.utm_source == former and rule.specificity == 0 for rule in own)
    kept = () if known else (BookAlias(Alias(str(uuid4()), before.team.slug, utm_source=former),
                                       t("teams.former_mark", team=before.team.name)),)
    apply_change(connection, RuleChange(save_aliases=kept, remove_aliases=needless), t(
        "teams.former_mark", team=before.team.name))
    request_run(connection, "attribution", {"persons_too": False}, current_user().id)


def _load(connection: Connection, team_id: str) -> ArrangedTeam:
    found = load_arranged_team(connection, team_id, latest_days())
    if found is None:
        raise RuntimeError("a viewer who may save teams must be able to read them")
    return found


def _raced(error: PeopleError) -> Response:
    """Somebody else took a name between the look and the deed."""
    field, key = _FIELDS.get(error.reason, ("body", "problem.422.detail"))
    return flawed([(field, t(key))])
