"""A team's page: the report of the dashboard, through one team only."""

from typing import Any

from dash import Input, State, callback

from auth.permissions import Permission, requires
from callbacks.outputs import grid_outputs, no_grid
from callbacks.reading import create_no_figures, read_filters, reading
from callbacks.report import away_regions, region_outputs, show_regions, table
from components import ids
from components.report_head import create_period_line, create_rank
from components.tables import campaign_columns, campaign_rows
from core.texts import t
from data.engine import DatabaseAway
from data.reports.dashboard import load_dashboard

_PAGE = ids.TEAM
OUTPUTS: dict[str, Any] = {
    **region_outputs(_PAGE),
    "campaigns": grid_outputs(ids.block(_PAGE, ids.CAMPAIGNS)),
}


@callback(
    output=OUTPUTS,
    inputs={
        "query": Input(ids.QUERY, "data"),
        "_version": Input(ids.SHELL_VERSION, "data"),
        "team": State(ids.PAGE_TEAM, "data"),
    },
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_team(query: Any, _version: Any, team: Any) -> dict[str, Any]:
    """Everything the page of a team shows; a team that the viewer may not see has no figures at all."""
    filters = read_filters(query if isinstance(query, str) else None, str(team or ""))
    try:
        with reading(filters) as moment:
            report = load_dashboard(moment.connection, filters, moment.scope, moment.calendar, moment.now)
    except DatabaseAway:
        return away_regions(OUTPUTS)
    own, empty = not moment.scope.sees_all_teams, create_no_figures(report.is_empty)
    return {
        **show_regions(report, empty, t("card.own_team" if own else "card.one_team")),
        "head": create_period_line(report, "" if own else create_rank(report)),
        "campaigns": no_grid(empty)
        if report.totals.is_zero
        else table(
            "campaigns", campaign_columns(report.currency), lambda: campaign_rows(report.campaigns, report.currency)
        ),
    }
