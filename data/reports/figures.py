"""Rows of the report statements as sums, and sums as buckets."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.business_time import BusinessCalendar
from core.metrics import Sums
from core.records import DateRange
from core.reports import PeriodPoint
from data.reports.context import ReportContext

MONEY_COLUMNS = ("spend", "revenue", "express_revenue", "main_revenue")
COUNT_COLUMNS = ("leads", "registrations", "express_sales", "main_sales", "other_sales", "sales_without_amount")
ADVERTISING_COLUMNS = ("impressions", "clicks")


def to_sums(row: Mapping[str, Any]) -> Sums:
    """The sums of one row; money may come as text (from JSON); absent columns count zero."""
    figures: dict[str, Any] = {name: _money(row[name]) for name in MONEY_COLUMNS if name in row}
    figures |= {name: int(row[name]) for name in COUNT_COLUMNS if name in row}
    figures |= {name: None if row[name] is None else int(row[name]) for name in ADVERTISING_COLUMNS if name in row}
    return Sums(**figures)


def _money(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def to_points(
    daily: Mapping[date, Sums], context: ReportContext, calendar: BusinessCalendar, interval: str
) -> tuple[PeriodPoint, ...]:
    """The series of a period by day, week or month; buckets are cut at the ends of the period."""
    buckets: dict[DateRange, Sums] = {}
    for day, sums in daily.items():
        whole = calendar.bucket(day, interval)
        bucket = DateRange(max(whole.first, context.period.first), min(whole.last, context.period.last))
        buckets[bucket] = buckets.get(bucket, Sums()) + sums
    return tuple(
        _to_point(bucket, sums, context) for bucket, sums in sorted(buckets.items(), key=lambda item: item[0].first)
    )


def _to_point(bucket: DateRange, sums: Sums, context: ReportContext) -> PeriodPoint:
    quotes = [quote for day, quote in context.quotes.items() if bucket.first <= day <= bucket.last]
    return PeriodPoint(
        start=bucket.first,
        end=bucket.last,
        sums=sums,
        rate=quotes[-1].usd_to_kzt if quotes else None,
        rate_is_carried=any(quote.is_carried and quote.usd_to_kzt is not None for quote in quotes),
        is_complete=bucket.last < context.today,
    )
