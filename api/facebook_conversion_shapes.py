"""The bodies and answers of the doors to conversions."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.facebook_sign_in import Body

TeamSlug = Annotated[str, Field(min_length=1, max_length=60)]


class ConversionsQuery(BaseModel):
    """Of which team (slug); the own one when not named."""

    team: TeamSlug | None = None


class ConversionsBody(Body):
    """What a team arranges; the token is stored encrypted and never told, without one the one before stays."""

    team: TeamSlug | None = None
    is_on: bool
    dataset_id: str = Field(pattern=r"^\d{5,30}$", description="Digits, from the dataset's settings in Events Manager.")
    token: str | None = Field(None, max_length=1000)
    event_name: str = Field("Purchase", min_length=1, max_length=50)
    test_code: str | None = Field(None, max_length=50)
    version: int | None = None


class ConversionEventAnswer(BaseModel):
    """An event: `status` queued, sent, refused or expired; `matched_by` what of the person was sent."""

    event_id: str
    deal_id: int
    event_name: str
    won_at: datetime
    value: float
    currency: str
    status: str
    matched_by: list[str]
    reason: str | None
    attempts: int
    sent_at: datetime | None
    trace: str | None


class ConversionsAnswer(BaseModel):
    """What a team arranged, and the newest events."""

    team: str
    is_on: bool
    dataset_id: str | None
    event_name: str
    test_code: str | None
    has_token: bool
    since: datetime | None
    problem: str | None
    version: int | None
    rows: list[ConversionEventAnswer]


class ConversionsSaved(ConversionsAnswer):
    """The same as saved, and how to go back (`null`: a replaced token does not come back)."""

    undo: dict[str, Any] | None
