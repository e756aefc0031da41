"""Landing sources at the API: names, addresses, mappings of paths, tries, and what a worker reads by them."""

import posixpath
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from data.engine import Database
from jobs.process_inbox import process_inbox
from tests.application import LANDING_SECRET, PUBLIC_URL
from tests.job_context import make_context

ROOT = "/api/traffic-admin/landing-sources"
TRY = "/../landing-readings"
QUIZ = {"answers": [{"q": "tel", "v": "8 701 000 00 01"}, {"q": "who", "v": "Аня"}],
        "ids": {"fake": "87019999999"}, "from": {"src": "fb_north"}}
MAPPING = {"phone": ["answers.0.v"], "name": ["Answers.1.V"], "utm_source": ["from.nothing", "from.src"]}
SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def admin(signed_in: SignedIn) -> FlaskClient:
    return signed_in("admin")


def ask(client: FlaskClient, method: str, path: str = "", **body: Any) -> Any:
    return client.open(posixpath.normpath(ROOT + path), method=method, json=body or None, base_url="https://localhost")


def test_a_source_is_named_mapped_read_changed_and_forgotten(admin: FlaskClient, shared_jobs: Database) -> None:
    made = ask(admin, "POST", name=" Quiz ", slug="quiz", mapping={**MAPPING, "email": [" "]})
    assert made.status_code == 201, made.get_json()
    source = made.get_json()
    assert source["address"] == f"{PUBLIC_URL}/webhooks/landing/{LANDING_SECRET}/quiz"
    assert (source["name"], source["mapping"]) == ("Quiz", MAPPING)
    assert ask(admin, "POST", name="Other", slug="quiz").get_json()["errors"][0]["field"] == "slug"
    sent = admin.post(f"/webhooks/landing/{LANDING_SECRET}/quiz", json=QUIZ)
    assert sent.get_json() == {"stored": 1, "duplicates": 0}
    process_inbox(make_context(shared_jobs))
    with shared_jobs.transaction() as connection:
        leads = connection.execute(text("SELECT phone_norm, name, utm_source, source, funnel FROM landing_leads")).all()
    assert leads == [("+77010000001", "Аня", "fb_north", "quiz", "quiz")]
    [row] = ask(admin, "GET").get_json()["rows"]
    assert (row["received"], row["processed"], row["failed"]) == (1, 1, 0) and row["last_at"]
    changed = ask(admin, "PATCH", f"/{source['id']}", version=1, name="Quiz 2", slug="quiz", mapping={})
    assert changed.status_code == 200 and changed.get_json()["version"] == 2
    undo = changed.get_json()["undo"]
    assert admin.open(undo["path"], method=undo["method"], json=undo["body"]).get_json()["mapping"] == MAPPING
    conflict = ask(admin, "PATCH", f"/{source['id']}", version=1, name="Quiz 3", slug="quiz", mapping={})
    assert conflict.status_code == 409 and "Admin" in conflict.get_json()["detail"]
    removed = ask(admin, "DELETE", f"/{source['id']}")
    assert removed.status_code == 200
    [row] = ask(admin, "GET").get_json()["rows"]
    assert (row["id"], row["slug"], row["name"]) == (None, "quiz", None), "what it sent is still listed"
    with shared_jobs.transaction() as connection:
        assert list(connection.execute(text(
            "SELECT action FROM audit_log WHERE object_type = 'landing_source' ORDER BY id")).scalars()) == [
            "landing.added", "landing.changed", "landing.changed", "landing.removed"]
    undo = removed.get_json()["undo"]
    back = admin.open(undo["path"], method=undo["method"], json=undo["body"]).get_json()
    assert (back["slug"], back["name"], back["mapping"]) == ("quiz", "Quiz", MAPPING)
    assert admin.delete(back["undo"]["path"]).status_code == 200


def test_a_mapping_is_tried_on_stored_and_pasted_bodies(admin: FlaskClient) -> None:
    [reading] = ask(admin, "POST", TRY, slug="quiz", mapping=MAPPING).get_json()["readings"]
    assert reading["fields"]["phone"] == "+770•••01" and reading["fields"]["utm_source"] == "fb_north"
    assert "answers.0.v" in reading["paths"]
    [pasted] = ask(admin, "POST", TRY, body="Name=A&Contact=nobody&test=test").get_json()["readings"]
    assert pasted["received_at"] is None and pasted["fields"] == {}
    [broken] = ask(admin, "POST", TRY, body='{"a": ').get_json()["readings"]
    assert broken["fields"] == {} and broken["outcome"]
    assert ask(admin, "POST", TRY, slug="nobody").get_json() == {"readings": []}


@pytest.mark.parametrize("body", [
    {"name": "", "slug": "x"}, {"name": "X", "slug": "с пробелом"},
    {"name": "X", "slug": "x", "mapping": {"pin": ["a"]}},
    {"name": "X", "slug": "x", "mapping": {"phone": ["a" * 201]}},
], ids=["no name", "slug", "meaning", "long path"])
def test_what_does_not_fit_is_refused_with_a_sentence(body: dict[str, Any], admin: FlaskClient) -> None:
    answer = ask(admin, "POST", **body)
    assert answer.status_code == 422 and answer.get_json()["errors"][0]["message"]


@pytest.mark.parametrize("name", ["analyst", "north"])
def test_only_admins_arrange_sources(name: str, signed_in: SignedIn) -> None:
    client = signed_in(name)
    assert [ask(client, method, path).status_code for method, path in (("GET", ""), ("POST", ""), ("POST", TRY))] \
        == [403, 403, 403]
