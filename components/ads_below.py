"""What lies below a campaign: a card with its ad sets and their ads, opened by choosing a campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.attributes import attributes
from components.frames import create_card, create_icon
from components.numbers import format_bare
from core import metrics
from core.metrics import Sums
from core.records import DateRange
from core.texts import CURRENCY_SIGNS, t, tn

_CSV_BASE = "/api/traffic-admin/facebook/campaigns/"
COLUMNS = (metrics.SPEND, metrics.IMPRESSIONS, metrics.CLICKS, metrics.CTR, metrics.CPC, metrics.CPM)


@dataclass(frozen=True)
class BelowLine:
    """An ad set or, ``is_ad``, an ad of the one above it."""

    id: str
    name: str
    is_ad: bool
    status: str | None
    tags: str | None
    faults: int
    sums: Sums


def create_below_card() -> html.Section:
    """The card before a campaign is chosen."""
    choice = html.Div([
        html.Label(t("below.campaign"), htmlFor=ids.ANALYTICS_BELOW_CAMPAIGN, className="unseen"),
        dbc.Select(id=ids.ANALYTICS_BELOW_CAMPAIGN, options=[], value="", placeholder=t("below.campaign"),
                   className="input sm below-choice"),
    ])
    return create_card(
        t("below.title"), html.Div(create_below_hint(), id=ids.ANALYTICS_BELOW), unit=t("below.unit"),
        hint=t("below.hint"), flush=True, anchor="ads", actions=[choice])


def create_below_hint() -> html.P:
    """What to do as long as no campaign is chosen."""
    return html.P(t("below.choose"), className="t3 small below-note")


def create_below_empty() -> html.P:
    """A campaign of which nothing below is known in these days."""
    return html.P(t("below.empty"), className="t3 small below-note")


def create_below(
    lines: Sequence[BelowLine], currency: str, other_zone: str | None, campaign_id: str, period: DateRange
) -> list[Any]:
    """Ad sets with their ads, and the same as CSV.

    ``other_zone`` names the account's zone when its days are not those of the company.
    """
    heads = [html.Th(t("below.name"), className="l", scope="col"), *(
        html.Th(_heading(metric, currency), className="r", scope="col") for metric in COLUMNS)]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody([_line(line, currency) for line in lines])],
                       className="tbl dense below")
    parts: list[Any] = [html.Div(table, style={"overflowX": "auto"}, tabIndex=0)]
    if other_zone:
        parts.append(html.P(t("below.other_day", zone=other_zone), className="small t3 below-note"))
    parts.append(html.Div(_csv_link(campaign_id, period), className="below-note"))
    return parts


def _csv_link(campaign_id: str, period: DateRange) -> html.A:
    address = f"{_CSV_BASE}{campaign_id}/ads?format=csv&from={period.first}&to={period.last}"
    return html.A([create_icon("dl", 14), html.Span(t("action.csv"))], href=address, download="", target="_self",
                  className="btn ghost", id=ids.ANALYTICS_BELOW_CSV)


def _heading(metric: metrics.Metric, currency: str) -> str:
    name = t(f"metric.{metric.name}")
    return f"{name}, {CURRENCY_SIGNS.get(currency, currency)}" if metric.unit is metrics.Unit.MONEY else name


def _line(line: BelowLine, currency: str) -> html.Tr:
    marks: list[Any] = []
    if line.status and line.status != "ACTIVE":
        marks.append(html.Span(t("below.stopped"), className="badge"))
    if line.faults:
        marks.append(html.Span([create_icon("warn", 12), tn("below.faults", line.faults)], className="badge weak"))
    name = [html.Span(line.name or line.id, className="t2" if line.is_ad else "m"), " ", *marks]
    if line.tags:
        name.append(html.Div(line.tags, className="mono micro t3 below-tags"))
    return html.Tr(
        [html.Td(name, className="l below-ad" if line.is_ad else "l"),
         *(html.Td(format_bare(metric, line.sums, currency), className="r num") for metric in COLUMNS)],
        **attributes({"data-level": "ad" if line.is_ad else "adset"}))
