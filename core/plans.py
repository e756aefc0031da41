"""The plan of a team's week: what is reached, where it should be by now, where it will end at this pace.

Invariant: amounts and ratios are in the currency of the plan. What lies in the future has no pace, what is not known
has none either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from core.business_time import BusinessCalendar
from core.metrics import CPA, HUNDRED, REVENUE, ROAS, SALES, SPEND, Metric, Sums, ratio
from core.records import DateRange
from core.reports import TeamLook

PLANNED: tuple[Metric, ...] = (REVENUE, SALES, SPEND, ROAS, CPA)
ADDITIVE = frozenset({"revenue", "sales", "spend"})
LARGEST = Decimal(10) ** 12
# How far from where it should be a figure may stand and still be in pace.
_TOLERANCE = Decimal("0.05")
Goals = Mapping[str, Decimal | None]
GOALS = tuple(metric.name for metric in PLANNED)


@dataclass(frozen=True)
class Plan:
    """What a team wants to reach in the week that begins on a Monday; figures by ``GOALS``, money in ``currency``."""

    id: str
    team_slug: str
    week_start: date
    currency: str
    version: int
    goals: Mapping[str, Decimal | None]


@dataclass(frozen=True)
class WeekOfTeam:
    """A team in a week: its plan, if it has one, and its sums in the plan's currency."""

    team: TeamLook
    plan: Plan | None
    currency: str
    sums: Sums


class Pace(StrEnum):
    """How a figure stands against its plan."""

    REACHED = "reached"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    OVER = "over"  # more was spent, or a sale costs more, than planned
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PlanLine:
    """One planned figure; ``completion`` and ``expected`` in percent of it, ``forecast``: the end at this pace."""

    metric: Metric
    fact: Decimal | None
    plan: Decimal | None
    completion: Decimal | None
    expected: Decimal | None
    forecast: Decimal | None
    pace: Pace


def week_of(day: date) -> DateRange:
    """The week of a day, Monday to Sunday."""
    first = day - timedelta(days=day.weekday())
    return DateRange(first, first + timedelta(days=6))


def elapsed(week: DateRange, moment: datetime, calendar: BusinessCalendar) -> Decimal:
    """How much of a week is over: 0 before it, 1 after it."""
    begin, end = calendar.bounds(week)
    share = Decimal((moment - begin).total_seconds()) / Decimal((end - begin).total_seconds())
    return min(max(share, Decimal(0)), Decimal(1))


def plan_lines(goals: Goals, sums: Sums, share: Decimal) -> tuple[PlanLine, ...]:
    """Every figure that can be planned, in their order; ``share`` is how much of the week is over."""
    return tuple(_line(metric, goals.get(metric.name), sums, share) for metric in PLANNED)


def _line(metric: Metric, plan: Decimal | None, sums: Sums, share: Decimal) -> PlanLine:
    value = metric.value(sums)
    fact = None if value is None else Decimal(value)
    is_sum = metric.name in ADDITIVE
    completion = ratio(fact, plan, HUNDRED)
    expected = None if plan is None else (share * HUNDRED if is_sum else HUNDRED)
    forecast = ratio(fact, share) if is_sum else None
    pace = Pace.UNKNOWN if completion is None or share == 0 or expected is None else _pace(metric, completion, expected)
    return PlanLine(metric, fact, plan, completion, expected, forecast, pace)


def _pace(metric: Metric, completion: Decimal, expected: Decimal) -> Pace:
    if metric in (SPEND, CPA):
        return Pace.OVER if completion > expected * (1 + _TOLERANCE) else Pace.ON_PACE
    if completion >= HUNDRED:
        return Pace.REACHED
    return Pace.ON_PACE if completion >= expected * (1 - _TOLERANCE) else Pace.BEHIND
