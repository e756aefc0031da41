"""The bodies and answers of the doors below the campaigns."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.facebook_shapes import ObjectId, PeriodAnswer
from api.facebook_sign_in import Body
from api.fields import Day


class CampaignPath(BaseModel):
    """Which campaign, by the platform's id."""

    campaign: ObjectId


class BelowQuery(BaseModel):
    """Days, both included; the last 30 without them."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


class AdRowAnswer(BaseModel):
    """An ad of the set `adset_id`; `spend` and ratios in the account's `currency`, null: not known."""

    id: str
    level: str
    adset_id: str | None
    name: str
    status: str | None
    url_tags: str | None
    timezone: str
    currency: str
    spend: float | None
    spend_usd: float | None
    spend_kzt: float | None
    impressions: int | None
    clicks: int | None
    tag_faults: int
    ctr: float | None
    cpc: float | None
    cpm: float | None


class AdSetRowAnswer(AdRowAnswer):
    """An ad set with its ads."""

    ads: list[AdRowAnswer]


class BelowAnswer(BaseModel):
    """What lies below a campaign, the dearest first."""

    period: PeriodAnswer
    rows: list[AdSetRowAnswer]


class TagFaultsQuery(BaseModel):
    """Of which team (slug), how many."""

    team: str | None = Field(None, max_length=60)
    limit: int = Field(200, ge=1, le=500)


class TagFaultAnswer(BaseModel):
    """A fault of a live ad's tag; `spend` under these tags so far in `currency`, null: not known."""

    ad_id: str
    ad: str
    campaign_id: str
    campaign: str
    account_id: str
    team: str | None
    fault: str
    tag: str
    found: str | None
    expected: str | None
    noticed_at: datetime
    currency: str
    spend: float | None
    clicks: int | None


class TagFaultsAnswer(BaseModel):
    """Faults of the tags of live ads."""

    rows: list[TagFaultAnswer]


class StopBody(Body):
    """Which reading."""

    run_id: UUID


class StopAnswer(BaseModel):
    """It ends after the account it is at."""

    stopping: bool
