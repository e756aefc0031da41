"""The lines that say what one looks at: which days, compared with which, on which basis, and what the chart marks."""

from typing import Any

from dash import html

from core.reports import AnalyticsReport, DashboardReport
from core.texts import format_period, t, tn


def create_period_line(report: DashboardReport, place: str = "") -> list[Any]:
    """The resolved days of a report and what it compares them with; ``place`` stands before them."""
    words = [t("dashboard.compared", period=format_period(report.previous_period)), t("dashboard.zone")]
    if report.basis == "lead":
        words.append(t("dashboard.basis_lead"))
    line: list[Any] = [html.B(place), " · "] if place else []
    return [*line, _days(report), html.Span(" · " + " · ".join(words), className="t3 wide")]


def create_rank(report: DashboardReport) -> str:
    """A team's place by ROI among all, for those who see all; otherwise nothing."""
    if report.team_rank is None or report.team_count is None:
        return ""
    return f"{t('team_page.rank', rank=report.team_rank, count=report.team_count)} {t('team_page.by_roi')}"


def create_analytics_line(report: AnalyticsReport) -> list[Any]:
    """The resolved days and the model of attribution."""
    words = [t("analytics.model"), t("dashboard.zone")]
    if report.basis == "lead":
        words.append(t("dashboard.basis_lead"))
    return [_days(report), html.Span(" · " + " · ".join(words), className="t3 wide")]


def _days(report: DashboardReport | AnalyticsReport) -> str:
    return f"{format_period(report.period)}, {tn('unit.days', report.period.days)}"


def create_series_notes(report: DashboardReport) -> list[Any]:
    """What the time series marks: an unfinished period, carried rates, how ratios follow the currency."""
    notes: list[Any] = []
    if report.points and not report.points[-1].is_complete:
        notes.append(html.Span([html.I(className="key hatch"), t("series.unfinished")], className="row g6"))
    if any(point.rate_is_carried for point in report.points):
        notes.append(html.Span(t("series.carried")))
    notes.append(html.Span(t("card.currency_hint"), className="wide"))
    return [html.Div(notes, className="row g16 wrap")]
