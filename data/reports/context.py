"""The surroundings of a report's figures: its resolved period, its teams, rates and gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.filters import Filters
from core.metrics import Thresholds
from core.records import DateRange
from core.reports import UNATTRIBUTED, Gaps, TeamLook
from data.queries import run


@dataclass(frozen=True)
class DayQuote:
    """KZT per USD that applies to a day (``None``: no rate on or before it) and whether it is an earlier day's."""

    usd_to_kzt: Decimal | None
    is_carried: bool


@dataclass(frozen=True)
class ReportContext:
    """What every report of a period needs besides figures."""

    period: DateRange
    today: date
    data_version: int
    teams: tuple[Mapping[str, Any], ...]
    looks: Mapping[str | None, TeamLook]  # by team id; None = the unattributed rest
    quotes: Mapping[date, DayQuote]
    gaps: Gaps
    is_empty: bool
    thresholds: Thresholds

    def look(self, team_id: Any) -> TeamLook:
        """The look of a team the viewer may see; others look unattributed."""
        return self.looks.get(None if team_id is None else str(team_id), UNATTRIBUTED)

    @property
    def rate_range(self) -> tuple[Decimal | None, Decimal | None]:
        """The lowest and the highest rate used in the period."""
        rates = [
            quote.usd_to_kzt for day, quote in self.quotes.items() if quote.usd_to_kzt is not None and day <= self.today
        ]
        return (min(rates), max(rates)) if rates else (None, None)


def load_context(connection: Connection, filters: Filters, calendar: BusinessCalendar, now: datetime) -> ReportContext:
    """One statement: the period (``all`` begins with the first figure), teams, rates, gaps, data version."""
    today = calendar.today(now)
    wanted = filters.period(today, None)
    row = run(
        connection,
        "reports/context",
        date_from=None if filters.preset == "all" else wanted.first,
        date_to=wanted.last,
        basis=filters.basis,
    )[0]
    period = DateRange(min(row["first_day"], wanted.last), wanted.last)
    quotes = {
        date.fromisoformat(day): DayQuote(None if rate is None else Decimal(rate), carried)
        for day, rate, carried in row["rates"]
    }
    past = [quote for day, quote in quotes.items() if day <= today]
    gaps = Gaps(
        days_without_rate=row["days_without_rate"],
        days_with_carried_rate=sum(quote.is_carried and quote.usd_to_kzt is not None for quote in past),
        failed_accounts=tuple(row["failed_accounts"]),
        sales_without_lead=row["sales_without_lead"],
        unattributed_reasons=dict(row["unattributed_reasons"]),
    )
    looks: dict[str | None, TeamLook] = {None: UNATTRIBUTED}
    for team in row["teams"]:
        looks[team["id"]] = TeamLook(team["slug"], team["name"], team["color"], team["emoji"])
    return ReportContext(
        period,
        today,
        row["data_version"],
        tuple(row["teams"]),
        looks,
        quotes,
        gaps,
        is_empty=row["first_figure"] is None,
        thresholds=Thresholds(*(Decimal(one) for one in row["thresholds"])),
    )
