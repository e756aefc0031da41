"""Cards of teams: ROI with its change, verdict, trend of revenue, money earned and spent."""

from collections.abc import Sequence

from dash import dcc, html

from components.attributes import attributes
from components.numbers import compact_money, create_delta, create_metric
from components.sparkline import draw_sparkline, smooth
from components.team_look import create_chip, create_verdict, team_path, team_style
from components.theme import team_colour
from core import metrics
from core.metrics import Thresholds, verdict
from core.reports import TeamRow
from core.texts import t


def create_team_cards(rows: Sequence[TeamRow], currency: str, thresholds: Thresholds) -> html.Div:
    """One card for each real team; the rest without a team has its row in the table."""
    return html.Div(
        [_card(row, currency, thresholds) for row in rows if row.team.slug is not None],
        className="teams c12",
        **attributes({"aria-label": t("team_card.section")}),
        role="group",
    )


def _card(row: TeamRow, currency: str, thresholds: Thresholds) -> dcc.Link:
    return dcc.Link(
        [
            html.Div([create_chip(row.team, "md"), create_verdict(verdict(row.sums, thresholds))], className="head"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(t("metric.roi"), className="micro t3"),
                            create_metric(metrics.ROI, row.sums, currency, digits=0, class_name="big"),
                            html.Div(create_delta(metrics.ROI, row.sums, row.previous, digits=0)),
                        ]
                    ),
                    draw_sparkline(
                        smooth(row.trend, metrics.REVENUE),
                        team_colour(row.team.color),
                        84,
                        44,
                        area=True,
                        class_name="spark fixed",
                    ),
                ],
                className="mid",
            ),
            html.Div(
                [
                    html.Span(t("metric.revenue")),
                    html.Span(compact_money(row.sums.revenue, currency), className="num"),
                    html.Span(t("metric.spend")),
                    html.Span(compact_money(row.sums.spend, currency), className="num"),
                ],
                className="foot",
            ),
        ],
        href=team_path(row.team),
        className="card team",
        style=team_style(row.team),
    )
