"""Campaigns day by day as Facebook reports them, for whoever may see their team."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from core.records import DateRange
from data.queries import run


@dataclass(frozen=True)
class CampaignDay:
    """A campaign on a day of its account's calendar; ``spend`` in ``currency``, converted at the rate of the day.

    ``team`` (a slug) is the one the campaign belonged to on that day.
    """

    day: date
    campaign_id: str
    campaign: str
    account_id: str
    account: str | None
    timezone: str | None
    team: str | None
    spend: Decimal | None
    currency: str
    spend_usd: Decimal | None
    spend_kzt: Decimal | None
    impressions: int | None
    clicks: int | None
    reach: int | None
    inline_link_clicks: int | None


def load_campaign_days(
    connection: Connection, period: DateRange, how_many: int, after: tuple[date, str] | None = None
) -> tuple[CampaignDay, ...]:
    """A page of campaign-days in the order of day and campaign; ``after`` is the place the page before ended at."""
    rows = run(connection, "facebook/campaign_days", first_day=period.first, last_day=period.last, how_many=how_many,
               after_day=after[0] if after else None, after_id=after[1] if after else "")
    return tuple(CampaignDay(
        row["stat_date"], row["campaign_id"], row["campaign"], row["account_id"], row["account"], row["timezone"],
        row["team"], row["spend"], row["currency"], row["spend_usd"], row["spend_kzt"], row["impressions"],
        row["clicks"], row["reach"], row["inline_link_clicks"]) for row in rows)
