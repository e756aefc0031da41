"""Revenue, spend and ROI over time."""

from collections.abc import Sequence

from components.axes import (
    GRID_LINES,
    amount_scale,
    amount_step,
    highest_amount,
    point_names,
    roi_label,
    roi_step,
    time_axis,
)
from components.charts import Figure
from components.numbers import format_metric
from components.theme import axis_font, plotly_template, token
from core import metrics
from core.metrics import Metric
from core.reports import PeriodPoint
from core.texts import NO_BREAK, format_number, t

_BAR = 0.36  # of the place of one period
_CAP = 0.006  # of the axis: a bright edge on a pale bar


def draw_series(points: Sequence[PeriodPoint], currency: str, interval: str) -> Figure:
    """Revenue and spend as bars on the left axis, ROI as a line on the right one; both share the grid lines."""
    labels = point_names(points, interval)
    divisor = amount_scale(points)[0]
    top = amount_step(highest_amount(points)) * GRID_LINES
    data = [
        *_bars(points, labels, metrics.REVENUE, -0.39, ("c-revenue-fill", "c-revenue"), float(top), currency),
        *_bars(points, labels, metrics.SPEND, 0.03, ("c-spend-fill", "c-spend"), float(top), currency),
        *_unfinished(points, labels, float(top)),
        *_roi_line(points, labels, currency),
        *_silent_lines(points, labels),
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
            "margin": {"b": 40},
            "xaxis": time_axis(points, interval),
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
                "ticktext": [roi_label(line) for line in roi_lines],
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
            "text": [format_metric(metrics.ROI, point.sums, currency, digits=2) for point in points],
            "hovertemplate": f"{t('metric.roi')}{NO_BREAK * 2}<b>%{{text}}</b><extra></extra>",
        },
    ]


def _silent_lines(points: Sequence[PeriodPoint], labels: Sequence[str]) -> list[Figure]:
    """Figures that are said under the pointer and not drawn: sales and the rate."""
    rates = [
        t("series.rate_carried" if point.rate_is_carried else "series.rate")
        + f"{NO_BREAK * 2}<b>{format_number(point.rate, 2)}</b>"
        for point in points
    ]
    sales = [f"{t('metric.sales')}{NO_BREAK * 2}<b>{format_number(point.sums.sales)}</b>" for point in points]
    return [
        {
            "type": "scatter",
            "x": list(labels),
            "y": [0] * len(labels),
            "mode": "markers",
            "marker": {"color": token("clear"), "size": 1},
            "text": texts,
            "hovertemplate": "%{text}<extra></extra>",
        }
        for texts in (sales, rates)
    ]
