"""Axes of charts over time: labels that fit, steps that are round, two scales that share their grid lines."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from components.charts import Figure
from components.theme import token
from core import metrics
from core.reports import PeriodPoint
from core.texts import (
    CURRENCY_SIGNS,
    NO_BREAK,
    format_day,
    format_month,
    format_number,
    format_weekday,
    t,
)

GRID_LINES = 5
BREAK = "<br>"  # the month stands below its day: beside it, it would meet the next label on a phone
_LONG_ROI = 10_000  # per cent
SHORT_PERIOD = 45  # so many days that a label may be a mere number
_AMOUNT_STEPS = tuple(Decimal(step) for step in ("1", "1.5", "2", "2.5", "4", "5", "8"))
_ROI_STEPS = (100, 150, 200, 300, 400, 500, 800, 1000, 2000, 5000, 10_000, 100_000)
_SCALES = ((Decimal(1_000_000), "unit.million"), (Decimal(1000), "unit.thousand"))


def point_names(points: Sequence[PeriodPoint], interval: str) -> list[str]:
    """The full name of each point, unlike any other: what stands over the figures one points at."""
    if interval == "day":
        return [f"{format_day(point.start, long=True)}, {format_weekday(point.start)}" for point in points]
    if interval == "month":
        return [format_month(point.start) for point in points]
    return [f"{format_day(point.start)} – {format_day(point.end, year=True)}" for point in points]


def time_axis(points: Sequence[PeriodPoint], interval: str) -> Figure:
    """The axis of points in their order, with as many labels as even a phone has room for."""
    names = point_names(points, interval)
    ticks = _ticks([point.start for point in points], interval)
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": names,
        "tickmode": "array",
        "tickvals": [names[index] for index, _ in ticks],
        "ticktext": [text for _, text in ticks],
        "tickangle": 0,
        "range": [-0.5, len(points) - 0.5],
        "unifiedhovertitle": {"text": "<b>%{x}</b>"},
        "showspikes": True,
        "spikemode": "across",
        "spikesnap": "hovered data",
        "spikedash": "solid",
        "spikethickness": 1,
        "spikecolor": token("hatch"),
    }


def _ticks(starts: Sequence[date], interval: str) -> list[tuple[int, str]]:
    """Which points have a label, and which; month or year is said where it changes."""
    if interval == "month":
        return _thin(
            starts,
            8,
            lambda day, before: (
                format_month(day) if before is None or day.year != before.year else format_month(day).split(NO_BREAK)[0]
            ),
        )
    if interval == "day" and len(starts) <= SHORT_PERIOD:
        return _thin(
            starts,
            10,
            lambda day, before: (
                str(day.day) if before and day.month == before.month else format_day(day).replace(NO_BREAK, BREAK)
            ),
        )
    return _thin(starts, 6, lambda day, _: format_day(day))


def _thin(
    starts: Sequence[date],
    most: int,
    write: Callable[[date, date | None], str],
) -> list[tuple[int, str]]:
    step = max(1, -(-len(starts) // most))
    chosen = range(0, len(starts), step)
    return [(index, write(starts[index], None if index == 0 else starts[index - step])) for index in chosen]


def amount_scale(points: Sequence[PeriodPoint]) -> tuple[Decimal, str]:
    """What the axis of amounts counts in: the divisor and the word for it (empty for single units)."""
    highest = highest_amount(points)
    for divisor, key in _SCALES:
        if highest >= divisor:
            return divisor, t(key)
    return Decimal(1), ""


def roi_label(roi: int, signed: bool = False) -> str:
    """A line of an axis of ROI; from ten thousand per cent in thousands, as there is room for five signs."""
    if abs(roi) < _LONG_ROI:
        return format_number(roi, signed=signed)
    return format_number(roi // 1000, signed=signed) + t("heat.thousands")


def series_unit(points: Sequence[PeriodPoint], currency: str, interval: str) -> str:
    """The line under the title: what the left axis counts, and by what."""
    word = amount_scale(points)[1]
    sign = CURRENCY_SIGNS.get(currency, currency)
    return t(f"series.unit.{interval}", unit=f"{word}{NO_BREAK}{sign}" if word else sign)


def highest_amount(points: Sequence[PeriodPoint]) -> Decimal:
    """The greatest amount that the chart has to hold."""
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
    """The distance of ROI's grid lines so that all but one of them lie above zero.

    A period that still runs does not stretch the axis: an early sale on little spend would flatten all the others.
    """
    known = [metrics.ROI.value(point.sums) for point in points if point.is_complete or len(points) == 1]
    highest = max((Decimal(value) for value in known if value is not None), default=Decimal(0))
    return next((step for step in _ROI_STEPS if highest <= step * (GRID_LINES - 1)), _ROI_STEPS[-1])
