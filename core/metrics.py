"""What is counted (``Sums``) and what is read from it (``METRICS``): the only place where a ratio is formed.

Invariant: sums are added, ratios are computed from sums and never averaged; what cannot be known is ``None``.
Formulas: ROI % = (revenue − spend) ÷ spend × 100; ROAS = revenue ÷ spend; CPA, CPL, CPC, CPM, CTR, see ``METRICS``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

HUNDRED = Decimal(100)
THOUSAND = Decimal(1000)


@dataclass(frozen=True)
class Sums:
    """Additive figures of one slice, money in one currency named by the report that carries it.

    ``spend`` ``None``: there was spend whose rate is unknown. ``revenue`` ``None``: the same for sales.
    ``impressions``/``clicks`` ``None``: the platform left them out. Adding unknown money gives unknown money.
    """

    spend: Decimal | None = Decimal(0)
    revenue: Decimal | None = Decimal(0)
    express_revenue: Decimal | None = Decimal(0)
    main_revenue: Decimal | None = Decimal(0)
    leads: int = 0
    registrations: int = 0
    express_sales: int = 0
    main_sales: int = 0
    other_sales: int = 0
    sales_without_amount: int = 0
    impressions: int | None = 0
    clicks: int | None = 0

    @property
    def sales(self) -> int:
        """Sales of all products, not reversed."""
        return self.express_sales + self.main_sales + self.other_sales

    @property
    def is_zero(self) -> bool:
        """True when nothing happened in this slice."""
        return not any(getattr(self, field.name) is None or getattr(self, field.name) for field in fields(self))

    def __add__(self, other: "Sums") -> "Sums":
        """The slice that holds both."""
        return Sums(
            **{field.name: _plus(getattr(self, field.name), getattr(other, field.name)) for field in fields(self)}
        )


def _plus(one: Any, other: Any) -> Any:
    return None if one is None or other is None else one + other


def total(slices: Iterable[Sums]) -> Sums:
    """The sum of slices; of none, zero."""
    result = Sums()
    for part in slices:
        result = result + part
    return result


class Unit(StrEnum):
    """How a figure is written: money in the viewer's currency, a count, a percentage, a plain ratio."""

    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    RATIO = "ratio"


class Direction(StrEnum):
    """What a rise means: good, bad, or nothing by itself."""

    UP_IS_GOOD = "up"
    DOWN_IS_GOOD = "down"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Metric:
    """A figure of a slice. ``name`` is its key in API, CSV and catalogues (``metric.<name>``)."""

    name: str
    unit: Unit
    direction: Direction
    value: Callable[[Sums], Decimal | int | None]


def ratio(part: Decimal | int | None, whole: Decimal | int | None, times: Decimal = Decimal(1)) -> Decimal | None:
    """``part ÷ whole × times``; ``None`` when a side is unknown or the whole is zero."""
    if part is None or whole is None or whole == 0:
        return None
    return Decimal(part) * times / Decimal(whole)


def _profit(sums: Sums) -> Decimal | None:
    return None if sums.revenue is None or sums.spend is None else sums.revenue - sums.spend


