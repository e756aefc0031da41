"""The API is asked so often a minute and no more; webhooks, pages and an absent Redis refuse nobody."""

from collections.abc import Callable, Iterator

import dash
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_limiter import Limiter

from auth.limits import A_MINUTE, EXPORT, EXTENSION, READ, SIGN_IN, WRITE, limit_requests, route_class
from auth.other_origins import allow_origins
from auth.viewer import remember_user
from core.settings import SettingsError
from tests.api.conftest import PASSWORD, People
from tests.application import AMOCRM_SECRET, make_settings
from tests.security.processes import free_port
from tests.security.redis_server import redis_server

SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def limited(shared_app: dash.Dash) -> Iterator[Limiter]:
    """The limits are on, and forgotten afterwards."""
    limiter: Limiter = shared_app.server.extensions[EXTENSION]
    limiter.enabled = True
    limiter.reset()
    yield limiter
    limiter.enabled = False
    limiter.reset()


def test_each_class_of_routes_has_its_own_limit(limited: Limiter, signed_in: SignedIn, people: People) -> None:
    browser = signed_in("north")
    for number in range(A_MINUTE[EXPORT]):
        answer = browser.get("/api/analytics/overview?format=csv")
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Limit"] == str(A_MINUTE[EXPORT])
        assert answer.headers["RateLimit-Remaining"] == str(A_MINUTE[EXPORT] - number - 1)
        assert 0 <= int(answer.headers["RateLimit-Reset"]) <= 61
    refused = browser.get("/api/analytics/teams", headers={"Accept": "text/csv"})
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.headers["RateLimit-Remaining"] == "0"
    read = browser.get("/api/analytics/overview")
    assert (read.status_code, read.headers["RateLimit-Limit"]) == (200, str(A_MINUTE[READ]))
    assert signed_in("south").get("/api/analytics/overview?format=csv").status_code == 200, "counted by user"
    written = [browser.delete("/api/auth/sessions").status_code for _ in range(A_MINUTE[WRITE] + 1)]
    assert written == [204] * A_MINUTE[WRITE] + [429]


def test_public_doors_are_counted_by_address(limited: Limiter, client: FlaskClient, people: People) -> None:
    statuses = [client.post("/api/auth/refresh", json={"refresh_token": "x"}).status_code
                for _ in range(A_MINUTE[SIGN_IN] + 1)]
    assert statuses == [401] * A_MINUTE[SIGN_IN] + [429]
    assert client.post("/forgot", data={"email": "x"}).status_code == 429
    assert client.post("/api/auth/refresh", json={"refresh_token": "x"}, headers={"X-Forwarded-For": "203.0.113.1"}
                       ).status_code == 429, "an address that is only claimed does not count"
    assert client.post("/forgot", data={"email": "x"}, environ_overrides={"REMOTE_ADDR": "203.0.113.1"}
                       ).status_code == 200


def test_webhooks_pages_and_callbacks_are_never_throttled(
    limited: Limiter, client: FlaskClient, signed_in: SignedIn
) -> None:
    most = max(A_MINUTE.values()) + 50
    statuses = {client.post(f"/webhooks/amocrm/{AMOCRM_SECRET}", data=f"leads[add][0][id]={number}").status_code
                for number in range(most)}
    assert statuses == {200}
    assert "RateLimit-Limit" not in client.get("/healthz").headers
    browser = signed_in("north")
    assert {browser.post("/_dash-update-component", json={}).status_code for _ in range(most)} == {400}


@pytest.mark.parametrize(("address", "method", "expected"), [
    ("/api/analytics/overview", "GET", READ), ("/api/analytics/overview?format=csv", "GET", EXPORT),
    ("/api/auth/login", "POST", SIGN_IN), ("/api/auth/sessions", "DELETE", WRITE), ("/forgot", "POST", SIGN_IN),
    ("/reset/x", "GET", SIGN_IN), ("/login", "POST", None), ("/", "GET", None), ("/webhooks/amocrm/x", "POST", None),
    ("/api/auth/me", "OPTIONS", None), ("/assets/x.css", "GET", None),
])
def test_every_route_has_its_class(shared_app: dash.Dash, address: str, method: str, expected: str | None) -> None:
    with shared_app.server.test_request_context(address, method=method):
        assert route_class() == expected


def test_without_redis_each_process_counts_for_itself() -> None:
    client = limited_server(f"redis://127.0.0.1:{free_port()}/0")
    answers = [client.get("/api/x") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def limited_server(redis_url: str) -> FlaskClient:
    """A machine of its own, six reads a minute."""
    server = Flask("limits")
    limit_requests(server, make_settings(redis_url=redis_url, api_rate_factor=0.01))
    server.before_request_funcs.setdefault(None, []).insert(0, lambda: remember_user(None))
    server.add_url_rule("/api/x", "x", lambda: "ok")
    return server.test_client()


def test_with_redis_all_machines_count_together() -> None:
    with redis_server() as (address, store):
        machines = [limited_server(address) for _ in range(3)]
        answers = [machines[number % 3].get("/api/x") for number in range(9)]
        assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 3
        assert [answer.headers["RateLimit-Remaining"] for answer in answers[:7]] == ["5", "4", "3", "2", "1", "0", "0"]
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert store.asked > 9, "Redis was asked, not the memory of a machine"
    gone = [machines[0].get("/api/x").status_code for _ in range(7)]
    assert gone == [200] * 6 + [429], "without Redis each machine counts for itself"


def test_credentials_only_for_the_origins_listed_for_them() -> None:
    server = Flask("origins")
    allow_origins(server, make_settings(cors_origins="https://a.example.com,https://b.example.com",
                                        cors_credentials="https://a.example.com"))
    server.add_url_rule("/api/x", "x", lambda: "ok")
    server.add_url_rule("/x", "page", lambda: "ok")
    client = server.test_client()
    answers = {origin: client.get("/api/x", headers={"Origin": origin}).headers for origin in (
        "https://a.example.com", "https://b.example.com", "https://c.example.com", "https://a.example.com.evil.com",
        "http://a.example.com", "null", "https://a.example.com:444")}
    assert [origin for origin, one in answers.items() if "Access-Control-Allow-Origin" in one] == [
        "https://a.example.com", "https://b.example.com"]
    assert [origin for origin, one in answers.items() if "Access-Control-Allow-Credentials" in one] == [
        "https://a.example.com"]
    assert not any(name.startswith("Access-Control")
                   for name in dict(client.get("/x", headers={"Origin": "https://a.example.com"}).headers))
    with pytest.raises(SettingsError, match="CORS_CREDENTIALS"):
        make_settings(cors_credentials="https://c.example.com")


def test_the_limits_do_not_stand_in_for_the_throttle_of_passwords(
    limited: Limiter, client: FlaskClient, people: People
) -> None:
    for _ in range(6):
        answer = client.post("/api/auth/login", json={"email": "slow@example.com", "password": "wrong"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] not in ("", "0")
    assert client.post("/api/auth/login", json={"email": people.emails["north"], "password": PASSWORD}
                       ).status_code == 200
