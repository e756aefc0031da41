"""New data appears by itself: open pages notice a higher version and draw again, in place."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from auth.permissions import Permission, requires
from callbacks.reading import read_filters, reading
from components import ids
from components.freshness_bar import create_freshness
from components.shell import create_team_links
from core import metrics
from data import freshness
from data.engine import DatabaseAway
from data.reports.dashboard import load_dashboard


@callback(
    Output(ids.SHELL_VERSION, "data"),
    Input(ids.SHELL_TICK, "n_intervals"),
    State(ids.SHELL_VERSION, "data"),
    prevent_initial_call=True,
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_version(_tick: Any, known: Any) -> Any:
    """The version of the data when it is another than the page knows; while the database is away, none."""
    try:
        with reading(read_filters(None)) as moment:
            version = freshness.current(moment.connection)
    except DatabaseAway:
        return no_update
    return no_update if version == known else version


@callback(
    output={
        "freshness": Output(ids.SHELL_FRESHNESS, "children"),
        "teams": Output(ids.SHELL_TEAM_LINKS, "children"),
    },
    inputs={"_version": Input(ids.SHELL_VERSION, "data")},
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_shell(_version: Any) -> dict[str, Any]:
    """The top bar's ages, and in the site bar the ROI of every team over the last 30 days."""
    try:
        with reading(read_filters(None)) as moment:
            fresh = freshness.load_freshness(moment.connection)
            report = None
            if moment.scope.sees_all_teams:
                report = load_dashboard(moment.connection, moment.filters, moment.scope, moment.calendar, moment.now)
    except DatabaseAway:
        return {"freshness": no_update, "teams": no_update}
    links: Any = no_update
    if report is not None:
        rows = [row for row in report.teams if row.team.slug is not None]
        roi = {str(row.team.slug): metrics.ROI.value(row.sums) for row in rows}
        links = create_team_links([row.team for row in rows], roi)
    return {"freshness": create_freshness(fresh, moment.now), "teams": links}
