"""Users for admins: found among thousands, changed by one admin at a time, told of it; an admin always stays."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.records import Role
from data.engine import AUTH, Database
from data.people import PeopleError, change_user
from tests.api.conftest import ADMIN, People

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin/users"


def row_of(admin: FlaskClient, email: str) -> dict[str, Any]:
    return next(one for one in admin.get(f"{ROOT}?search={email}").get_json()["rows"] if one["email"] == email)


def make(admin: FlaskClient, email: str, **values: Any) -> dict[str, Any]:
    answer = admin.post(ROOT, json={"email": email, "role": "targetologist", "team": "north", **values})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return row_of(admin, email)


def audits(database: Database, action: str) -> int:
    with database.transaction() as connection:
        return connection.execute(text("SELECT count(*) FROM audit_log WHERE action = :action"),
                                  {"action": action}).scalar_one()


def letters(database: Database, email: str) -> list[str]:
    with database.transaction() as connection:
        return list(connection.execute(text("SELECT subject FROM notifications WHERE recipient = :email"
                                            " ORDER BY created_at, id"), {"email": email}).scalars())


def test_the_list_tells_state_and_last_visit(signed_in: SignedIn, client: FlaskClient) -> None:
    admin = signed_in("admin")
    make(admin, "waits@example.com", name="Жаңа адам")
    signed_in("south")
    for _ in range(6):
        client.post("/login", data={"email": "south@example.com", "password": "wrong"}, base_url="https://localhost")
    south, waits = row_of(admin, "south@example.com"), row_of(admin, "waits@example.com")
    assert (south["is_locked"], south["is_invited"], south["last_seen_at"] is not None) == (True, False, True)
    assert (waits["is_locked"], waits["is_invited"], waits["last_seen_at"]) == (False, True, None)
    assert admin.post(f"{ROOT}/{south['id']}/unlock").status_code == 204
    assert row_of(admin, "south@example.com")["is_locked"] is False


@pytest.mark.parametrize(("query", "expected"), [
    ("role=admin", {"admin@example.com"}), ("search=NORTH@", {"north@example.com"}),
    ("search=жаңа", {"waits@example.com"}),
    ("team=south", {"south@example.com"}), ("search=%25", set()), ("search=_", set()),
])
def test_users_are_found(signed_in: SignedIn, query: str, expected: set[str]) -> None:
    rows = signed_in("admin").get(f"{ROOT}?{query}").get_json()["rows"]
    assert {one["email"] for one in rows} == expected


def test_a_change_tells_the_person_and_ends_everything_signed_in(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin, moved = signed_in("admin"), signed_in("south")
    south = row_of(admin, "south@example.com")
    before = audits(shared_jobs, "user.changed")
    answer = admin.patch(f"{ROOT}/{south['id']}", json={"version": south["version"], "team": "north"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.get_json()["team"] == "north"
    assert moved.get("/api/auth/me").status_code == 401
    assert letters(shared_jobs, "south@example.com")[-1] == "Ваши права в Traffic Dashboard изменены"
    assert audits(shared_jobs, "user.changed") == before + 1
    undo = answer.get_json()["undo"]
    assert admin.open(undo["path"], method=undo["method"], json=undo["body"]).status_code == 200
    assert row_of(admin, "south@example.com")["team"] == "south"


def test_the_later_of_two_admins_is_refused(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    user = make(admin, "two@example.com")
    path = f"{ROOT}/{user['id']}"
    assert admin.patch(path, json={"version": user["version"], "name": "First"}).status_code == 200
    late = admin.patch(path, json={"version": user["version"], "role": "admin", "team": None})
    assert late.status_code == 409
    assert "admin@example.com" in late.get_json()["detail"]
    after = row_of(admin, "two@example.com")
    assert (after["name"], after["role"]) == ("First", "targetologist")


def test_nobody_changes_the_own_role_or_closes_the_own_access(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    own = row_of(admin, "admin@example.com")
    assert admin.patch(f"{ROOT}/{own['id']}", json={"role": "analyst"}).status_code == 409
    assert admin.delete(f"{ROOT}/{own['id']}").status_code == 409


def test_a_closed_access_stays_closed_until_it_is_opened(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin, analyst = signed_in("admin"), signed_in("analyst")
    user = row_of(admin, "analyst@example.com")
    answer = admin.delete(f"{ROOT}/{user['id']}")
    assert answer.status_code == 200
    assert answer.get_json()["is_active"] is False
    assert analyst.get("/api/auth/me").status_code == 401
    undo = answer.get_json()["undo"]
    assert admin.open(undo["path"], method=undo["method"], json=undo["body"]).get_json()["is_active"] is True
    assert letters(shared_jobs, "analyst@example.com") == [
        "Ваш доступ к Traffic Dashboard закрыт", "Ваш доступ к Traffic Dashboard снова открыт"]


def test_an_invitation_by_mail_names_nothing_secret(signed_in: SignedIn, shared_jobs: Database) -> None:
    answer = signed_in("admin").post(ROOT, json={"email": "mail@example.com", "role": "analyst", "locale": "en",
                                                 "invitation": "mail"})
    assert (answer.status_code, answer.get_json()["link"]) == (201, None)
    assert letters(shared_jobs, "mail@example.com") == ["You are invited to Traffic Dashboard"]


def test_whoever_never_came_gets_a_new_invitation(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    user = make(admin, "again@example.com")
    assert "/invitation/" in admin.post(f"{ROOT}/{user['id']}/link").get_json()["link"]


@pytest.mark.parametrize("email", ["aliya@academy,kz", "aliya", "аliya@academy.kz"])
def test_an_invitation_says_what_is_wrong_with_the_address(signed_in: SignedIn, email: str) -> None:
    answer = signed_in("admin").post(ROOT, json={"email": email, "role": "analyst"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "email"


def test_two_admins_cannot_take_each_others_rights(shared_web: Database, people: People, shared_app: dash.Dash) -> None:
    """Of two admins who close each other at the same moment, one stays."""
    with shared_web.transaction(AUTH) as connection:
        own = connection.execute(text("SELECT id FROM traffic_users WHERE role = 'admin'")).scalar_one()
    with shared_web.transaction(ADMIN) as connection:
        other = connection.execute(text(
            "INSERT INTO traffic_users (email, password_hash, role) VALUES ('second@example.com', '!', 'admin')"
            " RETURNING id")).scalar_one()
    both = threading.Barrier(2)
    outcome: list[str] = []

    def close(user_id: Any) -> None:
        both.wait()
        try:
            with shared_web.transaction(ADMIN) as connection:
                change_user(connection, str(user_id), role=Role.ADMIN, team_id=None, is_active=False)
            outcome.append("closed")
        except PeopleError as error:
            outcome.append(error.reason)

    threads = [threading.Thread(target=close, args=(one,)) for one in (own, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["closed", "last_admin"]
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET is_active = true WHERE id = :id"), {"id": own})
        connection.execute(text("DELETE FROM traffic_users WHERE id = :id"), {"id": other})


def test_ten_thousand_users_page_in_the_time_of_their_rows(signed_in: SignedIn, shared_jobs: Database) -> None:
    """A page near the end costs what the first one costs, however many users are there; so does a search."""
    with shared_jobs.transaction() as connection:
        connection.execute(text("""
            INSERT INTO traffic_users (email, password_hash, full_name, role)
            SELECT 'many' || n || '@example.org', '!', 'Person ' || n, 'analyst' FROM generate_series(1, 10000) n"""))
    with shared_jobs.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE traffic_users"))
    admin, seen, cursor, times = signed_in("admin"), 0, "", []

    def ask(query: str) -> Any:
        began = monotonic()
        page = admin.get(f"{ROOT}?{query}").get_json()
        times.append(monotonic() - began)
        return page

    for _ in range(20):
        page = ask(f"search=example.org&limit=500&cursor={cursor}")
        seen += len(page["rows"])
        cursor = page["next_cursor"] or ""
        if not cursor:
            break
    assert seen == 10_000
    pages, times = sorted(times), []
    for _ in range(5):
        assert len(ask("search=person 77&limit=50")["rows"]) == 50
    # The floor is this machine's own: what a page costs here and now, at its best. Walking all rows would cost tenfold.
    assert pages[len(pages) // 2] < 5 * pages[0], pages
    assert min(times) < 3 * pages[len(pages) // 2], times
