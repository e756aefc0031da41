"""The shapes of the analytics answers, for the description of the API; the metrics are those of ``core/metrics.py``."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model

from api.problems import Answers
from core.metrics import METRICS, Unit

_TYPES: dict[Unit, Any] = {Unit.COUNT: int | None, Unit.MONEY: float | None, Unit.PERCENT: float | None,
                           Unit.RATIO: float | None}

_FIELDS: dict[str, Any] = {metric.name: (_TYPES[metric.unit], ...) for metric in METRICS}
Figures = create_model("Figures", **_FIELDS)


class Period(BaseModel):
    """Days of the business time zone, both included."""

    model_config = ConfigDict(populate_by_name=True)

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class GapsAnswer(BaseModel):
    """What is missing in the figures."""

    days_without_rate: int
    days_with_carried_rate: int
    sales_without_amount: int
    failed_accounts: list[str]


class OverviewAnswer(BaseModel):
    """Totals of a period; ``rate`` is KZT per USD of its last day with one."""

    period: Period
    previous_period: Period
    currency: str
    basis: str
    rate: float | None
    rate_min: float | None
    rate_max: float | None
    as_of: datetime
    totals: Figures
    previous: Figures
    unattributed: Figures
    gaps: GapsAnswer


class TeamFigures(Figures):
    """A team and its metrics; ``team`` null is the unattributed rest."""

    team: str | None
    name: str | None
    color: str | None
    emoji: str | None


class CampaignFigures(Figures):
    """A campaign and its metrics; ``campaign`` null is what names no known one."""

    campaign: str | None
    name: str | None
    team: str | None


class PointFigures(Figures):
    """An interval and its metrics."""

    start: date
    end: date
    rate: float | None


class HeatFigures(Figures):
    """A day of a team and its metrics."""

    day: date
    team: str | None


class FunnelRow(BaseModel):
    """A stage; rates in percent."""

    stage: str
    count: int
    previous_count: int
    step_rate: float | None
    total_rate: float | None
    revenue: float | None


class SaleAnswer(BaseModel):
    """A sale; ``reason`` tells why it has no team."""

    deal_id: int
    product: str
    amount: float | None
    currency: str
    amount_kzt: float | None
    amount_usd: float | None
    sold_at: datetime
    sale_day: date
    team: str | None
    method: str | None
    confidence: str | None
    rule: str | None
    reason: str | None
    campaign: str | None
    status: str
    id: UUID
    payment_of: int | None = Field(description="The deal of the sale that this one is a further payment of: it "
                                               "brings money, and is no sale more.")


class Table(BaseModel):
    """What all lists have in common."""

    period: Period
    currency: str
    next_cursor: str | None


class TeamsAnswer(Table):
    """Teams."""

    rows: list[TeamFigures]


class ModelFigures(BaseModel):
    """What a model gives a team; ``team`` null is the unattributed rest, sales are shares and seldom whole."""

    model: str
    team: str | None
    name: str | None
    color: str | None
    emoji: str | None
    sales: float
    revenue: float | None


class ModelsAnswer(BaseModel):
    """The models side by side; each adds up to the same sales and revenue."""

    period: Period
    currency: str
    learned_at: datetime | None = Field(
        description="When `data_driven` learned from the paths of a year; null: it shares evenly, like `linear`.")
    rows: list[ModelFigures]


class CampaignsAnswer(Table):
    """Campaigns."""

    rows: list[CampaignFigures]


class TimeseriesAnswer(Table):
    """Intervals."""

    rows: list[PointFigures]


class FunnelAnswer(Table):
    """Stages."""

    rows: list[FunnelRow]


class HeatmapAnswer(Table):
    """Days of teams."""

    rows: list[HeatFigures]


class SalesAnswer(Table):
    """Sales; ``total`` counts all pages."""

    total: int
    rows: list[SaleAnswer]


def csv_or(shape: type[BaseModel]) -> Answers:
    """200 as JSON of this shape or as CSV."""
    shape.model_config["openapi_extra"] = {"content": {"text/csv": {"schema": {"type": "string"}}}}  # type: ignore[typeddict-unknown-key]
    return {200: shape}
