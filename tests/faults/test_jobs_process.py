"""The jobs process as it is started: it works, ends when told, and another one leads when it is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from data.embedded import DatabaseUrls
from data.engine import Database
from tests.factories import make_event

ROOT = Path(__file__).parents[2]
BODY = b"Name=A&Phone=87011234567"
FORM = "application/x-www-form-urlencoded"


def environment(urls: DatabaseUrls, **changes: str) -> dict[str, str]:
    secrets = {"SECRET_KEY": "s" * 40, "JWT_KEYS": "one:" + "j" * 40, "ENCRYPTION_KEYS": "one:" + "A" * 43 + "=",
               "AMOCRM_WEBHOOK_SECRET": "a" * 32, "LANDING_WEBHOOK_SECRET": "l" * 32}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATABASE_URL": urls.web_url,
            "DATABASE_JOBS_URL": urls.jobs_url, "PUBLIC_URL": "https://traffic.example.com",
            "FACEBOOK_GRAPH_URL": "http://127.0.0.1:9", "RATES_URL": "http://127.0.0.1:9/", **secrets, **changes}


@contextmanager
def jobs_process(folder: Path, **values: str) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / f"jobs-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "jobs"], cwd=folder, env=values, stdout=output,
                                   stderr=subprocess.STDOUT)
    process.log = log  # type: ignore[attr-defined]
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> float:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - started


def is_processed(database: Database, event_id: str) -> bool:
    with database.transaction() as connection:
        return connection.execute(text("SELECT status FROM webhook_events WHERE id = CAST(:id AS uuid)"),
                                  {"id": event_id}).scalar_one() == "processed"


def leader(database: Database) -> int | None:
    """The process id, at the server, of whoever leads the timetable."""
    with database.transaction() as connection:
        return connection.execute(text("""
            SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('traffic-dashboard timetable', 7)""")
        ).scalar_one_or_none()


def test_it_works_and_ends_when_told(tmp_path: Path, database_urls: DatabaseUrls, db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        event_id = make_event(connection, body=BODY, content_type=FORM)
    with jobs_process(tmp_path, **environment(database_urls)) as process:
        wait_until(lambda: is_processed(db_jobs, event_id))
        wait_until(lambda: leader(db_jobs) is not None)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert leader(db_jobs) is None
    lines = process.log.read_text()  # type: ignore[attr-defined]
    assert '"event": "jobs_stopped"' in lines and "Traceback" not in lines
    assert all(line.startswith("{") for line in lines.splitlines())


def test_when_the_leader_is_killed_another_leads_and_the_work_goes_on(
    tmp_path: Path, database_urls: DatabaseUrls, db_jobs: Database
) -> None:
    values = environment(database_urls)
    with jobs_process(tmp_path, **values) as first:
        wait_until(lambda: leader(db_jobs) is not None)
        before = leader(db_jobs)
        with jobs_process(tmp_path, **values) as second:
            wait_until(lambda: "jobs_started" in second.log.read_text())  # type: ignore[attr-defined]
            assert leader(db_jobs) == before
            first.kill()
            assert wait_until(lambda: leader(db_jobs) not in (None, before)) < 15
            with db_jobs.transaction() as connection:
                event_id = make_event(connection, body=BODY, content_type=FORM)
            wait_until(lambda: is_processed(db_jobs, event_id))


def test_without_its_settings_it_says_what_is_missing(tmp_path: Path) -> None:
    finished = subprocess.run([sys.executable, "-m", "jobs"], cwd=tmp_path, capture_output=True, timeout=60, text=True,
                              check=False, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)})
    assert finished.returncode == 1
    assert "DATABASE_URL" in finished.stderr and "Traceback" not in finished.stderr


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/nothing"])
def test_it_waits_for_a_database_that_is_away_and_can_still_be_stopped(tmp_path: Path, url: str) -> None:
    values = environment(DatabaseUrls(*[url] * len(DatabaseUrls.__dataclass_fields__)))
    with jobs_process(tmp_path, **values) as process:
        wait_until(lambda: "database_away" in process.log.read_text())  # type: ignore[attr-defined]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
