"""Deals folded from their events: newest wins, sales open, end, come back and are dated rightly."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.deals import LOST, WON, WonSpan, fold_deal
from core.records import DealEvent, Utm

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
EXPRESS, FLAGMAN = 10350882, 10418746
FIRST_STAGE, NEXT_STAGE = 51, 52


def at(hours):
    return START + timedelta(hours=hours)


def event(hours, status=None, *, action="update", pipeline=EXPRESS, own_time=True, late=0, key=None, price=..., **more):
    """An event ``hours`` after the start; ``late`` hours pass until it is received."""
    given_price = {} if price is ... else {"price": price and Decimal(price), "price_given": True}
    return DealEvent(
        key=key or f"{hours}-{action}-{status}-{pipeline}-{price}", deal_id=7, action=action, occurred_at=at(hours),
        has_own_time=own_time, received_at=at(hours + late), pipeline_id=pipeline, status_id=status,
        **given_price, **more,
    )


def spans(*events):
    return [(span.pipeline_id, span.sold_at, span.left_at, span.price) for span in fold_deal(events).won]


def test_a_deal_goes_its_way_to_a_sale():
    state = fold_deal([
        event(0, FIRST_STAGE, action="add", created_at=at(0), name="Aigerim", price=0),
        event(1, NEXT_STAGE, action="status", price=5000),
        event(2, WON, action="status", price=5000),
    ])
    assert (state.pipeline_id, state.status_id, state.name, state.price) == (EXPRESS, WON, "Aigerim", Decimal(5000))
    assert (state.created_at, state.modified_at) == (at(0), at(2))
    assert state.is_won and not state.is_deleted
    assert state.won == (WonSpan(EXPRESS, at(2), None, Decimal(5000)),)


def test_an_older_event_that_arrives_later_changes_nothing_newer():
    events = [event(2, WON, price=5000), event(1, NEXT_STAGE, late=9, price=1, name="old")]
    state = fold_deal(events)
    assert (state.status_id, state.price, state.name) == (WON, Decimal(5000), "old")


def test_the_twins_of_one_change_are_one_sale():
    assert spans(event(2, WON, action="status", price=5000), event(2, WON, action="update", price=5000)) == [
        (EXPRESS, at(2), None, Decimal(5000))]


class TestPrice:
    def test_an_absent_price_keeps_the_former(self):
        assert fold_deal([event(0, WON, price=5000), event(1, WON)]).price == Decimal(5000)

    @pytest.mark.parametrize("nothing", [0, None, -1])
    def test_an_empty_or_zero_price_is_unknown(self, nothing):
        assert fold_deal([event(0, WON, price=5000), event(1, WON, price=nothing)]).price is None

    def test_a_price_that_comes_after_the_sale_completes_it_without_moving_it(self):
        assert spans(event(0, WON), event(50, WON, price=490000)) == [(EXPRESS, at(0), None, Decimal(490000))]

    def test_a_refund_that_clears_the_price_leaves_the_amount_of_the_sale(self):
        assert spans(event(0, WON, price=5000), event(3, LOST, price=0)) == [(EXPRESS, at(0), at(3), Decimal(5000))]

    def test_a_later_price_of_a_lost_deal_does_not_touch_the_sale(self):
        assert spans(event(0, WON, price=5000), event(3, LOST), event(4, LOST, price=9))[0][3] == Decimal(5000)


class TestLeavingAndReturning:
    def test_leaving_the_stage_ends_the_sale(self):
        state = fold_deal([event(0, WON, price=5000), event(3, NEXT_STAGE)])
        assert not state.is_won
        assert state.won == (WonSpan(EXPRESS, at(0), at(3), Decimal(5000)),)

    def test_won_again_is_dated_by_the_new_close(self):
        assert spans(event(0, WON, price=5000), event(3, NEXT_STAGE), event(9, WON)) == [
            (EXPRESS, at(9), None, Decimal(5000))]

    def test_won_in_another_pipeline_is_another_sale_and_ends_the_first(self):
        assert spans(event(0, WON, price=5000), event(5, WON, pipeline=FLAGMAN, price=490000)) == [
            (EXPRESS, at(0), at(5), Decimal(5000)), (FLAGMAN, at(5), None, Decimal(490000))]

    def test_moved_to_another_pipeline_without_a_win_there(self):
        assert spans(event(0, WON, price=5000), event(5, FIRST_STAGE, pipeline=FLAGMAN)) == [
            (EXPRESS, at(0), at(5), Decimal(5000))]

    def test_a_deletion_ends_the_sale(self):
        state = fold_deal([event(0, WON, price=5000), event(3, WON, action="delete", own_time=False)])
        assert state.is_deleted and not state.is_won
        assert state.won[0].left_at == at(3)

    def test_a_restored_deal_was_not_sold_a_second_time(self):
        events = [event(0, WON, price=5000), event(3, WON, action="delete"), event(8, WON, action="restore")]
        assert not fold_deal(events).is_deleted
        assert spans(*events) == [(EXPRESS, at(0), None, Decimal(5000))]

    def test_a_deal_restored_into_another_stage_stays_unsold(self):
        events = [event(0, WON, price=5000), event(3, action="delete"), event(8, NEXT_STAGE, action="restore")]
        assert spans(*events) == [(EXPRESS, at(0), at(3), Decimal(5000))]

    def test_a_deletion_and_a_restoration_of_one_second(self):
        events = [event(3, WON, action="restore"), event(3, WON, action="delete"), event(0, WON, price=5000)]
        assert spans(*events) == [(EXPRESS, at(0), None, Decimal(5000))]

    def test_a_deleted_deal_does_not_come_back_by_an_ordinary_event(self):
        state = fold_deal([event(0, WON), event(3, WON, action="delete"), event(4, WON)])
        assert state.is_deleted and not state.is_won


class TestDayOfTheSale:
    def test_a_later_event_of_the_run_does_not_move_it(self):
        assert fold_deal([event(0, WON), event(30, WON, name="x"), event(60, WON)]).won[0].sold_at == at(0)

    def test_the_close_that_amocrm_names_stands(self):
        assert fold_deal([event(5, WON), event(9, WON, closed_at=at(4))]).won[0].sold_at == at(4)

    def test_a_new_close_within_a_run_means_that_the_leaving_was_missed(self):
        events = [event(5, WON, closed_at=at(5)), event(50, WON, closed_at=at(49))]
        assert fold_deal(events).won[0].sold_at == at(49)

    def test_a_close_named_outside_the_run_says_nothing(self):
        assert fold_deal([event(1, LOST, closed_at=at(1)), event(5, WON)]).won[0].sold_at == at(5)

    def test_a_sale_known_by_ids_only_is_completed_later(self):
        bare = event(2, WON, action="status", own_time=False)
        assert spans(bare) == [(EXPRESS, at(2), None, None)]
        full = event(1.9, WON, late=2, price=5000, closed_at=at(1.9))
        assert spans(bare, full) == [(EXPRESS, at(1.9), None, Decimal(5000))]

    def test_a_pipeline_that_is_named_later_is_the_one_of_the_run(self):
        assert spans(event(1, WON, pipeline=None), event(4, WON, price=5000)) == [
            (EXPRESS, at(1), None, Decimal(5000))]


def test_marks_are_replaced_as_a_whole_by_the_body_that_carries_them():
    old, new = Utm(source="fb_a", campaign="x"), Utm(source="fb_b")
    state = fold_deal([
        event(0, 1, utm=old, utm_given=True, fbclid="F", contact_id=5),
        event(1, 1, utm=new, utm_given=True),
        event(2, 1),
    ])
    assert (state.utm, state.fbclid, state.contact_id) == (new, "F", 5)


class TestNotes:
    NOTED = event(1, action="note", pipeline=None, utm=Utm(source="ig"), utm_given=True, fbclid="C")

    def test_a_note_tells_marks_only_as_long_as_nothing_else_does(self):
        sale = event(5, WON, price=5000)
        assert fold_deal([sale, self.NOTED]).utm == Utm(source="ig")
        marked = event(2, FIRST_STAGE, utm=Utm(source="fb_north"), utm_given=True)
        later = event(9, action="note", pipeline=None, utm=Utm(source="other"), utm_given=True)
        state = fold_deal([sale, self.NOTED, marked, later])
        assert (state.utm, state.fbclid) == (Utm(source="fb_north"), None)
        assert fold_deal([sale, later, self.NOTED]).utm == Utm(source="ig"), "the first note"

    def test_a_note_moves_neither_a_stage_nor_a_day(self):
        told = [event(2, FIRST_STAGE, action="add"), event(5, WON, price=5000)]
        with_note, without = fold_deal([self.NOTED, *told]), fold_deal(told)
        assert (with_note.created_at, with_note.modified_at) == (without.created_at, without.modified_at)
        assert (with_note.won, with_note.price, with_note.status_id) == (without.won, without.price, without.status_id)


def test_the_creation_is_the_earliest_time_known():
    assert fold_deal([event(5, 1), event(7, 1)]).created_at == at(5)
    assert fold_deal([event(5, 1), event(7, 1, created_at=at(1))]).created_at == at(1)


def test_a_repeated_event_counts_once():
    one = event(0, WON, price=5000)
    assert fold_deal([one, one]) == fold_deal([one])


def test_no_events_or_several_deals_are_no_deal():
    with pytest.raises(ValueError, match="one deal"):
        fold_deal([])
    other = DealEvent("k", 8, "add", at(0), True, at(0))
    with pytest.raises(ValueError, match="one deal"):
        fold_deal([event(0, 1), other])


EVENTS = st.lists(
    st.builds(
        event, st.integers(0, 5), st.sampled_from([None, FIRST_STAGE, WON, LOST]),
        action=st.sampled_from(["add", "update", "status", "responsible", "delete", "restore", "note", "other"]),
        pipeline=st.sampled_from([None, EXPRESS, FLAGMAN]), own_time=st.booleans(), late=st.integers(0, 3),
        key=st.uuids().map(str), price=st.sampled_from([..., None, 0, 5000, 490000]),
        closed_at=st.none() | st.integers(0, 5).map(at), created_at=st.none() | st.integers(0, 5).map(at),
        utm=st.builds(Utm, source=st.sampled_from(["a", "b"])), utm_given=st.booleans(),
    ),
    min_size=1, max_size=7, unique_by=lambda one: one.key,
)


@settings(max_examples=400)
@given(EVENTS, st.randoms())
def test_no_order_and_no_repetition_changes_a_deal(events, chance: random.Random):
    again = chance.sample(events, len(events)) + chance.sample(events, len(events) // 2)
    chance.shuffle(again)
    assert fold_deal(again) == fold_deal(events)


@settings(max_examples=400)
@given(EVENTS)
def test_a_deal_is_won_in_one_pipeline_at_most_and_only_while_it_stands_there(events):
    state = fold_deal(events)
    still = [span for span in state.won if span.left_at is None]
    assert len(still) == (1 if state.status_id == WON and not state.is_deleted else 0)
    assert all(span.pipeline_id == state.pipeline_id and span.price == state.price for span in still)
    assert len({span.pipeline_id for span in state.won}) == len(state.won)
