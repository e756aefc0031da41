"""The bodies and answers of the doors to the campaigns that count."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from api.facebook_shapes import ObjectId
from api.facebook_sign_in import Body
from api.fields import PlainText
from core.texts import t

MOST_CAMPAIGNS = 20_000


class CampaignsQuery(BaseModel):
    """Which campaigns."""

    account: ObjectId | None = None


class CampaignAnswer(BaseModel):
    """A campaign; ``tracked`` ones count in every figure."""

    id: str
    name: str
    account_id: str
    account: str
    objective: str | None
    status: str | None
    tracked: bool
    team: str | None


class TrackedCampaignsAnswer(BaseModel):
    """The campaigns of the user's accounts, and whether later ones are tracked by themselves."""

    track_new: bool
    version: int = Field(description="Of the choice; it differs whenever another one is in force.")
    rows: list[CampaignAnswer]


class FoundCampaignsBody(Body):
    """All campaigns that a search finds, and whether they are to count."""

    wanted: bool = Field(description="Whether they count from now on.")
    search: PlainText | None = Field(None, max_length=200, description="Part of a name or number.")
    account: ObjectId | None = None
    tracked: bool | None = Field(None, description="Only those that count now, or that do not; null: both.")


class CampaignsBody(Body):
    """What is to count: exactly `campaign_ids`; or changes, `track` and `untrack`; or whatever is `found`.

    What is not named in changes stays as it is, whoever chose it.
    """

    campaign_ids: list[ObjectId] | None = Field(None, max_length=MOST_CAMPAIGNS)
    track: list[ObjectId] | None = Field(None, max_length=MOST_CAMPAIGNS)
    untrack: list[ObjectId] | None = Field(None, max_length=MOST_CAMPAIGNS)
    found: FoundCampaignsBody | None = None
    track_new: bool | None = Field(None, description="Whether campaigns that appear later count; null: as before.")
    version: int | None = Field(None, description="Of the choice it was made from; another one is a conflict.")

    @model_validator(mode="after")
    def _one_way(self) -> "CampaignsBody":
        changes = self.track is not None or self.untrack is not None
        if (self.campaign_ids is not None) + changes + (self.found is not None) != 1:
            raise ValueError(t("facebook.one_way"))
        if set(self.track or ()) & set(self.untrack or ()):
            raise ValueError(t("facebook.both_ways"))
        return self


class CampaignsSaved(BaseModel):
    """How many campaigns count now, the run that calculates anew (null: nothing to), and the way back."""

    selected: int
    changed: int
    run_id: UUID | None
    version: int
    undo: dict[str, Any] | None
