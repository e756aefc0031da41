"""No body breaks a route: strange JSON, strange forms and large ones are refused as such, by every door."""

import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import dash
import psutil
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.json_gate import JsonGate
from auth.body_sizes import API_BODY, FORM_BODY, limit_of
from auth.sign_in import EXTENSION, AuthParts
from data.engine import Database
from tests.api.conftest import ADMIN
from tests.application import AMOCRM_SECRET, LANDING_SECRET

SignedIn = Callable[[str], FlaskClient]
NEW_AMOCRM, NEW_LANDING = "the-new-secret-of-amocrm-is-long", "the-new-secret-of-forms-is-long"
NASTY = [
    b"", b" ", b"{", b"}", b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"null", b"true",
    b"0", b'"text"', b"[]", b"{}", b"NaN", b"-Infinity", b'{"a": NaN}', b'{"a": 1e999}', b'{"email": "\\u0000"}',
    b'{"a": "\\ud800"}', b'{"\\u0000": 1}', b'{"a": 1, "a": 2}', b'{"x": {"a": 1, "a": 2}}', b'{"a": 1,}',
    b"{'a': 1}", b'{"a": ' + b"9" * 5000 + b"}", b'{"__proto__": {"role": "admin"}}', b'{"$ne": null}',
    b'{"email": {"$gt": ""}, "password": {"$gt": ""}}', b'{"email": "a@b.c\\r\\nBcc: x@y.z", "password": "x"}',
    json.dumps({"email": "' OR 1=1 --", "password": "' OR 1=1 --"}).encode(), b'{"id": "1; DROP TABLE traffic_users"}',
]
REFUSED = [b"[" * 200 + b"]" * 200, b'{"a": NaN}', b'{"a": "\\u0000"}', b'{"\\u0000": 1}', b'{"a": "\\ud800"}',
           b'{"a": 1, "a": 2}', b'{"x": [{"a": 1, "a": 2}]}', b"Infinity", b"\xff", b"{'a': 1}"]


@pytest.fixture(autouse=True)
def _forget_attempts(shared_web: Database) -> Iterator[None]:
    yield
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("DELETE FROM login_attempts"))


def doors(app: dash.Dash) -> list[tuple[str, str]]:
    """Method and path of every route that takes a body."""
    found = []
    for rule in app.server.url_map.iter_rules():
        path = rule.rule.replace("<id>", str(uuid4())).replace("<token>", "x").replace("<secret>", "x").replace(
            "<source>", "x").replace("<path:path>", "x")
        found += [(method, path) for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})
                  if "logout" not in path and path != "/api/auth/sessions" and "<" not in path]
    return found


@pytest.mark.parametrize("raw", REFUSED)
def test_the_gate_refuses(shared_app: dash.Dash, raw: bytes) -> None:
    with pytest.raises(ValueError):
        JsonGate(shared_app.server).loads(raw)


def test_the_gate_lets_ordinary_bodies_through(shared_app: dash.Dash) -> None:
    body = {"a": [1, 2.5, None, True, "ключ 🦅"], "b": {"c": {}}}
    assert JsonGate(shared_app.server).loads(json.dumps(body)) == body


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded",
                                          "multipart/form-data; boundary=x", "application/xml", ""])
def test_no_body_breaks_a_route(shared_app: dash.Dash, signed_in: SignedIn, content_type: str) -> None:
    browser, stranger = signed_in("admin"), shared_app.server.test_client()
    found = doors(shared_app)
    assert len(found) > 15
    for method, path in found:
        for raw in NASTY if content_type == "application/json" else NASTY[::6]:
            for client in (browser, stranger) if raw in NASTY[::8] else (browser,):
                answer = client.open(path, method=method, data=raw, content_type=content_type)
                assert answer.status_code < 500, (method, path, raw[:80], answer.get_data(as_text=True)[:300])
                assert b"Traceback" not in answer.get_data()


