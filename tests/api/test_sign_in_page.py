"""Signing in by the form: sessions that really end, the throttle, no hint about who exists."""

import re
from collections.abc import Callable

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from data.engine import AUTH, Database
from data.login_attempts import WINDOW_SECONDS
from tests.api.conftest import ADMIN, PASSWORD, People
from tests.application import PUBLIC_URL

SignedIn = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _forget_attempts(shared_web: Database, people: People) -> None:
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("DELETE FROM login_attempts"))


def session_cookie(answer: TestResponse) -> str:
    """The header with which an answer sets the session cookie."""
    return next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("td_session="))


def test_a_session_opens_pages_and_ends_on_the_server(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    cookie = browser.get_cookie("td_session").value
    assert browser.get("/").status_code == 200
    answer = browser.post("/logout")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login"
    assert browser.get_cookie("td_session") is None
    browser.set_cookie("td_session", cookie)  # the stolen copy
    assert browser.get("/").status_code == 302
    assert browser.get("/_dash-layout").status_code == 401
    assert browser.get("/api/auth/me").status_code == 401


def test_the_cookie_is_protected(client: FlaskClient, people: People) -> None:
    form = {"email": people.emails["admin"], "password": PASSWORD}
    brief = session_cookie(client.post("/login", data=form))
    assert "HttpOnly" in brief and "SameSite=Lax" in brief and "Secure" in brief and "Path=/" in brief
    assert "Max-Age" not in brief
    remembered = session_cookie(client.post("/login", data={**form, "remember": "on"}))
    assert "Max-Age=1209600" in remembered


def test_every_sign_in_makes_a_new_session_and_ends_the_former(signed_in: SignedIn, people: People) -> None:
    browser = signed_in("analyst")
    before = browser.get_cookie("td_session").value
    browser.post("/login", data={"email": people.emails["analyst"], "password": PASSWORD})
    after = browser.get_cookie("td_session").value
    assert before != after
    browser.set_cookie("td_session", before)
    assert browser.get("/api/auth/me").status_code == 401


@pytest.mark.parametrize("change", [
    "UPDATE traffic_users SET is_active = false WHERE email = 'south@example.com'",
    "UPDATE user_sessions SET expires_at = now() WHERE revoked_at IS NULL",
    "UPDATE user_sessions SET last_seen_at = now() - interval '12 hours 1 second' WHERE revoked_at IS NULL",
    "UPDATE user_sessions SET revoked_at = now() WHERE revoked_at IS NULL",
])
def test_a_session_ends_at_once(signed_in: SignedIn, shared_web: Database, change: str) -> None:
    browser = signed_in("south")
    assert browser.get("/api/auth/me").status_code == 200
    with shared_web.transaction(ADMIN if "traffic_users" in change else AUTH) as connection:
        connection.execute(text(change))
    assert browser.get("/api/auth/me").status_code == 401
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET is_active = true"))


def test_a_new_role_counts_at_once_and_needs_a_new_sign_in(signed_in: SignedIn, shared_web: Database) -> None:
    browser = signed_in("analyst")
    assert browser.get("/api/traffic-admin/sync-runs").status_code == 403
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET role = 'admin' WHERE email = 'analyst@example.com'"))
    assert browser.get("/api/traffic-admin/sync-runs").status_code == 401
    browser = signed_in("analyst")
    assert browser.get("/api/traffic-admin/sync-runs").status_code == 200
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET role = 'analyst' WHERE email = 'analyst@example.com'"))


def test_a_remembered_session_may_rest_for_days(client: FlaskClient, people: People, shared_web: Database) -> None:
    client.post("/login", data={"email": people.emails["admin"], "password": PASSWORD, "remember": "on"})
    with shared_web.transaction(AUTH) as connection:
        connection.execute(text("UPDATE user_sessions SET last_seen_at = now() - interval '13 days'"))
    assert client.get("/api/auth/me").status_code == 200


def without_variables(page: str) -> str:
    """A page without the address that was typed."""
    return re.sub(r'value="[^"]*@[^"]*"', "", page)


def test_unknown_user_wrong_password_and_inactive_user_look_the_same(
    client: FlaskClient, people: People, shared_web: Database
) -> None:
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET is_active = false WHERE email = 'south@example.com'"))
    answers = [client.post("/login", data={"email": email, "password": password}) for email, password in (
        ("nobod@example.com", "x" * 12), ("admin@example.com", "x" * 12), ("south@example.com", PASSWORD))]
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET is_active = true"))
    assert {answer.status_code for answer in answers} == {401}
    assert len({without_variables(answer.get_data(as_text=True)) for answer in answers}) == 1
    assert not any("td_session" in answer.headers.get("Set-Cookie", "") for answer in answers)


@pytest.mark.parametrize("email", ["admin@example.com", "nobody@example.com"])
def test_guessing_is_paused_and_tells_how_long(client: FlaskClient, people: People, email: str) -> None:
    for _ in range(5):
        assert client.post("/login", data={"email": email, "password": "wrong"}).status_code == 401
    answer = client.post("/login", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 30


def test_at_most_ten_guesses_in_the_window(client: FlaskClient, people: People, shared_web: Database) -> None:
    checked = 0
    for _ in range(19):  # within ten minutes
        answer = client.post("/login", data={"email": people.emails["admin"], "password": "wrong"},
                             environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
        checked += answer.status_code == 401
        _let_pass(shared_web, 31)
    assert checked == 10
    _let_pass(shared_web, WINDOW_SECONDS)
    assert client.post("/login", data={"email": people.emails["admin"], "password": PASSWORD}).status_code == 303


def _let_pass(database: Database, seconds: int) -> None:
    """Make every attempt so much older."""
    with database.transaction(ADMIN) as connection:
        rows = connection.execute(text("DELETE FROM login_attempts RETURNING email, address, succeeded, attempted_at"
                                       )).mappings().all()
    with database.transaction(AUTH) as connection:
        for row in rows:
            connection.execute(text("""
                INSERT INTO login_attempts (email, address, succeeded, attempted_at)
                VALUES (:email, :address, :succeeded, CAST(:attempted_at AS timestamptz) - :gone * interval '1 second')
                """), {**row, "gone": seconds})


def test_strangers_do_not_lock_the_owner_out(client: FlaskClient, people: People) -> None:
    form = {"email": people.emails["north"], "password": PASSWORD}
    home, elsewhere = {"REMOTE_ADDR": "198.51.100.1"}, {"REMOTE_ADDR": "203.0.113.9"}
    assert client.post("/login", data=form, environ_overrides=home).status_code == 303
    stranger = client.application.test_client()
    for _ in range(8):
        stranger.post("/login", data={**form, "password": "guess"}, environ_overrides=elsewhere)
    assert stranger.post("/login", data=form, environ_overrides=elsewhere).status_code == 429
    assert client.post("/login", data=form, environ_overrides=home).status_code == 303


@pytest.mark.parametrize("wanted", ["//evil.com", "/\\evil.com", "https://evil.com", "javascript:alert(1)",
                                    "\\/evil.com", "/\t/evil.com", "/%09//evil.com\n",
                                    "evil.com", "/a\r\nSet-Cookie: x=1"])
def test_the_way_back_stays_on_this_site(client: FlaskClient, people: People, wanted: str) -> None:
    answer = client.post("/login", data={"email": people.emails["admin"], "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/"
    assert wanted not in client.get("/login", query_string={"next": wanted}).get_data(as_text=True)


def test_the_way_back_leads_to_the_wanted_page(client: FlaskClient, people: People) -> None:
    answer = client.post("/login", data={"email": people.emails["admin"], "password": PASSWORD,
                                         "next": "/analytics?team=north&currency=USD"})
    assert answer.headers["Location"] == "/analytics?team=north&currency=USD"
    assert client.get("/login?next=/analytics").headers["Location"] == "/analytics"


def test_a_targetologist_begins_with_the_own_team(client: FlaskClient, people: People) -> None:
    answer = client.post("/login", data={"email": people.emails["north"], "password": PASSWORD})
    assert answer.headers["Location"] == "/teams/north"


CROSS_SITE = [
    {"Origin": "https://evil.example.com"}, {"Origin": "null"}, {"Origin": "http://traffic.example.com"},
    {"Origin": "https://traffic.example.com.evil.com"}, {"Origin": "https://traffic.example.com:444"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Referer": "https://evil.example.com/"},
    {"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC_URL},
]


@pytest.mark.parametrize("headers", CROSS_SITE)
def test_another_site_changes_nothing(signed_in: SignedIn, headers: dict[str, str]) -> None:
    browser = signed_in("admin")
    assert browser.post("/logout", headers=headers).status_code == 403
    assert browser.post("/language", data={"locale": "en"}, headers=headers).status_code == 403
    assert browser.delete("/api/auth/sessions", headers=headers).status_code == 403
    assert browser.post("/api/traffic-admin/stats/recalculate", json={"from": "2026-01-01", "to": "2026-01-02"},
                        headers=headers).status_code == 403
    assert browser.post("/_dash-update-component", json={}, headers=headers).status_code == 403
    assert browser.get("/api/auth/me").get_json()["locale"] == "ru"


def test_another_site_signs_nobody_in(client: FlaskClient, people: People) -> None:
    form = {"email": people.emails["admin"], "password": PASSWORD}
    assert client.post("/login", data=form, headers={"Origin": "https://evil.example.com"}).status_code == 403
    assert client.post("/login", data=form, headers={"Origin": PUBLIC_URL}).status_code == 303


def test_the_language_is_kept_for_the_device_and_for_the_user(signed_in: SignedIn, client: FlaskClient) -> None:
    assert 'lang="ru"' in client.get("/login").get_data(as_text=True)
    answer = client.post("/language", data={"locale": "kk", "next": "/login?next=/analytics"})
    assert answer.headers["Location"] == "/login?next=/analytics"
    assert '<html lang="kk"' in client.get("/login").get_data(as_text=True)
    browser = signed_in("admin")
    assert '<html lang="ru"' in browser.get("/").get_data(as_text=True)
    browser.post("/language", data={"locale": "en", "next": "/"})
    assert '<html lang="en"' in browser.get("/").get_data(as_text=True)
    assert browser.post("/language", data={"locale": "de", "next": "//evil.com"}).headers["Location"] == "/"
    assert browser.get("/api/auth/me").get_json()["locale"] == "en"
    browser.post("/language", data={"locale": "ru"})


def test_deeds_are_in_the_audit_log(client: FlaskClient, people: People, shared_web: Database) -> None:
    client.post("/login", data={"email": "audit@example.com", "password": "planted-secret"})
    client.post("/login", data={"email": people.emails["admin"], "password": PASSWORD})
    client.post("/logout")
    with shared_web.transaction(ADMIN) as connection:
        rows = connection.execute(text("SELECT * FROM audit_log ORDER BY id DESC LIMIT 3")).mappings().all()
    assert [row["action"] for row in rows] == ["session.logout", "session.login", "session.login_failed"]
    assert rows[0]["user_id"] == rows[1]["user_id"] is not None
    assert all(row["request_id"] and str(row["address"]) == "127.0.0.1" for row in rows)
    assert "planted-secret" not in str(rows)


def test_strange_addresses_are_an_ordinary_refusal(client: FlaskClient) -> None:
    for email in ("\x00", "a" * 5000, "' OR 1=1 --", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
                  "<script>alert(1)</script>"):
        answer = client.post("/login", data={"email": email, "password": "x" * 5000})
        assert answer.status_code == 401
        assert "<script>alert" not in answer.get_data(as_text=True)
    assert client.post("/login", data={}).status_code == 401


def test_versions_stay_unsaid(signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/").get_data(as_text=True)
    config = page.split('id="_dash-config"')[1].split("</script>")[0]
    assert dash.__version__ not in config
    assert "3.11" not in config and "3.12" not in config
    assert "_favicon.ico" not in page
    assert "Loading..." not in page and "Загружаем" in page


def test_an_office_that_signs_in_often_is_not_paused(client: FlaskClient, people: People) -> None:
    for _ in range(102):
        answer = client.post("/login", data={"email": people.emails["analyst"], "password": PASSWORD})
        assert answer.status_code == 303
