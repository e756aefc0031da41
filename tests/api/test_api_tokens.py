"""Tokens of programs: shown once, bounded by scopes and role at every route, ended by time, by hand, by new rights."""

from collections.abc import Callable, Iterator

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from auth.guard import PUBLIC_ENDPOINTS, SIGNED_IN_ENDPOINTS, STATIC_ENDPOINTS
from auth.permissions import Permission, required_permission, token_scopes
from core.records import Role
from data.engine import AUTH, Database
from tests.api.conftest import ADMIN, PASSWORD, People

SignedIn = Callable[[str], FlaskClient]
PATH = "/api/auth/tokens"
REPORTS = Permission.ANALYTICS_REPORT_READ.value


@pytest.fixture(autouse=True)
def _afresh(shared_web: Database, people: People) -> Iterator[None]:
    yield
    with shared_web.transaction(AUTH) as connection:
        connection.execute(text("DELETE FROM api_tokens"))
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("DELETE FROM login_attempts"))


def make(browser: FlaskClient, scopes: list[str], days: int = 30, **more: str) -> dict:
    answer = browser.post(PATH, json={"name": "Script", "scopes": scopes, "days": days,
                                      "current_password": PASSWORD, **more})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def header(made: dict) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['token']}"}


def test_a_token_opens_what_its_scopes_say_and_is_known_by_a_hash(
    signed_in: SignedIn, client: FlaskClient, shared_web: Database
) -> None:
    made = make(signed_in("north"), [REPORTS])
    told = client.get("/api/analytics/overview", headers=header(made))
    assert told.status_code == 200
    assert client.get("/api/auth/me", headers=header(made)).status_code == 403
    assert client.get("/api/traffic-admin/settings", headers=header(made)).status_code == 403
    assert client.get("/api/analytics/overview", headers={"Authorization": made["token"]}).status_code == 401
    listed = signed_in("north").get(PATH).get_json()
    assert listed["rows"][0]["last_used_at"] is not None and made["token"] not in str(listed)
    with shared_web.transaction(AUTH) as connection:
        row = connection.execute(text("SELECT to_jsonb(t) FROM api_tokens t")).scalar_one()
    assert made["token"] not in str(row)
    with shared_web.transaction(ADMIN) as connection:
        entry = connection.execute(text("SELECT after FROM audit_log WHERE action = 'token.made'"
                                        " ORDER BY id DESC LIMIT 1")).scalar_one()
    assert entry["scopes"] == [REPORTS] and made["token"] not in str(entry)


def test_every_route_honours_the_scopes(shared_app: dash.Dash, signed_in: SignedIn, client: FlaskClient) -> None:
    """An admin's token with one scope is refused at each route that asks for another, whatever the role may."""
    narrow = header(make(signed_in("admin"), [Permission.RATES_DAY_WRITE.value]))
    checked = 0
    for rule in shared_app.server.url_map.iter_rules():
        if not rule.rule.startswith("/api/") or rule.endpoint in (
                PUBLIC_ENDPOINTS | SIGNED_IN_ENDPOINTS | STATIC_ENDPOINTS):
            continue
        needed = required_permission(shared_app.server.view_functions[rule.endpoint])
        if needed is Permission.RATES_DAY_WRITE:
            continue
        path = rule.rule.replace("<id>", "3f0c1d8e-0000-4000-8000-000000000000")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert client.open(path, method=method, headers=narrow, json={}).status_code == 403, (method, path)
            checked += 1
    assert checked > 60
    assert client.get("/settings", headers=narrow).status_code == 302, "pages know no tokens"


def test_no_token_touches_the_account(signed_in: SignedIn, client: FlaskClient) -> None:
    never = {Permission.ACCOUNT_PROFILE_WRITE, Permission.ACCOUNT_SESSION_END, Permission.ADMIN_PAGE_READ}
    assert not never & set(token_scopes(Role.ADMIN))
    for scope in never:
        refused = signed_in("admin").post(PATH, json={
            "name": "x", "scopes": [scope.value], "days": 1, "current_password": PASSWORD})
        assert refused.status_code == 422 and refused.get_json()["errors"][0]["field"] == "scopes"
    everything = header(make(signed_in("admin"), [one.value for one in token_scopes(Role.ADMIN)]))
    assert client.get("/api/auth/me", headers=everything).status_code == 200
    for method, path in (("POST", "/api/auth/password"), ("DELETE", "/api/auth/sessions"), ("POST", PATH),
                         ("POST", "/api/auth/logout"), ("PATCH", "/api/auth/profile"), ("GET", PATH)):
        assert client.open(path, method=method, headers=everything, json={}).status_code == 403, path


