"""Number cards and the strip of ratios: value, change against the period before, one note, a small trend."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import html

from components.attributes import attributes
from components.frames import create_definition
from components.numbers import compact_money, create_delta, create_metric, create_written, write_metric
from components.sparkline import draw_sparkline, smooth
from components.theme import token
from core import metrics
from core.metrics import Metric, Sums, Thresholds
from core.reports import DashboardReport
from core.texts import format_number, format_percent, t, write_money

_CARDS: tuple[tuple[Metric, str], ...] = (
    (metrics.REVENUE, "c-revenue"),
    (metrics.SPEND, "c-spend"),
    (metrics.ROI, "c-roi"),
    (metrics.SALES, "c-sales"),
)
_STRIP: tuple[Metric, ...] = (
    metrics.PROFIT,
    metrics.CPA,
    metrics.CPL,
    metrics.LEADS,
    metrics.REGISTRATIONS,
    metrics.CTR,
    metrics.AVERAGE_ORDER,
)


def create_number_cards(report: DashboardReport, of_team: str = "") -> list[Any]:
    """The four numbers and the seven ratios of a period; ``of_team`` is the note on a page of one team only."""
    days = finished_days(report)
    notes = _notes(report, of_team)
    cards = [_card(metric, color, report, days, notes[metric.name]) for metric, color in _CARDS]
    return [*cards, create_strip(report)]


def finished_days(report: DashboardReport) -> Sequence[Sums]:
    """The days of the period without the one that still runs: it would look like a fall."""
    if report.points and not report.points[-1].is_complete and len(report.daily) > 1:
        return report.daily[:-1]
    return report.daily


def _card(metric: Metric, color: str, report: DashboardReport, days: Sequence[Sums], note: str) -> html.Article:
    value = metric.value(report.totals)
    full = create_written(write_metric(metric, value, report.currency))
    shown: list[Any] = [full]
    if metric.unit is metrics.Unit.MONEY and value is not None:
        short = write_money(value, report.currency, compact=True)
        shown = [html.Span(full, className="wide"), html.Span(create_written(short), className="narrow")]
    former = metric.value(report.previous)
    was = (
        compact_money(former, report.currency)
        if metric.unit is metrics.Unit.MONEY
        else str(write_metric(metric, former, report.currency))
    )
    return html.Article(
        [
            html.Div([t(f"metric.{metric.name}"), create_definition(t(f"metric.{metric.name}.hint"))], className="lab"),
            html.Div(shown, className="val", **attributes({"data-metric": metric.name})),
            html.Div(
                [
                    create_delta(metric, report.totals, report.previous),
                    html.Span(t("card.was", value=was), className="small t3 nw was"),
                ],
                className="sub",
            ),
            html.Div(note, className="note"),
            draw_sparkline(smooth(days, metric), token(color)),
        ],
        className="card kpi c3 h6",
    )


def _notes(report: DashboardReport, of_team: str) -> dict[str, str]:
    totals = report.totals
    return {
        "revenue": of_team or _unattributed_note(report),
        "spend": _rate_note(report.rate_min, report.rate_max),
        "roi": t(
            "card.roas", roas=format_number(metrics.ROAS.value(totals), 2), goal=format_number(Thresholds().goal, 2)
        ),
        "sales": _products_note(totals),
    }


def _unattributed_note(report: DashboardReport) -> str:
    rest = report.unattributed.revenue
    if report.totals.sales == 0:
        return t("card.nothing_sold")
    if rest == 0 and report.unattributed.sales == 0:
        return t("card.all_attributed")
    share = metrics.ratio(rest, report.totals.revenue, metrics.HUNDRED)
    return t("card.no_team", money=compact_money(rest, report.currency), share=format_percent(share, digits=1))


def _rate_note(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return t("card.no_rate")
    if low == high:
        return t("card.rate_one", rate=format_number(low, 2))
    return t("card.rate", low=format_number(low, 2), high=format_number(high, 2))


def _products_note(totals: Sums) -> str:
    express, main = format_number(totals.express_sales), format_number(totals.main_sales)
    if totals.other_sales:
        return t("card.products_other", express=express, main=main, other=format_number(totals.other_sales))
    return t("card.products", express=express, main=main)


def create_strip(report: DashboardReport) -> html.Section:
    """Ratios and counts in one line; amounts of profit are short, the exact one is in the table."""
    return html.Section([_ratio(metric, report) for metric in _STRIP], className="card strip c12")


def _ratio(metric: Metric, report: DashboardReport) -> html.Div:
    if metric is metrics.PROFIT:
        value = create_written(write_money(metric.value(report.totals), report.currency, compact=True))
    else:
        value = create_metric(metric, report.totals, report.currency)
    return html.Div(
        [
            html.Div([t(f"metric.{metric.name}"), create_definition(t(f"metric.{metric.name}.hint"))], className="lab"),
            html.Div(value, className="v", **attributes({"data-metric": metric.name})),
            html.Div(create_delta(metric, report.totals, report.previous, 2 if metric is metrics.CTR else 1)),
        ]
    )
