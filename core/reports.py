"""The frozen records of reports: what ``data/reports`` answers and what components, API and CSV show.

Invariant: rows carry sums only (``core.metrics.Sums``); every ratio is computed from them by ``core.metrics``.
All money inside a report is in ``Report*.currency``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from core.metrics import USUAL_THRESHOLDS, Sums, Thresholds
from core.records import DateRange


@dataclass(frozen=True)
class TeamLook:
    """How a team is named and drawn; the unattributed rest has ``slug=None``."""

    slug: str | None
    name: str  # empty for the unattributed rest: the text comes from the catalogue
    color: str | None
    emoji: str | None


UNATTRIBUTED = TeamLook(slug=None, name="", color=None, emoji=None)


@dataclass(frozen=True)
class TeamRow:
    """A team in the period, in the period before, and its days (for the small trend)."""

    team: TeamLook
    sums: Sums
    previous: Sums
    trend: tuple[Sums, ...]


@dataclass(frozen=True)
class CampaignRow:
    """A campaign; ``id`` is the platform's id, ``None`` when leads and sales name no known campaign."""

    id: str | None
    name: str
    team: TeamLook
    sums: Sums


@dataclass(frozen=True)
class PeriodPoint:
    """A day, week or month of the series. ``is_complete`` is false while it still runs.

    ``rate`` is KZT per USD of its last day; ``rate_is_carried`` when a day in it uses an earlier day's rate.
    """

    start: date
    end: date
    sums: Sums
    rate: Decimal | None
    rate_is_carried: bool
    is_complete: bool


@dataclass(frozen=True)
class HeatRow:
    """A team by days, in the order of ``DashboardReport.days``."""

    team: TeamLook
    cells: tuple[Sums, ...]
    total: Sums


@dataclass(frozen=True)
class FunnelStage:
    """A stage of the sales funnel: ``stage`` is leads, registrations, express or flagman.

    Rates in percent; above 100 is possible and shown as it is. ``money`` is the stage's revenue, if it has any.
    """

    stage: str
    count: int
    previous_count: int
    step_rate: Decimal | None
    total_rate: Decimal | None
    money: Decimal | None = None


@dataclass(frozen=True)
class Freshness:
    """When each source last brought something, for the top bar."""

    sales_at: datetime | None
    leads_at: datetime | None
    spend_at: datetime | None  # the oldest success among the selected accounts
    rate_day: date | None
    rate_is_carried: bool
    failed_accounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gaps:
    """What is missing in the figures of a report; each is said where the number stands."""

    days_without_rate: int = 0
    days_with_carried_rate: int = 0
    sales_without_amount: int = 0
    failed_accounts: tuple[str, ...] = ()
    sales_without_lead: int = 0  # only on the basis "lead": they have no lead day
    unattributed_reasons: dict[str, int] = field(default_factory=dict)  # no_utm, unknown_source, ambiguous, no_person


@dataclass(frozen=True)
class DashboardReport:
    """Everything the dashboard (or one team's page) shows, from one moment of the database."""

    period: DateRange
    previous_period: DateRange
    currency: str
    interval: str
    basis: str
    as_of: datetime
    data_version: int
    totals: Sums
    previous: Sums
    unattributed: Sums
    points: tuple[PeriodPoint, ...]  # by interval
    days: tuple[date, ...]
    daily: tuple[Sums, ...]  # totals by day, for sparklines
    teams: tuple[TeamRow, ...]  # unattributed last, only when it has something
    campaigns: tuple[CampaignRow, ...]
    funnel: tuple[FunnelStage, ...]
    heat: tuple[HeatRow, ...]
    rate_min: Decimal | None
    rate_max: Decimal | None
    gaps: Gaps
    team_rank: int | None = None  # on a team's page for viewers of all teams: place by ROI
    team_count: int | None = None
    is_empty: bool = False  # nothing at all has ever arrived for this viewer
    thresholds: Thresholds = USUAL_THRESHOLDS  # by which every verdict of this report is read


@dataclass(frozen=True)
class UtmRow:
    """One value of one mark and what it brought; ``value`` ``None`` is the empty mark."""

    mark: str  # utm_source, utm_medium, utm_campaign, utm_content or utm_term
    value: str | None
    teams: tuple[TeamLook, ...]
    sums: Sums  # leads, sales and revenue; spend is not known by mark


@dataclass(frozen=True)
class SaleRow:
    """One sale with the answer to "why this team"; amounts ``None`` when unknown."""

    id: str
    deal_id: int
    product: str
    amount: Decimal | None
    currency: str
    amount_kzt: Decimal | None
    amount_usd: Decimal | None
    sold_at: datetime
    sale_day: date
    team: TeamLook
    method: str | None
    confidence: str | None
    rule: str | None
    reason: str | None  # when there is no team
    candidates: tuple[str, ...]
    campaign: str | None
    status: str  # won or reversed
    payment_of: int | None = None  # the deal of the sale that this one is a further payment of


@dataclass(frozen=True)
class SalesPage:
    """One page of sales, newest first; ``next_cursor`` ``None`` on the last page."""

    rows: tuple[SaleRow, ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True)
class CoverageRow:
    """How many sales each attribution method explains; ``method`` ``None`` counts the unattributed by reason."""

    method: str | None
    reason: str | None
    sales: int
    money: Decimal | None


@dataclass(frozen=True)
class AnalyticsReport:
    """Everything the analytics page shows."""

    period: DateRange
    currency: str
    basis: str
    as_of: datetime
    data_version: int
    totals: Sums
    campaigns: tuple[CampaignRow, ...]
    utm: tuple[UtmRow, ...]  # all five marks
    coverage: tuple[CoverageRow, ...]
    sales: SalesPage
    gaps: Gaps
    is_empty: bool = False


@dataclass(frozen=True)
class FilterChoices:
    """What the filter bar may offer this viewer."""

    teams: tuple[TeamLook, ...]
    campaigns: tuple[tuple[str, str], ...]  # (platform id, name)
    first_day: date | None  # earliest day with any figure


@dataclass(frozen=True)
class ModelRow:
    """What one attribution model gives a team; ``revenue`` is ``None`` when a rate is missing."""

    model: str
    team: TeamLook
    sales: Decimal
    revenue: Decimal | None


@dataclass(frozen=True)
class ModelsReport:
    """The models side by side; ``learned_at`` tells when the data-driven one learned, ``None``: it shares evenly."""

    period: DateRange
    currency: str
    rows: tuple[ModelRow, ...]
    learned_at: datetime | None
