"""What ends, ends in every process; what is counted, is counted over all of them."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from auth.passwords import Passwords
from core.records import Role
from data.embedded import DatabaseUrls
from data.engine import AUTH, Database
from data.people import create_team, create_user
from tests.api.conftest import ADMIN
from tests.security.processes import PASSWORD, Served, browser_of, served, tokens_of

ADMIN_EMAIL = "admin@example.com"
FRAGILE = ("logout", "logout-api", "deactivation", "role", "team", "password", "reset", "end-others")


@pytest.fixture(scope="module")
def web(shared_database: DatabaseUrls, shared_web: Database, tmp_path_factory: pytest.TempPathFactory
        ) -> Iterator[Served]:
    hashed = Passwords.cheap().hash(PASSWORD)
    with shared_web.transaction(ADMIN) as connection:
        north, south = (create_team(connection, name=name, slug=name, color="#A78BFA", emoji="🟣",
                                    utm_source=f"fb_{name}") for name in ("north", "south"))
        create_user(connection, email=ADMIN_EMAIL, password_hash=hashed, role=Role.ADMIN)
        for name in (*FRAGILE, "racer", "thief", "guessed"):
            create_user(connection, email=f"{name}@example.com", password_hash=hashed, role=Role.TARGETOLOGIST,
                        team_id=north.id)
        connection.execute(text("SELECT :id"), {"id": south.id})
    with served(shared_database, tmp_path_factory.mktemp("served")) as running:
        yield running


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def wait_for_all(web: Served, statuses: set[int], since: float, **options: object) -> None:
    """Every process answers ``/api/auth/me`` so within a second of ``since``."""
    while set(web.everywhere("GET", "/api/auth/me", **options)) != statuses:
        assert time.monotonic() - since < 1, "still open in some process"


def make_change(change: str, web: Served, browser: requests.Session, tokens: dict[str, str], user_id: str) -> None:
    """End the sign-ins of a user in one of the ways, through the first process."""
    first = web.addresses[0]
    if change in ("logout", "logout-api"):
        assert browser.post(first + "/logout", allow_redirects=False).status_code == 303
        assert requests.post(first + "/api/auth/logout", headers=bearer(tokens)).status_code == 204
        return
    if change in ("password", "end-others"):
        keeper = tokens_of(first, f"{change}@example.com")
        answer = requests.post(first + "/api/auth/password", headers=bearer(keeper), json={
            "current_password": PASSWORD, "new_password": "a new long password"}) if change == "password" else \
            requests.delete(first + "/api/auth/sessions", headers=bearer(keeper))
        assert answer.status_code == 204
        return
    admin = browser_of(first, ADMIN_EMAIL)
    users = f"{first}/api/traffic-admin/users/{user_id}"
    if change == "reset":
        link = admin.post(users + "/link").json()["link"]
        assert requests.post(first + link[link.index("/reset/"):], data={"new_password": "another long password"},
                             allow_redirects=False).status_code == 303
        return
    body = {"deactivation": {"is_active": False}, "role": {"role": "analyst"}, "team": {"team": "south"}}[change]
    assert admin.patch(users, json=body).status_code == 200


@pytest.mark.parametrize("change", FRAGILE)
def test_what_ends_is_refused_everywhere_within_a_second(web: Served, change: str) -> None:
    email = f"{change}@example.com"
    browser, tokens = browser_of(web.addresses[1], email), tokens_of(web.addresses[1], email)
    cookies = {"td_session": browser.cookies["td_session"]}
    user_id = requests.get(web.addresses[0] + "/api/auth/me", cookies=cookies).json()["id"]
    assert set(web.everywhere("GET", "/api/auth/me", cookies=cookies)) == {200}
    assert set(web.everywhere("GET", "/api/auth/me", headers=bearer(tokens))) == {200}
    make_change(change, web, browser, tokens, user_id)
    since = time.monotonic()
    wait_for_all(web, {401}, since, cookies=cookies)
    wait_for_all(web, {401}, since, headers=bearer(tokens))
    assert set(web.everywhere("POST", "/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})) == {401}
    assert set(web.everywhere("GET", "/", cookies=cookies)) == {302}
    assert set(web.everywhere("GET", "/_dash-layout", cookies=cookies)) == {401}
    assert set(web.everywhere("POST", "/_dash-update-component", cookies=cookies, json={})) == {401}


def refresh(web: Served, number: int, token: str) -> dict[str, str] | None:
    answer = requests.post(web.addresses[number % len(web.addresses)] + "/api/auth/refresh",
                           json={"refresh_token": token}, timeout=20)
    return answer.json() if answer.status_code == 200 else None


def test_parallel_refreshes_over_processes_leave_one_living_successor(web: Served, shared_web: Database) -> None:
    for _ in range(5):
        token = tokens_of(web.addresses[0], "racer@example.com")["refresh_token"]
        with ThreadPoolExecutor(10) as threads:
            pairs = list(threads.map(lambda number, used=token: refresh(web, number, used), range(10)))
        assert None not in pairs
        successors = {pair["refresh_token"] for pair in pairs if pair}
        assert len(successors) == 1, "the direct parent gets the same successor within the grace"
        assert refresh(web, 1, successors.pop()) is not None, "and the family lives"
        with shared_web.transaction(ADMIN) as connection:
            connection.execute(text("DELETE FROM login_attempts"))
    with shared_web.transaction(AUTH) as connection:
        alive = connection.execute(text("""
            SELECT count(*) FROM refresh_tokens WHERE used_at IS NULL AND revoked_at IS NULL
            GROUP BY family""")).scalars().all()
    assert set(alive) == {1}


def test_a_stolen_refresh_token_ends_the_family_everywhere(web: Served, shared_web: Database) -> None:
    stolen = tokens_of(web.addresses[0], "thief@example.com")
    mine = refresh(web, 0, stolen["refresh_token"])
    with shared_web.transaction(AUTH) as connection:
        connection.execute(text("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'"
                                " WHERE used_at IS NOT NULL"))
    assert refresh(web, 1, stolen["refresh_token"]) is None
    assert refresh(web, 0, mine["refresh_token"]) is None
    assert set(web.everywhere("GET", "/api/auth/me", headers=bearer(mine))) == {401}
    with shared_web.transaction(ADMIN) as connection:
        told = connection.execute(text("""
            SELECT n.recipient FROM notifications n JOIN audit_log a ON a.user_id = n.user_id
            WHERE a.action = 'session.refresh_reused'""")).scalars().all()
    assert told == ["thief@example.com"], "the user is told"


def test_ten_guesses_over_all_processes_and_a_thousand_forged_addresses(web: Served, shared_web: Database) -> None:
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("DELETE FROM login_attempts"))

    def guess(number: int) -> int:
        forged = f"203.0.{number // 250}.{number % 250 + 1}"
        return requests.post(web.addresses[number % 2] + "/api/auth/login", timeout=30, headers={
            "X-Forwarded-For": forged, "X-Real-IP": forged, "Forwarded": f"for={forged}"},
            json={"email": "guessed@example.com", "password": f"guess {number}"}).status_code

    with ThreadPoolExecutor(16) as threads:
        statuses = list(threads.map(guess, range(1000)))
    assert statuses.count(401) <= 10, "password checks"
    assert set(statuses) == {401, 429}


def test_names_of_processes_tell_no_secret(web: Served) -> None:
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not any(b"s" * 40 in line or b"j" * 40 in line for line in lines)
    assert PASSWORD not in web.written()
