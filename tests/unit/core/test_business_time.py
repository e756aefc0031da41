"""Days of Asia/Almaty, above all around the night in which its offset changed."""

import itertools
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import business_time
from core.business_time import BusinessCalendar, TimeZoneDataError, check_time_zone_data, each_day, month_end
from core.records import DateRange

ALMATY = BusinessCalendar()
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (utc(2024, 2, 28, 17, 59, 59), date(2024, 2, 28)),
        (utc(2024, 2, 28, 18, 0), date(2024, 2, 29)),       # midnight at +06
        (utc(2024, 2, 29, 17, 0), date(2024, 2, 29)),       # 23:00 for the first time
        (utc(2024, 2, 29, 17, 59, 59, 999999), date(2024, 2, 29)),
        (utc(2024, 2, 29, 18, 0), date(2024, 2, 29)),       # the clock goes back: 23:00 again
        (utc(2024, 2, 29, 18, 59, 59, 999999), date(2024, 2, 29)),
        (utc(2024, 2, 29, 19, 0), date(2024, 3, 1)),        # midnight at +05
        (utc(2024, 3, 1, 18, 59, 59), date(2024, 3, 1)),
        (utc(2024, 3, 1, 19, 0), date(2024, 3, 2)),
    ],
)
def test_the_night_of_the_change_belongs_to_the_right_days(instant, day):
    assert ALMATY.day_of(instant) == day


def test_the_last_day_at_six_hours_has_twenty_five():
    start, end = ALMATY.bounds(DateRange(date(2024, 2, 29), date(2024, 2, 29)))
    assert (start, end) == (utc(2024, 2, 28, 18), utc(2024, 2, 29, 19))
    assert end - start == timedelta(hours=25)


def test_days_follow_one_another_without_gap_or_overlap_over_the_change():
    days = list(each_day(DateRange(date(2024, 2, 26), date(2024, 3, 4))))
    assert len(days) == 8
    for day, following in itertools.pairwise(days):
        assert ALMATY.bounds(DateRange(day, day))[1] == ALMATY.start_of(following)


def test_an_instant_in_any_zone_has_the_same_day():
    instant = utc(2024, 2, 29, 18, 30)
    assert ALMATY.day_of(instant.astimezone(timezone(timedelta(hours=-8)))) == date(2024, 2, 29)


def test_a_naive_time_has_no_day():
    with pytest.raises(ValueError, match="naive"):
        ALMATY.day_of(datetime(2024, 1, 1))  # noqa: DTZ001


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_instant_lies_inside_its_day_and_in_no_other(instant):
    day = ALMATY.day_of(instant)
    start, end = ALMATY.bounds(DateRange(day, day))
    assert start <= instant < end


@given(st.datetimes(datetime(2024, 2, 28), datetime(2024, 3, 2), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_instant_near_the_change_lies_inside_its_day(instant):
    day = ALMATY.day_of(instant)
    start, end = ALMATY.bounds(DateRange(day, day))
    assert start <= instant < end


def test_today_turns_at_local_midnight():
    assert ALMATY.today(utc(2026, 8, 1, 18, 59)) == date(2026, 8, 1)
    assert ALMATY.today(utc(2026, 8, 1, 19, 0)) == date(2026, 8, 2)


@pytest.mark.parametrize(
    ("day", "interval", "first", "last"),
    [
        (date(2024, 2, 29), "day", date(2024, 2, 29), date(2024, 2, 29)),
        (date(2024, 2, 29), "week", date(2024, 2, 26), date(2024, 3, 3)),
        (date(2024, 2, 26), "week", date(2024, 2, 26), date(2024, 3, 3)),
        (date(2024, 3, 3), "week", date(2024, 2, 26), date(2024, 3, 3)),
        (date(2025, 1, 1), "week", date(2024, 12, 30), date(2025, 1, 5)),
        (date(2024, 2, 10), "month", date(2024, 2, 1), date(2024, 2, 29)),
        (date(2025, 2, 10), "month", date(2025, 2, 1), date(2025, 2, 28)),
        (date(2025, 12, 31), "month", date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_buckets(day, interval, first, last):
    assert ALMATY.bucket(day, interval) == DateRange(first, last)


@given(DAYS, st.sampled_from(business_time.INTERVALS))
def test_every_day_of_a_bucket_has_that_bucket(day, interval):
    bucket = ALMATY.bucket(day, interval)
    assert bucket.first <= day <= bucket.last
    assert all(ALMATY.bucket(other, interval) == bucket for other in each_day(bucket))


def test_an_unknown_interval_is_refused():
    with pytest.raises(ValueError, match="hour"):
        ALMATY.bucket(date(2024, 1, 1), "hour")


@given(DAYS)
def test_weeks_begin_on_monday(day):
    monday = ALMATY.week_start(day)
    assert monday.weekday() == 0
    assert timedelta(0) <= day - monday <= timedelta(days=6)


@given(DAYS)
def test_a_month_ends_before_the_next_begins(day):
    assert (month_end(day) + timedelta(days=1)).day == 1
    assert month_end(day).month == day.month


def test_a_skipped_midnight_begins_the_day_at_the_jump():
    beirut = BusinessCalendar("Asia/Beirut")
    assert beirut.start_of(date(2022, 3, 27)) == utc(2022, 3, 26, 22)
    assert beirut.day_of(utc(2022, 3, 26, 22)) == date(2022, 3, 27)


def test_an_unknown_zone_is_refused():
    with pytest.raises(TimeZoneDataError, match="Mars"):
        BusinessCalendar("Mars/Olympus")


def test_new_time_zone_data_is_accepted():
    check_time_zone_data()


def test_old_time_zone_data_is_refused(monkeypatch):
    monkeypatch.setattr(business_time, "ZoneInfo", lambda name: timezone(timedelta(hours=6)))
    with pytest.raises(TimeZoneDataError, match="2024a"):
        check_time_zone_data()


def test_now_is_aware():
    assert business_time.now().utcoffset() == timedelta(0)