REVENUE = Metric("revenue", Unit.MONEY, Direction.UP_IS_GOOD, lambda s: s.revenue)
SPEND = Metric("spend", Unit.MONEY, Direction.NEUTRAL, lambda s: s.spend)
PROFIT = Metric("profit", Unit.MONEY, Direction.UP_IS_GOOD, _profit)
ROI = Metric("roi", Unit.PERCENT, Direction.UP_IS_GOOD, lambda s: ratio(_profit(s), s.spend, HUNDRED))
ROAS = Metric("roas", Unit.RATIO, Direction.UP_IS_GOOD, lambda s: ratio(s.revenue, s.spend))
SALES = Metric("sales", Unit.COUNT, Direction.UP_IS_GOOD, lambda s: s.sales)
EXPRESS_SALES = Metric("express_sales", Unit.COUNT, Direction.UP_IS_GOOD, lambda s: s.express_sales)
MAIN_SALES = Metric("main_sales", Unit.COUNT, Direction.UP_IS_GOOD, lambda s: s.main_sales)
OTHER_SALES = Metric("other_sales", Unit.COUNT, Direction.UP_IS_GOOD, lambda s: s.other_sales)
LEADS = Metric("leads", Unit.COUNT, Direction.UP_IS_GOOD, lambda s: s.leads)
REGISTRATIONS = Metric("registrations", Unit.COUNT, Direction.UP_IS_GOOD, lambda s: s.registrations)
IMPRESSIONS = Metric("impressions", Unit.COUNT, Direction.NEUTRAL, lambda s: s.impressions)
CLICKS = Metric("clicks", Unit.COUNT, Direction.NEUTRAL, lambda s: s.clicks)
CPA = Metric("cpa", Unit.MONEY, Direction.DOWN_IS_GOOD, lambda s: ratio(s.spend, s.sales))
CPL = Metric("cpl", Unit.MONEY, Direction.DOWN_IS_GOOD, lambda s: ratio(s.spend, s.leads))
CTR = Metric("ctr", Unit.PERCENT, Direction.UP_IS_GOOD, lambda s: ratio(s.clicks, s.impressions, HUNDRED))
CPC = Metric("cpc", Unit.MONEY, Direction.DOWN_IS_GOOD, lambda s: ratio(s.spend, s.clicks))
CPM = Metric("cpm", Unit.MONEY, Direction.DOWN_IS_GOOD, lambda s: ratio(s.spend, s.impressions, THOUSAND))
AVERAGE_ORDER = Metric("average_order", Unit.MONEY, Direction.UP_IS_GOOD, lambda s: ratio(s.revenue, s.sales))
CONVERSION = Metric("conversion", Unit.PERCENT, Direction.UP_IS_GOOD, lambda s: ratio(s.sales, s.leads, HUNDRED))

METRICS: tuple[Metric, ...] = (
    REVENUE,
    SPEND,
    PROFIT,
    ROI,
    ROAS,
    SALES,
    EXPRESS_SALES,
    MAIN_SALES,
    OTHER_SALES,
    LEADS,
    REGISTRATIONS,
    IMPRESSIONS,
    CLICKS,
    CPA,
    CPL,
    CTR,
    CPC,
    CPM,
    AVERAGE_ORDER,
    CONVERSION,
)
BY_NAME = {metric.name: metric for metric in METRICS}


def values(sums: Sums) -> dict[str, Decimal | int | None]:
    """Every metric of a slice by name, unrounded."""
    return {metric.name: metric.value(sums) for metric in METRICS}


def conversion(part: int, whole: int) -> Decimal | None:
    """A step of a funnel in percent; above 100 is possible (sales without a lead); ``None`` when the whole is 0."""
    return ratio(part, whole, HUNDRED)


def change(metric: Metric, now: Sums, before: Sums) -> Decimal | None:
    """How a metric moved: percent of the former value, for percentages the difference in percentage points."""
    current, former = metric.value(now), metric.value(before)
    if current is None or former is None:
        return None
    if metric.unit is Unit.PERCENT:
        return Decimal(current) - Decimal(former)
    return ratio(Decimal(current) - Decimal(former), abs(Decimal(former)), HUNDRED)


class Verdict(StrEnum):
    """What ROAS says about money spent; the thresholds are one setting for every screen."""

    GOAL = "goal"
    PAYS_BACK = "pays_back"
    WEAK = "weak"
    LOSS = "loss"
    NO_SPEND = "no_spend"


@dataclass(frozen=True)
class Thresholds:
    """ROAS from which a team reaches the goal, pays back, or is only weak; below ``weak`` it is a loss."""

    goal: Decimal = Decimal(2)
    pays_back: Decimal = Decimal(1)
    weak: Decimal = Decimal("0.5")


USUAL_THRESHOLDS = Thresholds()


def verdict(sums: Sums, thresholds: Thresholds) -> Verdict:
    """The reading of a slice by its ROAS."""
    roas = ROAS.value(sums)
    if roas is None:
        return Verdict.NO_SPEND
    if roas >= thresholds.goal:
        return Verdict.GOAL
    if roas >= thresholds.pays_back:
        return Verdict.PAYS_BACK
    return Verdict.WEAK if roas >= thresholds.weak else Verdict.LOSS