def test_generated_bodies_break_nothing(shared_app: dash.Dash, signed_in: SignedIn) -> None:
    """Eight hundred bodies put together at random, always the same ones; the process does not grow by them."""
    before = psutil.Process().memory_info().rss
    dice, browser, found = random.Random(7), signed_in("admin"), doors(shared_app)
    names = ["email", "password", "from", "to", "role", "team", "output", "inputs", "state", "outputs",
             "changedPropIds", "code", "token", "new_password", "current_password", "is_active", "locale", "name"]
    values = [None, True, 0, -1, 2**63, 10**400, 1.5, "", "x" * 300, "2026-01-01", "\0", "ü🦅", [], {}, [[]],
              "9999-12-31", "admin", [{"id": "x", "property": "y", "value": None}], {"id": {"type": "a"}}]
    for _ in range(800):
        method, path = dice.choice(found)
        body = {name: dice.choice(values) for name in dice.sample(names, dice.randrange(6))}
        answer = browser.open(path, method=method, json=body)
        assert answer.status_code < 500, (method, path, body)
    assert psutil.Process().memory_info().rss - before < 50 * 1024 * 1024


def test_bodies_are_bounded_by_their_door(shared_app: dash.Dash, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    for method, path in doors(shared_app):
        if path.startswith("/webhooks/") or path == "/_dash-update-component":
            continue
        limit = limit_of(path)
        kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
        answer = browser.open(path, method=method, data=b"a=" + b"a" * limit, content_type=kind)
        assert answer.status_code in (202, 204, 303, 404, 405, 409, 413, 422), (method, path)
        chunked = browser.open(path, method=method, input_stream=io.BytesIO(b"a=" + b"a" * limit * 2),
                               content_type=kind, environ_overrides={"wsgi.input_terminated": True})
        assert chunked.status_code in (202, 204, 303, 404, 405, 409, 413, 422), (method, path)
    assert browser.post("/api/auth/login", data=b'{"a": "' + b"a" * API_BODY + b'"}', content_type="application/json"
                        ).status_code in (413, 422)
    assert browser.post("/login", data={"email": "a" * FORM_BODY, "password": "x"}).status_code == 413
    many = "&".join(f"k{number}=1" for number in range(5000))
    assert browser.post("/login", data=many, content_type="application/x-www-form-urlencoded").status_code == 413


@pytest.fixture
def rotating(shared_app: dash.Dash) -> Iterator[None]:
    """Both secrets are being replaced."""
    parts: AuthParts = shared_app.server.extensions[EXTENSION]
    before = {"amocrm_webhook_secret": NEW_AMOCRM, "amocrm_webhook_secret_before": AMOCRM_SECRET,
              "landing_webhook_secret": NEW_LANDING, "landing_webhook_secret_before": LANDING_SECRET}
    shared_app.server.extensions[EXTENSION] = replace(parts, settings=parts.settings.model_copy(update=before))
    yield
    shared_app.server.extensions[EXTENSION] = parts


def test_two_secrets_are_taken_while_one_replaces_the_other(
    rotating: None, shared_app: dash.Dash, shared_web: Database
) -> None:
    client = shared_app.server.test_client()
    for number, (door, secret) in enumerate((("amocrm", AMOCRM_SECRET), ("amocrm", NEW_AMOCRM),
                                             ("landing", LANDING_SECRET), ("landing", NEW_LANDING))):
        assert client.post(f"/webhooks/{door}/{secret}", data={"n": number}).status_code == 200
        other = "landing" if door == "amocrm" else "amocrm"
        for forged in (f"/webhooks/{other}/{secret}", f"/webhooks/{door}/{secret}x", f"/webhooks/{door}/{secret[:-1]}",
                       f"/webhooks/{door}/{secret.upper()}", f"/webhooks/{door}/None", f"/webhooks/{door}/"):
            assert client.post(forged, data={"forged": number}).status_code == 404
    with shared_web.transaction(ADMIN) as connection:
        assert connection.execute(text("SELECT count(*) FROM webhook_events WHERE body LIKE '%forged%'::bytea")
                                  ).scalar_one() == 0
