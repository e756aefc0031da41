"""Figures as components: tabular digits, a smaller unit, a difference whose colour says good or bad."""

from decimal import Decimal
from typing import Any

from dash import html

from core.metrics import Direction, Metric, Sums, Unit, change
from core.texts import (
    UNKNOWN,
    Written,
    format_money,
    format_number,
    format_percent,
    round_half_up,
    t,
    write_money,
)

# Metrics so small that tenge need their decimals.
_FINE_METRICS = frozenset({"cpc"})


def write_metric(
    metric: Metric,
    value: Decimal | int | None,
    currency: str,
    digits: int | None = None,
) -> Written:
    """A metric's value in parts. ``digits`` overrides what its unit usually shows."""
    if value is None:
        return Written(UNKNOWN)
    if metric.unit is Unit.MONEY:
        exact = 2 if digits is None and metric.name in _FINE_METRICS else digits
        return write_money(value, currency, digits=exact)
    if metric.unit is Unit.PERCENT:
        shown = (2 if metric.name == "ctr" else 1) if digits is None else digits
        return Written(format_percent(value, signed=metric.name == "roi", digits=shown))
    if metric.unit is Unit.RATIO:
        return Written(format_number(value, 2 if digits is None else digits))
    return Written(format_number(value))


def format_metric(metric: Metric, sums: Sums, currency: str, digits: int | None = None) -> str:
    """A metric of a slice as one piece of text, with its unit."""
    return str(write_metric(metric, metric.value(sums), currency, digits))


def format_bare(metric: Metric, sums: Sums, currency: str, digits: int | None = None) -> str:
    """A metric of a slice for a column whose heading names the currency."""
    written = write_metric(metric, metric.value(sums), currency, digits)
    if metric.unit is Unit.MONEY:
        return written.digits if not written.before.startswith("−") else f"−{written.digits}"
    return str(written)


def create_written(written: Written, class_name: str = "") -> html.Span:
    """A figure with its unit set smaller and grey."""
    parts: list[Any] = []
    sign = "−" if written.before.startswith("−") else ""
    before = written.before.removeprefix("−")
    if before:
        parts += (
            [sign, html.Span(before, className="cur before")] if sign else [html.Span(before, className="cur before")]
        )
    parts.append(written.digits)
    if written.after:
        parts.append(html.Span(written.after, className="cur after"))
    tone = " t3" if written.digits == UNKNOWN else ""
    return html.Span(parts, className=f"num {class_name}{tone}".replace("  ", " ").strip())


def create_number(value: Decimal | int | None, digits: int = 0, class_name: str = "") -> html.Span:
    """A plain figure."""
    return create_written(Written(format_number(value, digits)), class_name)


def create_money(
    value: Decimal | None,
    currency: str,
    compact: bool = False,
    digits: int | None = None,
    class_name: str = "",
) -> html.Span:
    """An amount with the sign of its currency."""
    return create_written(write_money(value, currency, compact, digits), class_name)


def create_metric(
    metric: Metric,
    sums: Sums,
    currency: str,
    digits: int | None = None,
    class_name: str = "",
) -> html.Span:
    """A metric of a slice."""
    return create_written(write_metric(metric, metric.value(sums), currency, digits), class_name)


def create_delta(metric: Metric, now: Sums, before: Sums, digits: int = 1) -> html.Span:
    """How a metric moved against the period before; a dash when either side is unknown.

    The triangle shows the direction, the colour whether that is good: a falling CPA is green.
    """
    return create_change(change(metric, now, before), metric.direction, metric.unit is Unit.PERCENT, digits)


def create_change(
    moved: Decimal | None,
    direction: Direction,
    in_points: bool,
    digits: int = 1,
) -> html.Span:
    """A difference in percent, or in percentage points when ``in_points``."""
    if moved is None:
        return html.Span(UNKNOWN, className="small t3")
    rounded = round_half_up(moved, digits)
    unit = t("unit.points") if in_points else t("unit.percent")
    gap = "\u00a0"
    text = f"{format_number(moved, digits, signed=True)}{gap}{unit}"
    if rounded == 0:
        return html.Span(text, className="delta flat t3")
    shape = "up" if rounded > 0 else "down"
    if direction is Direction.NEUTRAL:
        return html.Span(text, className=f"delta {shape} t2")
    good = (rounded > 0) == (direction is Direction.UP_IS_GOOD)
    return html.Span(text, className=f"delta {shape} {'pos' if good else 'neg'}")


def compact_money(value: Decimal | int | None, currency: str) -> str:
    """An amount in millions or thousands, as one piece of text."""
    return format_money(value, currency, compact=True)
