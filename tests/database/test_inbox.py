"""The inbox keeps every delivery once and lends it to one worker at a time."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from data.engine import INTAKE, Database
from data.inbox import (
    BACK_OFF,
    MAX_ATTEMPTS,
    mark_failed,
    mark_processed,
    mark_skipped,
    mark_unreadable,
    store_event,
    take_batch,
)
from tests.factories import make_event


def status(database: Database, event_id: str) -> dict:
    with database.transaction() as connection:
        return dict(connection.execute(text("""
            SELECT status, reason, attempts, next_attempt_at = 'infinity' AS waits_for_ever, leased_until,
                   extract(epoch FROM next_attempt_at - now()) AS wait, processed_at
            FROM webhook_events WHERE id = CAST(:id AS uuid)"""), {"id": event_id}).mappings().one())


def take(database: Database, limit: int = 10) -> list:
    with database.transaction() as connection:
        return take_batch(connection, limit, 120)


def expire_leases(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(text("""UPDATE webhook_events SET leased_until = now() - interval '1 s',
                                   next_attempt_at = now() - interval '1 s' WHERE leased_until IS NOT NULL"""))


def test_the_intake_stores_a_delivery_once(db_web: Database, db_jobs: Database) -> None:
    stored = []
    for body in (b"first", b"second"):
        with db_web.transaction(INTAKE) as connection:
            stored.append(store_event(connection, "landing", "proftest", {"User-Agent": "x\x00"}, "a/b\x00", body,
                                      "key"))
    assert stored == [True, False]
    (event,) = take(db_jobs)
    assert (event.body, event.source, event.source_name, event.content_type) == (b"first", "landing", "proftest", "a/b")


def test_a_lent_delivery_is_not_lent_twice(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        first = make_event(connection)
        make_event(connection)
    assert [event.id for event in take(db_jobs, 1)] == [first]
    assert len(take(db_jobs)) == 1
    assert take(db_jobs) == []


def test_two_workers_at_once_take_different_deliveries(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        for _ in range(4):
            make_event(connection)
    with db_jobs.transaction() as one, db_jobs.transaction() as other:
        mine, yours = take_batch(one, 2, 60), take_batch(other, 10, 60)
    assert len(mine) == 2 and len(yours) == 2
    assert not {event.id for event in mine} & {event.id for event in yours}


def test_deliveries_are_taken_in_the_order_of_their_arrival(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        ids = [make_event(connection, received_at=datetime(2026, 1, 30 - number, tzinfo=UTC)) for number in range(5)]
    assert [event.id for event in take(db_jobs)] == ids


def test_a_dead_workers_deliveries_come_back_one_by_one(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        for _ in range(3):
            make_event(connection)
    take(db_jobs)
    expire_leases(db_jobs)
    with db_jobs.transaction() as connection:
        fresh = make_event(connection)
    returned = [take(db_jobs) for _ in range(4)]
    assert [len(batch) for batch in returned] == [1, 1, 1, 1]
    assert [batch[0].attempts for batch in returned] == [2, 2, 2, 1]
    assert returned[3][0].id == fresh


def test_what_kills_its_worker_six_times_is_dead(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        event_id = make_event(connection)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert [event.attempts for event in take(db_jobs)] == [attempt]
        expire_leases(db_jobs)
    assert take(db_jobs) == []
    found = status(db_jobs, event_id)
    assert found["status"] == "dead" and "worker ended" in found["reason"]


def test_failures_wait_longer_each_time_and_end_dead(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        event_id = make_event(connection)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (event,) = take(db_jobs)
        assert event.attempts == attempt
        with db_jobs.transaction() as connection:
            mark_failed(connection, event, "ValueError")
        found = status(db_jobs, event_id)
        assert found["reason"] == "ValueError" and found["leased_until"] is None
        if attempt < MAX_ATTEMPTS:
            assert found["status"] == "failed"
            assert float(found["wait"]) == pytest.approx(BACK_OFF[attempt - 1].total_seconds(), abs=5)
            assert take(db_jobs) == []
            with db_jobs.transaction() as connection:
                connection.execute(text("UPDATE webhook_events SET next_attempt_at = now()"))
    assert found["status"] == "dead"
    assert take(db_jobs) == []


def test_marks_are_final_until_a_replay(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        processed, skipped, unreadable = (make_event(connection) for _ in range(3))
    take(db_jobs)
    with db_jobs.transaction() as connection:
        mark_processed(connection, {processed: None})
        mark_skipped(connection, {skipped: "a company is no person"})
        mark_unreadable(connection, {unreadable: "broken JSON"})
    found = [status(db_jobs, event_id) for event_id in (processed, skipped, unreadable)]
    assert [(row["status"], row["reason"]) for row in found] == [
        ("processed", None), ("skipped", "a company is no person"), ("failed", "broken JSON")]
    assert [row["waits_for_ever"] for row in found] == [False, False, True]
    assert all(row["processed_at"] for row in found)
    expire_leases(db_jobs)
    assert take(db_jobs) == []
