"""Pages of long lists as the API gives them, each against a bare keyed query of the same rows."""

import statistics
import time
from collections.abc import Callable

import psycopg
from flask.testing import FlaskClient

from app import create_app
from auth.passwords import Passwords
from bench.attribution import opened
from bench.figures import Figure, ratio
from core.records import Role
from core.settings import Settings
from data.embedded import DatabaseUrls
from data.engine import APP_ROLE, Viewer
from data.people import create_user

PAGE_LIMIT = 200.0
_ORIGIN = "https://bench.example.com"
_EMAIL, _PASSWORD = "admin@bench.example", "a password of the bench"  # nosec B105 - of a database that is gone soon
_ROUNDS = 7
_ALIASES = 1_000
_FILL = """
    INSERT INTO traffic_users (email, password_hash, role, full_name)
    SELECT 'user' || n || '@bench.example', '-', 'analyst', 'User ' || n FROM generate_series(1, {users}) AS n;
    INSERT INTO webhook_events (source, source_name, received_at, body, dedup_key, status, processed_at)
    SELECT CASE WHEN n % 3 = 0 THEN 'amocrm' ELSE 'landing' END, 'bench', now() - n * INTERVAL '1 second',
           convert_to('Phone=%2B7701' || n || repeat('&f%5B' || md5(n::text) || '=' || md5((-n)::text), 15), 'UTF8'),
           'bench:' || n,
           CASE WHEN n % 997 = 0 THEN 'dead' ELSE 'processed' END, now()
    FROM generate_series(1, {events}) AS n;
    INSERT INTO team_aliases (team_id, utm_source)
    SELECT (SELECT id FROM traffic_teams ORDER BY slug LIMIT 1), 'bench_' || n FROM generate_series(1, {aliases}) AS n;
    ANALYZE traffic_users; ANALYZE webhook_events; ANALYZE team_aliases"""
_SEARCHED = "SELECT id FROM (SELECT id, body FROM webhook_events {} ORDER BY seq DESC LIMIT 1000) AS newest" \
            " WHERE position('nowhere' IN encode(body, 'escape')) > 0"

# Each list of the API with the keyed query that reads the same page and does nothing else.
_LISTS = {
    "users": ("/api/traffic-admin/users?limit=50", "SELECT * FROM traffic_users ORDER BY email LIMIT 50"),
    "aliases": ("/api/traffic-admin/aliases", "SELECT * FROM team_aliases ORDER BY id"),
    "webhook events": ("/api/traffic-admin/webhooks?limit=50",
                       "SELECT id, seq, source, status, received_at FROM webhook_events ORDER BY seq DESC LIMIT 50"),
    "webhook events, dead ones": (
        "/api/traffic-admin/webhooks?limit=50&status=dead",
        "SELECT id, seq, source, status, received_at FROM webhook_events WHERE status = 'dead'"
        " ORDER BY seq DESC LIMIT 50"),
    # A search looks at a thousand events and says where it goes on: a word that is nowhere costs the most.
    "webhook events, a word that is nowhere": ("/api/traffic-admin/webhooks?limit=50&q=nowhere", _SEARCHED.format("")),
    "dead webhook events, a word that is nowhere": (
        "/api/traffic-admin/webhooks?limit=50&q=nowhere&status=dead", _SEARCHED.format("WHERE status = 'dead'")),
    "users, a name that is nobody's": (
        "/api/traffic-admin/users?limit=50&search=nobody",
        "SELECT * FROM traffic_users WHERE email ILIKE '%nobody%' OR full_name ILIKE '%nobody%' ORDER BY email"),
    "aliases, a word of some": ("/api/traffic-admin/aliases?q=bench_99",
                                "SELECT * FROM team_aliases WHERE utm_source ILIKE '%bench_99%'"),
}


def lists(urls: DatabaseUrls, users: int, events: int) -> list[Figure]:
    """Milliseconds of a page of each list, in this process, and how many times the bare query's."""
    with psycopg.connect(urls.admin_url, autocommit=True) as connection:
        connection.execute(_FILL.format(users=users, events=events, aliases=_ALIASES).encode())
        browser, figures = _signed_in(urls), []
        for name, (path, bare) in _LISTS.items():
            floor = _milliseconds(lambda bare=bare: connection.execute(bare).fetchall())  # type: ignore[misc]
            page = _milliseconds(lambda path=path: _read(browser, path))  # type: ignore[misc]
            figures += [Figure(f"a page of {name}", page, PAGE_LIMIT, "ms"),
                        ratio(f"a page of {name} to the bare query", page, floor, None)]
    return figures


def _signed_in(urls: DatabaseUrls) -> FlaskClient:
    with opened(urls.web_url, APP_ROLE) as database, database.transaction(Viewer("admin")) as connection:
        create_user(connection, email=_EMAIL, password_hash=Passwords.cheap().hash(_PASSWORD), role=Role.ADMIN)
    settings = Settings(
        _env_file=None, database_url=urls.web_url, secret_key="s" * 40, jwt_keys="one:" + "j" * 40,
        encryption_keys="one:" + "A" * 43 + "=", public_url=_ORIGIN, amocrm_webhook_secret="a" * 32,
        landing_webhook_secret="l" * 32)
    browser = create_app(settings).server.test_client()
    answer = browser.post("/login", data={"email": _EMAIL, "password": _PASSWORD}, base_url=_ORIGIN)
    if answer.status_code != 303:
        raise RuntimeError(f"the bench could not sign in: {answer.status_code}")
    return browser


def _read(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path, base_url=_ORIGIN)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def _milliseconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
