"""The dashboard: one report for the filters of the address fills every block."""

from typing import Any

from dash import Input, Output, callback

from auth.permissions import Permission, requires
from callbacks.outputs import grid_outputs, no_grid
from callbacks.reading import create_no_figures, read_filters, reading
from callbacks.report import away_regions, region_outputs, show_regions, table
from components import ids
from components.news import create_news
from components.states import shown
from components.tables import team_columns, team_rows
from components.team_cards import create_team_cards
from data.engine import DatabaseAway
from data.reports.dashboard import load_dashboard

_PAGE = ids.DASHBOARD
OUTPUTS: dict[str, Any] = {
    **region_outputs(_PAGE),
    "news": Output(ids.block(_PAGE, ids.NEWS), "children"),
    "teams": grid_outputs(ids.block(_PAGE, ids.TEAMS)),
    "team_cards": Output(ids.block(_PAGE, ids.TEAM_CARDS), "children"),
}


@callback(
    output=OUTPUTS,
    inputs={"query": Input(ids.QUERY, "data"), "_version": Input(ids.SHELL_VERSION, "data")},
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_dashboard(query: Any, _version: Any) -> dict[str, Any]:
    """Everything the dashboard shows for these filters, from one moment of the database."""
    filters = read_filters(query if isinstance(query, str) else None)
    try:
        with reading(filters) as moment:
            report = load_dashboard(moment.connection, filters, moment.scope, moment.calendar, moment.now)
    except DatabaseAway:
        return away_regions(OUTPUTS)
    nothing, empty = report.totals.is_zero, create_no_figures(report.is_empty)
    return {
        **show_regions(report, empty),
        "news": None if nothing else shown("news", lambda: create_news(report, filters.to_query())),
        "teams": no_grid(empty)
        if nothing
        else table("teams", team_columns(report.currency), lambda: team_rows(report.teams, report.currency)),
        "team_cards": None
        if nothing
        else shown("team cards", lambda: create_team_cards(report.teams, report.currency, report.thresholds)),
    }
