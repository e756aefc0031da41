"""Reports as JSON rows and CSV: the same figures as on the screen, by the same list of metrics.

Invariant: one function makes the rows of an answer, and both forms are written from them.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.metrics import METRICS, Sums, values
from core.records import DateRange
from core.reports import (
    CampaignRow,
    DashboardReport,
    FunnelStage,
    HeatRow,
    ModelRow,
    PeriodPoint,
    SaleRow,
    TeamLook,
    TeamRow,
)

Row = dict[str, Any]

METRIC_NAMES = tuple(metric.name for metric in METRICS)
TEAM_COLUMNS = ("team", "name", "color", "emoji", *METRIC_NAMES)
CAMPAIGN_COLUMNS = ("campaign", "name", "team", *METRIC_NAMES)
POINT_COLUMNS = ("start", "end", "rate", *METRIC_NAMES)
FUNNEL_COLUMNS = ("stage", "count", "previous_count", "step_rate", "total_rate", "revenue")
HEAT_COLUMNS = ("day", "team", *METRIC_NAMES)
SALE_COLUMNS = ("deal_id", "product", "amount", "currency", "amount_kzt", "amount_usd", "sold_at", "sale_day", "team",
                "method", "confidence", "rule", "reason", "campaign", "status", "id", "payment_of")
MODEL_COLUMNS = ("model", "team", "name", "color", "emoji", "sales", "revenue")
PLACES = Decimal("0.000001")


def figures(sums: Sums) -> Row:
    """Every metric of a slice by name. Sums are exact: none has more than six places; quotients seldom end earlier."""
    return {name: _bounded(value) if isinstance(value, Decimal) else value for name, value in values(sums).items()}


def _bounded(value: Decimal) -> Decimal:
    short = value.quantize(PLACES)
    return value if short == value else short


def describe_period(period: DateRange) -> Row:
    """The resolved days, both included."""
    return {"from": period.first, "to": period.last}


def describe_totals(report: DashboardReport) -> Row:
    """The overview: the period's sums, those of the period before and of what no team explains."""
    known = [point.rate for point in report.points if point.rate is not None]
    return {
        "period": describe_period(report.period),
        "previous_period": describe_period(report.previous_period),
        "currency": report.currency,
        "basis": report.basis,
        "rate": known[-1] if known else None,
        "rate_min": report.rate_min,
        "rate_max": report.rate_max,
        "as_of": report.as_of,
        "totals": figures(report.totals),
        "previous": figures(report.previous),
        "unattributed": figures(report.unattributed),
        "gaps": {
            "days_without_rate": report.gaps.days_without_rate,
            "days_with_carried_rate": report.gaps.days_with_carried_rate,
            "sales_without_amount": report.gaps.sales_without_amount,
            "failed_accounts": list(report.gaps.failed_accounts),
        },
    }


def team_row(row: TeamRow) -> Row:
    """A team; ``team`` is its slug, ``None`` for the unattributed rest."""
    return {**_look(row.team), **figures(row.sums)}


def _look(team: TeamLook) -> Row:
    return {"team": team.slug, "name": team.name or None, "color": team.color, "emoji": team.emoji}


def campaign_row(row: CampaignRow) -> Row:
    """A campaign by the platform's id; ``None`` for what names no known one."""
    return {"campaign": row.id, "name": row.name or None, "team": row.team.slug, **figures(row.sums)}


def point_row(point: PeriodPoint) -> Row:
    """A day, week or month."""
    return {"start": point.start, "end": point.end, "rate": point.rate, **figures(point.sums)}


def funnel_row(stage: FunnelStage) -> Row:
    """A stage with its conversion from the stage before and from the first one, in percent."""
    return {
        "stage": stage.stage, "count": stage.count, "previous_count": stage.previous_count,
        "step_rate": None if stage.step_rate is None else stage.step_rate.quantize(PLACES),
        "total_rate": None if stage.total_rate is None else stage.total_rate.quantize(PLACES),
        "revenue": stage.money,
    }


def heat_rows(report: DashboardReport) -> list[Row]:
    """One row per day and team, day by day."""
    rows: Sequence[HeatRow] = report.heat
    return [{"day": day, "team": row.team.slug, **figures(row.cells[number])}
            for number, day in enumerate(report.days) for row in rows]


def sale_row(sale: SaleRow) -> Row:
    """A sale with the answer to "why this team"."""
    return {
        "deal_id": sale.deal_id, "product": sale.product, "amount": sale.amount, "currency": sale.currency,
        "amount_kzt": sale.amount_kzt, "amount_usd": sale.amount_usd, "sold_at": sale.sold_at,
        "sale_day": sale.sale_day, "team": sale.team.slug, "method": sale.method, "confidence": sale.confidence,
        "rule": sale.rule, "reason": sale.reason, "campaign": sale.campaign, "status": sale.status,
        "id": sale.id, "payment_of": sale.payment_of,
    }


def model_row(row: ModelRow) -> Row:
    """What a model gives a team."""
    return {"model": row.model, **_look(row.team), "sales": row.sales, "revenue": row.revenue}


def cells(row: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    """The values of a row in the order of the columns of its table."""
    return [row[column] for column in columns]
