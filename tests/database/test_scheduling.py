"""Each due time is run once: by one of several processes, after a restart, after a failure."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.sentences import keep
from data.embedded import DatabaseUrls
from data.engine import JOBS_ROLE, Database
from data.ticks import claim_tick, plan_tick, save_tick_result
from jobs.context import JobContext
from jobs.scheduling import Timetable
from jobs.timetable import Every, Hourly, Job
from tests.conftest import opened
from tests.job_context import make_context, make_job_settings

NOW = datetime(2026, 8, 1, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Notes:
    """Remembers, for each run of its job, which time was due after it: two runs of one tick would see the same."""

    def __init__(self) -> None:
        self.times: list[datetime] = []

    def run(self, context: JobContext) -> None:
        self.times.append(tick(context.database)["due_at"])

    def job(self, schedule: Any, name: str = "noted", **values: Any) -> Job:
        return Job(name, self.run, schedule, **{"grace": timedelta(hours=1), **values})


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def tick(database: Database, job: str = "noted") -> dict[str, Any]:
    with database.transaction() as connection:
        return dict(connection.execute(text("SELECT * FROM job_ticks WHERE job = :job"), {"job": job}).mappings().one())


class TestTicks:
    def test_a_due_time_is_claimed_once(self, db_jobs: Database) -> None:
        with db_jobs.transaction() as connection:
            assert plan_tick(connection, "x", NOW) == NOW
            assert not claim_tick(connection, "x", NOW - MINUTE, NOW + MINUTE), "not due yet"
            assert claim_tick(connection, "x", NOW, NOW + MINUTE)
            assert not claim_tick(connection, "x", NOW, NOW + MINUTE)
            assert claim_tick(connection, "x", NOW + MINUTE, NOW + 2 * MINUTE)
            assert not claim_tick(connection, "unknown", NOW, NOW)

    def test_a_kept_earlier_time_stands_and_a_later_one_gives_way(self, db_jobs: Database) -> None:
        with db_jobs.transaction() as connection:
            plan_tick(connection, "x", NOW)
            assert plan_tick(connection, "x", NOW + MINUTE) == NOW
            assert plan_tick(connection, "x", NOW - MINUTE) == NOW - MINUTE

    def test_only_one_of_many_at_once_gets_it(self, db_jobs: Database) -> None:
        with db_jobs.transaction() as connection:
            plan_tick(connection, "x", NOW)
        won: list[bool] = []

        def claim() -> None:
            with db_jobs.transaction() as connection:
                won.append(claim_tick(connection, "x", NOW, NOW + MINUTE))

        threads = [threading.Thread(target=claim) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == [False] * 4 + [True]

    def test_an_error_is_kept_until_the_next_success(self, db_jobs: Database) -> None:
        with db_jobs.transaction() as connection:
            plan_tick(connection, "x", NOW)
            save_tick_result(connection, "x", "e" * 999)
        assert tick(db_jobs, "x")["last_error"] == "e" * 500
        with db_jobs.transaction() as connection:
            save_tick_result(connection, "x", None)
        assert tick(db_jobs, "x")["last_error"] is None


def test_two_processes_and_a_restart_run_each_tick_once(db_jobs: Database, database_urls: DatabaseUrls) -> None:
    notes = Notes()
    jobs = (notes.job(Every(1)),)
    with opened(database_urls.jobs_url, JOBS_ROLE) as elsewhere:
        one, other = Timetable(make_context(db_jobs), jobs), Timetable(make_context(elsewhere), jobs)
        one.step()
        other.step()
        wait_until(lambda: len(notes.times) >= 2)
        one.close()
        before = len(notes.times)

        def goes_on() -> bool:
            other.step()  # as the process does each second: the server may take a moment to free the lead
            return len(notes.times) >= before + 2

        wait_until(goes_on)
        other.close()
    assert len(notes.times) == len(set(notes.times)), "no tick ran twice"


@pytest.mark.parametrize(
    ("missed_for", "runs"), [(timedelta(minutes=20), 1), (timedelta(minutes=59), 1), (timedelta(hours=72), 1)]
)
def test_times_missed_while_nobody_was_there_are_made_up_for_once(
    db_jobs: Database, missed_for: timedelta, runs: int
) -> None:
    notes = Notes()
    with db_jobs.transaction() as connection:
        plan_tick(connection, "noted", datetime.now(UTC) - missed_for)
    minute = (datetime.now(UTC) - timedelta(minutes=20)).minute
    timetable = Timetable(make_context(db_jobs), (notes.job(Hourly(minute)),))
    timetable.step()
    wait_until(lambda: len(notes.times) == runs)
    time.sleep(0.2)
    timetable.close()
    assert len(notes.times) == runs
    assert tick(db_jobs)["due_at"] > datetime.now(UTC)


def test_a_time_missed_too_long_ago_is_left_out(db_jobs: Database) -> None:
    notes = Notes()
    with db_jobs.transaction() as connection:
        plan_tick(connection, "noted", datetime.now(UTC) - timedelta(minutes=20))
    minute = (datetime.now(UTC) - timedelta(minutes=20)).minute
    timetable = Timetable(make_context(db_jobs), (notes.job(Hourly(minute), grace=timedelta(minutes=5)),))
    timetable.step()
    time.sleep(0.3)
    timetable.close()
    assert notes.times == []


def test_a_failure_is_noted_and_the_job_runs_again(db_jobs: Database) -> None:
    calls: list[int] = []
    seen = threading.Event()

    def fail_first(_context: JobContext) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise LookupError("nothing there")
        seen.wait(30)

    timetable = Timetable(make_context(db_jobs), (Job("noted", fail_first, Every(1), timedelta(minutes=1)),))
    timetable.step()
    reason = keep("run_fault.broken_job", kind="LookupError", said="nothing there")
    wait_until(lambda: tick(db_jobs)["last_error"] == reason)
    seen.set()
    wait_until(lambda: tick(db_jobs)["last_error"] is None)
    timetable.close()
    assert len(calls) >= 2


def test_the_demo_leaves_out_what_would_bring_the_real_world_in(db_jobs: Database) -> None:
    notes, other = Notes(), Notes()
    settings = make_job_settings(demo=True)
    timetable = Timetable(make_context(db_jobs, settings), (
        notes.job(Every(1)), other.job(Every(1), "real", in_demo=False)))
    timetable.step()
    wait_until(lambda: bool(notes.times))
    timetable.close()
    assert not other.times
