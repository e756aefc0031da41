"""Charts drawn by Plotly: one factory for all of them, and the figures as functions of records.

Invariant: a figure never sends anything anywhere and has no toolbar of Plotly; pictures are saved by the card's own
button. Words and figures inside are already in the viewer's language.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import dcc, html

from components.attributes import attributes
from components.numbers import format_metric
from components.ramps import roi_colour
from components.theme import axis_font, plotly_template, token
from core import metrics
from core.metrics import Metric
from core.reports import PeriodPoint
from core.texts import (
    CURRENCY_SIGNS,
    NO_BREAK,
    format_day,
    format_month,
    format_number,
    format_percent,
    t,
)

Figure = dict[str, Any]

GRID_LINES = 5
_AMOUNT_STEPS = tuple(Decimal(step) for step in ("1", "1.5", "2", "2.5", "4", "5", "8"))
_ROI_STEPS = (100, 150, 200, 300, 400, 500, 800, 1000, 2000, 5000, 10_000, 100_000)
_SCALES = ((Decimal(1_000_000), "unit.million"), (Decimal(1000), "unit.thousand"))
_BAR = 0.36  # of the place of one period
_CAP = 0.006  # of the axis: a bright edge on a pale bar


def create_graph(graph_id: str, label: str, class_name: str = "plot") -> html.Div:
    """The only maker of graphs: no foreign servers, no logo, no toolbar; it is as large as its place."""
    graph = dcc.Graph(
        id=graph_id,
        figure=empty_figure(),
        className=class_name,
        responsive=True,
        config={
            "displayModeBar": False,
            "displaylogo": False,
            "showSendToCloud": False,
            "plotlyServerURL": "",
            "responsive": True,
            "scrollZoom": False,
            "doubleClick": False,
            "showTips": False,
        },
    )
    return html.Div(graph, role="img", **attributes({"aria-label": label}))


def empty_figure() -> Figure:
    """A figure with nothing in it, for the time before the first report."""
    return {
        "data": [],
        "layout": {"template": plotly_template(), "xaxis": {"visible": False}, "yaxis": {"visible": False}},
    }


def point_label(point: PeriodPoint, interval: str, with_year: bool) -> str:
    """What stands under a point: a day, the first day of a week, or a month."""
    if interval == "month":
        return format_month(point.start)
    return format_day(point.start, year=with_year)


def labels_of(points: Sequence[PeriodPoint], interval: str) -> list[str]:
    """Labels of all points; the year joins when the points come from different years, so that no two are equal."""
    years = {point.start.year for point in points}
    return [point_label(point, interval, with_year=len(years) > 1) for point in points]


def amount_scale(points: Sequence[PeriodPoint]) -> tuple[Decimal, str]:
    """What the axis of amounts counts in: the divisor and the word for it (empty for single units)."""
    highest = _highest(points)
    for divisor, key in _SCALES:
        if highest >= divisor:
            return divisor, t(key)
    return Decimal(1), ""


def series_unit(points: Sequence[PeriodPoint], currency: str, interval: str) -> str:
    """The line under the title: what the left axis counts, and by what."""
    word = amount_scale(points)[1]
    sign = CURRENCY_SIGNS.get(currency, currency)
    return t(f"series.unit.{interval}", unit=f"{word}{NO_BREAK}{sign}" if word else sign)


def _highest(points: Sequence[PeriodPoint]) -> Decimal:
    amounts = [value for point in points for value in (point.sums.revenue, point.sums.spend) if value is not None]
    return max(amounts, default=Decimal(0))


def amount_step(highest: Decimal) -> Decimal:
    """The distance of grid lines so that ``GRID_LINES`` of them hold the highest amount."""
    if highest <= 0:
        return Decimal(1)
    power = Decimal(10) ** (highest / GRID_LINES).adjusted()
    for times in (power, power * 10):
        for step in _AMOUNT_STEPS:
            if step * times * GRID_LINES >= highest:
                return step * times
    return power * 10


def roi_step(points: Sequence[PeriodPoint]) -> int:
    """The distance of ROI's grid lines; zero stands on the first line above the floor, as ROI is never below −100.

    A period that still runs does not stretch the axis: an early sale on little spend would flatten all the others.
    """
    known = [metrics.ROI.value(point.sums) for point in points if point.is_complete or len(points) == 1]
    highest = max((Decimal(value) for value in known if value is not None), default=Decimal(0))
    for step in _ROI_STEPS:
        if highest <= step * (GRID_LINES - 1):
            return step
    return _ROI_STEPS[-1]


def draw_series(points: Sequence[PeriodPoint], currency: str, interval: str) -> Figure:
    """Revenue and spend as bars on the left axis, ROI as a line on the right one; both share the grid lines."""
    labels = labels_of(points, interval)
    divisor = amount_scale(points)[0]
    top = amount_step(_highest(points)) * GRID_LINES
    data = [
        *_bars(points, labels, metrics.REVENUE, -0.39, ("c-revenue-fill", "c-revenue"), float(top), currency),
        *_bars(points, labels, metrics.SPEND, 0.03, ("c-spend-fill", "c-spend"), float(top), currency),
        *_unfinished(points, labels, float(top)),
        *_roi_line(points, labels, currency),
    ]
    lines = [top * step / GRID_LINES for step in range(GRID_LINES + 1)]
    decimals = 1 if any((line / divisor) % 1 for line in lines) else 0
    step = roi_step(points)
    roi_lines = [step * (number - 1) for number in range(GRID_LINES + 1)]
    return {
        "data": data,
        "layout": {
            "template": plotly_template(),
            "barmode": "overlay",
            "bargap": 0,
            "uirevision": "series",
            "xaxis": {**_label_axis(labels), "unifiedhovertitle": {"text": "<b>%{x}</b>"}},
            "yaxis": {
                "range": [0, float(top)],
                "tickmode": "array",
                "tickvals": [float(line) for line in lines],
                "ticktext": [format_number(line / divisor, decimals) for line in lines],
            },
            "yaxis2": {
                "overlaying": "y",
                "side": "right",
                "range": [roi_lines[0], roi_lines[-1]],
                "tickmode": "array",
                "tickvals": roi_lines,
                "ticktext": [format_number(line) for line in roi_lines],
                "tickfont": axis_font(token("c-roi-axis")),
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
            },
            "shapes": [
                {
                    "type": "line",
                    "xref": "paper",
                    "x0": 0,
                    "x1": 1,
                    "yref": "y2",
                    "y0": 0,
                    "y1": 0,
                    "layer": "below",
                    "opacity": 0.45,
                    "line": {"color": token("c-roi"), "width": 1, "dash": "2px,4px"},
                }
            ],
        },
    }


def _label_axis(labels: Sequence[str]) -> Figure:
    """An axis of labels in their order; Plotly leaves out as many as do not fit."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(labels),
        "tickangle": 0,
        "range": [-0.5, len(labels) - 0.5],
    }


