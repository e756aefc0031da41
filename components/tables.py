"""The tables of teams, campaigns and UTM marks: which columns they have and what their rows say."""

from collections.abc import Sequence
from typing import Any

from components.grids import (
    MetricColumn,
    Row,
    add_heat,
    metric_cells,
    metric_columns,
    pinned_total,
    products_text,
    text_column,
)
from components.sparkline import cell_points, smooth
from components.team_look import team_cell
from components.theme import team_colour
from core import metrics
from core.metrics import total
from core.reports import CampaignRow, TeamRow, UtmRow
from core.texts import t

TOTAL_ID = "total"
NONE_ID = "none"

TEAM_COLUMNS = (
    MetricColumn(metrics.REVENUE, strong=True, phone=True, width=116),
    MetricColumn(metrics.SPEND, phone=True, width=112),
    MetricColumn(metrics.PROFIT, width=116),
    MetricColumn(metrics.ROI, heat=True, phone=True, width=92, digits=0),
    MetricColumn(metrics.ROAS, width=70),
    MetricColumn(metrics.SALES, width=124),
    MetricColumn(metrics.CPA, heat=True, width=92),
    MetricColumn(metrics.LEADS, width=80),
    MetricColumn(metrics.CPL, heat=True, width=92),
    MetricColumn(metrics.REGISTRATIONS, width=76, short="metric.registrations.short"),
    MetricColumn(metrics.CONVERSION, heat=True, width=100),
)
CAMPAIGN_COLUMNS = (
    MetricColumn(metrics.REVENUE, strong=True, phone=True, width=112),
    MetricColumn(metrics.SPEND, phone=True, width=104),
    MetricColumn(metrics.PROFIT, width=112),
    MetricColumn(metrics.ROI, heat=True, phone=True, width=92, digits=0),
    MetricColumn(metrics.ROAS, width=72),
    MetricColumn(metrics.SALES, width=124),
    MetricColumn(metrics.CPA, width=92),
    MetricColumn(metrics.LEADS, width=76),
    MetricColumn(metrics.CPL, width=84),
    MetricColumn(metrics.REGISTRATIONS, width=72, short="metric.registrations.short"),
    MetricColumn(metrics.CONVERSION, width=104),
    MetricColumn(metrics.AVERAGE_ORDER, width=124),
    MetricColumn(metrics.IMPRESSIONS, width=100),
    MetricColumn(metrics.CLICKS, width=80),
    MetricColumn(metrics.CTR, width=80),
    MetricColumn(metrics.CPC, width=84),
    MetricColumn(metrics.CPM, width=84),
)
UTM_COLUMNS = (
    MetricColumn(metrics.LEADS, phone=True, width=76),
    MetricColumn(metrics.SALES, phone=True, width=120),
    MetricColumn(metrics.CONVERSION, width=104),
    MetricColumn(metrics.REVENUE, strong=True, phone=True, width=116),
    MetricColumn(metrics.AVERAGE_ORDER, width=132),
)


def team_columns(currency: str) -> list[Row]:
    """Columns of the comparison of teams."""
    columns = metric_columns(TEAM_COLUMNS, currency, sort="roi")
    return [
        text_column(
            "team",
            t("teams.team"),
            cellRenderer="TeamCell",
            cellDataType=False,
            pinned="left",
            width=176,
            least=0.88,
            sortable=True,
            comparator={"function": "byTeamName"},
            phone=True,
        ),
        *columns,
        text_column("trend", t("teams.trend"), cellRenderer="SparkCell", width=96, cellDataType=False, filter=False),
    ]


def team_rows(rows: Sequence[TeamRow], currency: str) -> tuple[list[Row], list[Row]]:
    """Rows of real teams, and those that stay below them: the rest without a team and the total."""
    real = [row for row in rows if row.team.slug is not None]
    made = [_team_row(row, currency) for row in real]
    add_heat(made, TEAM_COLUMNS, [row.sums for row in real])
    pinned = [_team_row(row, currency) for row in rows if row.team.slug is None]
    whole = total(row.sums for row in rows)
    if len(rows) > 1:
        pinned.append(
            {
                "id": TOTAL_ID,
                "team": {"name": t("team.total"), "total": True},
                **metric_cells(TEAM_COLUMNS, whole, currency),
                **products_text(whole),
            }
        )
    return made, pinned


