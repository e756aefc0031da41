"""The worked values of the domain, and what is unknown when a part is."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import metrics
from core.metrics import BY_NAME, METRICS, Sums, Thresholds, Verdict, change, conversion, total, values, verdict
from core.money import round_money

RATE = Decimal("505.16")


def shown(sums, *names):
    """The named metrics as they are shown: two digits, half up."""
    found = (values(sums)[name] for name in names)
    return tuple(None if value is None else str(round_money(Decimal(value))) for value in found)


def spent(usd, impressions, clicks, **more):
    return Sums(spend=Decimal(usd), impressions=impressions, clicks=clicks, **more)


def test_one_campaign():
    sums = spent("268.93", 52_195, 1_105)
    assert shown(sums, "ctr", "cpc", "cpm") == ("2.12", "0.24", "5.15")
    assert str(round_money(sums.spend * RATE)) == "135852.68"


FIVE = [
    spent("87.52", 13_899, 456), spent("87.58", 18_541, 379), spent("93.83", 19_755, 270), spent("204.93", 53_535, 450),
    spent("222.19", 57_066, 1_006),
]


def test_five_campaigns_are_summed_before_they_are_divided():
    sums = total(FIVE)
    assert (str(sums.spend), sums.impressions, sums.clicks) == ("696.05", 162_796, 2_561)
    assert shown(sums, "ctr") == ("1.57",)
    mean_of_ratios = sum(values(one)["ctr"] for one in FIVE) / 5
    assert str(round_money(mean_of_ratios)) == "1.86", "the wrong answer, for comparison"


def test_five_campaigns_with_their_sales():
    money = Decimal(12 * 5_000 + 2 * 490_000)
    usd = replace(total(FIVE), express_sales=12, main_sales=2, revenue=money / RATE)
    kzt = replace(usd, spend=usd.spend * RATE, revenue=money)
    assert money == 1_040_000
    assert shown(kzt, "spend", "roas", "roi", "profit") == ("351616.62", "2.96", "195.78", "688383.38")
    assert shown(usd, "cpa", "roas", "roi") == ("49.72", "2.96", "195.78")


def test_the_funnel():
    steps = [692, 452, 166, 12]
    rates = [conversion(part, whole) for whole, part in pairwise(steps)]
    assert [str(round_money(rate)) for rate in rates] == ["65.32", "36.73", "7.23"]
    assert str(round_money(conversion(12, 692))) == "1.73"


def test_a_funnel_may_pass_a_hundred_percent():
    assert conversion(3, 2) == 150
    assert conversion(3, 0) is None


@pytest.mark.parametrize(
    ("sums", "unknown"),
    [
        (Sums(revenue=Decimal(5), express_sales=1, leads=1, impressions=1, clicks=1), {"roi", "roas"}),
        (Sums(spend=Decimal(5)), {"cpa", "cpl", "ctr", "cpc", "cpm", "average_order", "conversion"}),
        (Sums(spend=None, revenue=Decimal(5), express_sales=1, leads=1, impressions=1, clicks=1),
         {"spend", "profit", "roi", "roas", "cpa", "cpl", "cpc", "cpm"}),
        (Sums(spend=Decimal(5), revenue=None, express_sales=1, leads=1, impressions=1, clicks=1),
         {"revenue", "profit", "roi", "roas", "average_order"}),
        (Sums(spend=Decimal(5), express_sales=1, leads=1, impressions=None, clicks=None),
         {"impressions", "clicks", "ctr", "cpc", "cpm"}),
    ],
)
def test_what_cannot_be_known_is_none_and_never_zero(sums, unknown):
    assert {name for name, value in values(sums).items() if value is None} == unknown


def test_spend_without_any_return_is_a_loss_of_a_hundred_percent():
    assert shown(Sums(spend=Decimal(5)), "roi", "roas", "profit") == ("-100.00", "0.00", "-5.00")


def test_adding_unknown_money_gives_unknown_money():
    assert (Sums(spend=Decimal(1)) + Sums(spend=None)).spend is None
    assert (Sums(impressions=None) + Sums(impressions=5)).impressions is None


def test_nothing_is_the_neutral_slice():
    one = Sums(spend=Decimal(3), leads=2, main_sales=1)
    assert one + Sums() == one == total([one])
    assert total([]) == Sums() and Sums().is_zero and not one.is_zero and not Sums(spend=None).is_zero


AMOUNTS = st.none() | st.decimals(0, 10**6, places=2)
COUNTS = st.integers(0, 10**6)
SUMS = st.builds(Sums, spend=AMOUNTS, revenue=AMOUNTS, leads=COUNTS, express_sales=COUNTS, main_sales=COUNTS,
                 impressions=st.none() | COUNTS, clicks=st.none() | COUNTS)


@given(st.lists(SUMS, max_size=5), st.randoms())
def test_the_order_of_slices_does_not_matter(slices, chance):
    assert total(chance.sample(slices, len(slices))) == total(slices)


@given(SUMS)
def test_roi_is_roas_less_one_in_percent(sums):
    roi, roas = BY_NAME["roi"].value(sums), BY_NAME["roas"].value(sums)
    assert (roi is None) == (roas is None)
    if roi is not None:
        assert abs(roi - (roas - 1) * 100) < Decimal("1e-15") * max(abs(roi), Decimal(1))


@given(SUMS)
def test_every_metric_answers_for_every_slice(sums):
    assert list(values(sums)) == [metric.name for metric in METRICS]


def test_change_is_in_percent_and_for_percentages_in_points():
    now = Sums(revenue=Decimal(150), spend=Decimal(100))
    before = Sums(revenue=Decimal(100), spend=Decimal(100))
    assert change(metrics.REVENUE, now, before) == 50
    assert change(metrics.ROI, now, before) == 50
    assert change(metrics.PROFIT, before, Sums(revenue=Decimal(50), spend=Decimal(100))) == 100
    assert change(metrics.REVENUE, now, Sums()) is None
    assert change(metrics.ROI, now, Sums()) is None


@pytest.mark.parametrize(
    ("revenue", "expected"),
    [("200", Verdict.GOAL), ("199.99", Verdict.PAYS_BACK), ("100", Verdict.PAYS_BACK), ("99.99", Verdict.WEAK),
     ("50", Verdict.WEAK), ("49.99", Verdict.LOSS), ("0", Verdict.LOSS)],
)
def test_verdicts(revenue, expected):
    assert verdict(Sums(revenue=Decimal(revenue), spend=Decimal(100)), Thresholds()) is expected


def test_verdict_without_spend_and_with_other_thresholds():
    assert verdict(Sums(revenue=Decimal(1)), Thresholds()) is Verdict.NO_SPEND
    assert verdict(Sums(revenue=Decimal(2), spend=Decimal(1)), Thresholds(goal=Decimal(3))) is Verdict.PAYS_BACK
