"""Runs and the audit log as lists: filtered by what one knows, page by page, and the chain as a whole."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from data.audit import save_entry
from data.engine import Database
from tests.api.conftest import ADMIN, People
from tests.factories import insert

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin"


@pytest.fixture(scope="module")
def runs(shared_jobs: Database, people: People) -> list[str]:
    """Runs of two kinds on four days of 2025."""
    with shared_jobs.transaction() as connection:
        return [str(insert(connection, "sync_runs", kind="rates" if day % 2 else "stats",
                           status="failed" if day == 4 else "done", parameters={"rules": {"long": 1}, "from": "x"},
                           created_at=datetime(2025, 5, day, 12, tzinfo=UTC))) for day in (1, 2, 3, 4)]


def test_runs_are_filtered_and_paged(signed_in: SignedIn, runs: list[str]) -> None:
    browser = signed_in("admin")

    def found(query: str) -> list[str]:
        answer = browser.get(f"{ROOT}/sync-runs?from=2025-05-01&to=2025-05-31&{query}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return [row["id"] for row in answer.get_json()["rows"]]

    newest = list(reversed(runs))
    assert found("") == newest
    assert found("kind=rates") == [runs[2], runs[0]]
    assert found("status=failed") == [runs[3]]
    assert found("kind=nothing") == []
    page = browser.get(f"{ROOT}/sync-runs?from=2025-05-01&to=2025-05-31&limit=3").get_json()
    assert [row["id"] for row in page["rows"]] == newest[:3]
    assert found(f"cursor={page['next_cursor']}") == newest[3:]
    assert [row["asked_by"] for row in page["rows"]] == [None] * 3
    assert browser.get(f"{ROOT}/sync-runs?status=other").status_code == 422


def test_rates_are_read_on_request(signed_in: SignedIn, shared_web: Database) -> None:
    browser = signed_in("admin")
    run_id = browser.post(f"{ROOT}/rates/sync", json={}).get_json()["run_id"]
    assert browser.get(f"{ROOT}/sync-runs/{run_id}").get_json()["kind"] == "rates"
    newest = browser.get(f"{ROOT}/sync-runs?limit=1").get_json()["rows"][0]
    assert newest["asked_by"] == "admin@example.com"
    with shared_web.transaction(ADMIN) as connection:
        assert connection.execute(text("SELECT after ->> 'kind' FROM audit_log WHERE object_id = :id"),
                                  {"id": run_id}).scalar_one() == "rates"
    for name in ("analyst", "north"):
        assert signed_in(name).post(f"{ROOT}/rates/sync", json={}).status_code == 403


def test_entries_are_found_by_part_of_a_name(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    rows = browser.get(f"{ROOT}/audit?who=ADMIN@exa").get_json()["rows"]
    assert rows and {row["user_email"] for row in rows} == {"admin@example.com"}
    assert browser.get(f"{ROOT}/audit?who=Admin&action=session.login").get_json()["rows"]
    assert browser.get(f"{ROOT}/audit?who=%25").get_json()["rows"] == []
    assert browser.get(f"{ROOT}/audit?who=nobody").get_json()["rows"] == []


def test_the_chain_is_told_as_a_whole(signed_in: SignedIn, shared_web: Database) -> None:
    browser = signed_in("admin")
    with shared_web.transaction(ADMIN) as connection:
        save_entry(connection, action="user.changed", after={"full_name": "x"})
    told = browser.get(f"{ROOT}/audit/chain").get_json()
    assert told["broken"] == []
    assert told["entries"] >= 1
    assert len(told["hash"]) == 64
    for name in ("analyst", "north"):
        assert signed_in(name).get(f"{ROOT}/audit/chain").status_code == 403
