"""The second factor: asked for, not to be guessed, replayed or stepped around; recovery codes open once."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import dash
import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from auth.encryption import Cipher
from auth.second_factor import PURPOSE, matching_step
from auth.sign_in import EXTENSION, AuthParts
from core.records import Role
from data.engine import AUTH, Database
from tests.api.conftest import ADMIN, PASSWORD, People
from tests.security.processes import hidden_field

SignedIn = Callable[[str], FlaskClient]
SECRET = re.compile(r'<span class="mono">([A-Z2-7]{32})</span>')


@pytest.fixture(autouse=True)
def _afresh(shared_web: Database, people: People) -> Iterator[None]:
    yield
    with shared_web.transaction(AUTH) as connection:
        connection.execute(text("DELETE FROM second_factors"))
        connection.execute(text("DELETE FROM recovery_codes"))
        connection.execute(text("DELETE FROM sign_in_challenges"))
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("DELETE FROM login_attempts"))


def enable(client: FlaskClient, headers: dict[str, str] | None = None) -> tuple[str, list[str]]:
    """Set the factor up by the API: its secret and its recovery codes."""
    begun = client.post("/api/auth/second-factor", json={"current_password": PASSWORD}, headers=headers)
    assert begun.status_code == 200, begun.get_json()
    secret = begun.get_json()["secret"]
    assert secret in begun.get_json()["address"]
    done = client.post("/api/auth/second-factor/confirm", json={"code": pyotp.TOTP(secret).now()}, headers=headers)
    assert done.status_code == 200, done.get_json()
    return secret, done.get_json()["recovery_codes"]


def make_older(database: Database) -> None:
    """As if the last code had been used long ago."""
    with database.transaction(AUTH) as connection:
        connection.execute(text("UPDATE second_factors SET last_step = last_step - 10"))


def log_in(client: FlaskClient, email: str, code: str | None = None) -> int:
    body = {"email": email, "password": PASSWORD, **({"code": code} if code else {})}
    return client.post("/api/auth/login", json=body).status_code


def test_the_password_alone_opens_nothing(signed_in: SignedIn, client: FlaskClient, people: People) -> None:
    enable(signed_in("north"))
    page = client.post("/login", data={"email": people.emails["north"], "password": PASSWORD, "next": "/analytics"})
    assert page.status_code == 200
    assert not any(one.startswith("td_session=") for one in page.headers.getlist("Set-Cookie"))
    answer = client.post("/api/auth/login", json={"email": people.emails["north"], "password": PASSWORD})
    assert answer.status_code == 401
    assert [one["field"] for one in answer.get_json()["errors"]] == ["code"]
    assert "access_token" not in answer.get_data(as_text=True)
    challenge = hidden_field(page.get_data(as_text=True), "challenge")
    for path in ("/", "/_dash-layout", "/api/auth/me"):
        stranger = client.application.test_client()
        stranger.set_cookie("td_session", challenge)
        stranger.set_cookie("td_session", "b" + challenge)
        assert stranger.get(path).status_code in (302, 401)
        assert stranger.get(path, headers={"Authorization": f"Bearer {challenge}"}).status_code in (302, 401)


def test_a_code_signs_in_by_the_page_and_leads_back(
    signed_in: SignedIn, client: FlaskClient, people: People, shared_web: Database
) -> None:
    secret, _ = enable(signed_in("north"))
    make_older(shared_web)
    page = client.post("/login", data={"email": people.emails["north"], "password": PASSWORD, "next": "/analytics",
                                       "remember": "on"}).get_data(as_text=True)
    form = {"challenge": hidden_field(page, "challenge"), "next": hidden_field(page, "next"), "remember": "on"}
    wrong = client.post("/login/code", data={**form, "code": "000000"})
    assert wrong.status_code == 401
    answer = client.post("/login/code", data={**form, "code": " " + pyotp.TOTP(secret).now() + " "})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/analytics")
    assert client.get("/api/auth/me").get_json()["email"] == people.emails["north"]
    again = client.application.test_client().post("/login/code", data={**form, "code": pyotp.TOTP(secret).now()})
    assert again.headers["Location"] == "/login", "a finished sign-in is not finished twice"


def test_a_code_is_taken_once_even_in_parallel(
    signed_in: SignedIn, client: FlaskClient, people: People, shared_web: Database
) -> None:
    secret, _ = enable(signed_in("north"))
    assert log_in(client, people.emails["north"], pyotp.TOTP(secret).now()) == 401, "used when it was set up"
    make_older(shared_web)
    code = pyotp.TOTP(secret).now()
    with ThreadPoolExecutor(6) as threads:
        codes = list(threads.map(lambda _: log_in(client.application.test_client(), people.emails["north"], code),
                                 range(6)))
    assert codes.count(200) == 1, codes


def test_an_earlier_code_is_refused_after_a_later_one() -> None:
    secret, moment = pyotp.random_base32(32), datetime(2026, 1, 1, tzinfo=UTC)
    generator, step = pyotp.TOTP(secret), int(moment.timestamp()) // 30
    assert [matching_step(secret, generator.generate_otp(step + shift), moment) for shift in (-2, -1, 0, 1, 2)] == [
        None, step - 1, step, step + 1, None]
    for strange in ("", "12345", "abcdef", "\ud800", "１２３４５６", "0" * 100_000):
        assert matching_step(secret, strange, moment) is None


def test_recovery_codes_open_once(signed_in: SignedIn, client: FlaskClient, people: People) -> None:
    _, codes = enable(signed_in("north"))
    assert len(set(codes)) == 10
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda _: log_in(client.application.test_client(), people.emails["north"],
                                                    codes[0].upper()), range(4)))
    assert sorted(results).count(200) == 1
    assert log_in(client, people.emails["north"], codes[1].replace("-", " ")) == 200
    assert log_in(client, people.emails["north"], codes[1]) == 401


def test_codes_cannot_be_guessed(
    signed_in: SignedIn, client: FlaskClient, people: People, shared_web: Database
) -> None:
    """However often the right password begins anew, ten codes are looked at in ten minutes."""
    secret, _ = enable(signed_in("north"))
    make_older(shared_web)
    looked_at = 0
    for number in range(30):
        answer = client.post("/api/auth/login", json={"email": people.emails["north"], "password": PASSWORD,
                                                      "code": f"{number:06}"})
        looked_at += answer.status_code == 401
        with shared_web.transaction(ADMIN) as connection:
            connection.execute(text("DELETE FROM login_attempts"))  # only the count of codes is left
    assert looked_at == 10
    late = client.post("/api/auth/login", json={"email": people.emails["north"], "password": PASSWORD,
                                                "code": pyotp.TOTP(secret).now()})
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0


def test_one_sign_in_takes_five_codes(signed_in: SignedIn, client: FlaskClient, people: People) -> None:
    enable(signed_in("north"))
    page = client.post("/login", data={"email": people.emails["north"], "password": PASSWORD}).get_data(as_text=True)
    form = {"challenge": hidden_field(page, "challenge")}
    statuses = [client.post("/login/code", data={**form, "code": "000000"}).status_code for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 303, 303]


@pytest.mark.parametrize("end", ["UPDATE sign_in_challenges SET expires_at = now()",
                                 "UPDATE traffic_users SET is_active = false WHERE email = 'north@example.com'"])
def test_a_sign_in_that_is_over_takes_no_code(
    signed_in: SignedIn, client: FlaskClient, people: People, shared_web: Database, end: str
) -> None:
    secret, _ = enable(signed_in("north"))
    make_older(shared_web)
    page = client.post("/login", data={"email": people.emails["north"], "password": PASSWORD}).get_data(as_text=True)
    with shared_web.transaction(ADMIN if "users" in end else AUTH) as connection:
        connection.execute(text(end))
    answer = client.post("/login/code", data={"challenge": hidden_field(page, "challenge"),
                                              "code": pyotp.TOTP(secret).now()})
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET is_active = true"))
    assert answer.headers["Location"] == "/login"
    assert not any(one.startswith("td_session=") for one in answer.headers.getlist("Set-Cookie"))


@pytest.fixture
def required(shared_app: dash.Dash) -> Iterator[None]:
    """Analysts need a second factor."""
    parts: AuthParts = shared_app.server.extensions[EXTENSION]
    shared_app.server.extensions[EXTENSION] = replace(
        parts, settings=parts.settings.model_copy(update={"second_factor_roles": (Role.ANALYST,)}))
    yield
    shared_app.server.extensions[EXTENSION] = parts


def test_a_role_that_needs_it_sets_it_up_at_the_sign_in(
    required: None, client: FlaskClient, people: People, shared_web: Database
) -> None:
    answer = client.post("/api/auth/login", json={"email": people.emails["analyst"], "password": PASSWORD})
    assert answer.status_code == 401
    page = client.post("/login", data={"email": people.emails["analyst"], "password": PASSWORD}).get_data(as_text=True)
    assert "data:image/svg+xml" in page
    secret = SECRET.search(page)[1]
    done = client.post("/login/code", data={"challenge": hidden_field(page, "challenge"),
                                            "code": pyotp.TOTP(secret).now()})
    assert done.status_code == 200
    codes = re.findall(r"<li>([\w-]+)</li>", done.get_data(as_text=True))
    assert len(codes) == 10
    assert client.get("/api/auth/me").get_json()["role"] == "analyst"
    refused = client.post("/api/auth/second-factor/disable", json={"current_password": PASSWORD})
    assert refused.status_code == 409
    stranger = client.application.test_client()
    assert log_in(stranger, people.emails["analyst"], codes[0]) == 200


def test_the_page_sets_it_up_and_turns_it_off(signed_in: SignedIn) -> None:
    browser = signed_in("south")
    assert browser.get("/second-factor").status_code == 200
    wrong = browser.post("/second-factor", data={"deed": "enable", "current_password": "wrong"})
    assert wrong.status_code == 422
    page = browser.post("/second-factor", data={"deed": "enable", "current_password": PASSWORD}).get_data(as_text=True)
    secret = SECRET.search(page)[1]
    refused = browser.post("/second-factor/confirm", data={"code": "1"})
    assert refused.status_code == 422
    assert secret in refused.get_data(as_text=True), "the same secret, so that the phone need not be set up again"
    other = signed_in("south")
    done = browser.post("/second-factor/confirm", data={"code": pyotp.TOTP(secret).now()})
    assert done.get_data(as_text=True).count("<li>") == 10
    assert other.get("/api/auth/me").status_code == 401, "what was open before the factor ends"
    assert browser.get("/api/auth/second-factor").get_json() == {"enabled": True, "required": False,
                                                                 "recovery_codes_left": 10}
    assert browser.post("/second-factor", data={"deed": "disable", "current_password": PASSWORD}).status_code == 303
    assert browser.get("/api/auth/second-factor").get_json()["enabled"] is False


def test_a_factor_in_use_is_not_replaced_without_turning_it_off(signed_in: SignedIn) -> None:
    browser = signed_in("north")
    enable(browser)
    assert browser.post("/api/auth/second-factor", json={"current_password": PASSWORD}).status_code == 409
    renewed = browser.post("/api/auth/second-factor/recovery-codes", json={"current_password": PASSWORD})
    assert len(renewed.get_json()["recovery_codes"]) == 10


def test_a_stolen_session_does_not_guess_the_password(signed_in: SignedIn, shared_web: Database) -> None:
    browser = signed_in("north")
    statuses = [browser.post(path, json=body).status_code for _ in range(4) for path, body in (
        ("/api/auth/password", {"current_password": "guess", "new_password": "a new long password"}),
        ("/api/auth/second-factor", {"current_password": "guess"}),
        ("/api/auth/second-factor/disable", {"current_password": "guess"}))]
    assert statuses.count(422) == 5
    assert statuses.count(429) == 7


def test_the_database_keeps_no_secret_and_no_code(signed_in: SignedIn, shared_web: Database, people: People) -> None:
    secret, codes = enable(signed_in("north"))
    with shared_web.transaction(AUTH) as connection:
        rows = connection.execute(text("SELECT f.user_id, f.secret, array_agg(r.code_hash) FROM second_factors f"
                                       " JOIN recovery_codes r USING (user_id) GROUP BY 1, 2")).one()
    user_id, sealed, hashes = str(rows[0]), bytes(rows[1]), b"".join(bytes(one) for one in rows[2])
    assert secret.encode() not in sealed
    assert not any(code.encode() in hashes or code.replace("-", "").encode() in hashes for code in codes)
    cipher = Cipher({"one": b"\0" * 32})
    assert cipher.decrypt(PURPOSE, user_id, sealed) == secret
    with pytest.raises(Exception, match="another owner"):
        cipher.decrypt(PURPOSE, "somebody else", sealed)


def test_an_admin_lets_in_who_lost_everything(signed_in: SignedIn, client: FlaskClient, people: People) -> None:
    browser = signed_in("north")
    enable(browser)
    user_id = browser.get("/api/auth/me").get_json()["id"]
    path = f"/api/traffic-admin/users/{user_id}/second-factor"
    assert signed_in("south").delete(path).status_code == 403
    admin = signed_in("admin")
    assert admin.delete(path).status_code == 204
    assert admin.delete(path).status_code == 404
    assert browser.get("/api/auth/me").status_code == 401
    assert log_in(client, people.emails["north"]) == 200
    actions = [row["action"] for row in admin.get("/api/traffic-admin/audit?limit=500").get_json()["rows"]]
    assert {"second_factor.enabled", "second_factor.disabled", "second_factor.failed",
            "second_factor.recovery_code_used", "second_factor.recovery_codes_renewed"} <= set(actions)
