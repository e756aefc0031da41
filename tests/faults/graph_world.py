"""A small advertising world with a known truth, for tests that talk to the Graph stand-in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from core.records import AdAccount, AdCampaign, AdDay, DateRange
from demo.facebook_graph import GraphStandIn
from demo.graph_ads import share_day
from demo.graph_data import GraphAd, GraphData
from integrations.facebook.client import FacebookClient

TOKEN = "EAABtokenThatMustNeverBeSeenAnywhere"
APP_ID = "312083254664235"
APP_SECRET = "applicationSecretThatMustStayHidden"
GOOD_TAGS = "utm_source=fb_team&utm_medium=cpc&utm_campaign={{campaign.id}}&utm_content={{ad.id}}"
TODAY = datetime.now(UTC).date()
WINDOW = DateRange(TODAY - timedelta(days=9), TODAY - timedelta(days=1))
LONG_WINDOW = DateRange(TODAY - timedelta(days=99), TODAY - timedelta(days=1))


def make_graph_data(accounts: int = 7, campaigns: int = 5, days: int = 100) -> GraphData:
    """``accounts`` accounts of ``campaigns`` campaigns each; the last campaign of each is deleted, but spent money.

    The rows end yesterday (UTC): west of Greenwich today may not have begun.
    """
    zones = ("Asia/Almaty", "America/Los_Angeles", "UTC", "Asia/Tokyo")
    currencies = ("USD", "KZT", "EUR", "JPY")
    accounts_made = tuple(AdAccount(f"30000000000000{number:02d}", f"Account {number}", currencies[number % 4],
                                    zones[number % 4], 1) for number in range(accounts))
    campaigns_made = tuple(
        AdCampaign(f"1202400000000{index:02d}{number:03d}", account.id, f"fb_team campaign {index}.{number}",
                   "OUTCOME_LEADS", "DELETED" if number == campaigns - 1 else "ACTIVE",
                   "DELETED" if number == campaigns - 1 else "ACTIVE")
        for index, account in enumerate(accounts_made) for number in range(campaigns))
    currency = {account.id: account.currency for account in accounts_made}
    rows = tuple(_day(campaign, currency[campaign.account_id], number, TODAY - timedelta(days=back))
                 for number, campaign in enumerate(campaigns_made) for back in range(1, days + 1)
                 if (number + back) % 7)     # every seventh day has no delivery, hence no row
    return GraphData(accounts_made, campaigns_made, rows, {TOKEN: tuple(account.id for account in accounts_made)})


def _day(campaign: AdCampaign, currency: str, number: int, day: date) -> AdDay:
    cents = (number * 7919 + day.toordinal() * 104729) % 500_000 + 1
    if currency == "JPY":
        cents -= cents % 100 - 100      # a yen has no minor unit
    return AdDay(campaign.account_id, "campaign", campaign.id, campaign.name, day, Decimal(cents) / 100, currency,
                 impressions=cents * 3, clicks=cents % 97 + 1, reach=cents * 2, inline_link_clicks=cents % 31 + 1,
                 actions=({"action_type": "lead", "value": str(cents % 5 + 1)},))


def make_ads(data: GraphData, per_campaign: int = 3) -> GraphData:
    """The same world with ads: of each campaign the first alone in its ad set, the others in a second one."""
    ads = tuple(
        GraphAd(f"99{campaign.id}{number}", campaign.account_id, campaign.id, f"88{campaign.id}{min(number, 1)}",
                f"set {min(number, 1)}", f"ad {number}", share=number + 1,
                creative={"id": f"77{campaign.id}{number}", "url_tags": GOOD_TAGS,
                          "object_story_spec": {"link_data": {"link": "https://academy.example/course"}}})
        for campaign in data.campaigns for number in range(per_campaign))
    return replace(data, ads=ads)


def truth_below(data: GraphData, level: str, window: DateRange) -> dict[tuple[str, date], Decimal | None]:
    """The spend of every ad or ad set by day."""
    return {(part.object_id, part.day): part.spend
            for day in data.days if window.first <= day.day <= window.last
            for part in share_day(day, [ad for ad in data.ads if ad.campaign_id == day.object_id], level)}


def truth(data: GraphData, account_id: str, window: DateRange) -> set[AdDay]:
    """The rows an account really has in a window (without the raw actions, which cannot be hashed)."""
    return {bare(day) for day in data.days if day.account_id == account_id and window.first <= day.day <= window.last}


def bare(day: AdDay) -> AdDay:
    """The day without its raw actions."""
    return AdDay(day.account_id, day.level, day.object_id, day.name, day.day, day.spend, day.currency,
                 day.impressions, day.clicks, day.reach, day.inline_link_clicks)


def client_of(stand_in: GraphStandIn, token: str = TOKEN, timeout: tuple[float, float] = (2, 5)) -> FacebookClient:
    """A client of the stand-in."""
    return FacebookClient(stand_in.url, "v26.0", APP_ID, APP_SECRET, token, timeout, sleep=lambda _: None)
