"""ROI of campaigns as bars from zero: the best and the worst of those that cost money."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import html

from components.attributes import attributes
from components.numbers import compact_money, create_written
from core import metrics
from core.reports import CampaignRow
from core.texts import Written, format_percent, t, tn

SIDES = 6
_FLOOR = Decimal(-100)


def ranked_campaigns(rows: Sequence[CampaignRow]) -> list[tuple[CampaignRow, Decimal]]:
    """Campaigns with a known ROI, the best first. The most expensive half decides when there are many:
    a campaign that cost next to nothing says nothing, whatever its ROI.
    """
    known = [(row, roi) for row in rows if row.id is not None and (roi := metrics.ROI.value(row.sums)) is not None]
    if len(known) > 4 * SIDES:
        spends = sorted((row.sums.spend or Decimal(0) for row, _ in known), reverse=True)
        least = spends[len(spends) // 2]
        known = [(row, roi) for row, roi in known if (row.sums.spend or Decimal(0)) >= least]
    return sorted(((row, Decimal(roi)) for row, roi in known), key=lambda one: (-one[1], one[0].name))


def campaigns_unit(rows: Sequence[CampaignRow]) -> str:
    """How many campaigns are shown out of how many."""
    count = len(ranked_campaigns(rows))
    known = sum(1 for row in rows if row.id is not None and metrics.ROI.value(row.sums) is not None)
    if count <= 2 * SIDES and count == known:
        return t("campaigns.unit_all", all=tn("unit.campaigns", known))
    return t("campaigns.unit", best=min(SIDES, count), worst=min(SIDES, count), all=tn("unit.campaigns", known))


def create_campaign_bars(rows: Sequence[CampaignRow], currency: str) -> html.Div | None:
    """The bars with their headings; ``None`` when no campaign cost anything."""
    ranked = ranked_campaigns(rows)
    if not ranked:
        return None
    split = len(ranked) > 2 * SIDES
    best, worst = (ranked[:SIDES], ranked[-SIDES:]) if split else (ranked, [])
    low = min(_FLOOR, ranked[-1][1])
    high = max(Decimal(1), ranked[0][1])
    parts: list[Any] = [_head(t("campaigns.best" if split else "campaigns.campaign"), currency)]
    parts += [_bar(row, roi, low, high, currency) for row, roi in best]
    if worst:
        parts.append(_head(t("campaigns.worst"), ""))
        parts += [_bar(row, roi, low, high, currency) for row, roi in worst]
    return html.Div(parts, role="list")


def _head(name: str, currency: str) -> html.Div:
    spend = f"{t('metric.spend')}, {t(f'series.plain_unit.{currency}')}" if currency else ""
    return html.Div(
        [
            html.Span(name),
            html.Span(),
            html.Span(t("metric.roi") if currency else "", className="end"),
            html.Span(spend, className="end"),
        ],
        className="rb head",
    )


def _bar(row: CampaignRow, roi: Decimal, low: Decimal, high: Decimal, currency: str) -> html.Div:
    zero = -low / (high - low) * 100
    place = (roi - low) / (high - low) * 100
    left, right = (zero, 100 - place) if roi >= 0 else (place, 100 - zero)
    return html.Div(
        [
            html.Span(
                [
                    html.Span(row.team.emoji or "", className="emoji", **attributes({"aria-hidden": "true"})),
                    html.Span(row.name, className="mono small cut", title=row.name),
                ],
                className="who",
            ),
            html.Span(
                html.I(
                    className="gain" if roi >= 0 else "loss", style={"left": f"{left:.1f}%", "right": f"{right:.1f}%"}
                ),
                className="tr",
                style={"--z": f"{zero:.1f}%"},
            ),
            html.Span(create_written(Written(format_percent(roi, signed=True, digits=0)), "m"), className="end"),
            html.Span(compact_money(row.sums.spend, currency), className="num end t3 small"),
        ],
        className="rb",
        role="listitem",
    )
