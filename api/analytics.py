"""The figures of the pages for programs: same filters, same reports, same scope, as JSON or CSV."""

from collections.abc import Callable, Iterator, Sequence

from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.analytics_shapes import (
    CampaignsAnswer,
    FunnelAnswer,
    HeatmapAnswer,
    ModelsAnswer,
    OverviewAnswer,
    SalesAnswer,
    TeamsAnswer,
    TimeseriesAnswer,
    csv_or,
)
from api.encoding import csv_answer, json_answer, wants_csv
from api.openapi import create_api
from api.report_answers import (
    CAMPAIGN_COLUMNS,
    FUNNEL_COLUMNS,
    HEAT_COLUMNS,
    MODEL_COLUMNS,
    POINT_COLUMNS,
    SALE_COLUMNS,
    TEAM_COLUMNS,
    Row,
    campaign_row,
    describe_period,
    describe_totals,
    funnel_row,
    heat_rows,
    model_row,
    point_row,
    sale_row,
    team_row,
)
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_scope
from core.business_time import BusinessCalendar, now
from core.filters import Filters
from core.records import DateRange, Scope
from core.reports import DashboardReport
from core.touch_models import MODELS
from data.engine import Viewer, web_database
from data.reports.context import ReportContext, load_context
from data.reports.dashboard import load_dashboard
from data.reports.models import load_models
from data.reports.sales import load_sales_page

MAX_LIMIT = 500

analytics = create_api("analytics", __name__, "/api/analytics")