def _bars(
    points: Sequence[PeriodPoint],
    labels: Sequence[str],
    metric: Metric,
    offset: float,
    colours: tuple[str, str],
    top: float,
    currency: str,
) -> list[Figure]:
    fill, edge = colours
    amounts = [None if (value := metric.value(point.sums)) is None else float(value) for point in points]
    cap = top * _CAP
    place = {"type": "bar", "x": list(labels), "offset": offset, "width": _BAR}
    return [
        {
            **place,
            "y": amounts,
            "name": t(f"metric.{metric.name}"),
            "marker": {"color": token(fill)},
            "hoverlabel": {"bordercolor": token(edge)},
            "text": [format_metric(metric, point.sums, currency) for point in points],
            "textposition": "none",
            "hovertemplate": f"{t(f'metric.{metric.name}')}{NO_BREAK * 2}<b>%{{text}}</b><extra></extra>",
        },
        {
            **place,
            "y": [cap if amount else None for amount in amounts],
            "base": [max(0.0, amount - cap) if amount else 0 for amount in amounts],
            "marker": {"color": token(edge)},
            "hoverinfo": "skip",
        },
    ]


def _unfinished(points: Sequence[PeriodPoint], labels: Sequence[str], top: float) -> list[Figure]:
    """Hatching behind the period that still runs."""
    if not points or points[-1].is_complete:
        return []
    return [
        {
            "type": "bar",
            "x": [labels[-1]],
            "y": [top],
            "offset": -0.5,
            "width": 1,
            "hoverinfo": "skip",
            "marker": {
                "color": token("clear"),
                "pattern": {
                    "shape": "/",
                    "size": 6,
                    "solidity": 0.25,
                    "fgcolor": token("hatch"),
                    "bgcolor": token("clear"),
                },
            },
        }
    ]


