"""The audit log cannot be rewritten without a trace, not even by who owns the database; admins read all of it."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import click
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import cli
from data.audit import find_broken_links, load_head, save_entry
from data.embedded import DatabaseUrls
from data.engine import AUTH, Database
from tests.api.conftest import ADMIN, People
from tests.application import make_settings

SignedIn = Callable[[str], FlaskClient]


def write(database: Database, count: int, action: str = "test") -> None:
    with database.transaction(AUTH) as connection:
        for number in range(count):
            save_entry(connection, action=action, object_type="thing", object_id=str(number), before={"ü": 1.50},
                       after={"b": None, "a": [1, "х"]}, address="203.0.113.9", request_id="r")


def verify(urls: DatabaseUrls, *arguments: str) -> click.testing.Result:
    server = Flask("audit")
    cli.add_commands(server, make_settings(database_url=urls.web_url, database_jobs_url=urls.jobs_url))
    return server.test_cli_runner().invoke(args=["audit", "verify", *arguments])


def test_entries_are_chained_whoever_writes_at_once(db_web: Database, db_jobs: Database) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: write(db_web, 3), range(30)))
    with db_jobs.transaction() as connection:
        assert find_broken_links(connection) == ()
        assert load_head(connection).seq == 90


def test_an_entry_taken_back_leaves_no_link(db_web: Database, db_jobs: Database) -> None:
    with pytest.raises(RuntimeError), db_web.transaction(AUTH) as connection:
        save_entry(connection, action="test")
        raise RuntimeError
    write(db_web, 1)
    with db_jobs.transaction() as connection:
        assert find_broken_links(connection) == ()
        assert load_head(connection).seq == 1


def test_the_settings_of_a_session_do_not_matter(
    database_urls: DatabaseUrls, db_web: Database, db_jobs: Database
) -> None:
    write(db_web, 3)
    with psycopg.connect(database_urls.admin_url) as connection:
        connection.execute("SET timezone = 'Pacific/Kiritimati'; SET datestyle = 'German'; SET extra_float_digits = 0;"
                           " SET bytea_output = 'escape'; SET intervalstyle = 'iso_8601'")
        query = "SELECT count(*) FROM audit_chain c JOIN audit_log a ON a.id = c.entry_id WHERE c.seq = 1" \
                " AND c.hash = audit_entry_hash('', a)"
        assert connection.execute(query).fetchone() == (1,)


FORGERIES = {
    "UPDATE audit_log SET action = 'nothing' WHERE object_id = '3'": "changed",
    "UPDATE audit_log SET after = after || '{\"a\": 1}' WHERE object_id = '3'": "changed",
    "UPDATE audit_log SET happened_at = happened_at + interval '1 microsecond' WHERE object_id = '3'": "changed",
    "UPDATE audit_log SET user_id = gen_random_uuid() WHERE object_id = '3'": "changed",
    "UPDATE audit_log SET address = NULL WHERE object_id = '3'": "changed",
    "UPDATE audit_log SET request_id = 'x' WHERE object_id = '3'": "changed",
    "DELETE FROM audit_log WHERE object_id = '3'": "removed",
    "DELETE FROM audit_log WHERE object_id = '9'": "removed",
    "DELETE FROM audit_chain WHERE seq = 4": "gap",
    "WITH a AS (DELETE FROM audit_log WHERE object_id = '3' RETURNING id) DELETE FROM audit_chain c USING a"
    " WHERE c.entry_id = a.id": "gap",
    "ALTER TABLE audit_log DISABLE TRIGGER chain; INSERT INTO audit_log (action) VALUES ('forged');"
    " ALTER TABLE audit_log ENABLE TRIGGER chain": "added",
    "UPDATE audit_log a SET object_id = b.object_id FROM audit_log b WHERE a.object_id IN ('3', '4')"
    " AND b.object_id IN ('3', '4') AND a.id <> b.id": "changed",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_log_is_noticed(database_urls: DatabaseUrls, db_web: Database, forgery: str) -> None:
    write(db_web, 10)
    sound = verify(database_urls)
    assert sound.exit_code == 0, sound.output
    assert sound.output.startswith("Entries: 10. Anchor: 10:")
    with psycopg.connect(database_urls.admin_url) as connection:
        connection.execute(forgery)
    found = verify(database_urls)
    assert found.exit_code == 1
    assert f": {FORGERIES[forgery]}." in found.output


def test_a_noted_anchor_shows_that_the_end_was_cut_off(database_urls: DatabaseUrls, db_web: Database) -> None:
    write(db_web, 10)
    anchor = verify(database_urls).output.split()[-1]
    assert verify(database_urls, "--anchor", anchor).exit_code == 0
    with psycopg.connect(database_urls.admin_url) as connection:
        connection.execute("DELETE FROM audit_log WHERE object_id = '9'; DELETE FROM audit_chain WHERE seq = 10")
    assert verify(database_urls).exit_code == 0, "without an anchor a shorter log looks sound"
    assert verify(database_urls, "--anchor", anchor).exit_code == 1
    write(db_web, 1)
    assert verify(database_urls, "--anchor", anchor).exit_code == 1, "another entry in the same place"
    assert verify(database_urls, "--anchor", "nonsense").exit_code == 2


@pytest.mark.parametrize("statement", [
    "INSERT INTO audit_chain (seq, entry_id, hash) VALUES (999, 999, sha256('x'))",
    "UPDATE audit_chain SET hash = sha256('x')", "DELETE FROM audit_chain", "TRUNCATE audit_chain",
    "ALTER TABLE audit_log DISABLE TRIGGER chain", "SET CONSTRAINTS chain IMMEDIATE; DROP TRIGGER chain ON audit_log",
    "ALTER TABLE audit_log NO FORCE ROW LEVEL SECURITY",
])
@pytest.mark.parametrize("who", ["web", "jobs"])
def test_the_product_itself_cannot_touch_the_chain(
    db_web: Database, db_jobs: Database, statement: str, who: str
) -> None:
    write(db_web, 2)
    database, viewer = (db_web, ADMIN) if who == "web" else (db_jobs, AUTH)
    with pytest.raises(DBAPIError, match=r"row-level security|permission denied|must be owner"), database.transaction(
            viewer) as connection:
        for one in statement.split("; "):
            connection.execute(text(one))


@pytest.fixture
def filled(signed_in: SignedIn, shared_web: Database, people: People) -> FlaskClient:
    browser = signed_in("admin")
    write(shared_web, 7, action="run.requested")
    return browser


def entries(browser: FlaskClient, query: str = "") -> list[dict[str, object]]:
    answer = browser.get(f"/api/traffic-admin/audit?{query}")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["rows"]


def test_admins_read_the_log_by_filters_and_pages(filled: FlaskClient, people: People) -> None:
    every = entries(filled, "limit=500")
    assert [row["id"] for row in every] == sorted((row["id"] for row in every), reverse=True)
    assert {row["action"] for row in entries(filled, "action=session.login")} == {"session.login"}
    assert entries(filled, "action=session.login")[0]["user_email"] == people.emails["admin"]
    assert len(entries(filled, "object_type=thing&object_id=3")) >= 1
    assert {row["address"] for row in entries(filled, "address=203.0.113.9")} == {"203.0.113.9"}
    user = filled.get("/api/auth/me").get_json()["id"]
    assert {row["user_id"] for row in entries(filled, f"user={user}")} == {user}
    assert entries(filled, "from=2000-01-01&to=2001-01-01") == []
    assert len(entries(filled, "from=2001-01-01&to=2100-01-01&limit=500")) == len(every)
    paged, cursor = [], ""
    while True:
        answer = filled.get(f"/api/traffic-admin/audit?limit=3{cursor}").get_json()
        paged += answer["rows"]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert [row["id"] for row in paged] == [row["id"] for row in every]


def test_the_export_is_inert_and_written_down(filled: FlaskClient, shared_web: Database) -> None:
    with shared_web.transaction(AUTH) as connection:
        save_entry(connection, action="test", object_type="=HYPERLINK(1)", object_id="@evil")
    answer = filled.get("/api/traffic-admin/audit?format=csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "'=HYPERLINK(1),'@evil" in answer.get_data(as_text=True)
    assert entries(filled)[0]["action"] == "audit.exported"
    assert entries(filled)[0]["after"]["rows"] == answer.get_data(as_text=True).strip().count("\r\n")


@pytest.mark.parametrize("query", ["user=x", "action=nothing", "object_id=%00", "address=x", "address=%00", "from=x",
                                   "from=0001-01-01", "to=9999-12-31", "limit=0", "limit=501", "cursor=x", "cursor=0"])
def test_a_strange_filter_is_a_problem(filled: FlaskClient, query: str) -> None:
    answer = filled.get(f"/api/traffic-admin/audit?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"]


@pytest.mark.parametrize("name", ["analyst", "north"])
def test_nobody_else_reads_it(signed_in: SignedIn, name: str) -> None:
    answer = signed_in(name).get("/api/traffic-admin/audit")
    assert answer.status_code == 403
    assert "rows" not in json.dumps(answer.get_json())
