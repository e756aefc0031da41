"""One control changes one thing, and what cannot be read changes nothing."""

from datetime import date

import pytest

from callbacks.filters import change_filters
from components import ids
from core.filters import Filters

MONTH = Filters(date_from=date(2026, 11, 1), date_to=date(2026, 11, 22), currency="USD", teams=("sunkar",))


def test_a_preset_takes_the_place_of_dates_and_keeps_the_rest():
    after = change_filters(MONTH, ids.FILTER_PRESET, {"preset": "today"})
    assert (after.preset, after.date_from, after.currency, after.teams) == ("today", None, "USD", ("sunkar",))


def test_dates_take_the_place_of_a_preset():
    after = change_filters(Filters(), ids.FILTER_FROM, {"first": "2026-11-01", "last": "2026-11-22"})
    assert (after.preset, after.date_from, after.date_to) == (None, date(2026, 11, 1), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("control", "day"), [(ids.FILTER_FROM, date(2026, 11, 20)), (ids.FILTER_TO, date(2026, 11, 10))]
)
def test_an_end_moved_beyond_the_other_takes_it_along(control, day):
    after = change_filters(Filters(), control, {"first": "2026-11-20", "last": "2026-11-10"})
    assert after.date_from == after.date_to == day


@pytest.mark.parametrize("bad", [None, "", "soon", "2026-13-01", 7])
def test_a_day_that_cannot_be_read_changes_nothing(bad):
    assert change_filters(MONTH, ids.FILTER_FROM, {"first": bad, "last": "2026-11-22"}) == MONTH


@pytest.mark.parametrize(
    ("control", "controls", "field", "value"),
    [
        (ids.FILTER_CURRENCY, {"currency": "KZT"}, "currency", "KZT"),
        (ids.FILTER_CURRENCY, {"currency": None}, "currency", "KZT"),
        (ids.FILTER_INTERVAL, {"interval": "month"}, "interval", "month"),
        (ids.FILTER_INTERVAL, {"interval": "century"}, "interval", "day"),
        (ids.FILTER_BASIS, {"basis": "lead"}, "basis", "lead"),
        (ids.FILTER_TEAMS, {"teams": ["altai", "none"]}, "teams", ("altai", "none")),
        (ids.FILTER_TEAMS, {"teams": "altai"}, "teams", ()),
        (ids.FILTER_CAMPAIGNS, {"campaigns": ["1", "2"]}, "campaigns", ("1", "2")),
        (ids.FILTER_CAMPAIGNS, {"campaigns": None}, "campaigns", ()),
    ],
)
def test_every_control_has_its_field(control, controls, field, value):
    after = change_filters(MONTH, control, controls)
    assert getattr(after, field) == value
    assert after.date_from == MONTH.date_from


def test_reset_goes_back_to_the_defaults_of_the_installation():
    before = Filters(currency="KZT", teams=("altai",), default_currency="USD")
    after = change_filters(before, ids.FILTER_RESET, {})
    assert (after.to_query(), after.currency) == ("", "USD")


def test_an_unknown_control_changes_nothing():
    assert change_filters(MONTH, None, {}) is MONTH
    assert change_filters(MONTH, ids.FILTER_PRESET, {"preset": None}) is MONTH
