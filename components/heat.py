"""The heat map of ROI, team by day: colour for the eye, the signed number always in the cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dash import html

from components.attributes import attributes
from components.ramps import diverging, ink, roi_colour
from components.team_look import team_name
from core import metrics
from core.business_time import BusinessCalendar
from core.metrics import Sums, total
from core.reports import DashboardReport
from core.texts import MINUS, UNKNOWN, format_day, format_month, format_number, format_percent, format_weekday, t

MOST_DAYS = 35
MOST_WEEKS = 27
_RAMP_STEPS = 11
_NAME_WIDTH = 244  # px, with the column of the whole period
_CELL_WIDTH = 30


@dataclass(frozen=True)
class Column:
    """A column of the map: the days it adds up, and what stands over it."""

    start: date
    days: range
    interval: str


def heat_columns(days: Sequence[date]) -> list[Column]:
    """The columns of a period: days; weeks when there are too many of them to read; then months."""
    if len(days) <= MOST_DAYS:
        interval = "day"
    else:
        interval = "week" if len(days) <= MOST_WEEKS * 7 else "month"
    calendar = BusinessCalendar()
    columns: list[Column] = []
    begin = 0
    for index, day in enumerate(days):
        last_of_bucket = index + 1 == len(days) or days[index + 1] > calendar.bucket(day, interval).last
        if last_of_bucket:
            columns.append(Column(days[begin], range(begin, index + 1), interval))
            begin = index + 1
    return columns


def heat_interval(days: Sequence[date]) -> str:
    """Whether a column is a day, a week or a month."""
    columns = heat_columns(days)
    return columns[0].interval if columns else "day"


def create_heat_map(report: DashboardReport) -> html.Table:
    """Teams down, days across, the total of all below; a cell without spend has a dash and no colour."""
    columns = heat_columns(report.days)
    head = html.Tr(
        [
            html.Th(className="who"),
            *(_heading(column) for column in columns),
            html.Th(t("heat.period"), className="sum", scope="col"),
        ]
    )
    body = [
        _row(team_name(row.team), row.team.emoji or "", _fold(row.cells, columns), row.total, row.team.slug is not None)
        for row in report.heat
    ]
    if len(body) > 1:
        body.append(_row(t("team.all"), "", _fold(report.daily, columns), report.totals, is_team=True))
    width = _NAME_WIDTH + _CELL_WIDTH * len(columns)
    return html.Table([html.Thead(head), html.Tbody(body)], className="hm", style={"minWidth": f"{width}px"})


def create_heat_place(region: str, label: str, skeleton: Any) -> list[Any]:
    """Where the map stands: a place that scrolls and stays where it was scrolled to, and what the colours mean."""
    place = html.Div(
        skeleton, id=region, className="hm-wrap", tabIndex=0, role="group", **attributes({"aria-label": label})
    )
    return [place, _note()]


def _fold(days: Sequence[Sums], columns: Sequence[Column]) -> list[Sums]:
    return [total([days[index] for index in column.days]) for column in columns]


def _heading(column: Column) -> html.Th:
    start = column.start
    if column.interval == "month":
        return html.Th(format_month(start), scope="col")
    if column.interval == "week":
        return html.Th(format_day(start), scope="col")
    weekend = "we" if start.weekday() > 4 else ""
    return html.Th(
        [str(start.day), html.Span(format_weekday(start))],
        scope="col",
        className=weekend,
        title=format_day(start, long=True),
    )


def _row(name: str, emoji: str, cells: Sequence[Sums], whole: Sums, is_team: bool) -> html.Tr:
    head: Any = [html.Span(emoji, className="emoji", **attributes({"aria-hidden": "true"})), name] if emoji else name
    return html.Tr(
        [
            html.Th(head, scope="row", className="who"),
            *(_cell(sums, is_team) for sums in cells),
            html.Td(format_percent(metrics.ROI.value(whole), signed=True, digits=0), className="sum num"),
        ]
    )


def _cell(sums: Sums, is_tinted: bool) -> html.Td:
    value = metrics.ROI.value(sums)
    if value is None:
        return html.Td(UNKNOWN, className="void")
    roi = Decimal(value)
    text = (
        format_number(roi, signed=True)
        if abs(roi) < 1000
        else format_number(roi / 1000, signed=True) + t("heat.thousands")
    )
    if not is_tinted:
        return html.Td(text, className="t2")
    background = roi_colour(roi)
    return html.Td(text, style={"background": background, "color": ink(background)})


def _note() -> html.Div:
    steps = [html.I(style={"background": diverging(-1 + 2 * step / (_RAMP_STEPS - 1))}) for step in range(_RAMP_STEPS)]
    return html.Div(
        [
            html.Span(t("heat.note"), className="small t3"),
            html.Span(
                [
                    html.Span(f"{MINUS}{format_percent(100, digits=0)}", className="num"),
                    html.Span(steps, className="sc"),
                    html.Span(f"+{format_percent(400, digits=0)}", className="num"),
                ],
                className="ramp",
            ),
        ],
        className="heat-note",
    )
