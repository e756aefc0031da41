"""The timetable as data, and its local times."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.texts import LOCALES, has_text, locale
from jobs.requested_runs import RUNNERS
from jobs.scheduling import to_trigger
from jobs.timetable import JOBS, Daily, Every, Hourly

ALMATY = ZoneInfo("Asia/Almaty")


def following(schedule: Every | Hourly | Daily, at: datetime, zone: ZoneInfo = ALMATY) -> datetime:
    found: datetime = to_trigger(schedule, zone).get_next_fire_time(None, at.astimezone(zone))
    return found.astimezone(UTC)


def test_every_line_has_its_own_name_and_makes_up_for_less_than_a_day() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(timedelta(0) < job.grace < timedelta(days=1) for job in JOBS)


@pytest.mark.parametrize("code", sorted(LOCALES))
def test_every_line_and_every_kind_of_run_has_its_words(code: str) -> None:
    with locale(code):
        names = [f"overview.job.{job.name}" for job in JOBS] + [f"runs.kind.{kind}" for kind in RUNNERS]
        assert [name for name in names if not has_text(name)] == []


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 8, 1, 4, 4, 59, tzinfo=UTC), datetime(2026, 8, 1, 4, 5, tzinfo=UTC)),
        (datetime(2026, 8, 1, 4, 5, 1, tzinfo=UTC), datetime(2026, 8, 2, 4, 5, tzinfo=UTC)),
        (datetime(2024, 2, 28, 12, tzinfo=UTC), datetime(2024, 2, 29, 3, 5, tzinfo=UTC)),    # still +06
        (datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2024, 3, 1, 4, 5, tzinfo=UTC)),     # already +05
    ],
)
def test_a_daily_time_is_local(at: datetime, expected: datetime) -> None:
    assert following(Daily(9, 5), at) == expected


def test_hourly_and_steady_schedules() -> None:
    at = datetime(2026, 8, 1, 4, 30, tzinfo=UTC)
    assert following(Hourly(10), at) == datetime(2026, 8, 1, 5, 10, tzinfo=UTC)
    assert timedelta(0) <= following(Every(30), datetime.now(UTC)) - datetime.now(UTC) <= timedelta(seconds=31)


def test_the_jobs_that_the_product_promises() -> None:
    schedules = {job.name: job.schedule for job in JOBS}
    assert schedules["sync_rates"] == Daily(9, 5)
    assert schedules["complete_deals"] == Every(60)
    assert isinstance(schedules["sync_facebook"], Hourly)
    assert isinstance(schedules["sync_facebook_restated"], Daily)
    assert schedules["reconcile_amocrm"] == Daily(2, 40)
    assert {job.name for job in JOBS if not job.in_demo} == {"sync_rates", "sync_todays_rate", "reconcile_amocrm",
                                                                 "erase_idle_people"}
