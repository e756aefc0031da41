"""Tables of the analytics page that have no address of their own, as CSV files."""

from typing import Any

from dash import Input, Output, State, callback, ctx, no_update
from dash.dcc.express import send_bytes

from auth.permissions import Permission, requires
from callbacks.reading import read_filters, reading
from components import ids
from components.files import COVERAGE_HEADER, UTM_HEADER, coverage_lines, utm_lines
from core.csv_export import write_csv
from data.engine import DatabaseAway
from data.reports.analytics import load_analytics


@callback(
    Output(ids.ANALYTICS_FILE, "data"),
    Input(ids.ANALYTICS_UTM_CSV, "n_clicks"),
    Input(ids.ANALYTICS_COVERAGE_CSV, "n_clicks"),
    State(ids.QUERY, "data"),
    prevent_initial_call=True,
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_file(utm_clicks: Any, coverage_clicks: Any, query: Any) -> Any:
    """The table whose button was pressed, with the filters of the page and the rights of the viewer."""
    if not (utm_clicks or coverage_clicks):
        return no_update
    filters = read_filters(query if isinstance(query, str) else None)
    try:
        with reading(filters) as moment:
            report = load_analytics(
                moment.connection, filters, moment.scope, moment.calendar, moment.now, sales_limit=1
            )
    except DatabaseAway:
        return no_update
    days = f"{report.period.first}_{report.period.last}"
    if ctx.triggered_id == ids.ANALYTICS_COVERAGE_CSV:
        return send_bytes(write_csv(COVERAGE_HEADER, coverage_lines(report.coverage)), f"coverage_{days}.csv")
    return send_bytes(write_csv(UTM_HEADER, utm_lines(report.utm)), f"utm_{days}.csv")
