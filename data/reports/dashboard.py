"""The dashboard and a team's page: one report of a period, from two statements of one transaction.

Invariant: Σ teams + unattributed = totals = Σ days = Σ campaigns, for every additive figure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.filters import Filters
from core.metrics import ROI, Sums, conversion, total
from core.records import DateRange, Scope
from core.reports import CampaignRow, DashboardReport, FunnelStage, HeatRow, TeamRow
from data.queries import run
from data.reports.context import ReportContext, load_context
from data.reports.figures import to_points, to_sums
from data.reports.selection import Selection, select

Rows = Iterable[Mapping[str, Any]]


def load_dashboard(
    connection: Connection, filters: Filters, scope: Scope, calendar: BusinessCalendar, now: datetime
) -> DashboardReport:
    """Everything the dashboard shows for these filters, in the currency and on the basis they name."""
    context = load_context(connection, filters, calendar, now)
    selection = select(filters, scope, context.teams)
    previous_period = filters.previous_period(context.period)
    # A rank compares all teams: only for those who see them all, and only on the page of one team.
    with_rank = scope.sees_all_teams and len(selection.team_ids) == 1 and not selection.with_unattributed
    rows = run(
        connection,
        "reports/dashboard",
        previous_first=previous_period.first,
        previous_last=previous_period.last,
        first_day=context.period.first,
        last_day=context.period.last,
        basis=filters.basis,
        currency=filters.currency,
        with_rank=with_rank,
        **selection.parameters,
    )
    slices: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        slices[row["slice"]].append(row)
    return _assemble(filters, context, selection, previous_period, slices, calendar, now)


def _assemble(
    filters: Filters,
    context: ReportContext,
    selection: Selection,
    previous_period: DateRange,
    slices: Mapping[str, Rows],
    calendar: BusinessCalendar,
    now: datetime,
) -> DashboardReport:
    days = tuple(context.period.first + timedelta(offset) for offset in range(context.period.days))
    by_team, daily = _by_team_and_day(slices.get("day", ()), days)
    previous = {_key(row["team_id"]): to_sums(row) for row in slices.get("previous", ())}
    totals, before = total(daily.values()), total(previous.values())
    teams = _team_rows(context, selection, by_team, previous, days)
    rank, count = _rank(selection, slices.get("rank", ()))
    rate_min, rate_max = context.rate_range
    return DashboardReport(
        period=context.period,
        previous_period=previous_period,
        currency=filters.currency,
        interval=filters.interval,
        basis=filters.basis,
        as_of=now,
        data_version=context.data_version,
        totals=totals,
        previous=before,
        unattributed=total(by_team.get(None, {}).values()),
        points=to_points(daily, context, calendar, filters.interval),
        days=days,
        daily=tuple(daily[day] for day in days),
        teams=teams,
        campaigns=to_campaigns(slices.get("campaign", ()), context),
        funnel=to_funnel(totals, before),
        heat=tuple(HeatRow(row.team, row.trend, row.sums) for row in teams),
        rate_min=rate_min,
        rate_max=rate_max,
        gaps=replace(
            context.gaps,
            sales_without_amount=totals.sales_without_amount,
            unattributed_reasons=context.gaps.unattributed_reasons if selection.with_unattributed else {},
        ),
        team_rank=rank,
        team_count=count,
        is_empty=context.is_empty,
        thresholds=context.thresholds,
    )


def _key(team_id: Any) -> str | None:
    return None if team_id is None else str(team_id)


def _by_team_and_day(rows: Rows, days: Iterable[date]) -> tuple[dict[str | None, dict[date, Sums]], dict[date, Sums]]:
    by_team: dict[str | None, dict[date, Sums]] = defaultdict(dict)
    daily = {day: Sums() for day in days}
    for row in rows:
        sums = to_sums(row)
        by_team[_key(row["team_id"])][row["day"]] = sums
        daily[row["day"]] = daily[row["day"]] + sums
    return by_team, daily


def _team_rows(
    context: ReportContext,
    selection: Selection,
    by_team: Mapping[str | None, Mapping[date, Sums]],
    previous: Mapping[str | None, Sums],
    days: tuple[date, ...],
) -> tuple[TeamRow, ...]:
    """Active or busy teams in their order, then the rest without a team when it has anything."""
    keys: list[str | None] = [
        team["id"]
        for team in context.teams
        if (selection.all_teams or team["id"] in selection.team_ids)
        and (team["is_active"] or team["id"] in by_team or team["id"] in previous)
    ]
    if None in by_team or None in previous:
        keys.append(None)
    return tuple(
        TeamRow(
            team=context.look(key),
            sums=total(by_team.get(key, {}).values()),
            previous=previous.get(key, Sums()),
            trend=tuple(by_team.get(key, {}).get(day, Sums()) for day in days),
        )
        for key in keys
    )


def to_campaigns(rows: Rows, context: ReportContext) -> tuple[CampaignRow, ...]:
    """Campaigns by revenue and spend, greatest first; what names no known campaign is one row without an id."""
    campaigns = []
    for row in rows:
        sums = to_sums(row)
        if not sums.is_zero:
            campaigns.append(
                CampaignRow(row["campaign"], row["campaign_name"] or "", context.look(row["campaign_team_id"]), sums)
            )
    return tuple(sorted(campaigns, key=lambda one: (-(one.sums.revenue or 0), -(one.sums.spend or 0), one.name)))


def to_funnel(now: Sums, before: Sums) -> tuple[FunnelStage, ...]:
    """Leads → registrations → Express → Flagman, each with its step and overall conversion in percent."""
    counts = (
        ("leads", now.leads, before.leads, None),
        ("registrations", now.registrations, before.registrations, None),
        ("express", now.express_sales, before.express_sales, now.express_revenue),
        ("flagman", now.main_sales, before.main_sales, now.main_revenue),
    )
    stages, above = [], None
    for stage, count, previous_count, money in counts:
        stages.append(
            FunnelStage(
                stage,
                count,
                previous_count,
                step_rate=None if above is None else conversion(count, above),
                total_rate=None if above is None else conversion(count, now.leads),
                money=money,
            )
        )
        above = count
    return tuple(stages)


def _rank(selection: Selection, rows: Rows) -> tuple[int | None, int | None]:
    """The place of the one chosen team by ROI among the teams whose ROI is known."""
    roi = {_key(row["team_id"]): ROI.value(to_sums(row)) for row in rows}
    known = sorted((value for value in roi.values() if value is not None), reverse=True)
    own = roi.get(selection.team_ids[0]) if roi and selection.team_ids else None
    return (known.index(own) + 1, len(known)) if own is not None else (None, None)
