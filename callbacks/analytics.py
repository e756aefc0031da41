"""The analytics page: campaigns, UTM marks, coverage and sales from one report; more sales on demand."""

from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update

from auth.permissions import Permission, requires
from callbacks.outputs import grid, grid_outputs, no_grid
from callbacks.reading import Reading, create_no_figures, read_filters, reading
from callbacks.report import away_regions, table
from components import ids
from components.coverage import create_coverage
from components.report_head import create_analytics_line
from components.sales_table import create_sales_footer, sales_columns, sales_rows
from components.states import create_error, create_gap_banners, shown
from components.tables import campaign_columns, campaign_rows, utm_columns, utm_rows
from core.reports import AnalyticsReport, SalesPage
from core.texts import CURRENCY_SIGNS, t, tn
from data.engine import DatabaseAway
from data.reports.analytics import load_analytics
from data.reports.choices import load_choices
from data.reports.sales import load_sales

FIRST_SALES = 50
MOST_SALES = 500
OUTPUTS: dict[str, Any] = {
    "head": Output(ids.ANALYTICS_HEAD, "children"),
    "gaps": Output(ids.ANALYTICS_GAPS, "children"),
    "campaigns": grid_outputs(ids.ANALYTICS_CAMPAIGNS),
    "campaigns_unit": Output(ids.unit_of(ids.ANALYTICS_CAMPAIGNS), "children"),
    "utm": grid_outputs(ids.ANALYTICS_UTM),
    "coverage": Output(ids.ANALYTICS_COVERAGE, "children"),
    "sales": grid_outputs(ids.ANALYTICS_SALES),
    "sales_unit": Output(ids.unit_of(ids.ANALYTICS_SALES), "children"),
    "sales_shown": Output(ids.ANALYTICS_SALES_SHOWN, "children"),
}


@callback(
    output=OUTPUTS,
    inputs={
        "query": Input(ids.QUERY, "data"),
        "_version": Input(ids.SHELL_VERSION, "data"),
        "sales": State(ids.figure_of(ids.ANALYTICS_SALES), "rowData"),
    },
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_analytics(query: Any, _version: Any, sales: Any) -> dict[str, Any]:
    """Everything the page shows. New data keeps as many sales open as were; another filter begins anew."""
    filters = read_filters(query if isinstance(query, str) else None)
    same_filters = ctx.triggered_id == ids.SHELL_VERSION and isinstance(sales, list)
    limit = min(MOST_SALES, max(FIRST_SALES, len(sales))) if same_filters else FIRST_SALES
    try:
        with reading(filters) as moment:
            report = load_analytics(
                moment.connection, filters, moment.scope, moment.calendar, moment.now, sales_limit=limit
            )
            names = _team_names(moment)
    except DatabaseAway:
        return away_regions(OUTPUTS)
    empty = create_no_figures(report.is_empty)
    return {
        "head": create_analytics_line(report),
        "gaps": create_gap_banners(report.gaps),
        "campaigns": no_grid(empty)
        if not report.campaigns
        else table(
            "campaigns", campaign_columns(report.currency), lambda: campaign_rows(report.campaigns, report.currency)
        ),
        "campaigns_unit": t("analytics.campaigns.unit", sign=CURRENCY_SIGNS[report.currency]),
        "utm": no_grid(empty)
        if not report.utm
        else table("utm", utm_columns(report.currency), lambda: (utm_rows(report.utm, report.currency), [])),
        "coverage": shown("coverage", lambda: create_coverage(report.coverage)) or empty,
        **_sales(report, moment, names, empty),
    }


def _team_names(moment: Reading) -> dict[str, str]:
    """Names of teams by slug, as far as the viewer sees them: candidates of others stay slugs nobody is told."""
    choices = load_choices(moment.connection, moment.scope)
    return {team.slug: team.name for team in choices.teams if team.slug}


def _sales(report: AnalyticsReport, moment: Reading, names: dict[str, str], empty: Any) -> dict[str, Any]:
    page = report.sales
    unit = t("analytics.sales.unit", n=tn("unit.sales", page.total))
    if not page.rows:
        return {"sales": no_grid(empty), "sales_unit": unit, "sales_shown": None}
    made = shown(
        "sales",
        lambda: grid(sales_columns(), sales_rows(page.rows, moment.calendar.zone, names)),
        broken=no_grid(create_error()),
    )
    return {"sales": made, "sales_unit": unit, "sales_shown": _footer(page)}


def _footer(page: SalesPage) -> Any:
    return create_sales_footer(page, len(page.rows), MOST_SALES)


@callback(
    output={
        "rows": Output(ids.figure_of(ids.ANALYTICS_SALES), "rowData", allow_duplicate=True),
        "shown": Output(ids.ANALYTICS_SALES_SHOWN, "children", allow_duplicate=True),
    },
    inputs={
        "clicks": Input(ids.ANALYTICS_SALES_MORE, "n_clicks"),
        "query": State(ids.QUERY, "data"),
        "sales": State(ids.figure_of(ids.ANALYTICS_SALES), "rowData"),
    },
    prevent_initial_call=True,
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_more_sales(clicks: Any, query: Any, sales: Any) -> dict[str, Any]:
    """The same list, longer by one page, from one moment: a sale that came meanwhile does not shift the others."""
    if not clicks:
        return {"rows": no_update, "shown": no_update}
    filters = read_filters(query if isinstance(query, str) else None)
    have = len(sales) if isinstance(sales, list) else 0
    limit = min(MOST_SALES, have + FIRST_SALES)
    try:
        with reading(filters) as moment:
            page = load_sales(moment.connection, filters, moment.scope, moment.calendar, limit)
            names = _team_names(moment)
    except DatabaseAway:
        return {"rows": no_update, "shown": no_update}
    return {"rows": sales_rows(page.rows, moment.calendar.zone, names), "shown": _footer(page)}


clientside_callback(
    ClientsideFunction("address", "chooseMark"),
    Output(ids.figure_of(ids.ANALYTICS_UTM), "filterModel"),
    Input(ids.ANALYTICS_UTM_MARK, "value"),
    Input(ids.figure_of(ids.ANALYTICS_UTM), "columnDefs"),
)
clientside_callback(
    ClientsideFunction("address", "find"),
    Output(ids.SHELL_PATH, "data", allow_duplicate=True),
    Input(ids.ANALYTICS_CAMPAIGN_SEARCH, "value"),
    State(ids.figure_of(ids.ANALYTICS_CAMPAIGNS), "id"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("address", "find"),
    Output(ids.SHELL_PATH, "data", allow_duplicate=True),
    Input(ids.ANALYTICS_UTM_SEARCH, "value"),
    State(ids.figure_of(ids.ANALYTICS_UTM), "id"),
    prevent_initial_call=True,
)
