"""A week's plan as people read it: fact, plan, a bar with the place where it should be by now, forecast, pace."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import html

from components.attributes import attributes
from components.frames import create_icon
from core.metrics import Unit
from core.plans import Pace, PlanLine
from core.texts import format_money, format_number, format_percent, t

_PACES = {
    Pace.REACHED: ("good", "check"), Pace.ON_PACE: ("good", "check"), Pace.BEHIND: ("weak", "tri"),
    Pace.OVER: ("weak", "tri"), Pace.UNKNOWN: ("", ""),
}
_WIDEST = Decimal(100)


def create_plan_table(lines: Sequence[PlanLine], currency: str) -> html.Div:
    """Every figure of the plan, one a line."""
    names = ("figure", "fact", "plan", "progress", "forecast", "pace")
    head = html.Thead(html.Tr([html.Th(t(f"plans.col.{name}"), className="l" if name in ("figure", "progress") else "")
                               for name in names]))
    rows = [_row(line, currency) for line in lines]
    return html.Div(
        [html.Div(html.Table([head, html.Tbody(rows)], className="tbl dense"), className="scroll", tabIndex=0),
         html.P(t("plans.note"), className="plan-note")])


def _row(line: PlanLine, currency: str) -> html.Tr:
    return html.Tr([
        html.Td(t(f"metric.{line.metric.name}"), className="l"),
        html.Td(_write(line, line.fact, currency), className="num"),
        html.Td(_write(line, line.plan, currency), className="num t2"), html.Td(_bar(line), className="l"),
        html.Td(_write(line, line.forecast, currency), className="num t2"), html.Td(create_pace(line.pace))])


def _write(line: PlanLine, value: Decimal | None, currency: str) -> str:
    if line.metric.unit is Unit.MONEY:
        return format_money(value, currency)
    return format_number(value, 0 if line.metric.unit is Unit.COUNT else 2)


def _bar(line: PlanLine) -> html.Div:
    """The bar ends at the plan; what is beyond it is said by the figure beside it."""
    if line.completion is None:
        return html.Div("—", className="t3")
    style = {"--done": f"{min(line.completion, _WIDEST):.1f}%", "--now": f"{min(line.expected or 0, _WIDEST):.1f}%"}
    written = format_percent(line.completion, digits=0)
    parts: list[Any] = [html.I()]
    if line.expected is not None and line.expected < _WIDEST:
        parts.append(html.B())
    bar = html.Span(parts, className=f"plan-bar {line.pace}", style=style, role="img",
                    **attributes({"aria-label": t("plans.bar", done=written,
                                                  now=format_percent(line.expected, digits=0))}))
    return html.Div([bar, html.Span(written, className="num")], className="row g6")


def create_pace(pace: Pace) -> html.Span:
    """The pace in a word."""
    tone, icon = _PACES[pace]
    parts: list[Any] = [create_icon(icon, 12)] if icon else []
    return html.Span([*parts, t(f"plans.pace.{pace}")], className=f"badge {tone}".strip())
