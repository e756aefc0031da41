"""Work on request: who may ask, once is enough, and nobody sees the runs of others."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from data.engine import Database
from tests.api.conftest import ADMIN, People
from tests.factories import make_event

SignedIn = Callable[[str], FlaskClient]
DAYS = {"from": "2026-01-01", "to": "2026-01-31"}
ADMIN_ONLY = [("POST", "sales/aggregate"), ("POST", "stats/recalculate"), ("GET", "sync-runs"), ("GET", "webhooks"),
              ("POST", "webhooks/00000000-0000-4000-8000-000000000000/replay")]


def call(client: FlaskClient, method: str, path: str, body: object = None) -> object:
    return client.open(f"/api/traffic-admin/{path}", method=method, json=body)


@pytest.mark.parametrize(("method", "path"), ADMIN_ONLY)
@pytest.mark.parametrize("body", [None, {}, DAYS, {"from": "nonsense"}])
def test_the_right_comes_before_the_body(
    client: FlaskClient, signed_in: SignedIn, method: str, path: str, body: object
) -> None:
    assert call(client, method, path, body).status_code == 401
    for name in ("analyst", "north"):
        answer = call(signed_in(name), method, path, body)
        assert answer.status_code == 403
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(("path", "kind"), [("sales/aggregate", "sales"), ("stats/recalculate", "stats"),
                                            ("facebook/sync-stats", "facebook")])
def test_work_is_queued_once(signed_in: SignedIn, shared_web: Database, path: str, kind: str) -> None:
    browser = signed_in("admin")
    answer = call(browser, "POST", path, DAYS)
    assert answer.status_code == 202
    run_id = answer.get_json()["run_id"]
    assert call(browser, "POST", path, DAYS).get_json() == {"run_id": run_id}
    assert call(browser, "POST", path, {"from": "2026-02-01", "to": "2026-02-01"}).get_json() != {"run_id": run_id}
    run = call(browser, "GET", f"sync-runs/{run_id}").get_json()
    assert (run["id"], run["kind"], run["status"]) == (run_id, kind, "queued")
    assert run["progress"] == {"done": 0, "total": 0}
    assert (run["counts"], run["errors"], run["started_at"], run["finished_at"]) == ({}, [], None, None)
    with shared_web.transaction(ADMIN) as connection:
        stored = connection.execute(text("SELECT kind, parameters FROM sync_runs WHERE id = :id"), {"id": run_id}).one()
        entry = connection.execute(text("SELECT object_id, after FROM audit_log WHERE action = 'run.requested'"
                                        " AND object_id = :id LIMIT 1"), {"id": run_id}).one()
        connection.execute(text("SELECT 1"))
    assert (stored.kind, stored.parameters) == (kind, DAYS)
    assert entry.after == {"kind": kind, **DAYS}


def test_a_sync_without_days_reads_the_usual_window(signed_in: SignedIn) -> None:
    assert call(signed_in("admin"), "POST", "facebook/sync-stats", {}).status_code == 202
    bare = signed_in("admin").post("/api/traffic-admin/facebook/sync-stats")
    assert bare.status_code == 202, "a body that may be empty may be missing"


@pytest.mark.parametrize("body", [
    None, [], {}, {"from": "2026-01-01"}, {"from": "2026-01-31", "to": "2026-01-01"}, {"from": 0, "to": 0},
    {"from": "2026-1-1", "to": "2026-01-31"}, {"from": "2026-02-30", "to": "2026-03-01"}, {**DAYS, "extra": 1},
    {"from": "2026-01-01T00:00", "to": "2026-01-31"}, {"from": None, "to": None}, {"from": "1767225600", "to": "1"},
])
def test_bad_days_are_a_problem(signed_in: SignedIn, body: object) -> None:
    answer = call(signed_in("admin"), "POST", "stats/recalculate", body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"]


def test_a_run_is_seen_by_admins_and_by_whoever_asked(signed_in: SignedIn) -> None:
    north = signed_in("north")
    run_id = call(north, "POST", "facebook/sync-stats", DAYS).get_json()["run_id"]
    assert call(north, "GET", f"sync-runs/{run_id}").status_code == 200
    assert call(signed_in("admin"), "GET", f"sync-runs/{run_id}").status_code == 200
    foreign = call(signed_in("south"), "GET", f"sync-runs/{run_id}")
    missing = call(signed_in("south"), "GET", f"sync-runs/{uuid4()}")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.get_data() == missing.get_data()
    assert call(signed_in("analyst"), "GET", f"sync-runs/{run_id}").status_code == 403
    assert call(signed_in("analyst"), "POST", "facebook/sync-stats", DAYS).status_code == 403
    rows = call(signed_in("admin"), "GET", "sync-runs").get_json()["rows"]
    assert run_id in {row["id"] for row in rows}


def test_the_log_shows_events_without_their_bodies(signed_in: SignedIn, shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        ids = [make_event(connection, body=b"phone=87010000000&name=planted", status=status, reason=reason)
               for status, reason in (("processed", None), ("failed", "unreadable"), ("dead", "six attempts"))]
        connection.execute(text("UPDATE webhook_events SET next_attempt_at = 'infinity' WHERE status = 'failed'"))
    browser = signed_in("admin")
    answer = call(browser, "GET", "webhooks?limit=2")
    rows = answer.get_json()["rows"]
    assert [row["id"] for row in rows] == [ids[2], ids[1]]
    assert rows[1]["next_attempt_at"] is None
    assert "planted" not in answer.get_data(as_text=True)
    older = call(browser, "GET", f"webhooks?cursor={answer.get_json()['next_cursor']}").get_json()["rows"]
    assert older[0]["id"] == ids[0]
    assert {row["id"] for row in call(browser, "GET", "webhooks?status=dead").get_json()["rows"]} == {ids[2]}
    assert call(browser, "GET", "webhooks?status=other").status_code == 422


def test_an_event_is_replayed(signed_in: SignedIn, shared_jobs: Database, people: People) -> None:
    with shared_jobs.transaction() as connection:
        event_id = make_event(connection, status="dead", reason="bug", attempts=6)
    browser = signed_in("admin")
    assert call(browser, "POST", f"webhooks/{event_id}/replay").status_code == 202
    with shared_jobs.transaction() as connection:
        row = connection.execute(text("SELECT status, reason, attempts FROM webhook_events WHERE id = :id"),
                                 {"id": event_id}).one()
    assert tuple(row) == ("received", None, 0)
    assert call(browser, "POST", f"webhooks/{uuid4()}/replay").status_code == 404
    assert call(browser, "POST", "webhooks/x/replay").status_code == 422
