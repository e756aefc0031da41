"""Hand-made reports for the tests of components: small, round, and with every odd case."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from core.metrics import Sums, total
from core.records import DateRange
from core.reports import (
    UNATTRIBUTED,
    AnalyticsReport,
    CampaignRow,
    CoverageRow,
    DashboardReport,
    FunnelStage,
    Gaps,
    HeatRow,
    PeriodPoint,
    SaleRow,
    SalesPage,
    TeamLook,
    TeamRow,
    UtmRow,
)

FIRST = date(2026, 10, 24)
SUNKAR = TeamLook("sunkar", "Сункар", "#A78BFA", "🦅")
ALTAI = TeamLook("altai", "Алтай", "#4CC3F7", "🏔️")


def sums(spend: str | None = "100000", revenue: str | None = "300000", **counts: int | None) -> Sums:
    """A slice with believable counts; money as text."""
    values: dict[str, object] = {
        "leads": 100,
        "registrations": 50,
        "express_sales": 8,
        "main_sales": 2,
        "impressions": 50_000,
        "clicks": 1000,
    }
    return Sums(
        spend=None if spend is None else Decimal(spend),
        revenue=None if revenue is None else Decimal(revenue),
        **{**values, **counts},
    )


def points(count: int, unfinished: bool = True) -> tuple[PeriodPoint, ...]:
    """Days in a row; the third has no spend, the last one still runs."""
    made = []
    for number in range(count):
        day = FIRST + timedelta(days=number)
        figures = sums("0" if number == 2 else "100000", str(50_000 * (number % 7)))
        made.append(
            PeriodPoint(day, day, figures, Decimal("510.27"), number == 1, not unfinished or number < count - 1)
        )
    return tuple(made)


def dashboard(**changes: object) -> DashboardReport:
    """A month of two teams and a rest without a team."""
    days = tuple(FIRST + timedelta(days=number) for number in range(30))
    daily = tuple(point.sums for point in points(30))
    rows = (
        TeamRow(SUNKAR, sums("1000000", "3670000"), sums("1000000", "3310000"), daily),
        TeamRow(ALTAI, sums("500000", "330000", main_sales=0), sums("500000", "710000"), daily),
        TeamRow(UNATTRIBUTED, sums("0", "90000", leads=10, registrations=2), Sums(), daily),
    )
    campaigns = tuple(
        CampaignRow(str(number), f"campaign_{number}", SUNKAR, sums("10000", str(number * 4000)))
        for number in range(14)
    )
    report = DashboardReport(
        period=DateRange(days[0], days[-1]),
        previous_period=DateRange(days[0] - timedelta(days=30), days[0] - timedelta(days=1)),
        currency="KZT",
        interval="day",
        basis="sale",
        as_of=datetime(2026, 11, 22, 12, tzinfo=UTC),
        data_version=7,
        totals=total(row.sums for row in rows),
        previous=total(row.previous for row in rows),
        unattributed=rows[2].sums,
        points=points(30),
        days=days,
        daily=daily,
        teams=rows,
        campaigns=(*campaigns, CampaignRow(None, "", UNATTRIBUTED, sums("0", "90000"))),
        funnel=(
            FunnelStage("leads", 692, 600, None, None),
            FunnelStage("registrations", 452, 380, Decimal("65.3179"), Decimal("65.3179")),
            FunnelStage("express", 166, 150, Decimal("36.7257"), Decimal("23.9884"), Decimal(830_000)),
            FunnelStage("flagman", 12, 10, Decimal("7.2289"), Decimal("1.7341"), Decimal(5_880_000)),
        ),
        heat=(HeatRow(SUNKAR, daily, rows[0].sums), HeatRow(ALTAI, daily, rows[1].sums)),
        rate_min=Decimal("510.27"),
        rate_max=Decimal("516.23"),
        gaps=Gaps(sales_without_amount=2, unattributed_reasons={"no_utm": 6, "ambiguous": 4}),
    )
    return replace(report, **changes)


def nothing() -> DashboardReport:
    """A report of a viewer for whom nothing has ever arrived."""
    return dashboard(
        totals=Sums(),
        previous=Sums(),
        unattributed=Sums(),
        points=(),
        days=(),
        daily=(),
        teams=(),
        campaigns=(),
        funnel=(),
        heat=(),
        rate_min=None,
        rate_max=None,
        gaps=Gaps(),
        is_empty=True,
    )


def sale(**changes: object) -> SaleRow:
    """A sale by the team's own mark."""
    row = SaleRow(
        id="1",
        deal_id=31482977,
        product="express",
        amount=Decimal(5000),
        currency="KZT",
        amount_kzt=Decimal(5000),
        amount_usd=Decimal("9.79"),
        sold_at=datetime(2026, 11, 22, 9, 2, tzinfo=UTC),
        sale_day=date(2026, 11, 22),
        team=SUNKAR,
        method="utm_exact",
        confidence="high",
        rule="fb_sunkar",
        reason=None,
        candidates=(),
        campaign="sunkar_1day",
        status="won",
    )
    return replace(row, **changes)


def analytics() -> AnalyticsReport:
    """One campaign, two marks, coverage and one sale."""
    return AnalyticsReport(
        period=DateRange(FIRST, FIRST + timedelta(days=29)),
        currency="USD",
        basis="lead",
        as_of=datetime(2026, 11, 22, 12, tzinfo=UTC),
        data_version=7,
        totals=sums(),
        campaigns=(CampaignRow("1", "sunkar_1day", SUNKAR, sums()),),
        utm=(UtmRow("utm_source", "fb_sunkar", (SUNKAR,), sums()), UtmRow("utm_source", None, (), sums())),
        coverage=(
            CoverageRow("utm_exact", None, 90, Decimal(1)),
            CoverageRow(None, "no_utm", 6, Decimal(1)),
            CoverageRow(None, "ambiguous", 4, Decimal(1)),
        ),
        sales=SalesPage((sale(),), 1, None),
        gaps=Gaps(),
    )
