"""What changed: up to three sentences of facts about the period, each with its next step."""

from dataclasses import dataclass
from decimal import Decimal

from dash import dcc, html

from components.attributes import attributes
from components.coverage import reason_name
from components.frames import create_icon
from components.numbers import compact_money, format_metric
from components.team_look import team_path
from core import metrics
from core.metrics import Sums
from core.reports import DashboardReport, TeamRow
from core.texts import format_number, format_percent, t, tn

NOTICEABLE = Decimal(10)  # percentage points of ROI
LEAST_SHARE = Decimal("0.005")  # a campaign that took less of the spend is not news


@dataclass(frozen=True)
class Piece:
    """One sentence: its tone, icon, words and where it leads. ``keeps`` carries the filters along."""

    tone: str
    icon: str
    title: str
    text: str
    action: str
    path: str


def find_news(report: DashboardReport) -> list[Piece]:
    """The greatest fall, the greatest rise, and money nobody owns or, without it, the costliest loss."""
    moved = [(row, change) for row in report.teams if (change := _moved(row)) is not None]
    pieces: list[Piece | None] = []
    if moved:
        worst = min(moved, key=lambda one: one[1])
        best = max(moved, key=lambda one: one[1])
        pieces.append(_fall(worst[0], report.currency) if worst[1] <= -NOTICEABLE else None)
        pieces.append(_rise(best[0], report.currency) if best[1] >= NOTICEABLE else None)
    pieces.append(_unattributed(report))
    found = [piece for piece in pieces if piece is not None]
    if len(found) < 3:
        loss = _worst_campaign(report)
        found += [loss] if loss else []
    return found[:3]


def _moved(row: TeamRow) -> Decimal | None:
    return None if row.team.slug is None else metrics.change(metrics.ROI, row.sums, row.previous)


def _roi(sums: Sums) -> str:
    return format_percent(metrics.ROI.value(sums), signed=True, digits=0)


def _fall(row: TeamRow, currency: str) -> Piece:
    roi = metrics.ROI.value(row.sums)
    former = metrics.ROI.value(row.previous)
    slipped = roi is not None and former is not None and roi < 0 <= former
    key = "news.loss" if slipped else "news.fall"
    return Piece(
        "neg",
        "down2",
        t(key, team=row.team.name, roi=_roi(row.sums), before=_roi(row.previous))
        if key == "news.fall"
        else t(key, team=row.team.name, roi=_roi(row.sums)),
        t(
            "news.fall_text",
            before=_roi(row.previous),
            spend=compact_money(row.sums.spend, currency),
            revenue=compact_money(row.sums.revenue, currency),
        ),
        t("news.fall_action"),
        team_path(row.team) or "/",
    )


def _rise(row: TeamRow, currency: str) -> Piece:
    return Piece(
        "pos",
        "up2",
        t("news.rise", team=row.team.name, before=_roi(row.previous), roi=_roi(row.sums)),
        t(
            "news.rise_text",
            sales=format_number(row.sums.sales),
            sales_before=format_number(row.previous.sales),
            cpl=format_metric(metrics.CPL, row.sums, currency),
        ),
        t("news.rise_action"),
        team_path(row.team) or "/",
    )


def _unattributed(report: DashboardReport) -> Piece | None:
    rest = report.unattributed
    if rest.sales == 0:
        return None
    reasons = sorted(report.gaps.unattributed_reasons.items(), key=lambda one: -one[1])
    words = ", ".join(f"{reason_name(reason)} — {format_number(count)}" for reason, count in reasons if count)
    sold = tn("unit.sales", rest.sales)
    return Piece(
        "warn",
        "tri",
        t("news.unattributed", money=compact_money(rest.revenue, report.currency)),
        t("news.unattributed_text", sales=sold, reasons=words) if words else f"{sold}.",
        t("news.unattributed_action"),
        "/analytics#sales",
    )


def _worst_campaign(report: DashboardReport) -> Piece | None:
    spend = report.totals.spend
    if not spend:
        return None
    losses = [
        (Decimal(profit), row)
        for row in report.campaigns
        if row.id is not None
        and row.sums.spend
        and row.sums.spend >= spend * LEAST_SHARE
        and (profit := metrics.PROFIT.value(row.sums)) is not None
        and profit < 0
    ]
    if not losses:
        return None
    _, row = min(losses, key=lambda one: one[0])
    return Piece(
        "neg",
        "down2",
        t("news.worst_campaign", campaign=row.name, roi=_roi(row.sums)),
        t(
            "news.worst_campaign_text",
            spend=compact_money(row.sums.spend, report.currency),
            revenue=compact_money(row.sums.revenue, report.currency),
        ),
        t("news.worst_campaign_action"),
        "/analytics#campaigns",
    )


def create_news(report: DashboardReport, query: str) -> html.Div | None:
    """The sentences as cards; ``query`` keeps the filters on the way. ``None`` when nothing is worth saying."""
    pieces = find_news(report)
    if not pieces:
        return None
    return html.Div(
        [_card(piece, query) for piece in pieces],
        className="news c12",
        role="group",
        **attributes({"aria-label": t("news.title")}),
    )


def _card(piece: Piece, query: str) -> dcc.Link:
    path, mark, anchor = piece.path.partition("#")
    return dcc.Link(
        [
            html.Span(create_icon(piece.icon, 16, piece.tone), className=f"bul {piece.tone}"),
            html.Span(
                [
                    html.Span(piece.title, className="ttl"),
                    html.Span(piece.text, className="txt"),
                    html.Span([piece.action, create_icon("arrow", 13, "pri")], className="go"),
                ],
                className="grow",
            ),
        ],
        href=f"{path}{'?' if query else ''}{query}{mark}{anchor}",
        className="card",
    )
