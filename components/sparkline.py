"""Small trends without axes: a line of one row's days, drawn as a picture so that it costs the page nothing."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from urllib.parse import quote

from dash import html

from components.attributes import attributes
from core.metrics import Metric, Sums, total

MAX_POINTS = 60
_PAD = 6.0


def smooth(days: Sequence[Sums], metric: Metric, window: int = 3) -> list[Decimal | int | None]:
    """A metric of a sliding window of days: computed from the window's sums, never an average of ratios.

    Long rows are cut to ``MAX_POINTS`` windows that still cover every day.
    """
    if not days:
        return []
    step = max(1, -(-len(days) // MAX_POINTS))
    reach = max(window, step)
    return [metric.value(total(days[max(0, end - reach) : end])) for end in range(step, len(days) + 1, step)]


def points_of(values: Sequence[Decimal | int | None], width: float, height: float) -> list[tuple[float, float]]:
    """Places of the known values in a box; the unknown ones are left out."""
    known = [(index, float(value)) for index, value in enumerate(values) if value is not None]
    if not known:
        return []
    low, high = min(value for _, value in known), max(value for _, value in known)
    spread = (high - low) or 1.0
    step = width / max(1, len(values) - 1)
    middle = high == low
    return [
        (
            round(index * step, 1),
            round(height / 2 if middle else height - _PAD - (value - low) / spread * (height - 2 * _PAD), 1),
        )
        for index, value in known
    ]


def line_path(points: Sequence[tuple[float, float]]) -> str:
    """Points as an SVG path."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def draw_sparkline(
    values: Sequence[Decimal | int | None],
    colour: str,
    width: int = 278,
    height: int = 52,
    area: bool = True,
    class_name: str = "spark",
) -> html.Span:
    """A trend that fills its place, with a dot on its newest value; nothing when fewer than two values are known."""
    points = points_of(values, width, height)
    if len(points) < 2 or not any(values):
        return html.Span(className=class_name)
    path = line_path(points)
    fill = ""
    if area:
        floor = f"{path}L{points[-1][0]:g} {height}L{points[0][0]:g} {height}Z"
        fill = (
            "<defs><linearGradient id='g' x1='0' y1='0' x2='0' y2='1'>"
            f"<stop stop-color='{colour}' stop-opacity='.2'/><stop offset='1' stop-color='{colour}' stop-opacity='0'/>"
            f"</linearGradient></defs><path d='{floor}' fill='url(#g)'/>"
        )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' preserveAspectRatio='none'>{fill}"
        f"<path d='{path}' fill='none' stroke='{colour}' stroke-width='1.5' stroke-linejoin='round'"
        " vector-effect='non-scaling-stroke'/></svg>"
    )
    return html.Span(
        [
            html.Img(src=f"data:image/svg+xml,{quote(svg, safe=' /:=;,()')}", alt=""),
            html.I(style={"top": f"{points[-1][1] / height * 100:.1f}%"}),
        ],
        className=class_name,
        style={"--c": colour},
        **attributes({"aria-hidden": "true"}),
    )


def cell_points(values: Sequence[Decimal | int | None], width: int = 64, height: int = 24) -> str:
    """A trend for a cell of a grid: the path of its line, or nothing."""
    points = points_of(values, width, height)
    return line_path(points) if len(list(pairwise(points))) else ""
