"""The bodies and answers of the doors to Facebook's accounts and campaigns."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from api.facebook_sign_in import Body
from api.fields import Day
from core.texts import t

MOST_IDS = 5000


def _bare_id(value: Any) -> Any:
    """An id as text of digits; the ``act_`` of ad accounts is dropped. A number has lost digits already."""
    if isinstance(value, str) and re.fullmatch(r"(act_)?[0-9]{1,30}", value.strip()):
        return value.strip().removeprefix("act_")
    raise ValueError(t("field.id_digits"))


ObjectId = Annotated[str, BeforeValidator(_bare_id), WithJsonSchema(
    {"type": "string", "pattern": r"^\s*(act_)?[0-9]{1,30}\s*$", "description": "Digits as text."})]


class AccountsQuery(BaseModel):
    """How to answer."""

    refresh: bool = Field(False, description="Ask Facebook for the list now.")


class AccountAnswer(BaseModel):
    """An ad account. ``timezone_differs``: its days are not those of the business."""

    id: str
    name: str
    currency: str
    timezone: str
    timezone_differs: bool
    status: str
    selected: bool
    last_synced_at: datetime | None
    history_from: date | None
    history_complete: bool
    error: str | None


class AccountsBody(Body):
    """The accounts to read; all others of the user's are no longer read on his behalf."""

    account_ids: list[ObjectId] = Field(max_length=MOST_IDS)
    version: int | None = Field(None, description="The `ETag` of the list it was made from; another is a conflict.")


class AccountsSaved(BaseModel):
    """How many are selected, the run that reads them (null: none is selected), and the way back."""

    selected: int
    run_id: UUID | None
    version: int
    undo: dict[str, Any] | None


class ReadingBody(Body):
    """How the user's accounts are read; `look_back_days` is how far back the hourly reading goes."""

    track_new: bool
    look_back_days: Literal[3, 7, 14, 28]
    reads_ads: bool = Field(description="Ad sets, ads and their tags as well.")
    tells_failure: bool = Field(description="A message when a reading failed, once a day at most.")
    version: int | None = Field(None, description="Of the wishes it was made from; another one is a conflict.")


class ReadingAnswer(BaseModel):
    """How the user's accounts are read."""

    track_new: bool
    look_back_days: int
    reads_ads: bool
    tells_failure: bool
    version: int


class ReadingSaved(ReadingAnswer):
    """How the user's accounts are read now, and the way back (null: before they were not read alike)."""

    undo: dict[str, Any] | None


class StatsQuery(BaseModel):
    """Days, both included; the last 30 without them."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    limit: int = Field(500, ge=1, le=500)
    cursor: str | None = Field(None, pattern=r"^\d{4}-\d{2}-\d{2}:\d{1,30}$",
                               description="`next_cursor` of the answer before.")


class CampaignDayAnswer(BaseModel):
    """A campaign on a day of its account's calendar; `spend` and ratios in the account's `currency`."""

    date: date
    campaign_id: str
    campaign: str
    account_id: str
    account: str | None
    timezone: str | None
    team: str | None
    currency: str
    spend: float | None
    spend_usd: float | None
    spend_kzt: float | None
    impressions: int | None
    clicks: int | None
    reach: int | None
    inline_link_clicks: int | None
    ctr: float | None
    cpc: float | None
    cpm: float | None


class RestatementAnswer(BaseModel):
    """A change of a campaign's day; `spend` in the account's `currency`."""

    account_id: str
    campaign_id: str
    date: date
    currency: str
    old_spend: float | None
    new_spend: float | None
    noticed_at: datetime


class RestatementsAnswer(BaseModel):
    """The newest changes first."""

    rows: list[RestatementAnswer]


class PeriodAnswer(BaseModel):
    """Days, both included."""

    from_: date = Field(alias="from")
    to: date


class CampaignDaysAnswer(BaseModel):
    """A page of campaign-days."""

    period: PeriodAnswer
    rows: list[CampaignDayAnswer]
    next_cursor: str | None


class AdBindingBody(Body):
    """An account or a campaign for a team from a day on; what held before that day stays as it was."""

    kind: Literal["account", "campaign", "ad"]
    external_id: ObjectId
    team: str | None = Field(max_length=100, description="Slug; null takes it from everybody.")
    since: Day | None = Field(None, alias="from", description="First day; without it for all of time.")


class AdBindingAnswer(BaseModel):
    """Whose an account, campaign or ad was or is."""

    id: UUID
    kind: str
    external_id: str
    name: str | None
    team: str
    valid_from: date | None
    valid_to: date | None


class AdBindingsAnswer(BaseModel):
    """All of them, the newest of each object first."""

    rows: list[AdBindingAnswer]