def test_wrong_fields_have_their_sentences(signed_in: SignedIn) -> None:
    browser = signed_in("north")
    wrong = browser.post(PATH, json={"name": " ", "scopes": [], "days": 0, "current_password": PASSWORD})
    assert {one["field"] for one in wrong.get_json()["errors"]} == {"name", "scopes", "days"}
    foreign = browser.post(PATH, json={"name": "x", "scopes": [Permission.AUDIT_ENTRY_READ.value], "days": 366,
                                       "current_password": PASSWORD})
    assert {one["field"] for one in foreign.get_json()["errors"]} == {"scopes", "days"}
    password = browser.post(PATH, json={"name": "x", "scopes": [REPORTS], "days": 1, "current_password": "wrong"})
    assert password.status_code == 422 and password.get_json()["errors"][0]["field"] == "current_password"


def test_a_token_ends_by_hand_by_time_and_with_new_rights(
    signed_in: SignedIn, client: FlaskClient, shared_web: Database
) -> None:
    browser = signed_in("south")
    first, second, third = (make(browser, [REPORTS]) for _ in range(3))
    assert signed_in("north").delete(f"{PATH}/{first['id']}").status_code == 404, "another's looks like none"
    assert browser.delete(f"{PATH}/{first['id']}").status_code == 204
    assert browser.delete(f"{PATH}/{first['id']}").status_code == 404
    with shared_web.transaction(AUTH) as connection:
        connection.execute(text("UPDATE api_tokens SET expires_at = now() WHERE id = CAST(:id AS uuid)"),
                           {"id": second["id"]})

    def asks(made: dict) -> int:
        return client.get("/api/analytics/overview", headers=header(made)).status_code

    assert (asks(first), asks(second), asks(third)) == (401, 401, 200)
    south = browser.get("/api/auth/me").get_json()["id"]
    admin = signed_in("admin")
    path = f"/api/traffic-admin/users/{south}"
    try:
        assert admin.patch(path, json={"is_active": False}).status_code == 200
        assert asks(third) == 401
    finally:
        admin.patch(path, json={"is_active": True})
    assert asks(third) == 401, "back with the rights does not come the token"


def test_a_person_has_twenty_tokens_at_most(signed_in: SignedIn) -> None:
    browser = signed_in("north")
    for _ in range(20):
        make(browser, [REPORTS])
    many = browser.post(PATH, json={"name": "x", "scopes": [REPORTS], "days": 1, "current_password": PASSWORD})
    assert many.status_code == 409


def test_name_and_language_are_the_persons_own(signed_in: SignedIn, shared_web: Database) -> None:
    browser = signed_in("north")
    told = browser.patch("/api/auth/profile", json={"name": "  Новое   имя ", "locale": "kk"}).get_json()
    assert (told["name"], told["locale"]) == ("Новое имя", "kk")
    for name in ("", "x" * 101):
        refused = browser.patch("/api/auth/profile", json={"name": name})
        assert refused.status_code == 422 and refused.get_json()["errors"][0]["field"] == "name"
    assert browser.patch("/api/auth/profile", json={"role": "admin"}).status_code == 422
    with shared_web.transaction(ADMIN) as connection:
        entry = connection.execute(text("SELECT before, after FROM audit_log WHERE action = 'user.profile_changed'"
                                        " ORDER BY id DESC LIMIT 1")).one()
    assert (entry.before["name"], entry.after["name"]) == ("North", "Новое имя")
    late = browser.patch("/api/auth/profile", json={"name": "Late", "was": "North"})
    assert late.status_code == 409 and "әкімші" in late.get_json()["detail"]
    undo = browser.patch("/api/auth/profile", json={"name": "Third", "was": "Новое имя"}).get_json()["undo"]
    assert browser.open(undo["path"], method=undo["method"], json=undo["body"]).get_json()["name"] == "Новое имя"
    assert browser.patch("/api/auth/profile", json={"name": "North", "locale": "ru"}).status_code == 200
