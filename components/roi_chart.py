"""ROI of each period as a bar from zero."""

from collections.abc import Sequence
from decimal import Decimal

from components.axes import GRID_LINES, point_names, roi_label, roi_step, time_axis
from components.charts import Figure
from components.ramps import roi_colour
from components.theme import plotly_template, token
from core import metrics
from core.reports import PeriodPoint
from core.texts import NO_BREAK, format_percent, t

_FLOOR = -100  # nobody loses more than was spent
_LABEL_ROOM = 4  # the floor has a label when it is at least a fourth of a step away from zero
_LEAST_TINT = Decimal(40)


def draw_roi_by_day(points: Sequence[PeriodPoint], interval: str) -> Figure:
    """ROI of each period as a bar from zero, coloured as in the heat map; no bar where nothing was spent."""
    labels = point_names(points, interval)
    values = [metrics.ROI.value(point.sums) for point in points]
    step = roi_step(points)
    lines = [step * number for number in range(GRID_LINES)]
    if step <= -_FLOOR * _LABEL_ROOM:
        lines.insert(0, _FLOOR)
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
            "margin": {"l": 48, "r": 8, "t": 14, "b": 40},
            "xaxis": time_axis(points, interval),
            "yaxis": {
                "range": [_FLOOR * 1.1, lines[-1]],
                "tickmode": "array",
                "tickvals": lines,
                "ticktext": [roi_label(line, signed=True) for line in lines],
                "zeroline": True,
                "zerolinecolor": token("c-base"),
                "zerolinewidth": 1,
            },
        },
    }


def _bar_colour(roi: Decimal) -> str:
    """Bars near zero would be as dark as the background: the ramp begins a third of the way out."""
    return roi_colour(roi if abs(roi) >= _LEAST_TINT else _LEAST_TINT if roi >= 0 else -_LEAST_TINT)
