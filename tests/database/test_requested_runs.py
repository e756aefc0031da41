"""Runs asked for at a door are brought to their end and reported on."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import stamina
from sqlalchemy import text

from core.sentences import keep
from core.texts import LOCALES, locale
from data.engine import Database
from data.sync_runs import SyncRun, create_run, load_run, load_runs, take_next_run
from jobs import requested_runs, runner, timetable
from jobs.context import JobContext
from jobs.requested_runs import ask_for_run, run_next
from jobs.run_faults import ABANDONED
from jobs.runner import InboxWorker, RunWorker, start_workers
from tests.database.stats_world import stored
from tests.factories import insert, make_event, make_lead, make_sale
from tests.job_context import make_context, make_job_settings

DAY = date(2026, 1, 15)
NOW = datetime(2026, 8, 10, 4, tzinfo=UTC)
PERIOD = {"from": "2026-01-01", "to": "2026-01-31"}


@pytest.fixture
def context(db_jobs: Database) -> JobContext:
    return make_context(db_jobs, clock=lambda: NOW)


def ask(context: JobContext, kind: str, parameters: dict[str, Any]) -> str:
    with context.database.transaction() as connection:
        return create_run(connection, kind, parameters)


def outcome(context: JobContext, run_id: str) -> SyncRun:
    with context.database.transaction() as connection:
        found = load_run(connection, run_id)
    assert found is not None
    return found


def test_nothing_to_do(context: JobContext) -> None:
    assert not run_next(context)


def test_statistics_of_chosen_days(context: JobContext) -> None:
    with context.database.transaction() as connection:
        make_lead(connection, None, DAY)
        make_lead(connection, None, DAY + timedelta(days=60))
    run_id = ask(context, "stats", PERIOD)
    assert run_next(context)
    found = outcome(context, run_id)
    assert (found.status, dict(found.counts), found.errors) == ("done", {"days": 1}, ())
    assert (found.progress_done, found.progress_total) == (1, 1)
    assert found.started_at is not None and found.finished_at is not None
    with context.database.transaction() as connection:
        assert [key[0] for key in stored(connection)] == [DAY]


def test_sales_of_chosen_days_are_what_is_stored_about_their_deals(context: JobContext) -> None:
    with context.database.transaction() as connection:
        make_sale(connection, None, DAY)
        make_sale(connection, None, DAY + timedelta(days=60))
    run_id = ask(context, "sales", PERIOD)
    assert run_next(context)
    found = outcome(context, run_id)
    assert (found.status, dict(found.counts)) == ("done", {"deals": 1})
    with context.database.transaction() as connection:
        days = connection.execute(text("SELECT sale_day FROM all_sales_tracking WHERE NOT is_reversed")).scalars().all()
    assert DAY + timedelta(days=60) in days, "deals of other days are left alone"


def test_sales_that_were_lost_are_collected_again_from_what_was_stored(context: JobContext) -> None:
    at = datetime(2026, 1, 15, 6, tzinfo=UTC)
    tables = ("sales_activity_log", "all_sales_tracking", "express_course_sales", "amocrm_deals")
    with context.database.transaction() as connection:
        insert(connection, "amocrm_events", event_key="e", deal_id=5, action="status", occurred_at=at,
               has_own_time=True, received_at=at, payload={"pipeline_id": 10350882, "status_id": 142, "price": "5000",
                                                           "price_given": True})
    for _ in range(2):
        run_id = ask(context, "sales", PERIOD)
        assert run_next(context)
        assert dict(outcome(context, run_id).counts) == {"deals": 1}
        with context.database.transaction() as connection:
            found = connection.execute(text(
                "SELECT deal_id, product, sale_amount, sale_day FROM all_sales_tracking")).all()
            assert found == [(5, "express", 5000, DAY)]
            assert connection.execute(text("SELECT count(*) FROM sales_activity_log")).scalar_one() == 1
            for table in tables:
                connection.execute(text(f"DELETE FROM {table}"))


def test_spend_without_any_account_is_done_at_once(context: JobContext) -> None:
    run_id = ask(context, "facebook", PERIOD)
    assert run_next(context)
    assert outcome(context, run_id).status == "done"


@pytest.mark.parametrize(
    ("kind", "parameters", "reason"),
    [
        ("sales", {}, "run_fault.days_missing"),
        ("stats", {"from": "yesterday", "to": "2026-01-31"}, "run_fault.days_unreadable"),
        ("stats", {"from": "2026-01-31"}, "run_fault.days_unreadable"),
        ("stats", {"from": "2026-01-31", "to": "2026-01-01"}, "run_fault.days_turned"),
        ("rates", {}, "run_fault.bank_away"),
    ],
)
def test_what_cannot_be_done_says_why(
    context: JobContext, kind: str, parameters: dict[str, Any], reason: str
) -> None:
    run_id = ask(context, kind, parameters)
    with stamina.set_testing(True, attempts=1):
        assert run_next(context)
    found = outcome(context, run_id)
    assert found.status == "failed" and json.loads(found.errors[0])["key"] == reason
    said = set()
    for code in LOCALES:
        with locale(code):
            said.update(found.sentences)
    assert len(said) == len(LOCALES), "each reader reads it in the own language"


def test_a_fault_ends_its_run_and_stops_no_other(context: JobContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(_context: JobContext, _run: SyncRun) -> None:
        raise ZeroDivisionError("with a secret inside")

    monkeypatch.setattr(requested_runs, "RUNNERS", {**requested_runs.RUNNERS, "sales": break_down})
    broken, fine = ask(context, "sales", PERIOD), ask(context, "stats", PERIOD)
    assert run_next(context) and run_next(context)
    assert outcome(context, broken).errors == (keep("run_fault.broken", kind="ZeroDivisionError"),)
    assert outcome(context, fine).status == "done"


def test_a_process_that_stops_says_how_far_it_came(db_jobs: Database) -> None:
    stop = threading.Event()
    stop.set()
    context = make_context(db_jobs, stop=stop)
    run_id = ask(context, "stats", PERIOD)
    run_next(context)
    assert outcome(context, run_id).status == "partial"


def test_runs_of_a_dead_process_are_ended_before_the_next_is_taken(context: JobContext) -> None:
    dead = ask(context, "facebook", {})
    with context.database.transaction() as connection:
        take_next_run(connection, ["facebook"])
    worker = RunWorker(context)
    assert worker.step() > 0
    worker.close()
    assert outcome(context, dead).status == "failed"
    assert outcome(context, dead).errors == (ABANDONED,)


def test_only_one_process_takes_runs(context: JobContext) -> None:
    one, other = RunWorker(context), RunWorker(context)
    one.step()
    run_id = ask(context, "stats", PERIOD)
    other.step()
    assert outcome(context, run_id).status == "queued"
    one.step()
    assert outcome(context, run_id).status == "done"
    one.close()
    other.close()


def test_the_timetable_asks_for_spend_only_when_nobody_has(context: JobContext) -> None:
    first = timetable.ask_for_recent_spend(context)
    assert first is not None
    assert timetable.ask_for_recent_spend(context) is None
    assert timetable.ask_for_restated_spend(context) is not None
    with context.database.transaction() as connection:
        runs = load_runs(connection)
    asked = [dict(run.parameters) for run in runs]
    assert {} in asked and {"days": 28} in asked and len(asked) == 2
    assert ask_for_run(context, "stats", {"from": "2026-01-01", "to": "2026-01-02"})


def test_the_inbox_worker_processes_and_keeps_the_statistics_up(context: JobContext) -> None:
    worker = InboxWorker(context)
    with context.database.transaction() as connection:
        make_event(connection, body=b"Name=A&Phone=87011234567", content_type="application/x-www-form-urlencoded")
    assert worker.step() == 0
    assert worker.step() > 0
    with context.database.transaction() as connection:
        assert [row["leads"] for row in stored(connection).values()] == [1]


def test_the_threads_end_when_told(db_jobs: Database) -> None:
    context = make_context(db_jobs)
    threads = start_workers(context)
    assert [thread.name for thread in threads] == ["InboxWorker", "RunWorker", "OutboxWorker", "Timetable"]
    run_id = ask(context, "stats", PERIOD)
    for _ in range(300):
        if outcome(context, run_id).status == "done":
            break
        context.stop.wait(0.1)
    assert outcome(context, run_id).status == "done", "taken within seconds"
    context.stop.set()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)


def test_without_the_timetable_requested_runs_are_still_done(db_jobs: Database) -> None:
    context = make_context(db_jobs, make_job_settings(scheduler=False))
    context.stop.set()
    threads = start_workers(context)
    assert [thread.name for thread in threads] == ["InboxWorker", "RunWorker", "OutboxWorker"]
    for thread in threads:
        thread.join(20)


def test_a_step_that_fails_is_waited_out(context: JobContext) -> None:
    class Failing:
        steps = 0
        closed = False

        def step(self) -> float:
            self.steps += 1
            if self.steps == 1:
                raise ZeroDivisionError
            context.stop.set()
            return 0.0

        def close(self) -> None:
            self.closed = True

    worker = Failing()
    runner.work(worker, context.stop)  # type: ignore[arg-type]
    assert (worker.steps, worker.closed) == (2, True)
