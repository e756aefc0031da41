"""The analytics page: campaigns, the five UTM marks, attribution coverage and sales of a period."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.filters import Filters
from core.metrics import total
from core.records import Scope
from core.reports import AnalyticsReport, CoverageRow, UtmRow
from data.queries import run
from data.reports.context import ReportContext, load_context
from data.reports.dashboard import to_campaigns
from data.reports.figures import to_sums
from data.reports.sales import load_sales_page
from data.reports.selection import select

MARKS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


def load_analytics(
    connection: Connection,
    filters: Filters,
    scope: Scope,
    calendar: BusinessCalendar,
    now: datetime,
    sales_limit: int = 100,
) -> AnalyticsReport:
    """Everything the analytics page shows, from three statements of one transaction."""
    context = load_context(connection, filters, calendar, now)
    selection = select(filters, scope, context.teams)
    rows = run(
        connection,
        "reports/analytics",
        first_day=context.period.first,
        last_day=context.period.last,
        basis=filters.basis,
        currency=filters.currency,
        **selection.parameters,
    )
    by_kind: dict[str, list[Mapping[str, Any]]] = {"campaign": [], "mark": [], "coverage": []}
    for row in rows:
        by_kind[row["kind"]].append(row["row"])
    campaigns = to_campaigns(
        (
            {**row, "campaign": row["id"], "campaign_name": row["name"], "campaign_team_id": row["team_id"]}
            for row in by_kind["campaign"]
        ),
        context,
    )
    totals = total(row.sums for row in campaigns)
    return AnalyticsReport(
        period=context.period,
        currency=filters.currency,
        basis=filters.basis,
        as_of=now,
        data_version=context.data_version,
        totals=totals,
        campaigns=campaigns,
        utm=_marks(by_kind["mark"], context),
        coverage=_coverage(by_kind["coverage"]),
        sales=load_sales_page(connection, filters, scope, context, sales_limit, None),
        gaps=replace(context.gaps, sales_without_amount=totals.sales_without_amount),
        is_empty=context.is_empty,
    )


def _marks(rows: list[Mapping[str, Any]], context: ReportContext) -> tuple[UtmRow, ...]:
    """By mark, then sales and leads, greatest first."""
    marks = [
        UtmRow(
            MARKS[row["position"] - 1],
            row["value"],
            tuple(context.look(team_id) for team_id in row["team_ids"]),
            to_sums(row),
        )
        for row in rows
    ]
    return tuple(
        sorted(marks, key=lambda one: (MARKS.index(one.mark), -one.sums.sales, -one.sums.leads, one.value or ""))
    )


def _coverage(rows: list[Mapping[str, Any]]) -> tuple[CoverageRow, ...]:
    coverage = [
        CoverageRow(row["method"], row["reason"], row["sales"], None if row["money"] is None else Decimal(row["money"]))
        for row in rows
    ]
    return tuple(sorted(coverage, key=lambda one: (one.method is None, -one.sales, one.method or one.reason or "")))
