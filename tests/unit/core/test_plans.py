"""The pace of a week: where a figure should be by now, and where it ends."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.business_time import BusinessCalendar
from core.metrics import Sums
from core.plans import Pace, elapsed, plan_lines, week_of
from core.records import DateRange

CALENDAR = BusinessCalendar()
WEEK = DateRange(date(2026, 11, 16), date(2026, 11, 22))
GOALS = {"revenue": Decimal(11_800_000), "sales": Decimal(290), "spend": Decimal(2_500_000), "roas": Decimal("4.4"),
         "cpa": Decimal("9500")}
FACTS = Sums(revenue=Decimal(10_970_000), spend=Decimal(2_357_243), express_sales=250, main_sales=4)


@pytest.mark.parametrize(("day", "first"), [
    (date(2026, 11, 16), date(2026, 11, 16)), (date(2026, 11, 22), date(2026, 11, 16)),
    (date(2026, 11, 23), date(2026, 11, 23)), (date(2027, 1, 1), date(2026, 12, 28))])
def test_a_week_is_monday_to_sunday(day: date, first: date) -> None:
    assert week_of(day) == DateRange(first, first.fromordinal(first.toordinal() + 6))


def test_a_week_runs_by_business_time() -> None:
    assert elapsed(WEEK, datetime(2026, 11, 15, 18, 59, tzinfo=UTC), CALENDAR) == 0
    assert elapsed(WEEK, datetime(2026, 11, 15, 19, 0, tzinfo=UTC), CALENDAR) == 0, "it begins at midnight in Almaty"
    assert elapsed(WEEK, datetime(2026, 11, 19, 7, 0, tzinfo=UTC), CALENDAR) == Decimal("0.5")
    assert elapsed(WEEK, datetime(2026, 11, 30, tzinfo=UTC), CALENDAR) == 1


def test_every_figure_has_its_completion_forecast_and_pace() -> None:
    lines = {line.metric.name: line for line in plan_lines(GOALS, FACTS, Decimal("0.93"))}
    assert list(lines) == ["revenue", "sales", "spend", "roas", "cpa"]
    assert round(lines["revenue"].completion or 0) == 93
    assert round(lines["revenue"].forecast or 0) == 11_795_699
    assert {name: line.pace for name, line in lines.items()} == {
        "revenue": Pace.ON_PACE, "sales": Pace.BEHIND, "spend": Pace.ON_PACE, "roas": Pace.REACHED, "cpa": Pace.ON_PACE}
    assert lines["roas"].forecast is None
    assert lines["revenue"].expected == 93
    assert lines["roas"].expected == 100


def test_what_is_not_known_or_not_begun_has_no_pace() -> None:
    unknown = plan_lines(GOALS, Sums(spend=None, revenue=None), Decimal("0.5"))
    assert [line.pace for line in unknown if line.metric.name != "sales"] == [Pace.UNKNOWN] * 4
    assert {line.pace for line in plan_lines(GOALS, Sums(), Decimal(0))} == {Pace.UNKNOWN}
    assert {line.pace for line in plan_lines({}, FACTS, Decimal(1))} == {Pace.UNKNOWN}


def test_more_spend_or_a_dearer_sale_than_planned_is_over() -> None:
    facts = Sums(spend=Decimal(3_000_000), revenue=Decimal(1), express_sales=10)
    lines = {line.metric.name: line.pace for line in plan_lines(GOALS, facts, Decimal("0.5"))}
    assert (lines["spend"], lines["cpa"], lines["revenue"]) == (Pace.OVER, Pace.OVER, Pace.BEHIND)


@given(st.decimals("0.01", 1, places=2), st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_figure_exactly_in_its_place_is_in_pace(share: Decimal, plan: int, sales: int) -> None:
    goals = {"sales": Decimal(plan), "revenue": Decimal(plan)}
    line = next(one for one in plan_lines(goals, Sums(revenue=plan * share), share) if one.metric.name == "revenue")
    assert line.pace in (Pace.ON_PACE, Pace.REACHED)
    assert line.forecast is not None
    assert abs(line.forecast - plan) < Decimal("0.001")
