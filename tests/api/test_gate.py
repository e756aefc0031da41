"""Nobody gets in without a sign-in: every route, every callback, every method."""

import dash
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from auth.guard import PUBLIC_ENDPOINTS, STATIC_ENDPOINTS, WEBHOOK_ENDPOINTS, WEBHOOK_PAGES

OPEN = PUBLIC_ENDPOINTS | STATIC_ENDPOINTS | WEBHOOK_ENDPOINTS | WEBHOOK_PAGES
PLACE = {"id": "3f0c1d8e-0000-4000-8000-000000000000", "path": "analytics", "slug": "north"}


def fill(rule: str) -> str:
    """A rule as a path."""
    for name, value in PLACE.items():
        rule = rule.replace(f"<{name}>", value).replace(f"<path:{name}>", value).replace(f"<uuid:{name}>", value)
    return rule


def closed_routes(app: dash.Dash) -> list[tuple[str, str]]:
    """Method and path of every route that needs a sign-in."""
    return [(method, fill(rule.rule)) for rule in app.server.url_map.iter_rules() if rule.endpoint not in OPEN
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})]


def assert_refused(answer: TestResponse, where: str) -> None:
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/login"), where
    else:
        assert answer.status_code == 401, where
        assert answer.headers.get("X-Login") == "/login" or answer.headers["WWW-Authenticate"] == "Bearer", where


def test_every_route_is_refused_without_a_session(shared_app: dash.Dash, client: FlaskClient) -> None:
    routes = closed_routes(shared_app)
    assert len(routes) > 20
    for method, path in routes:
        assert_refused(client.open(path, method=method, json={} if method != "GET" else None), f"{method} {path}")


@pytest.mark.parametrize("cookie", ["", "x", "b" + "A" * 43, "r" + "~" * 43, "b" * 5000, "\x00" * 44])
def test_an_invented_cookie_opens_nothing(shared_app: dash.Dash, cookie: str) -> None:
    browser = shared_app.server.test_client()
    for path in ("/", "/_dash-layout", "/api/auth/me"):
        answer = browser.get(path, headers={"Cookie": f"td_session={cookie.encode('unicode_escape').decode()}"})
        assert_refused(answer, path)


def test_every_callback_is_refused_without_a_session(shared_app: dash.Dash, client: FlaskClient) -> None:
    for output in shared_app.callback_map:
        answer = client.post("/_dash-update-component", json={"output": output, "inputs": [], "changedPropIds": []})
        assert answer.status_code == 401
        assert answer.headers["X-Login"] == "/login"


def test_a_page_sends_to_the_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/analytics?team=north&currency=USD")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=%2Fanalytics%3Fteam%3Dnorth%26currency%3DUSD"
    assert client.get("/").headers["Location"] == "/login"


def test_public_addresses_answer(client: FlaskClient) -> None:
    assert client.get("/healthz").get_data() == b"ok"
    assert client.get("/login").status_code == 200
    assert client.get("/_favicon.ico").status_code == 200
    assert client.get("/_dash-component-suites/nowhere/a.js").status_code == 404
    assert client.get("/_dash-component-suites/dash/../dash.py").status_code == 404


@pytest.mark.parametrize("path", ["/api/nothing", "/api/analytics/nothing", "/api/", "/api/auth/login/x"])
def test_an_unknown_address_of_the_api_is_a_problem(client: FlaskClient, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = client.open(path, method=method)
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
        assert answer.get_json()["status"] == 404


def test_a_wrong_method_of_the_api_is_405(client: FlaskClient) -> None:
    answer = client.get("/api/auth/login")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert answer.content_type == "application/problem+json"
    assert client.delete("/api/analytics/overview").status_code == 405


def test_answers_carry_the_headers(client: FlaskClient) -> None:
    answer = client.get("/login")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' 'sha256-" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert len(answer.headers.getlist("X-Frame-Options")) == 1


def test_another_origin_reads_the_api_only_when_it_is_listed(client: FlaskClient) -> None:
    for origin, allowed in (("https://partner.example.com", True), ("https://evil.example.com", False),
                            ("https://partner.example.com.evil.com", False), ("null", False)):
        answer = client.options("/api/auth/me", headers={
            "Origin": origin, "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "Authorization"})
        assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in client.get("/login", headers={
        "Origin": "https://partner.example.com"}).headers


def test_metrics_need_their_token(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer metrics-token-of-the-tests"})
    assert answer.status_code == 200
    assert b"traffic_requests_total" in answer.get_data()


def test_readiness_tells_schema_and_scheduler(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json()["migrations"] == "current"
    assert answer.get_json()["scheduler_age_seconds"] is None
