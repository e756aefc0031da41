"""Every genuine and every broken body ends in a state with a reason, and nothing of it is a fault of the worker."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.engine import Database
from tests.database.inbox_world import FORM, Company, at

FIXTURES = Path(__file__).parents[1] / "fixtures"
JSON = "application/json"
BROKEN = [b"", b"\x00\xff\xfe", b"[" * 100_000, b'{"a": NaN, "b": 1e999}', b'{"a": "\\ud800"}', b"null", b"true", b"[]",
          b"not a form", b"a=1&" * 5000, b'{"tranid": "\\u0000"}', "почта=да".encode("cp1251"), b"<html>502</html>",
          b"leads", b"leads[add]=1", b"leads[add][0]=x", b'{"leads": {"add": "x"}}', b'{"leads": [null, 5, []]}']


def bodies() -> Iterator[tuple[str, str, bytes, str]]:
    """(what it is, source, body, content type): the genuine ones, their halves, and broken ones in each form."""
    for path in sorted([*(FIXTURES / "amocrm").iterdir(), *(FIXTURES / "tilda").iterdir()]):
        if path.suffix in (".form", ".json", ".html") and path.name != "expected.json":
            source = "amocrm" if path.parent.name == "amocrm" else "landing"
            content = path.read_bytes()
            content_type = FORM if path.suffix == ".form" else JSON
            yield path.name, source, content, content_type
            yield f"half of {path.name}", source, content[:len(content) // 2], content_type
            yield f"{path.name} at the wrong door", "landing" if source == "amocrm" else "amocrm", content, content_type
    for number, body in enumerate(BROKEN):
        for content_type in (FORM, JSON, "text/plain", "multipart/form-data", ""):
            for source in ("amocrm", "landing"):
                yield f"broken {number} as {content_type} from {source}", source, body, content_type


def test_every_body_ends_in_a_state_with_a_reason(db_jobs: Database, caplog: pytest.LogCaptureFixture) -> None:
    company = Company(db_jobs)
    sent = {company.send(body, at(place), source, content_type, source_name="quiz"): what
            for place, (what, source, body, content_type) in enumerate(bodies())}
    with caplog.at_level(logging.WARNING, "jobs.process_inbox"):
        company.work()
    assert caplog.messages == [], "nothing was tried alone, nothing was our fault"
    rows = company.rows("SELECT id, status, reason, attempts FROM webhook_events")
    assert len(rows) == len(sent)
    for row in rows:
        what = sent[str(row["id"])]
        assert row["status"] in ("processed", "skipped", "failed"), what
        assert row["status"] == "processed" or row["reason"], what
        assert row["attempts"] == 1, what
    genuine = {what: row["status"] for row in rows if (what := sent[str(row["id"])]).endswith(".form")
               and not what.startswith("half")}
    assert "failed" not in genuine.values(), genuine
    assert company.work() == 0, "what nobody can read is not tried again"
