"""A prepayment and what follows it are one sale."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.payments import PaidDeal, group_payments

LIMIT = Decimal(5000)


def paid(deal_id: int, day: int, amount: int | None) -> PaidDeal:
    return PaidDeal(deal_id, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day),
                    None if amount is None else Decimal(amount))


def test_a_prepayment_and_the_rest_are_one_sale():
    assert group_payments([paid(1, 0, 5000), paid(2, 9, 235000)], LIMIT) == {2: 1}


def test_two_prepayments_and_the_rest_are_one_sale_and_the_next_full_one_is_another():
    deals = [paid(1, 0, 5000), paid(2, 3, 5000), paid(3, 9, 230000), paid(4, 20, 240000)]
    assert group_payments(deals, LIMIT) == {2: 1, 3: 1}


def test_two_full_payments_are_two_sales():
    assert group_payments([paid(1, 0, 240000), paid(2, 5, 240000)], LIMIT) == {}


def test_after_half_a_year_somebody_buys_again():
    assert group_payments([paid(1, 0, 5000), paid(2, 181, 240000)], LIMIT) == {}


def test_an_unknown_amount_is_a_sale_of_its_own():
    assert group_payments([paid(1, 0, 5000), paid(2, 1, None), paid(3, 2, 235000)], LIMIT) == {3: 1}


DEALS = st.lists(st.builds(paid, st.integers(1, 9), st.integers(0, 400), st.sampled_from([None, 3000, 5000, 240000])),
                 max_size=7, unique_by=lambda one: one.deal_id)


@given(DEALS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter_and_a_sale_is_no_payment(deals, random):
    found = group_payments(deals, LIMIT)
    shuffled = [*deals]
    random.shuffle(shuffled)
    assert group_payments(shuffled, LIMIT) == found
    assert not set(found) & set(found.values())