class FilterQuery(BaseModel):
    """The filters of the pages. Values that cannot be read fall back to the defaults, unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore")

    date_from: str | None = Field(None, alias="from", description="First day, `YYYY-MM-DD`; wins over `preset`.")
    date_to: str | None = Field(None, alias="to", description="Last day, included.")
    preset: str | None = Field(None, description="today, yesterday, last_7_days, last_30_days, this_month, last_month, "
                                                 "this_year or all.")
    team: list[str] = Field([], description="Slugs of teams; `none` is the unattributed rest.")
    campaign: list[str] = Field([], description="Ids of campaigns on their platform.")
    currency: str | None = Field(None, description="KZT or USD.")
    interval: str | None = Field(None, description="day, week or month.")
    basis: str | None = Field(None, description="sale (day of the sale) or lead (day of the lead that brought it).")
    model: str | None = Field(None, description="Attribution model of the pages' figures: last.")
    format: str | None = Field(None, description="csv or json; otherwise `Accept` decides.")


class ModelsQuery(FilterQuery):
    """The same for the comparison of models."""

    model: str | None = Field(None, description=f"One of {', '.join(MODELS)}; otherwise all of them.")


class PagedQuery(FilterQuery):
    """The same for lists."""

    limit: int = Field(100, ge=1, le=MAX_LIMIT, description="Rows of one answer.")
    cursor: str | None = Field(None, max_length=200, description="`next_cursor` of the answer before.")


def _filters() -> Filters:
    query = request.query_string.decode("utf-8", "replace")
    return Filters.from_query(query, auth_parts().settings.default_currency)


def _calendar() -> BusinessCalendar:
    return BusinessCalendar(auth_parts().settings.business_timezone)


def _report() -> DashboardReport:
    """The report of the pages, read through the eyes of whoever asks."""
    scope = current_scope()
    with web_database().transaction(Viewer.of(scope), read_only=True) as connection:
        return load_dashboard(connection, _filters(), scope, _calendar(), now())


def _table(
    name: str, columns: Sequence[str], make_rows: Callable[[DashboardReport], list[Row]],
    page: PagedQuery | None = None,
) -> Response:
    """One table of the report; CSV holds all rows, JSON a page of them when the list is paged."""
    report = _report()
    rows = make_rows(report)
    if wants_csv():
        return csv_answer(_file_name(name, report.period), columns, rows)
    next_cursor = None
    if page is not None:
        first = int(page.cursor) if page.cursor and page.cursor.isascii() and page.cursor.isdigit() else 0
        if first + page.limit < len(rows):
            next_cursor = str(first + page.limit)
        rows = rows[first:first + page.limit]
    return json_answer({"period": describe_period(report.period), "currency": report.currency, "rows": rows,
                        "next_cursor": next_cursor})


def _file_name(name: str, period: DateRange) -> str:
    return f"{name}_{period.first}_{period.last}"


@analytics.get("/overview", summary="Totals", responses=csv_or(OverviewAnswer))
@requires(Permission.ANALYTICS_REPORT_READ)
def show_overview(query: FilterQuery) -> Response:
    """All metrics of the period, of the period before, and of what is attributed to no team."""
    answer = describe_totals(_report())
    if wants_csv():
        rows: list[Row] = [{"slice": part, **answer[part]} for part in ("totals", "previous", "unattributed")]
        period = DateRange(answer["period"]["from"], answer["period"]["to"])
        return csv_answer(_file_name("overview", period), tuple(rows[0]), rows)
    return json_answer(answer)


@analytics.get("/teams", summary="By team", responses=csv_or(TeamsAnswer))
@requires(Permission.ANALYTICS_REPORT_READ)
def list_teams(query: PagedQuery) -> Response:
    """A row per team; the unattributed rest last."""
    return _table("teams", TEAM_COLUMNS, lambda report: [team_row(row) for row in report.teams], query)


@analytics.get("/campaigns", summary="By campaign", responses=csv_or(CampaignsAnswer))
@requires(Permission.ANALYTICS_REPORT_READ)
def list_campaigns(query: PagedQuery) -> Response:
    """A row per campaign, the greatest revenue first."""
    return _table("campaigns", CAMPAIGN_COLUMNS, lambda report: [campaign_row(row) for row in report.campaigns], query)


@analytics.get("/timeseries", summary="By day, week or month", responses=csv_or(TimeseriesAnswer))
@requires(Permission.ANALYTICS_REPORT_READ)
def show_timeseries(query: FilterQuery) -> Response:
    """A row per interval of the period."""
    return _table("timeseries", POINT_COLUMNS, lambda report: [point_row(point) for point in report.points])


@analytics.get("/funnel", summary="Sales funnel", responses=csv_or(FunnelAnswer))
@requires(Permission.ANALYTICS_REPORT_READ)
def show_funnel(query: FilterQuery) -> Response:
    """Leads, registrations, Express, Flagman; conversions above 100 % are possible and told as they are."""
    return _table("funnel", FUNNEL_COLUMNS, lambda report: [funnel_row(stage) for stage in report.funnel])


@analytics.get("/heatmap", summary="By team and day", responses=csv_or(HeatmapAnswer))
@requires(Permission.ANALYTICS_REPORT_READ)
def show_heatmap(query: FilterQuery) -> Response:
    """A row per day and team."""
    return _table("heatmap", HEAT_COLUMNS, heat_rows)


@analytics.get("/attribution", summary="By model and team", responses=csv_or(ModelsAnswer))
@requires(Permission.ANALYTICS_REPORT_READ)
def compare_models(query: ModelsQuery) -> Response:
    """Sales and revenue of each team as each model shares them among the touches before a sale.

    The default attribution of all other figures is none of them: it asks a deal's own marks first.
    """
    filters, scope = _filters(), current_scope()
    models = (query.model,) if query.model in MODELS else MODELS
    with web_database().transaction(Viewer.of(scope), read_only=True) as connection:
        context = load_context(connection, filters, _calendar(), now())
        report = load_models(connection, filters, scope, context, models)
    rows = [model_row(row) for row in report.rows]
    if wants_csv():
        return csv_answer(_file_name("attribution", report.period), MODEL_COLUMNS, rows)
    return json_answer({"period": describe_period(report.period), "currency": report.currency,
                        "learned_at": report.learned_at, "rows": rows})


@analytics.get("/sales", summary="Sales one by one", responses=csv_or(SalesAnswer))
@requires(Permission.ANALYTICS_REPORT_READ)
def list_sales(query: PagedQuery) -> Response:
    """Sales of the period, the newest first, each with its team and the reason for it. CSV holds all of them."""
    filters, scope = _filters(), current_scope()
    with web_database().transaction(Viewer.of(scope), read_only=True) as connection:
        context = load_context(connection, filters, _calendar(), now())
        if wants_csv():
            rows = list(_all_sales(connection, filters, scope, context))
            return csv_answer(_file_name("sales", context.period), SALE_COLUMNS, rows)
        page = load_sales_page(connection, filters, scope, context, query.limit, query.cursor)
    return json_answer({
        "period": describe_period(context.period), "currency": filters.currency, "total": page.total,
        "rows": [sale_row(sale) for sale in page.rows], "next_cursor": page.next_cursor,
    })


def _all_sales(connection: Connection, filters: Filters, scope: Scope, context: ReportContext) -> Iterator[Row]:
    """The rows of every page, from one moment of the database."""
    cursor = None
    while True:
        page = load_sales_page(connection, filters, scope, context, MAX_LIMIT, cursor)
        yield from (sale_row(sale) for sale in page.rows)
        cursor = page.next_cursor
        if cursor is None:
            return


