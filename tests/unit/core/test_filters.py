"""The address of a view: read, written, and what becomes of nonsense in it."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.filters import BASES, CURRENCIES, LONGEST_DAYS, MODELS, PRESETS, Filters
from core.records import DateRange

TODAY = date(2026, 3, 31)
DEFAULT = Filters()


def period(query, today=TODAY, first_day=None):
    return Filters.from_query(query).period(today, first_day)


def test_nothing_asked_is_the_default():
    assert (DEFAULT.preset, DEFAULT.currency, DEFAULT.interval, DEFAULT.basis, DEFAULT.model) == (
        "last_30_days", "KZT", "day", "sale", "last")
    for nothing in (None, "", "?", {}):
        assert Filters.from_query(nothing) == DEFAULT
    assert DEFAULT.to_query() == ""


def test_everything_is_read():
    filters = Filters.from_query(
        "?from=2024-02-28&to=2024-03-02&team=muha&team=none&campaign=1202&currency=USD&interval=week&basis=lead&model=last"
    )
    assert filters == Filters(
        preset=None, date_from=date(2024, 2, 28), date_to=date(2024, 3, 2), teams=("muha", "none"), campaigns=("1202",),
        currency="USD", interval="week", basis="lead")


def test_the_address_is_canonical():
    filters = Filters.from_query("to=2026-01-02&team=b&from=2026-01-01&team=A&team=b&interval=day&preset=all")
    assert filters.to_query() == "from=2026-01-01&team=a&team=b&to=2026-01-02"
    assert Filters.from_query("currency=usd&basis=sale").to_query() == "currency=USD"


@pytest.mark.parametrize("query", ["fbclid=IwAR0&utm_source=x", "page=2&team", "unknown=%00%ff", "from=&to=&team="])
def test_unknown_and_empty_keys_say_nothing(query):
    assert Filters.from_query(query) == DEFAULT


@pytest.mark.parametrize(
    "query",
    [
        "preset=never", "currency=EUR", "currency=", "interval=hour", "basis=x", "model=markov",
        "from=2026-01-01", "to=2026-01-01", "from=2026-01-02&to=2026-01-01", "from=2026-02-30&to=2026-03-01",
        "from=01.01.2026&to=02.01.2026", "from=20260101&to=20260102", "from=2026-W01-1&to=2026-W02-1",
        "from=0001-01-01&to=0001-01-02", "from=9999-12-30&to=9999-12-31", "from=2010-01-01&to=2026-01-01",
        "from=2026-01-01T00:00:00&to=2026-01-02", "team=%00", "team=a%20b", "campaign=" + "1" * 65, "team=..%2F..",
    ],
)
def test_bad_values_fall_back(query):
    assert Filters.from_query(query) == DEFAULT


def test_bad_dates_leave_the_preset_standing():
    assert Filters.from_query("from=x&to=2026-01-01&preset=today").preset == "today"


def test_dates_override_a_preset():
    filters = Filters.from_query("preset=today&from=2026-01-01&to=2026-01-31")
    assert filters.preset is None
    assert filters.period(TODAY) == DateRange(date(2026, 1, 1), date(2026, 1, 31))


def test_ten_years_are_the_longest():
    first = date(2016, 1, 1)
    longest = Filters.from_query({"from": "2016-01-01", "to": (first + timedelta(days=LONGEST_DAYS - 1)).isoformat()})
    assert longest.preset is None
    assert replace(longest, date_to=first + timedelta(days=LONGEST_DAYS)).preset == "last_30_days"


def test_an_unknown_team_is_kept_so_that_it_matches_nothing():
    assert Filters.from_query("team=nobody").teams == ("nobody",)


def test_the_last_of_a_repeated_single_value_counts():
    assert Filters.from_query("currency=KZT&currency=USD").currency == "USD"


def test_an_installation_in_dollars_leaves_dollars_out_of_its_addresses():
    filters = Filters.from_query("", default_currency="USD")
    assert filters.currency == "USD" and filters.to_query() == ""
    tenge = Filters.from_query("currency=KZT", default_currency="USD")
    assert tenge.to_query() == "currency=KZT"
    assert Filters.from_query(tenge.to_query(), default_currency="USD") == tenge


def test_arguments_of_a_layout_are_read_alike():
    assert Filters.from_query_args(team=["a", "b"], currency="USD", fbclid="x", nothing=None) == Filters(
        teams=("a", "b"), currency="USD")
    assert Filters.from_query_args(**{"from": "2026-01-01", "to": "2026-01-01"}).date_to == date(2026, 1, 1)


def test_the_period_is_changed_by_name_or_by_days():
    chosen = DEFAULT.with_dates(date(2026, 1, 1), date(2026, 1, 5))
    assert chosen.preset is None
    assert chosen.with_preset("today") == Filters(preset="today")


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("today", date(2026, 3, 31), date(2026, 3, 31)),
        ("yesterday", date(2026, 3, 30), date(2026, 3, 30)),
        ("last_7_days", date(2026, 3, 25), date(2026, 3, 31)),
        ("last_30_days", date(2026, 3, 2), date(2026, 3, 31)),
        ("this_month", date(2026, 3, 1), date(2026, 3, 31)),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("this_year", date(2026, 1, 1), date(2026, 3, 31)),
        ("all", date(2025, 6, 1), date(2026, 3, 31)),
    ],
)
def test_presets(preset, first, last):
    assert period(f"preset={preset}", first_day=date(2025, 6, 1)) == DateRange(first, last)


def test_all_without_any_figure_is_today_and_never_more_than_ten_years():
    assert period("preset=all") == DateRange(TODAY, TODAY)
    assert period("preset=all", first_day=date(2030, 1, 1)) == DateRange(TODAY, TODAY)
    assert period("preset=all", first_day=date(1970, 1, 1)).days == LONGEST_DAYS


@pytest.mark.parametrize(
    ("query", "today", "first", "last"),
    [
        ("preset=today", TODAY, date(2026, 3, 30), date(2026, 3, 30)),
        ("preset=last_7_days", TODAY, date(2026, 3, 18), date(2026, 3, 24)),
        ("preset=this_month", date(2026, 3, 15), date(2026, 2, 1), date(2026, 2, 15)),
        ("preset=this_month", TODAY, date(2026, 2, 1), date(2026, 2, 28)),
        ("preset=this_month", date(2026, 1, 3), date(2025, 12, 1), date(2025, 12, 3)),
        ("preset=last_month", TODAY, date(2026, 1, 1), date(2026, 1, 31)),
        ("preset=last_month", date(2026, 4, 5), date(2026, 2, 1), date(2026, 2, 28)),
        ("from=2024-03-01&to=2024-03-03", TODAY, date(2024, 2, 27), date(2024, 2, 29)),
    ],
)
def test_the_period_before(query, today, first, last):
    filters = Filters.from_query(query)
    assert filters.previous_period(filters.period(today)) == DateRange(first, last)


@given(st.sampled_from([p for p in PRESETS if p not in ("this_month", "last_month")]), st.dates(date(2001, 1, 1)))
def test_the_period_before_is_as_long_and_ends_where_the_period_begins(preset, today):
    filters = Filters(preset=preset)
    now = filters.period(today, today - timedelta(days=100))
    before = filters.previous_period(now)
    assert before.days == now.days
    assert before.last + timedelta(days=1) == now.first


NAMES = st.lists(st.from_regex(r"[a-z0-9]{1,8}([_-][a-z0-9]{1,3})?", fullmatch=True), max_size=4).map(tuple)
ANY = st.builds(
    Filters, preset=st.none() | st.sampled_from(PRESETS) | st.text(), teams=NAMES, campaigns=NAMES,
    date_from=st.none() | st.dates(), date_to=st.none() | st.dates(),
    currency=st.sampled_from(CURRENCIES) | st.text(), interval=st.sampled_from(["day", "week", "month", "x"]),
    basis=st.sampled_from(BASES), model=st.sampled_from(MODELS) | st.text(),
    default_currency=st.sampled_from(CURRENCIES),
)


@given(ANY)
def test_an_address_leads_back_to_the_same_view(filters):
    query = filters.to_query()
    again = Filters.from_query(query, filters.default_currency)
    assert again == filters
    assert again.to_query() == query
    assert Filters.from_query(f"?{query}&fbclid=1", filters.default_currency) == filters


@given(ANY, st.randoms())
def test_the_order_of_keys_and_values_does_not_matter(filters, chance):
    pairs = [(key, value) for key, values in parse_qs(filters.to_query()).items() for value in values]
    chance.shuffle(pairs)
    assert Filters.from_query(urlencode(pairs), filters.default_currency) == filters


@given(st.text() | st.dictionaries(st.sampled_from(["from", "to", "team", "preset", "currency"]), st.text()))
def test_any_query_gives_a_view_with_days(query):
    filters = Filters.from_query(query)
    days = filters.period(TODAY, date(2025, 1, 1))
    assert 1 <= days.days <= LONGEST_DAYS
    assert filters.previous_period(days).last < days.first
    assert (filters.preset is None) == (filters.date_from is not None)
