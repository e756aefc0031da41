"""Ads of the Graph stand-in: how a campaign's day is shared among them, and how an ad is shown.

Invariant: the days of a campaign's ads, and of its ad sets, add up to the day of the campaign to the cent, or to the
yen: a part has no more digits than its currency.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.money import minor_units
from core.records import AdDay
from demo.graph_data import GraphAd

AD_FIELDS = ("id", "account_id", "name", "campaign_id", "adset_id", "effective_status", "adset", "creative")


def ad_row(ad: GraphAd) -> dict[str, Any]:
    """An ad as ``/act_X/ads`` shows it, its ad set and its creative inside."""
    return {"id": ad.id, "account_id": ad.account_id, "name": ad.name, "campaign_id": ad.campaign_id,
            "adset_id": ad.adset_id, "effective_status": ad.effective_status,
            "adset": {"id": ad.adset_id, "name": ad.adset_name}, "creative": dict(ad.creative)}


def share_day(day: AdDay, ads: Sequence[GraphAd], level: str) -> list[AdDay]:
    """A campaign's day at the level of its ads or ad sets; a part that delivered nothing has no row."""
    whole, parts = sum(ad.share for ad in ads), []
    before = 0
    for ad in ads:
        parts.append((ad, before, before := before + ad.share))
    days = [_part(day, ad, start, end, whole) for ad, start, end in parts]
    if level == "adset":
        days = _by_adset(days, {ad.adset_id: ad.adset_name for ad in ads})
    return [one for one in days if one.spend or one.impressions]


def _part(day: AdDay, ad: GraphAd, start: int, end: int, whole: int) -> AdDay:
    def cut(amount: int | None) -> int | None:
        return None if amount is None else amount * end // whole - amount * start // whole

    smallest = Decimal(1).scaleb(-minor_units(day.currency))
    pieces = None if day.spend is None else cut(int(day.spend / smallest))
    return replace(
        day, level="ad", object_id=ad.id, name=ad.name, campaign_id=day.object_id, adset_id=ad.adset_id,
        spend=None if pieces is None else pieces * smallest, impressions=cut(day.impressions), clicks=cut(day.clicks),
        reach=cut(day.reach), inline_link_clicks=cut(day.inline_link_clicks), actions=(), action_values=())


def _by_adset(days: Sequence[AdDay], names: dict[str, str]) -> list[AdDay]:
    found: dict[str, AdDay] = {}
    for day in days:
        key = day.adset_id or ""
        known = found.get(key)
        if known is None:
            found[key] = replace(day, level="adset", object_id=key, name=names[key], adset_id=None)
            continue
        found[key] = replace(
            known, spend=(known.spend or Decimal(0)) + (day.spend or Decimal(0)),
            impressions=(known.impressions or 0) + (day.impressions or 0),
            clicks=(known.clicks or 0) + (day.clicks or 0), reach=(known.reach or 0) + (day.reach or 0),
            inline_link_clicks=(known.inline_link_clicks or 0) + (day.inline_link_clicks or 0))
    return list(found.values())
