"""The intake over HTTP: stored before it is acknowledged, closed to strangers, quick."""

import io
import json
import statistics
import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.records import Role
from data.engine import APP_ROLE, Database, Viewer, set_web_database
from tests.application import AMOCRM_SECRET, LANDING_SECRET

AMOCRM = f"/webhooks/amocrm/{AMOCRM_SECRET}"
LANDING = f"/webhooks/landing/{LANDING_SECRET}"
FORM = {"leads[status][0][id]": "1", "leads[status][0][status_id]": "142", "leads[status][0][pipeline_id]": "10350882",
        "leads[status][0][last_modified]": "1767225600"}


def stored(database: Database) -> list[dict[str, object]]:
    with database.transaction(Viewer(Role.ADMIN.value)) as connection:
        return [dict(row) for row in connection.execute(text("SELECT * FROM webhook_events ORDER BY seq")).mappings()]


@pytest.fixture(autouse=True)
def _with_application(shared_app: object) -> None:
    """Every test here speaks to the application."""


def test_a_body_is_stored_as_it_came_and_once(client: FlaskClient, shared_web: Database) -> None:
    before = len(stored(shared_web))
    answer = client.post(AMOCRM, data=FORM, headers={"Cookie": "x=secret", "User-Agent": "amoCRM-Webhooks/3.0",
                                                     "Authorization": "Bearer planted"})
    assert answer.status_code == 200
    assert answer.get_json() == {"stored": 1, "duplicates": 0}
    assert client.post(AMOCRM, data=FORM).get_json() == {"stored": 0, "duplicates": 1}
    rows = stored(shared_web)[before:]
    assert len(rows) == 1
    assert bytes(rows[0]["body"]).startswith(b"leads%5Bstatus%5D")
    assert rows[0]["content_type"] == "application/x-www-form-urlencoded"
    assert (rows[0]["source"], rows[0]["source_name"], rows[0]["status"]) == ("amocrm", None, "received")
    assert rows[0]["headers"]["User-Agent"] == "amoCRM-Webhooks/3.0"
    assert "planted" not in str(rows[0]["headers"]) and "secret" not in str(rows[0]["headers"])


def test_a_landing_names_its_source(client: FlaskClient, shared_web: Database) -> None:
    for path, name in ((LANDING, None), (f"{LANDING}/proftest", "proftest"), (f"{LANDING}/A_b-9", "A_b-9")):
        answer = client.post(path, json={"phone": "+77010000001", "tranid": f"t-{name}"})
        assert answer.get_json() == {"stored": 1, "duplicates": 0}
        assert stored(shared_web)[-1]["source_name"] == name
    assert client.post(f"{LANDING}/a%20b", json={}).status_code == 404
    assert client.post(f"{LANDING}/{'a' * 65}", json={}).status_code == 404


