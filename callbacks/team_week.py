"""A team's page: the plan of a week with its pace, and the claims of the own team."""

from datetime import timedelta
from typing import Any

from dash import Input, Output, State, callback

from auth.permissions import Permission, holds, requires
from auth.viewer import current_scope, current_user
from callbacks.reading import business_calendar
from components import ids
from components.claims import create_claims_card
from components.states import create_away
from components.team_week import create_week_card
from core.business_time import now
from core.plans import elapsed, week_of
from data.claims import load_claims
from data.engine import DatabaseAway, Viewer, web_database
from data.plans import load_week

_FARTHEST = 520  # weeks


@callback(
    Output(ids.TEAM_WEEK, "children"), Input(ids.PAGE_TEAM, "data"), Input(ids.SHELL_VERSION, "data"),
    Input(ids.TEAM_WEEK_BACK, "n_clicks"), Input(ids.TEAM_WEEK_ON, "n_clicks"),
)
@requires(Permission.PLANS_WEEK_READ)
def show_week(team: Any, _version: Any, back: Any, on: Any) -> Any:
    """The plan of this week, or of one before or after it."""
    calendar, moment = business_calendar(), now()
    weeks = max(-_FARTHEST, min(_FARTHEST, int(on or 0) - int(back or 0)))
    week = week_of(calendar.today(moment) + timedelta(days=7 * weeks))
    scope = current_scope()
    try:
        with web_database().transaction(Viewer.of(scope), read_only=True) as connection:
            found = load_week(connection, week.first, str(team or ""))
    except DatabaseAway:
        return create_away()
    may_plan = holds(scope.role, Permission.PLANS_WEEK_WRITE)
    return create_week_card(week, found[0] if found else None, elapsed(week, moment, calendar), may_plan=may_plan)


@callback(
    Output(ids.TEAM_CLAIMS, "children"), Input(ids.TEAM_CLAIMS_CHANGED, "data"), Input(ids.SHELL_VERSION, "data"),
    State(ids.PAGE_TEAM, "data"),
)
@requires(Permission.PLANS_WEEK_READ)
def show_own_claims(_changed: Any, _version: Any, _team: Any) -> Any:
    """The claims of the own team; nobody else has any here."""
    user = current_user()
    if user.team_id is None or not holds(user.role, Permission.CLAIMS_SALE_MAKE):
        return None
    try:
        with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
            claims, _ = load_claims(connection, limit=10)
    except DatabaseAway:
        return create_away()
    return create_claims_card(claims, business_calendar().zone, user.id)