def _team_row(row: TeamRow, currency: str) -> Row:
    cells = {
        "id": row.team.slug or NONE_ID,
        "team": team_cell(row.team),
        "none": row.team.slug is None,
        **metric_cells(TEAM_COLUMNS, row.sums, currency),
        **products_text(row.sums),
    }
    if row.team.slug is None:
        cells["team"] = {**team_cell(row.team), "href": "/analytics#sales"}
    else:
        cells["trend"] = {"path": cell_points(smooth(row.trend, metrics.ROI, 5)), "color": team_colour(row.team.color)}
    return cells


def campaign_columns(currency: str) -> list[Row]:
    """Columns of campaigns: every metric there is; they keep their width and scroll."""
    return [
        text_column(
            "name",
            t("campaigns.campaign"),
            cellRenderer="CampaignCell",
            pinned="left",
            width=264,
            least=1.0,
            sortable=True,
            tooltipField="name",
            phone=True,
        ),
        *metric_columns(CAMPAIGN_COLUMNS, currency, sort="revenue"),
    ]


def campaign_rows(rows: Sequence[CampaignRow], currency: str) -> tuple[list[Row], list[Row]]:
    """Rows of known campaigns, and those below them: without a campaign and the total."""
    known = [row for row in rows if row.id is not None]
    made = [_campaign_row(row, currency) for row in known]
    add_heat(made, CAMPAIGN_COLUMNS, [row.sums for row in known])
    rest = total(row.sums for row in rows if row.id is None)
    below: list[Row] = []
    if not rest.is_zero:
        below.append(
            {
                "id": NONE_ID,
                "name": t("campaigns.unknown"),
                "none": True,
                **metric_cells(CAMPAIGN_COLUMNS, rest, currency),
                **products_text(rest),
            }
        )
    whole = total(row.sums for row in rows)
    below += pinned_total(
        len(rows),
        lambda: {
            "id": TOTAL_ID,
            "name": t("team.total"),
            "total": True,
            **metric_cells(CAMPAIGN_COLUMNS, whole, currency),
            **products_text(whole),
        },
    )
    return made, below


def _campaign_row(row: CampaignRow, currency: str) -> Row:
    return {
        "id": str(row.id),
        "name": row.name,
        "team": team_cell(row.team),
        **metric_cells(CAMPAIGN_COLUMNS, row.sums, currency),
        **products_text(row.sums),
    }


def utm_columns(currency: str) -> list[Row]:
    """Columns of UTM values; the mark itself is hidden, the choice above the table filters by it."""
    return [
        text_column(
            "value",
            t("analytics.utm.value"),
            cellRenderer="CodeCell",
            pinned="left",
            width=184,
            sortable=True,
            tooltipField="value",
            phone=True,
        ),
        text_column("mark", t("analytics.utm.mark"), 80, hide=True, filter="agTextColumnFilter"),
        text_column("teams", t("analytics.utm.team"), cellRenderer="TeamsCell", width=156, cellDataType=False),
        *metric_columns(UTM_COLUMNS, currency, sort="sales"),
    ]


def utm_rows(rows: Sequence[UtmRow], currency: str) -> list[Row]:
    """Rows of all five marks."""
    return [_utm_row(number, row, currency) for number, row in enumerate(rows)]


def _utm_row(number: int, row: UtmRow, currency: str) -> Row:
    teams: list[dict[str, Any]] = [team_cell(team) for team in row.teams]
    return {
        "id": f"{row.mark}-{row.value}" if row.value is not None else f"{row.mark}-{number}-empty",
        "mark": row.mark,
        "value": t("analytics.utm.empty") if row.value is None else row.value,
        "none": row.value is None,
        "teams": teams,
        **metric_cells(UTM_COLUMNS, row.sums, currency),
        **products_text(row.sums),
    }
