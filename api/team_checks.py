"""What stands against a team while it is being typed, and which team a link or mark belongs to."""

from dataclasses import asdict

from flask import Response

from api.encoding import json_answer
from api.openapi import create_api
from api.team_shapes import TeamCheckAnswer, TeamCheckQuery, WhoseAnswer, WhoseBody
from api.teams import admin_viewer, latest_days
from auth.permissions import Permission, requires
from core.pasted_marks import read_marks
from core.team_checks import TypedTeam, check_team
from core.whose import explain
from data.engine import web_database
from data.people import load_user_by_email
from data.rules import load_rules

team_checks = create_api("team_checks", __name__, "/api/traffic-admin")


@team_checks.get("/team-check", summary="What stands against a team", responses={200: TeamCheckAnswer})
@requires(Permission.PEOPLE_TEAM_WRITE)
def check(query: TeamCheckQuery) -> Response:
    """A sentence for each field that was given, and the slug and UTM source that the name proposes."""
    with web_database().transaction(admin_viewer(), read_only=True) as connection:
        rules = load_rules(connection)
        is_taken = bool(query.email) and load_user_by_email(connection, query.email) is not None
    own = next((team for team in rules.teams if query.id and team.id == str(query.id)), None)
    typed = TypedTeam(**query.model_dump(exclude={"id"}))
    found = check_team(typed, rules, latest_days().last, own, email_taken=is_taken)
    return json_answer({"slug": found.slug, "utm_source": found.utm_source, "contrast": found.contrast,
                        "fields": [asdict(one) for one in found.fields]})


@team_checks.post("/team-whose", summary="Which team a link belongs to", responses={200: WhoseAnswer})
@requires(Permission.PEOPLE_TEAM_READ)
def tell_whose(body: WhoseBody) -> Response:
    """The team by the rules in force, and what each rule says; nothing is stored."""
    with web_database().transaction(admin_viewer(), read_only=True) as connection:
        rules = load_rules(connection)
    return json_answer(explain(read_marks(body.text), body.day or latest_days().last, rules).to_json())
