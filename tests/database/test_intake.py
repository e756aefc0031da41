"""Deliveries kept in one go: the row, the rights and the failures are those of the slow way."""

import uuid

import psycopg
import pytest
from sqlalchemy import text

from data.engine import APP_ROLE, SYSTEM, Database, DatabaseAway
from data.inbox import store_event
from data.intake import Delivery, store_delivery


def delivery(**changes: object) -> Delivery:
    values = {"source": "landing", "source_name": "proftest", "headers": {"User-Agent": "x\x00y"},
              "content_type": "text/plain\x00", "body": b"\x00\xff=1", "dedup_key": uuid.uuid4().hex}
    return Delivery(**{**values, **changes})


def test_the_row_is_that_of_the_inbox(shared_web: Database, shared_jobs: Database) -> None:
    quick, slow = delivery(), delivery()
    assert store_delivery(shared_web, quick)
    with shared_jobs.transaction() as connection:
        store_event(connection, slow.source, slow.source_name, slow.headers, slow.content_type, slow.body,
                    slow.dedup_key)
        rows = connection.execute(text(
            "SELECT source, source_name, headers, content_type, body, status, attempts, reason FROM webhook_events"
            " WHERE dedup_key IN (:one, :two)"), {"one": quick.dedup_key, "two": slow.dedup_key}).all()
    assert len(rows) == 2
    assert rows[0] == rows[1]


def test_a_repeated_delivery_is_kept_once(shared_web: Database) -> None:
    once = delivery()
    assert [store_delivery(shared_web, once) for _ in range(3)] == [True, False, False]


def test_nobody_reads_with_the_rights_of_the_intake(shared_web: Database) -> None:
    store_delivery(shared_web, delivery())
    with shared_web.engine.connect() as connection:
        assert connection.execute(text("SELECT current_setting('app.viewer', true)")).scalar_one() in (None, "")
        assert connection.execute(text("SELECT current_user = session_user")).scalar_one()
    with shared_web.transaction(SYSTEM) as connection:
        assert connection.execute(text("SELECT count(*) FROM webhook_events")).scalar_one() == 0


def test_a_failed_delivery_leaves_the_connection_usable(shared_web: Database) -> None:
    for _ in range(20):
        with pytest.raises(psycopg.errors.CheckViolation):
            store_delivery(shared_web, delivery(source="nobody"))
    assert store_delivery(shared_web, delivery())
    assert shared_web.engine.pool.checkedout() == 0


def test_a_database_that_is_away_is_said() -> None:
    with pytest.raises(DatabaseAway):
        store_delivery(Database("postgresql://nobody@127.0.0.1:1/nothing", APP_ROLE), delivery())
