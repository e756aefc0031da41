"""The ad sets and ads of a campaign, chosen in the table of campaigns or in the card itself."""

from typing import Any

from dash import Input, Output, State, callback, ctx, no_update

from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from callbacks.reading import read_filters, reading
from components import ids
from components.ads_below import BelowLine, create_below, create_below_empty, create_below_hint
from components.states import create_error
from core.filters import Filters
from data.ad_drilldown import AdSetRow, BelowRow, load_below
from data.engine import DatabaseAway
from data.reports.context import load_context

_GRID = ids.figure_of(ids.ANALYTICS_CAMPAIGNS)


@callback(
    output={
        "options": Output(ids.ANALYTICS_BELOW_CAMPAIGN, "options"),
        "value": Output(ids.ANALYTICS_BELOW_CAMPAIGN, "value"),
        "body": Output(ids.ANALYTICS_BELOW, "children"),
    },
    inputs={
        "clicked": Input(_GRID, "cellClicked"),
        "value": Input(ids.ANALYTICS_BELOW_CAMPAIGN, "value"),
        "rows": Input(_GRID, "rowData"),
        "query": State(ids.QUERY, "data"),
    },
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_below(clicked: Any, value: Any, rows: Any, query: Any) -> dict[str, Any]:
    """The choice of campaigns that the table shows, and what lies below the chosen one."""
    known = [(str(row["id"]), str(row.get("name") or "")) for row in rows or () if isinstance(row, dict)]
    ids_known = {key for key, _ in known}
    by_table = ctx.triggered_id == _GRID and any(one["prop_id"].endswith(".cellClicked") for one in ctx.triggered)
    wanted = (clicked or {}).get("rowId") if by_table else value
    chosen = wanted if wanted in ids_known else ""
    options = [{"label": name, "value": key} for key, name in known]
    if not chosen:
        return {"options": options, "value": "", "body": create_below_hint()}
    filters = read_filters(query if isinstance(query, str) else None)
    try:
        body = _below(chosen, filters)
    except DatabaseAway:
        body = create_error()
    return {"options": options, "value": no_update if chosen == value else chosen, "body": body}


def _below(campaign_id: str, filters: Filters) -> Any:
    with reading(filters) as moment:
        period = load_context(moment.connection, filters, moment.calendar, moment.now).period
        found = load_below(moment.connection, campaign_id, period)
    if not found:
        return create_below_empty()
    zone = found[0].adset.timezone
    lines = [line for one in found for line in _lines(one, filters.currency)]
    other_zone = zone if zone != auth_parts().settings.business_timezone else None
    return create_below(lines, filters.currency, other_zone, campaign_id, period)


def _lines(one: AdSetRow, currency: str) -> list[BelowLine]:
    return [_line(row, currency) for row in (one.adset, *one.ads)]


def _line(row: BelowRow, currency: str) -> BelowLine:
    return BelowLine(row.id, row.name, row.level == "ad", row.status, row.url_tags, row.faults, row.sums(currency))
