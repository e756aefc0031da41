"""What lies below a campaign: its ad sets and their ads over a period, each grain by its own figures."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from core.metrics import Sums
from core.records import DateRange
from data.queries import run


@dataclass(frozen=True)
class BelowRow:
    """An ad set or an ad over a period; ``spend`` in ``currency``, the account's. ``adset_id``: the parent of an ad."""

    level: str
    id: str
    adset_id: str | None
    name: str
    status: str | None
    url_tags: str | None
    timezone: str
    currency: str
    spend: Decimal | None
    spend_usd: Decimal | None
    spend_kzt: Decimal | None
    impressions: int | None
    clicks: int | None
    faults: int

    def sums(self, currency: str) -> Sums:
        """Its figures for ratios, with the spend in KZT, USD or, for anything else, the account's currency."""
        spend = {"KZT": self.spend_kzt, "USD": self.spend_usd}.get(currency, self.spend)
        return Sums(spend=spend, impressions=self.impressions, clicks=self.clicks)


@dataclass(frozen=True)
class AdSetRow:
    """An ad set with its ads, the dearest first."""

    adset: BelowRow
    ads: tuple[BelowRow, ...]


def load_below(connection: Connection, campaign_id: str, period: DateRange) -> tuple[AdSetRow, ...]:
    """The ad sets of a campaign as far as the viewer may see them; an ad whose ad set has no figures stands alone."""
    rows = [BelowRow(row["level"], row["object_id"], row["adset_id"], row["name"], row["effective_status"],
                     row["url_tags"], row["timezone"], row["currency"], row["spend"], row["spend_usd"],
                     row["spend_kzt"], row["impressions"], row["clicks"], row["faults"])
            for row in run(connection, "facebook/drilldown", campaign=campaign_id, first_day=period.first,
                           last_day=period.last)]
    ads: dict[str | None, list[BelowRow]] = {}
    for row in rows:
        if row.level == "ad":
            ads.setdefault(row.adset_id, []).append(row)
    sets = [AdSetRow(row, tuple(ads.pop(row.id, ()))) for row in rows if row.level == "adset"]
    return (*sets, *(AdSetRow(row, ()) for left in ads.values() for row in left))
