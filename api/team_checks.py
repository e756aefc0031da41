"""What stands against a team while it is being typed, and which team a link or mark belongs to."""

from flask import Response

from api.encoding import json_answer
from api.openapi import create_api
from api.team_shapes import TeamCheckAnswer, TeamCheckQuery, WhoseAnswer, WhoseBody
from api.teams import admin_viewer, latest_days
from auth.permissions import Permission, requires
from core.contrast import contrast_on_black, is_colour
from core.emails import email_flaw
from core.pasted_marks import read_marks
from core.rule_book import Flaw
from core.team_names import propose_slug, propose_source
from core.team_rules import TeamDraft, team_flaws
from core.texts import t
from core.whose import explain
from data.engine import web_database
from data.people import load_teams, load_user_by_email
from data.rules import load_rules

team_checks = create_api("team_checks", __name__, "/api/traffic-admin/teams")


@team_checks.get("/check", summary="What stands against a team", responses={200: TeamCheckAnswer})
@requires(Permission.PEOPLE_TEAM_WRITE)
def check(query: TeamCheckQuery) -> Response:
    """A sentence for each field that was given, and the slug and UTM source that the name proposes."""
    with web_database().transaction(admin_viewer(), read_only=True) as connection:
        rules = load_rules(connection)
        own = next((team for team in load_teams(connection) if query.id and team.id == str(query.id)), None)
        is_taken = bool(query.email) and load_user_by_email(connection, query.email) is not None
    slug = query.slug or propose_slug(query.name)
    draft = TeamDraft(query.name, query.color.upper(), query.emoji, query.utm_source or propose_source(slug),
                      query.utm_medium, None if own else slug)
    flaws = {flaw.field: flaw for flaw in team_flaws(draft, rules, latest_days().last, own)}
    email = email_flaw(query.email) or (Flaw("email", "problem.email_taken", {}) if is_taken else None)
    if email is not None:
        flaws["email"] = email
    asked = {"name": query.name, "slug": slug if own is None else "", "utm_source": draft.utm_source,
             "utm_medium": query.utm_medium, "color": query.color, "emoji": query.emoji, "email": query.email}
    return json_answer({
        "slug": slug, "utm_source": draft.utm_source,
        "contrast": contrast_on_black(query.color) if is_colour(query.color) else None,
        "fields": [_checked(name, flaws.get(name), query) for name, typed in asked.items() if typed]})


def _checked(name: str, flaw: Flaw | None, query: TeamCheckQuery) -> dict[str, object]:
    if flaw is not None:
        return {"field": name, "ok": False, "message": t(flaw.key, **flaw.values)}
    if name == "color":
        return {"field": name, "ok": True, "message": t("teams.ok.color", contrast=contrast_on_black(query.color))}
    proposed = name == "slug" and not query.slug
    return {"field": name, "ok": True, "message": t(f"teams.ok.{'slug_proposed' if proposed else name}")}


@team_checks.post("/whose", summary="Which team a link belongs to", responses={200: WhoseAnswer})
@requires(Permission.PEOPLE_TEAM_READ)
def tell_whose(body: WhoseBody) -> Response:
    """The team by the rules in force, and what each rule says; nothing is stored."""
    with web_database().transaction(admin_viewer(), read_only=True) as connection:
        rules = load_rules(connection)
    return json_answer(explain(read_marks(body.text), body.day or latest_days().last, rules).to_json())
