"""Figures: what they say, in which colour, and that the unknown stays unknown."""

from decimal import Decimal

import pytest

from components.numbers import create_change, create_delta, create_metric, create_money, format_bare, format_metric
from core import metrics
from core.metrics import Direction, Sums
from core.texts import locale
from tests.unit.components.looking import words
from tests.unit.components.records import sums


def test_an_amount_has_its_sign_set_apart():
    assert words(create_money(Decimal("86180000"), "KZT")) == "86 180 000 ₸"
    with locale("en"):
        assert words(create_money(Decimal("-42.5"), "USD")) == "− $ 42.50"


def test_the_unknown_is_a_grey_dash():
    span = create_metric(metrics.ROI, Sums(), "KZT")
    assert words(span) == "—"
    assert "t3" in span.className


def test_metrics_are_written_by_their_unit():
    slice_ = sums("135852.68", "1040000", clicks=1105, impressions=52195)
    assert format_metric(metrics.CTR, slice_, "KZT") == "2,12\u00a0%"
    assert format_metric(metrics.CPC, slice_, "KZT") == "122,94\u00a0₸"
    assert format_metric(metrics.SPEND, slice_, "KZT") == "135\u00a0853\u00a0₸"
    assert format_metric(metrics.ROAS, slice_, "KZT") == "7,66"
    assert format_metric(metrics.ROI, slice_, "KZT", digits=2) == "+665,54\u00a0%"
    assert format_bare(metrics.PROFIT, sums("2", "1"), "USD") == "−1,00"


@pytest.mark.parametrize(
    ("metric", "now", "before", "kind"),
    [
        (metrics.REVENUE, sums(revenue="110"), sums(revenue="100"), "up pos"),
        (metrics.REVENUE, sums(revenue="90"), sums(revenue="100"), "down neg"),
        (metrics.CPA, sums("50"), sums("100"), "down pos"),
        (metrics.CPA, sums("200"), sums("100"), "up neg"),
        (metrics.SPEND, sums("200"), sums("100"), "up t2"),
        (metrics.SPEND, sums("100"), sums("100"), "flat t3"),
    ],
)
def test_colour_says_good_or_bad_and_the_triangle_says_where(metric, now, before, kind):
    assert create_delta(metric, now, before).className == f"delta {kind}"


def test_shares_move_in_points_and_amounts_in_percent():
    assert words(create_change(Decimal("35.5"), Direction.UP_IS_GOOD, in_points=True)) == "+35,5 п.п."
    assert words(create_change(Decimal("-7"), Direction.UP_IS_GOOD, in_points=False)) == "−7,0 %"


def test_what_cannot_be_compared_is_a_dash():
    assert words(create_delta(metrics.REVENUE, sums(), sums(revenue=None))) == "—"
    assert words(create_delta(metrics.REVENUE, sums(), sums(revenue="0"))) == "—"
