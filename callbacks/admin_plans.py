"""Weekly plans: every team of the week with its pace."""

from datetime import date
from typing import Any

from dash import Input, Output, State, callback

from auth.permissions import Permission, requires
from auth.viewer import current_scope
from callbacks.reading import business_calendar
from components import ids
from components.plans_page import create_plan_list
from components.states import create_away
from core.business_time import now
from core.plans import elapsed, week_of
from data.engine import DatabaseAway, Viewer, web_database
from data.plans import load_thresholds, load_week


@callback(
    Output(ids.PLANS_LIST, "children"), Input(ids.PLANS_CHANGED, "data"), State(ids.PLANS_WEEK, "data"),
)
@requires(Permission.PLANS_WEEK_WRITE)
def show_plans(_changed: Any, week_start: Any) -> Any:
    """The plans as they stand now."""
    calendar = business_calendar()
    try:
        week = week_of(date.fromisoformat(str(week_start)))
    except ValueError:
        week = week_of(calendar.today(now()))
    try:
        with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
            teams = load_week(connection, week.first)
            thresholds, version = load_thresholds(connection)
    except DatabaseAway:
        return create_away()
    return create_plan_list(week, teams, elapsed(week, now(), calendar), thresholds, version)
