"""Weekly plans as the API takes and tells them."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.fields import NearDay, PlainText
from api.session import Body
from core.plans import GOALS

Goal = Decimal | None


class GoalsBody(Body):
    """What is to be reached; `null` is no goal. Money in the currency of the plan."""

    currency: Literal["KZT", "USD"] = "KZT"
    revenue: Goal = Field(None, gt=0, lt=10**12, decimal_places=2)
    sales: int | None = Field(None, gt=0, lt=10**6)
    spend: Goal = Field(None, gt=0, lt=10**12, decimal_places=2)
    roas: Goal = Field(None, gt=0, lt=1000, decimal_places=4)
    cpa: Goal = Field(None, gt=0, lt=10**9, decimal_places=2)

    @property
    def goals(self) -> dict[str, Decimal | None]:
        """By name."""
        return {name: None if getattr(self, name) is None else Decimal(getattr(self, name)) for name in GOALS}


class NewPlanBody(GoalsBody):
    """A plan of a team for a week."""

    team: PlainText = Field(max_length=80, description="Slug.")
    week_start: NearDay = Field(description="Its Monday.")


class PlanChangeBody(GoalsBody):
    """All figures of the plan anew."""

    version: int


class PlanPath(BaseModel):
    """A plan by its id."""

    id: UUID


class WeekQuery(BaseModel):
    """Which week, by any of its days; this one when left out."""

    week: NearDay | None = None
    team: PlainText | None = Field(None, max_length=80, description="Slug.")


class WeekBody(Body):
    """A week by its Monday."""

    week_start: NearDay


class PlanIdsBody(Body):
    """Plans by their ids."""

    ids: list[UUID] = Field(min_length=1, max_length=500)


class PlanLineAnswer(BaseModel):
    """A planned figure and how it stands."""

    metric: str
    fact: float | None
    plan: float | None
    completion: float | None = Field(description="Percent of the plan.")
    expected: float | None = Field(description="Percent of the plan where it should be now.")
    forecast: float | None
    pace: Literal["reached", "on_pace", "behind", "over", "unknown"]


class PlanOfTeam(BaseModel):
    """A team in the week; `id` and `version` are `null` while it has no plan."""

    team: str
    name: str
    id: UUID | None
    version: int | None
    currency: str
    lines: list[PlanLineAnswer]


class PlansAnswer(BaseModel):
    """The week of every team the viewer may see."""

    week_start: date
    elapsed: float = Field(description="How much of the week is over, 0 to 1.")
    rows: list[PlanOfTeam]


class PlanSavedAnswer(BaseModel):
    """The plan, and how to go back."""

    id: UUID
    version: int
    undo: dict[str, Any]


class PlansCopied(BaseModel):
    """The new plans, and how to go back."""

    ids: list[UUID]
    copied: int
    undo: dict[str, Any] | None