def _roi_line(points: Sequence[PeriodPoint], labels: Sequence[str], currency: str) -> list[Figure]:
    values = [None if (roi := metrics.ROI.value(point.sums)) is None else float(roi) for point in points]
    line = {"type": "scatter", "x": list(labels), "y": values, "yaxis": "y2", "connectgaps": False}
    return [
        {
            **line,
            "mode": "lines",
            "hoverinfo": "skip",
            "opacity": 0.55,
            "line": {"color": token("background"), "width": 5},
        },
        {
            **line,
            "mode": "lines+markers",
            "name": t("metric.roi"),
            "line": {"color": token("c-roi"), "width": 1.75},
            "marker": {"size": 3.5, "color": token("c-roi")},
            "text": [_roi_hover(point, currency) for point in points],
            "hovertemplate": "%{text}<extra></extra>",
        },
    ]


def _roi_hover(point: PeriodPoint, currency: str) -> str:
    gap = NO_BREAK * 2
    lines = [
        f"{t('metric.roi')}{gap}<b>{format_metric(metrics.ROI, point.sums, currency, digits=2)}</b>",
        f"{t('metric.sales')}{gap}<b>{format_number(point.sums.sales)}</b>",
    ]
    if point.rate is not None:
        key = "series.rate_carried" if point.rate_is_carried else "series.rate"
        lines.append(f"{t(key)}{gap}<b>{format_number(point.rate, 2)}</b>")
    return "<br>".join(lines)


def draw_roi_by_day(points: Sequence[PeriodPoint], interval: str) -> Figure:
    """ROI of each period as a bar from zero, coloured as in the heat map; no bar where nothing was spent."""
    labels = labels_of(points, interval)
    values = [metrics.ROI.value(point.sums) for point in points]
    step = roi_step(points)
    lines = [step * (number - 1) for number in range(GRID_LINES + 1)]
    return {
        "data": [
            {
                "type": "bar",
                "x": labels,
                "y": [None if value is None else float(value) for value in values],
                "marker": {
                    "color": [token("clear") if value is None else _bar_colour(Decimal(value)) for value in values]
                },
                "text": [format_percent(value, signed=True) for value in values],
                "textposition": "none",
                "hovertemplate": f"{t('metric.roi')}{NO_BREAK * 2}<b>%{{text}}</b><extra></extra>",
            }
        ],
        "layout": {
            "template": plotly_template(),
            "bargap": 0.24,
            "uirevision": "days",
            "margin": {"l": 48, "r": 8, "t": 14, "b": 28},
            "xaxis": {**_label_axis(labels), "unifiedhovertitle": {"text": "<b>%{x}</b>"}},
            "yaxis": {
                "range": [lines[0], lines[-1]],
                "tickmode": "array",
                "tickvals": lines,
                "ticktext": [format_number(line, signed=True) for line in lines],
                "zeroline": True,
                "zerolinecolor": token("c-base"),
                "zerolinewidth": 1,
            },
        },
    }


def _bar_colour(roi: Decimal) -> str:
    """Bars near zero would be as dark as the background: the ramp begins a third of the way out."""
    return roi_colour(roi if abs(roi) >= 40 else Decimal(40 if roi >= 0 else -40))
