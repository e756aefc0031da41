"""Signing in as a program: tokens that cannot be forged or confused, rotation, theft noticed."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import dash
import jwt
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from auth.tokens import AUDIENCE, KIND
from data.engine import AUTH, Database
from tests.api.conftest import ADMIN, PASSWORD, People
from tests.application import PUBLIC_URL

KEY = b"j" * 40


@pytest.fixture
def pair(client: FlaskClient, people: People) -> dict[str, str]:
    answer = client.post("/api/auth/login", json={"email": people.emails["north"], "password": PASSWORD})
    assert answer.status_code == 200
    return answer.get_json()


def me(client: FlaskClient, token: str) -> int:
    return client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_pair_opens_the_api(client: FlaskClient, pair: dict[str, object], people: People) -> None:
    assert pair["token_type"] == "Bearer"
    assert pair["expires_in"] == 900
    assert pair["user"] == {"id": pair["user"]["id"], "email": "north@example.com", "name": "North",
                            "role": "targetologist", "team": "north", "locale": "ru"}
    answer = client.get("/api/auth/me", headers={"Authorization": f"Bearer {pair['access_token']}"})
    assert answer.get_json() == pair["user"]
    assert "td_session" not in str(answer.headers)


def test_a_wrong_password_is_a_problem(client: FlaskClient, people: People, shared_web: Database) -> None:
    unknown, wrong = (client.post("/api/auth/login", json={"email": email, "password": "wrong"})
                      for email in ("nobody@example.com", people.emails["south"]))
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.get_data() == wrong.get_data()
    for _ in range(6):
        last = client.post("/api/auth/login", json={"email": "guessed@example.com", "password": "wrong"})
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) > 0


@pytest.mark.parametrize("body", [{}, {"email": "a@b.c"}, {"email": 1, "password": "x"}, [], "text", None,
                                  {"email": "a@b.c", "password": "x", "role": "admin"}])
def test_a_malformed_body_names_its_fields(client: FlaskClient, body: object) -> None:
    answer = client.post("/api/auth/login", json=body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["errors"]


@pytest.mark.parametrize("raw", [
    b'{"email": "a\\u0000@b.c", "password": "x"}', b'{"email": "\\ud800", "password": "\\ud800"}',
    b"[" * 100_000, b"\xff", b'{"email": "a@b.c", "password": NaN}',
    b'{"email": "a@b.c", "email": "b@b.c", "password": "x"}', b"",
])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_no_body_breaks_the_sign_in(client: FlaskClient, raw: bytes, content_type: str) -> None:
    for path in ("login", "refresh"):
        answer = client.post(f"/api/auth/{path}", data=raw, content_type=content_type)
        assert answer.status_code in (401, 413, 422)
        assert answer.content_type == "application/problem+json"


def claims_of(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def sign(claims: dict[str, object], key: bytes = KEY, **headers: object) -> str:
    return jwt.encode(claims, key, algorithm="HS256", headers={"kid": "one", **headers})


def unsigned(claims: dict[str, object], algorithm: str) -> str:
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
                  for part in ({"alg": algorithm, "kid": "one", "typ": "JWT"}, claims))
    return f"{head}.{body}."


def test_mutated_tokens_are_refused(client: FlaskClient, pair: dict[str, str]) -> None:
    token = pair["access_token"]
    claims, moment = claims_of(token), int(time.time())
    assert me(client, token) == me(client, sign(claims)) == 200
    head, body, signature = token.split(".")
    changed = [{**claims, name: value} for name, value in (
        ("exp", moment - 1), ("nbf", moment + 600), ("iat", moment + 600), ("iss", "https://evil.example.com"),
        ("iss", PUBLIC_URL + "/"), ("aud", "other"), ("aud", [AUDIENCE + "x"]), ("typ", "refresh"), ("typ", None),
        ("sub", str(uuid4())), ("sub", 7), ("sub", "admin"), ("sid", str(uuid4())), ("sid", "x"), ("sid", None),
        ("exp", moment + 86_400), ("exp", "soon"))]
    missing = [{key: value for key, value in claims.items() if key != name} for name in
               ("exp", "iat", "nbf", "iss", "aud", "sub", "jti", "typ", "sid")]
    forged = [sign(one) for one in [*changed, *missing]] + [
        sign(claims, b"k" * 40), sign(claims, kid="two"), sign(claims, kid=""),
        sign(claims, crit=["exp"]), jwt.encode(claims, KEY, algorithm="HS256"),
        jwt.encode(claims, KEY * 2, algorithm="HS512", headers={"kid": "one"}),
        jwt.encode(claims, KEY * 2, algorithm="HS384", headers={"kid": "one"}),
        unsigned(claims, "none"), unsigned(claims, "None"), unsigned(claims, "HS256"),
        f"{head}.{body}.", f"{head}.{body}", f"{head}..{signature}", f"{head}.{body}.{signature[:-4]}AAAA",
        token + "A", token * 3, "", ".", "..", "a.b.c", "A" * 5000, pair["refresh_token"],
    ]
    assert claims["typ"] == KIND
    assert len(forged) > 30
    assert {index: code for index, one in enumerate(forged) if (code := me(client, one)) != 401} == {}


def test_a_signature_over_a_changed_body_is_refused(client: FlaskClient, pair: dict[str, str]) -> None:
    head, body, _ = pair["access_token"].split(".")
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).replace(b'"typ":"access"', b'"typ":"admin"')
    changed = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    signature = base64.urlsafe_b64encode(hmac.digest(KEY, f"{head}.{changed}".encode(), hashlib.sha256))
    assert me(client, f"{head}.{changed}.{signature.decode().rstrip('=')}") == 401


def test_a_token_is_no_cookie_and_a_refresh_token_no_access(client: FlaskClient, pair: dict[str, str]) -> None:
    client.set_cookie("td_session", pair["access_token"])
    assert client.get("/api/auth/me").status_code == 401
    assert client.post("/api/auth/refresh", json={"refresh_token": pair["access_token"]}).status_code == 401
    assert client.get("/_dash-layout", headers={"Authorization": f"Bearer {pair['access_token']}"}).status_code == 401


def renew(client: FlaskClient, token: str) -> dict[str, str] | None:
    answer = client.post("/api/auth/refresh", json={"refresh_token": token})
    assert answer.status_code in (200, 401)
    return answer.get_json() if answer.status_code == 200 else None


def make_older(database: Database, seconds: int) -> None:
    with database.transaction(AUTH) as connection:
        connection.execute(text("UPDATE refresh_tokens SET used_at = used_at - :s * interval '1 second'"),
                           {"s": seconds})


def test_rotation_gives_a_new_pair_each_time(client: FlaskClient, pair: dict[str, str]) -> None:
    seen = {pair["refresh_token"]}
    for _ in range(5):
        pair = renew(client, pair["refresh_token"])
        assert me(client, pair["access_token"]) == 200
        seen.add(pair["refresh_token"])
    assert len(seen) == 6


def test_reuse_after_the_grace_ends_the_whole_family(
    client: FlaskClient, pair: dict[str, str], shared_web: Database
) -> None:
    second = renew(client, pair["refresh_token"])
    make_older(shared_web, 11)
    assert renew(client, pair["refresh_token"]) is None
    assert renew(client, second["refresh_token"]) is None
    assert me(client, second["access_token"]) == me(client, pair["access_token"]) == 401
    with shared_web.transaction(ADMIN) as connection:
        entry = connection.execute(text("SELECT action, user_id FROM audit_log ORDER BY id DESC LIMIT 1")).one()
    assert (entry.action, str(entry.user_id)) == ("session.refresh_reused", pair["user"]["id"])


def test_the_grace_is_for_the_direct_parent_only(client: FlaskClient, pair: dict[str, str]) -> None:
    second = renew(client, pair["refresh_token"])
    again = renew(client, pair["refresh_token"])
    assert again["refresh_token"] == second["refresh_token"]
    renew(client, second["refresh_token"])
    assert renew(client, pair["refresh_token"]) is None
    assert me(client, second["access_token"]) == 401


def test_parallel_renewals_leave_one_living_successor(
    shared_app: dash.Dash, pair: dict[str, str], shared_web: Database
) -> None:
    def once(_: int) -> str | None:
        renewed = renew(shared_app.server.test_client(), pair["refresh_token"])
        return renewed and renewed["refresh_token"]

    with ThreadPoolExecutor(8) as threads:
        tokens = set(threads.map(once, range(10)))
    assert len(tokens) == 1 and None not in tokens
    assert renew(shared_app.server.test_client(), tokens.pop()) is not None


def test_signing_out_ends_access_and_refresh(client: FlaskClient, pair: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    assert client.post("/api/auth/logout", headers=headers).status_code == 204
    assert me(client, pair["access_token"]) == 401
    assert renew(client, pair["refresh_token"]) is None


def test_deactivation_ends_tokens_at_once(
    client: FlaskClient, pair: dict[str, str], shared_web: Database, people: People
) -> None:
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET is_active = false WHERE email = 'north@example.com'"))
    try:
        assert me(client, pair["access_token"]) == 401
        assert renew(client, pair["refresh_token"]) is None
    finally:
        with shared_web.transaction(ADMIN) as connection:
            connection.execute(text("UPDATE traffic_users SET is_active = true"))


def test_the_database_holds_hashes_only(pair: dict[str, str], shared_web: Database) -> None:
    with shared_web.transaction(AUTH) as connection:
        stored = connection.execute(text("SELECT string_agg(encode(token_hash, 'hex'), ' ') FROM refresh_tokens")
                                    ).scalar_one()
    assert hashlib.sha256(pair["refresh_token"].encode()).hexdigest() in stored
    assert pair["refresh_token"].encode().hex() not in stored


def test_sessions_are_listed_and_ended(
    client: FlaskClient, pair: dict[str, str], bearer: Callable[[str], dict[str, str]],
    signed_in: Callable[[str], FlaskClient]
) -> None:
    headers, browser = {"Authorization": f"Bearer {pair['access_token']}"}, signed_in("north")
    rows = client.get("/api/auth/sessions", headers=headers).get_json()["rows"]
    assert {"browser", "api"} <= {row["kind"] for row in rows}
    assert sum(row["current"] for row in rows) == 1
    own_browser = next(row for row in browser.get("/api/auth/sessions").get_json()["rows"] if row["current"])
    # Another user's session looks like a missing one, and stays.
    assert client.delete(f"/api/auth/sessions/{own_browser['id']}", headers=bearer("south")).status_code == 404
    assert client.delete(f"/api/auth/sessions/{uuid4()}", headers=headers).status_code == 404
    assert client.delete("/api/auth/sessions/x", headers=headers).status_code == 422
    assert browser.get("/api/auth/me").status_code == 200
    assert client.delete(f"/api/auth/sessions/{own_browser['id']}", headers=headers).status_code == 204
    assert browser.get("/api/auth/me").status_code == 401
    other = bearer("north")
    assert client.delete("/api/auth/sessions", headers=headers).status_code == 204
    assert client.get("/api/auth/me", headers=other).status_code == 401
    assert client.get("/api/auth/me", headers=headers).status_code == 200


def test_a_new_password_ends_everything_else(
    client: FlaskClient, pair: dict[str, str], signed_in: Callable[[str], FlaskClient]
) -> None:
    headers, browser = {"Authorization": f"Bearer {pair['access_token']}"}, signed_in("north")

    def change(current: str, new: str) -> int:
        return client.post("/api/auth/password", headers=headers,
                           json={"current_password": current, "new_password": new}).status_code

    assert change("wrong password", "a new long password") == 422
    assert change(PASSWORD, "short") == 422
    assert browser.get("/api/auth/me").status_code == 200
    assert change(PASSWORD, "a new long password") == 204
    assert browser.get("/api/auth/me").status_code == 401
    assert me(client, pair["access_token"]) == 200
    assert change("a new long password", PASSWORD) == 204
