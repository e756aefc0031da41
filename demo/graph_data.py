"""What the Facebook stand-in knows: the world's advertising as frozen records, filled once and never changed in place.

Invariant: ``days`` is the truth of spend. A day without delivery has no record, and a campaign that was deleted
keeps its days (the stand-in hides them unless the request filters them in, as Graph does).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.records import AdAccount, AdCampaign, AdDay


@dataclass(frozen=True)
class GraphAd:
    """An ad with its creative as Graph shows it; ``share`` is its part of what the campaign delivers in a day."""

    id: str
    account_id: str
    campaign_id: str
    adset_id: str
    adset_name: str
    name: str
    share: int = 1
    effective_status: str = "ACTIVE"
    creative: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GraphData:
    """Everything the Graph stand-in answers from.

    ``accounts`` keep the order of ``/me/adaccounts``; ``campaigns`` name their account by digits without ``act_``;
    ``days`` hold level ``campaign`` rows only (``object_id`` is the campaign), ``spend`` in major units of the
    account's currency with no more digits than that has. ``tokens`` maps an access token to the ids of the accounts
    it may read. ``ads`` share the days of their campaign among them; a campaign without ads has no rows of that grain.
    """

    accounts: tuple[AdAccount, ...] = ()
    campaigns: tuple[AdCampaign, ...] = ()
    days: tuple[AdDay, ...] = ()
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ads: tuple[GraphAd, ...] = ()
