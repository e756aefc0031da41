"""The log of webhooks: found by what one knows of them, read without personal data, put back one or many."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from data.engine import Database
from data.webhook_log import SEARCHED
from tests.api.conftest import ADMIN
from tests.factories import insert, make_event

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin/webhooks"
RANGES = "/api/traffic-admin/webhook-ranges"
START = datetime(2025, 3, 10, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def events(shared_jobs: Database) -> dict[str, str]:
    """Events of three days in 2025, told apart by what is in them."""
    with shared_jobs.transaction() as connection:
        made = {
            "won": make_event(connection, "amocrm", status="processed", received_at=START,
                              body=b"leads[status][0][id]=777001&leads[status][0][name]=Aigul&x=needle%20one"),
            "dead": make_event(connection, "landing", status="dead", reason="no phone", attempts=6,
                               received_at=START + timedelta(days=1),
                               body='{"Name": "Болат", "Phone": "+7 701 555 44 33", "утм": "Ключ"}'.encode()),
            "skipped": make_event(connection, "amocrm", status="skipped", reason="another pipeline",
                                  received_at=START + timedelta(days=2), body=b"leads[status][0][id]=777002"),
        }
        insert(connection, "amocrm_events", event_key="k1", deal_id=777001, action="status", occurred_at=START,
               has_own_time=True, received_at=START, webhook_id=made["won"], payload={})
    return made


def found(browser: FlaskClient, query: str) -> list[str]:
    answer = browser.get(f"{ROOT}?from=2025-03-01&to=2025-03-31&{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [row["id"] for row in answer.get_json()["rows"]]


def test_events_are_found_by_what_one_knows(signed_in: SignedIn, events: dict[str, str]) -> None:
    browser = signed_in("admin")
    won, dead, skipped = events["won"], events["dead"], events["skipped"]
    for query, wanted in (
        ("", [skipped, dead, won]), ("source=amocrm", [skipped, won]), ("status=dead", [dead]),
        ("source=amocrm&status=skipped", [skipped]), ("q=needle+one", [won]), ("q=NEEDLE", [won]),
        ("q=" + quote("Болат"), [dead]), ("q=no+phone", [dead]), ("q=777002", [skipped]), ("deal_id=777001", [won]),
        ("deal_id=1", []), ("q=nothing+of+the+kind", []), ("q=%25%25", [])):
        assert found(browser, query) == wanted, query
    only = browser.get(f"{ROOT}?from=2025-03-11&to=2025-03-11").get_json()["rows"]
    assert [row["id"] for row in only] == [dead]
    assert browser.get(f"{ROOT}?q=a%00").status_code == 422


def test_pages_meet_without_gap_or_overlap(signed_in: SignedIn, events: dict[str, str]) -> None:
    browser, seen, cursor = signed_in("admin"), [], ""
    for _ in range(4):
        answer = browser.get(f"{ROOT}?limit=1&from=2025-03-01&to=2025-03-31&cursor={cursor}").get_json()
        seen += [row["id"] for row in answer["rows"]]
        cursor = answer["next_cursor"] or ""
        if not cursor:
            break
    assert seen == [events["skipped"], events["dead"], events["won"]]
    assert found(browser, "cursor=nonsense") == seen


def test_a_body_is_shown_without_personal_data(signed_in: SignedIn, events: dict[str, str]) -> None:
    browser = signed_in("admin")
    told = browser.get(f"{ROOT}/{events['dead']}").get_json()
    assert "Болат" not in told["body"] and "555" not in told["body"] and "Ключ" in told["body"]
    assert told["reason"] == "no phone"
    won = browser.get(f"{ROOT}/{events['won']}").get_json()
    assert "Aigul" not in won["body"] and "777001" in won["body"] and won["deal_ids"] == [777001]
    assert browser.get(f"{ROOT}/00000000-0000-4000-8000-000000000000").status_code == 404
    for name in ("analyst", "north"):
        assert signed_in(name).get(f"{ROOT}/{events['dead']}").status_code == 403


def test_a_range_is_put_back_when_it_is_what_was_shown(
    signed_in: SignedIn, events: dict[str, str], shared_jobs: Database, shared_web: Database
) -> None:
    browser = signed_in("admin")
    chosen = {"from": "2025-03-01", "to": "2025-03-31", "source": "amocrm"}
    count = browser.get(f"{RANGES}/count", query_string=chosen).get_json()["count"]
    assert count == 2
    refused = browser.post(f"{RANGES}/replay", json={**chosen, "count": 5})
    assert refused.status_code == 409
    assert "2" in refused.get_json()["detail"]
    done = browser.post(f"{RANGES}/replay", json={**chosen, "count": count})
    assert (done.status_code, done.get_json()) == (202, {"replayed": 2})
    with shared_web.transaction(ADMIN) as connection:
        states = dict(connection.execute(text("SELECT CAST(id AS text), status FROM webhook_events")).all())
        entry = connection.execute(text("SELECT before, after FROM audit_log"
                                        " WHERE action = 'webhook.range_replayed'")).one()
    assert [states[events[name]] for name in ("won", "skipped", "dead")] == ["received", "received", "dead"]
    assert entry.before == chosen and entry.after == {"replayed": 2}
    # What waits already is not put back again.
    assert browser.get(f"{RANGES}/count", query_string=chosen).get_json()["count"] == 0
    assert browser.post(f"{RANGES}/replay", json={**chosen, "count": 0}).status_code == 422
    assert browser.post(f"{RANGES}/replay", json={"count": 10_001}).status_code == 409
    assert signed_in("analyst").post(f"{RANGES}/replay", json={"count": 1}).status_code == 403


def test_a_search_stops_after_a_bounded_number_and_goes_on(signed_in: SignedIn, shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        connection.execute(text("""
            INSERT INTO webhook_events (source, status, received_at, body, dedup_key)
            SELECT 'landing', 'processed', CAST('2024-01-01' AS timestamptz) + n * interval '1 minute',
                   CAST(CASE WHEN n = 1 THEN 'at the very end' ELSE 'hay' END AS bytea), 'hay' || n
            FROM generate_series(1, :many) n"""), {"many": SEARCHED + 10})
    browser = signed_in("admin")
    query = "from=2024-01-01&to=2024-12-31&q=very+end"
    first = browser.get(f"{ROOT}?{query}").get_json()
    assert (first["rows"], first["looked_at"]) == ([], SEARCHED)
    rest = browser.get(f"{ROOT}?{query}&cursor={first['next_cursor']}").get_json()
    assert len(rest["rows"]) == 1
    assert rest["next_cursor"] is None


def test_a_page_reads_the_index_whatever_is_chosen(shared_jobs: Database) -> None:
    """A page must not read the table: each choice is answered by ranges of one index."""
    sql = """EXPLAIN SELECT x.id FROM unnest(CAST(ARRAY['amocrm', 'landing'] AS text[])) o (source)
             CROSS JOIN LATERAL (
                 SELECT id FROM webhook_events x WHERE x.source = o.source AND x.status = 'dead'
                   AND x.received_at >= '2000-01-01' AND x.received_at < '2100-01-01'
                   AND (x.received_at, x.seq) < (CAST('2100-01-01' AS timestamptz), CAST(9 AS bigint))
                 ORDER BY x.received_at DESC, x.seq DESC LIMIT 50) x"""
    with shared_jobs.transaction() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(connection.execute(text(sql)).scalars())
    assert "webhook_events_log_idx" in plan
    assert "Sort" not in plan
