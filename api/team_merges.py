"""Two teams become one: what would move, doing it, and the way back."""

from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.conflicts import other_version
from api.encoding import json_answer
from api.openapi import create_api
from api.people_notes import tell_moved_people
from api.problems import problem, problem_answers
from api.rule_shapes import flawed
from api.session import Body
from api.team_shapes import TeamPath, sentences
from api.teams import admin_viewer, latest_days
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.records import Team
from core.team_rules import merge_flaw
from core.texts import t
from data.engine import web_database
from data.freshness import bump
from data.people import load_teams
from data.run_requests import request_run
from data.team_merge_preview import count_belongings, preview_merge
from data.team_merges import load_merge, merge_teams, undo_merge
from data.teams import load_arranged_team

team_merges = create_api("team_merges", __name__, "/api/traffic-admin")


class MergeQuery(BaseModel):
    """The team that would take it in."""

    into: UUID


class MergeBody(Body):
    """The team that takes it in, and the version of the other one as it was read."""

    into: UUID
    version: int


class MergePath(BaseModel):
    """A merge by its id."""

    id: UUID


class FiguresOfTeam(BaseModel):
    """Sums in KZT; `null`: a part is not known."""

    sales: int
    leads: int
    revenue: float
    spend: float | None


class FiguresOfBoth(BaseModel):
    """Both teams, and the one they become."""

    source: FiguresOfTeam
    target: FiguresOfTeam
    together: FiguresOfTeam


class MergeDay(FiguresOfBoth):
    """The same on one day."""

    day: date


class MergePreviewAnswer(BaseModel):
    """What would move; `together` is what the team of both would have, on each day and in all."""

    source: str
    target: str
    counts: dict[str, int] = Field(description="How much goes over by kind; plans_kept stay.")
    totals: FiguresOfBoth
    days: list[MergeDay]
    other_sales: int = Field(description="Sales that were torn between the two, and would be the team's.")
    other_amount: float


class MergedAnswer(BaseModel):
    """The merge, the run that brings the rest in line, and how to go back."""

    id: UUID
    run_id: UUID
    undo: dict[str, Any] | None


@team_merges.get("/teams/<id>/merge", summary="What a merge would move",
                 responses={200: MergePreviewAnswer, **problem_answers(404)})
@requires(Permission.PEOPLE_TEAM_WRITE)
def show_merge_preview(path: TeamPath, query: MergeQuery) -> Response:
    """Everything that would go over, with money per team and day before and after; nothing is changed."""
    # Not read only: the sales looked at are gathered in tables that go with the transaction.
    with web_database().transaction(admin_viewer(), one_moment=True) as connection:
        pair = _pair(connection, str(path.id), str(query.into))
        if isinstance(pair, Response):
            return pair
        source, target = pair
        return json_answer(preview_merge(connection, source, target))


def _pair(connection: Connection, source_id: str, target_id: str) -> tuple[Team, Team] | Response:
    """Both teams, or why they cannot become one."""
    teams = {team.id: team for team in load_teams(connection)}
    source, target = teams.get(source_id), teams.get(target_id)
    if source is None:
        return problem(HTTPStatus.NOT_FOUND)
    flaw = merge_flaw(source, target)
    if flaw is not None or target is None:
        return flawed(sentences([flaw] if flaw else []))
    return source, target


@team_merges.post("/teams/<id>/merge", summary="Merge a team into another",
                  responses={202: MergedAnswer, **problem_answers(404, 409)})
@requires(Permission.PEOPLE_TEAM_WRITE)
def merge(path: TeamPath, body: MergeBody) -> Response:
    """People, aliases, bindings, plans and what was assigned by hand go over at once, the rest by a run."""
    admin, team_id = current_user(), str(path.id)
    with web_database().transaction(admin_viewer()) as connection:
        arranged = load_arranged_team(connection, team_id, latest_days())
        pair = _pair(connection, team_id, str(body.into))
        if isinstance(pair, Response):
            return pair
        if arranged is None or arranged.version != body.version:
            return other_version(connection, "team", team_id)
        source, target = pair
        counts = count_belongings(connection, source, target)
        people = tell_moved_people(connection, source, target)
        merge_id = merge_teams(connection, source, target, t("teams.merge.note", source=source.name,
                                                             target=target.name), admin.id)
        run_id = _ask_rules(connection)
        record(connection, Action.TEAMS_MERGED, user_id=admin.id, object_type="team", object_id=team_id,
               before={"team": source.slug, "is_active": source.is_active, **counts},
               after={"merged_into": target.slug, "merge": merge_id, "told": people})
        bump(connection)
    return json_answer({"id": merge_id, "run_id": run_id, "undo": {
        "method": "POST", "path": f"/api/traffic-admin/team-merges/{merge_id}/undo"}}, HTTPStatus.ACCEPTED)


@team_merges.post("/team-merges/<id>/undo", summary="Take a merge back",
                  responses={202: MergedAnswer, **problem_answers(404, 409)})
@requires(Permission.PEOPLE_TEAM_WRITE)
def take_back(path: MergePath) -> Response:
    """What went over goes back as far as it is still there; a run of the rules brings the rest."""
    admin = current_user()
    with web_database().transaction(admin_viewer()) as connection:
        merge = load_merge(connection, str(path.id))
        if merge is None:
            return problem(HTTPStatus.NOT_FOUND)
        if merge.is_undone:
            return problem(HTTPStatus.CONFLICT, detail=t("teams.merge.undone"))
        if merge.target_is_merged:
            return problem(HTTPStatus.CONFLICT, detail=t("teams.merge.later", team=merge.target_name))
        undo_merge(connection, merge, t("teams.merge.undo_note", source=merge.source_name,
                                        target=merge.target_name), admin.id)
        run_id = _ask_rules(connection)
        record(connection, Action.TEAM_MERGE_UNDONE, user_id=admin.id, object_type="team", object_id=merge.source_id,
               before={"merged_into": merge.target_slug, "merge": merge.id}, after={"team": merge.source_slug})
        bump(connection)
    return json_answer({"id": merge.id, "run_id": run_id, "undo": None}, HTTPStatus.ACCEPTED)


def _ask_rules(connection: Connection) -> str:
    return request_run(connection, "attribution", {"persons_too": True}, current_user().id)