@pytest.mark.parametrize("body", [b"test=test", b'{"test": "test"}'])
def test_the_check_of_a_form_builder_is_answered_ok(client: FlaskClient, shared_web: Database, body: bytes) -> None:
    before = len(stored(shared_web))
    answer = client.post(LANDING, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert answer.get_data() == b"ok"
    assert len(stored(shared_web)) == before


WRONG = ["", "x", AMOCRM_SECRET[:-1], AMOCRM_SECRET + "x", AMOCRM_SECRET.upper(), LANDING_SECRET, "%00", "ключ",
         AMOCRM_SECRET + "/x", "..%2f", AMOCRM_SECRET + "%20", "'" + AMOCRM_SECRET]


@pytest.mark.parametrize("secret", WRONG)
def test_a_wrong_secret_looks_like_an_unknown_address(client: FlaskClient, shared_web: Database, secret: str) -> None:
    before = len(stored(shared_web))
    unknown = client.post("/webhooks/nothing", data=FORM)
    answer = client.post(f"/webhooks/amocrm/{secret}", data=FORM)
    assert answer.status_code == unknown.status_code == 404
    assert answer.get_data() == unknown.get_data()
    assert set(dict(answer.headers)) == set(dict(unknown.headers))
    assert len(stored(shared_web)) == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_other_methods_tell_nothing(client: FlaskClient, method: str) -> None:
    right, wrong = (client.open(path, method=method) for path in (AMOCRM, "/webhooks/amocrm/x"))
    assert right.status_code == wrong.status_code == 404
    assert right.get_data() == wrong.get_data()


class OnlyRead:
    """The body as gunicorn hands it on: it can be read and nothing else."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, size: int | None = None) -> bytes:
        return self._content.read(-1 if size is None else size)


def chunked(size: int) -> dict[str, object]:
    """A request whose length nobody told."""
    return {"wsgi.input": OnlyRead(b"a" * size), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}


def test_a_large_body_is_refused(client: FlaskClient, shared_web: Database) -> None:
    before = len(stored(shared_web))
    limit = 1024 * 1024
    assert client.post(AMOCRM, data=b"a" * (limit + 1)).status_code == 413
    for size in (limit + 1, 3 * limit):
        answer = client.post(AMOCRM, environ_overrides=chunked(size))
        assert answer.status_code == 413
    assert len(stored(shared_web)) == before
    assert client.post(AMOCRM, data=b"a" * limit).status_code == 200
    whole = client.post(AMOCRM, environ_overrides=chunked(limit - 1))
    assert whole.get_json() == {"stored": 1, "duplicates": 0}
    assert len(stored(shared_web)[-1]["body"]) == limit - 1
    # The secret comes first: a stranger learns nothing from the size.
    assert client.post("/webhooks/amocrm/x", data=b"a" * (limit + 1)).status_code == 404


STRANGE = [b"", b"\x00\xff\xfe", b"[" * 100_000, b'{"a": NaN, "b": 1e999}', b'{"a": "\\ud800"}', b"null", b"not a form",
           b"a=1&" * 5000, json.dumps({"tranid": "a\x00b"}).encode(), b'{"tranid": "\\u0000"}', b"tranid=%00",
           "почта=да".encode("cp1251")]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain",
                                          "multipart/form-data", "application/json; charset=utf-16", "x" * 400, ""])
@pytest.mark.parametrize("path", [AMOCRM, LANDING])
def test_a_strange_body_is_stored_and_acknowledged(client: FlaskClient, path: str, content_type: str) -> None:
    for body in STRANGE:
        answer = client.post(path, data=body, content_type=content_type)
        assert answer.status_code == 200, (body[:20], content_type)
        assert sum(answer.get_json().values()) == 1


@pytest.fixture
def database_away(shared_web: Database) -> Iterator[None]:
    """The web process knows a database that does not answer."""
    away = Database("postgresql://nobody@127.0.0.1:1/nothing", APP_ROLE)
    set_web_database(away)
    yield
    set_web_database(shared_web)


def test_nothing_is_acknowledged_while_the_database_is_away(client: FlaskClient, database_away: None) -> None:
    for path in (AMOCRM, LANDING):
        answer = client.post(path, data=FORM)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert answer.content_type == "application/problem+json"
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    client.set_cookie("td_session", "b" + "A" * 43)
    assert client.get("/").status_code == 503
    assert "<html" in client.get("/").get_data(as_text=True)
    assert client.get("/api/auth/me").status_code == 503
    assert client.post("/login", data={"email": "a@b.c", "password": "x"}).status_code == 503


def test_a_statement_that_fails_is_not_acknowledged(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.intake._STORE", "INSERT INTO webhook_events (source) VALUES (%s, %s, %s, %s, %s, %s)")
    for _ in range(20):  # more often than the pool has connections: none is lost
        assert client.post(AMOCRM, data=FORM).status_code == 503
    monkeypatch.undo()
    assert client.post(AMOCRM, data=FORM).status_code == 200


def test_an_answer_takes_milliseconds(client: FlaskClient) -> None:
    took = []
    for number in range(200, 300):
        body = {**FORM, "leads[status][0][id]": str(number)}
        begin = time.perf_counter()
        assert client.post(AMOCRM, data=body).status_code == 200
        took.append(time.perf_counter() - begin)
    assert statistics.median(took) < 0.05
