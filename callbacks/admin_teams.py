"""The team constructor: what is typed is judged at once, a link finds its team."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from auth.permissions import Permission, requires
from auth.viewer import current_scope
from callbacks.reading import business_calendar
from components import ids
from components.states import create_away
from components.team_form import create_checked, create_made, create_preview, create_whose
from components.teams_page import create_team_list
from core.business_time import now
from core.pasted_marks import read_marks
from core.records import DateRange
from core.reports import TeamLook
from core.team_checks import TypedTeam, check_team
from core.texts import t
from core.whose import explain
from data.engine import DatabaseAway, Viewer, web_database
from data.people import load_user_by_email
from data.rules import load_rules
from data.teams import load_arranged_teams

_HINTS = ("name", "slug", "utm_source", "utm_medium", "color", "emoji", "email")
_DAYS = 30


def _reading() -> Any:
    return web_database().transaction(Viewer.of(current_scope()), read_only=True)


def _latest_days() -> DateRange:
    today = business_calendar().today(now())
    return DateRange(today.fromordinal(today.toordinal() - _DAYS + 1), today)


@callback(
    output={"hints": [Output(ids.team_hint(name), "children") for name in _HINTS],
            "slug": Output(ids.TEAM_SLUG, "placeholder"), "source": Output(ids.TEAM_SOURCE, "placeholder"),
            "preview": Output(ids.TEAM_PREVIEW, "children")},
    inputs={"typed": {"name": Input(ids.TEAM_NAME, "value"), "slug": Input(ids.TEAM_SLUG, "value"),
                      "utm_source": Input(ids.TEAM_SOURCE, "value"), "utm_medium": Input(ids.TEAM_MEDIUM, "value"),
                      "color": Input(ids.TEAM_COLOUR, "value"), "emoji": Input(ids.TEAM_EMOJI, "value"),
                      "email": Input(ids.TEAM_EMAIL, "value")},
            "own": State(ids.TEAM_OWN, "data")},
)
@requires(Permission.PEOPLE_TEAM_WRITE)
def show_checks(typed: dict[str, Any], own: Any) -> dict[str, Any]:
    """A sentence under every field that holds something, the slug and mark the name proposes, and the look."""
    given = {name: str(value or "").strip()[:300] for name, value in typed.items()}
    for name in ("slug", "utm_source", "utm_medium"):
        given[name] = given[name].lower()
    try:
        with _reading() as connection:
            rules = load_rules(connection)
            taken = bool(given["email"]) and load_user_by_email(connection, given["email"]) is not None
    except DatabaseAway:
        return {"hints": [no_update] * len(_HINTS), "slug": no_update, "source": no_update, "preview": create_away()}
    own_team = next((team for team in rules.teams if team.id == own), None)
    found = check_team(TypedTeam(**given), rules, _latest_days().last, own_team, email_taken=taken)
    said = {one.field: create_checked(one.ok, one.message) for one in found.fields if given["name"] or given["email"]}
    look = TeamLook(found.slug or "new", given["name"] or t("teams.preview.unnamed"), given["color"] or None,
                    given["emoji"] or None)
    return {"hints": [said.get(name) for name in _HINTS], "slug": found.slug, "source": found.utm_source,
            "preview": create_preview(look, found)}


@callback(
    Output(ids.TEAM_COLOUR, "value"),
    Input(ids.swatch("color", ALL), "n_clicks"),
    prevent_initial_call=True,
)
@requires(Permission.PEOPLE_TEAM_WRITE)
def show_colour(_clicks: Any) -> Any:
    """A ready colour was chosen."""
    return ctx.triggered_id["value"] if ctx.triggered and ctx.triggered[0]["value"] else no_update


@callback(
    Output(ids.TEAM_EMOJI, "value"),
    Input(ids.swatch("emoji", ALL), "n_clicks"),
    prevent_initial_call=True,
)
@requires(Permission.PEOPLE_TEAM_WRITE)
def show_emoji(_clicks: Any) -> Any:
    """A ready emoji was chosen."""
    return ctx.triggered_id["value"] if ctx.triggered and ctx.triggered[0]["value"] else no_update


@callback(Output(ids.WHOSE_FOUND, "children"), Input(ids.WHOSE_TEXT, "value"), Input(ids.TEAMS_CHANGED, "data"))
@requires(Permission.PEOPLE_TEAM_READ)
def show_whose(pasted: Any, _changed: Any) -> Any:
    """Which team a link or a mark belongs to by the rules in force."""
    if not isinstance(pasted, str) or not pasted.strip():
        return None
    try:
        with _reading() as connection:
            rules = load_rules(connection)
    except DatabaseAway:
        return create_away()
    return create_whose(explain(read_marks(pasted[:4000]), _latest_days().last, rules))


@callback(
    Output(ids.TEAMS_LIST, "children"), Input(ids.TEAMS_CHANGED, "data"), Input(ids.SHELL_VERSION, "data"),
    State(ids.TEAMS_STATE, "data"),
)
@requires(Permission.PEOPLE_TEAM_READ)
def show_teams(_changed: Any, _version: Any, state: Any) -> Any:
    """The teams as they stand."""
    try:
        with _reading() as connection:
            teams = load_arranged_teams(connection, _latest_days())
    except DatabaseAway:
        return create_away()
    rows = [{"id": one.team.id, "slug": one.team.slug, **one.settings, "version": one.version,
             "aliases": one.aliases, "people": one.people, "sales": one.sales, "merge_id": one.merge_id,
             "merged_into": one.team.merged_into, "merged_into_name": one.merged_into_name} for one in teams]
    return create_team_list(rows, "archive" if state == "archive" else "active")


@callback(Output(ids.TEAM_LINK, "children"), Input(ids.TEAM_ANSWER, "data"), prevent_initial_call=True)
@requires(Permission.PEOPLE_TEAM_WRITE)
def show_link(answer: Any) -> Any:
    """The invitation link of the new team's first person: this once."""
    link = answer.get("link") if isinstance(answer, dict) else None
    return create_made(link if isinstance(link, str) else None)
