"""Charts: what is drawn, what is left out, and axes that hold their figures."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from plotly.graph_objects import Figure

from components.axes import GRID_LINES, amount_step, point_names, roi_step, series_unit, time_axis
from components.charts import create_graph
from components.roi_chart import draw_roi_by_day
from components.series_chart import draw_series
from core.records import DateRange
from core.reports import PeriodPoint
from tests.unit.components.records import FIRST, points, sums


def longer(count, interval="day"):
    """Points of any number, without marks."""
    step = {"day": 1, "week": 7, "month": 31}[interval]
    starts = [FIRST + timedelta(days=step * number) for number in range(count)]
    return [PeriodPoint(start, start + timedelta(days=step - 1), sums(), None, False, True) for start in starts]


def test_every_graph_keeps_to_itself():
    config = create_graph("a", "chart").children.config
    assert config["displayModeBar"] is False and config["showSendToCloud"] is False and config["plotlyServerURL"] == ""


@pytest.mark.parametrize("draw", [lambda p: draw_series(p, "KZT", "day"), lambda p: draw_roi_by_day(p, "day")])
@pytest.mark.parametrize("count", [1, 2, 30, 400])
def test_plotly_accepts_the_figures(draw, count):
    figure = draw(points(count))
    Figure(figure)
    json.dumps(figure)


def test_nothing_spent_is_a_gap_in_roi_and_not_zero():
    roi = next(trace for trace in draw_series(points(5), "KZT", "day")["data"] if trace.get("mode") == "lines+markers")
    assert roi["y"][2] is None
    assert draw_roi_by_day(points(5), "day")["data"][0]["y"][2] is None


def test_unknown_money_is_a_gap():
    point = replace(points(1)[0], sums=sums(None, None))
    bars = draw_series([point], "KZT", "day")["data"]
    assert bars[0]["y"] == [None] and bars[1]["y"] == [None] and bars[0]["text"] == ["—"]


def test_the_running_day_is_hatched():
    hatched = [trace for trace in draw_series(points(5), "KZT", "day")["data"] if "pattern" in trace.get("marker", {})]
    assert len(hatched) == 1 and hatched[0]["x"] == [point_names(points(5), "day")[-1]]
    assert not [
        trace
        for trace in draw_series(points(5, unfinished=False), "KZT", "day")["data"]
        if "pattern" in trace.get("marker", {})
    ]


def test_the_pointer_says_sales_and_the_rate():
    texts = [trace.get("text") for trace in draw_series(points(2), "KZT", "day")["data"] if trace.get("text")]
    said = " ".join(text for row in texts for text in row).replace("\u00a0", " ")
    assert "Продажи  <b>10</b>" in said
    assert "Курс  <b>510,27</b>" in said and "Курс, перенос  <b>510,27</b>" in said


@pytest.mark.parametrize("highest", ["0", "0.004", "1", "7.3", "99999", "3600001", "86180000"])
def test_the_axis_holds_the_highest_amount(highest):
    value = Decimal(highest)
    step = amount_step(value)
    assert step * GRID_LINES >= value
    assert value == 0 or step * GRID_LINES <= value * 6


def test_a_running_day_does_not_stretch_roi():
    day = points(1)[0]
    late = replace(day, start=date(2026, 11, 1), sums=sums("1", "99999"), is_complete=False)
    assert roi_step([replace(day, is_complete=True, sums=sums("100", "150")), late]) == 100


@pytest.mark.parametrize(
    ("count", "interval", "most"),
    [(30, "day", 10), (45, "day", 10), (180, "day", 6), (26, "week", 6), (20, "month", 8)],
)
def test_labels_fit_a_phone(count, interval, most):
    axis = time_axis(longer(count, interval), interval)
    assert 1 < len(axis["ticktext"]) <= most
    assert len(set(axis["categoryarray"])) == count


def test_a_month_is_said_where_it_changes():
    axis = time_axis(points(30), "day")
    assert [text.replace("\u00a0", " ") for text in axis["ticktext"]][:5] == ["24<br>окт", "27", "30", "2<br>нояб", "5"]


def test_the_unit_names_what_the_axis_counts():
    assert series_unit(longer(3), "KZT", "day") == "тыс.\u00a0₸ по дням, ROI на правой оси"
    assert series_unit([], "USD", "week") == "$ по неделям, ROI на правой оси"


def test_points_of_weeks_have_both_ends():
    period = DateRange(FIRST, FIRST + timedelta(days=6))
    assert point_names(longer(1, "week"), "week")[0].replace("\u00a0", " ") == "24 окт – 30 окт 2026"
    assert period.days == 7
