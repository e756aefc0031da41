"""Invitations and resets: single use, short, known to the database by their hash; nobody learns who exists."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.one_time_links import fill_links
from data.engine import AUTH, Database
from tests.api.conftest import ADMIN, PASSWORD, People
from tests.application import PUBLIC_URL, make_settings

SignedIn = Callable[[str], FlaskClient]
NEW = "a new long password"


@pytest.fixture(autouse=True)
def _afresh(shared_web: Database, people: People, shared_app: dash.Dash) -> Iterator[None]:
    yield
    hashed = shared_app.server.extensions["auth"].passwords.hash(PASSWORD)
    with shared_web.transaction(AUTH) as connection:
        connection.execute(text("DELETE FROM account_links"))
        connection.execute(text("UPDATE traffic_users SET password_hash = :hash"), {"hash": hashed})
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("DELETE FROM login_attempts"))


def user_id_of(browser: FlaskClient) -> str:
    return browser.get("/api/auth/me").get_json()["id"]


def new_link(admin: FlaskClient, user_id: str) -> str:
    """The path of a reset link made by an admin."""
    answer = admin.post(f"/api/traffic-admin/users/{user_id}/link")
    assert answer.status_code == 201
    assert answer.get_json()["link"].startswith(PUBLIC_URL + "/reset/")
    return urlsplit(answer.get_json()["link"]).path


def mails(database: Database) -> list[tuple[str, str]]:
    with database.transaction(ADMIN) as connection:
        return [tuple(row) for row in connection.execute(text(
            "SELECT recipient, body FROM notifications ORDER BY created_at, id"))]


def test_an_invited_person_sets_the_password_and_signs_in(signed_in: SignedIn, client: FlaskClient) -> None:
    answer = signed_in("admin").post("/api/traffic-admin/users", json={
        "email": "New.Person@example.com", "role": "targetologist", "team": "north", "name": "New"})
    assert answer.status_code == 201, answer.get_json()
    path = urlsplit(answer.get_json()["link"]).path
    assert path.startswith("/invitation/")
    assert "new.person@example.com" in client.get(path).get_data(as_text=True)
    assert client.get(path).status_code == 200, "looking does not use it up"
    assert client.post(path, data={"new_password": "short"}).status_code == 422
    assert client.post(path, data={"new_password": "password2026"}).status_code == 422
    assert client.post(path.replace("invitation", "reset"), data={"new_password": NEW}).status_code == 404
    assert client.post(path, data={"new_password": NEW}).status_code == 303
    assert client.post(path, data={"new_password": NEW}).status_code == 404
    assert client.get(path).status_code == 404
    assert client.post("/login", data={"email": "new.person@example.com", "password": NEW}).status_code == 303
    assert client.get("/api/auth/me").get_json()["team"] == "north"


@pytest.mark.parametrize(("body", "field"), [
    ({"email": "north@example.com", "role": "analyst"}, "email"), ({"email": "nobody", "role": "analyst"}, "email"),
    ({"email": "x@example.com", "role": "targetologist"}, "team"),
    ({"email": "x@example.com", "role": "targetologist", "team": "nowhere"}, "team"),
    ({"email": "x@example.com", "role": "owner"}, "role"), ({"email": "x\0@example.com", "role": "admin"}, "body"),
    ({"email": "x@example.com", "role": "admin", "is_active": True}, "is_active"),
])
def test_a_wrong_invitation_names_its_field(signed_in: SignedIn, body: dict[str, object], field: str) -> None:
    answer = signed_in("admin").post("/api/traffic-admin/users", json=body)
    assert answer.status_code == 422
    assert field in {one["field"] for one in answer.get_json()["errors"]}


def test_only_admins_manage_people(signed_in: SignedIn, client: FlaskClient) -> None:
    victim = user_id_of(signed_in("south"))
    for name in ("analyst", "north"):
        browser = signed_in(name)
        own = user_id_of(browser)
        for method, path, body in (
            ("GET", "", None), ("POST", "", {"email": "x@example.com", "role": "admin"}),
            ("PATCH", f"/{own}", {"role": "admin"}), ("PATCH", f"/{victim}", {"is_active": False}),
            ("POST", f"/{victim}/link", None), ("POST", f"/{victim}/unlock", None),
            ("DELETE", f"/{victim}/second-factor", None)):
            assert browser.open(f"/api/traffic-admin/users{path}", method=method, json=body).status_code == 403, path
            assert client.open(f"/api/traffic-admin/users{path}", method=method, json=body).status_code == 401, path


def test_a_link_works_once_in_parallel(signed_in: SignedIn, client: FlaskClient) -> None:
    path = new_link(signed_in("admin"), user_id_of(signed_in("north")))
    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(lambda number: client.application.test_client().post(
            path, data={"new_password": f"{NEW} {number}"}).status_code, range(6)))
    assert sorted(statuses) == [303] + [404] * 5


def test_a_newer_link_ends_the_older_and_using_it_ends_every_session(
    signed_in: SignedIn, client: FlaskClient, people: People
) -> None:
    admin, browser = signed_in("admin"), signed_in("north")
    user_id = user_id_of(browser)
    older, newer = new_link(admin, user_id), new_link(admin, user_id)
    assert client.get(older).status_code == 404
    token = newer.rpartition("/")[2]
    assert client.post("/api/auth/link", json={"token": token + "x", "new_password": NEW}).status_code == 404
    assert client.post("/api/auth/link", json={"token": token, "new_password": NEW}).status_code == 204
    assert browser.get("/api/auth/me").status_code == 401
    assert client.post("/api/auth/login", json={"email": people.emails["north"], "password": PASSWORD}
                       ).status_code == 401
    assert client.post("/api/auth/login", json={"email": people.emails["north"], "password": NEW}).status_code == 200


@pytest.mark.parametrize("end", ["UPDATE account_links SET expires_at = now()",
                                 "UPDATE traffic_users SET is_active = false WHERE email = 'south@example.com'"])
def test_a_link_that_ended_sets_nothing(
    signed_in: SignedIn, client: FlaskClient, shared_web: Database, end: str
) -> None:
    path = new_link(signed_in("admin"), user_id_of(signed_in("south")))
    with shared_web.transaction(ADMIN if "users" in end else AUTH) as connection:
        connection.execute(text(end))
    answer = client.post(path, data={"new_password": NEW})
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("UPDATE traffic_users SET is_active = true"))
    assert answer.status_code == 404


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_forgotten_password_is_answered_the_same_for_anybody(
    client: FlaskClient, people: People, shared_web: Database, way: str
) -> None:
    before = len(mails(shared_web))
    addresses = (people.emails["south"], "nobody@example.com", "", "\x00", "x" * 5000)
    if way == "page":
        answers = [client.post("/forgot", data={"email": email}) for email in addresses]
    else:
        answers = [client.post("/api/auth/forgot", json={"email": email}) for email in addresses[:2]]
    assert len({(answer.status_code, answer.get_data(), len(answer.headers)) for answer in answers}) == 1
    written = mails(shared_web)[before:]
    assert [recipient for recipient, _ in written] == [people.emails["south"]]


def test_the_outbox_names_the_link_and_only_the_sender_makes_it_an_address(
    client: FlaskClient, people: People, shared_web: Database
) -> None:
    client.post("/forgot", data={"email": people.emails["analyst"]}, headers={"Host": "evil.example.com"})
    body = mails(shared_web)[-1][1]
    assert "[[account-link:reset:" in body
    sent = fill_links(body, make_settings())
    address = next(word for word in sent.split() if word.startswith("http"))
    assert address.startswith(PUBLIC_URL + "/reset/"), "never the host of the request"
    token = address.rpartition("/")[2]
    assert token not in body
    with shared_web.transaction(AUTH) as connection:
        hashes = connection.execute(text("SELECT token_hash FROM account_links")).scalars().all()
    assert hashlib.sha256(token.encode()).digest() in {bytes(one) for one in hashes}
    assert fill_links(body, make_settings(secret_key="t" * 40)) != sent
    assert client.post(urlsplit(address).path, data={"new_password": NEW}).status_code == 303


def test_nobody_is_flooded_with_mails_and_cannot_be_kept_from_a_link(
    signed_in: SignedIn, client: FlaskClient, people: People, shared_web: Database
) -> None:
    before = len(mails(shared_web))
    for _ in range(9):
        client.post("/forgot", data={"email": people.emails["north"]})
    written = mails(shared_web)[before:]
    assert len(written) == 5
    last = fill_links(written[-1][1], make_settings())
    path = urlsplit(next(word for word in last.split() if word.startswith("http"))).path
    assert client.get(path).status_code == 200, "the refused ones do not end the last"
    assert client.get(new_link(signed_in("admin"), user_id_of(signed_in("north")))).status_code == 200


def test_rights_are_changed_by_another_admin(signed_in: SignedIn, shared_web: Database) -> None:
    admin, browser = signed_in("admin"), signed_in("analyst")
    own, user_id = user_id_of(admin), user_id_of(browser)
    users = "/api/traffic-admin/users"
    assert admin.patch(f"{users}/{own}", json={"is_active": False}).status_code == 409
    assert admin.patch(f"{users}/{own.replace(own[:4], '0000')}", json={"is_active": False}).status_code == 404
    assert admin.patch(f"{users}/{user_id}", json={}).status_code == 422
    assert admin.patch(f"{users}/{user_id}", json={"role": "targetologist"}).status_code == 422
    changed = admin.patch(f"{users}/{user_id}", json={"role": "targetologist", "team": "south"})
    assert (changed.status_code, changed.get_json()["team"]) == (200, "south")
    assert browser.get("/api/auth/me").status_code == 401
    assert admin.patch(f"{users}/{user_id}", json={"role": "analyst", "team": None}).status_code == 200
    entry = admin.get("/api/traffic-admin/audit?action=user.changed").get_json()["rows"][0]
    assert entry["before"] == {"role": "targetologist", "team": "south", "is_active": True}
    assert entry["after"] == {"role": "analyst", "team": None, "is_active": True}
    assert user_id in {row["id"] for row in admin.get(users).get_json()["rows"]}


def test_an_admin_unlocks(signed_in: SignedIn, client: FlaskClient, people: People) -> None:
    form = {"email": people.emails["south"], "password": PASSWORD}
    user_id = user_id_of(signed_in("south"))
    elsewhere = {"REMOTE_ADDR": "203.0.113.77"}
    for _ in range(6):
        client.post("/login", data={**form, "password": "wrong"}, environ_overrides=elsewhere)
    assert client.post("/login", data=form, environ_overrides=elsewhere).status_code == 429
    assert signed_in("admin").post(f"/api/traffic-admin/users/{user_id}/unlock").status_code == 204
    assert client.post("/login", data=form, environ_overrides=elsewhere).status_code == 303


def test_a_known_device_is_not_locked_out_wherever_it_is(client: FlaskClient, people: People) -> None:
    form = {"email": people.emails["south"], "password": PASSWORD}
    home = {"REMOTE_ADDR": "198.51.100.20"}
    assert client.post("/login", data=form, environ_overrides=home).status_code == 303
    stranger = client.application.test_client()
    for number in range(12):
        stranger.post("/login", data={**form, "password": "guess"},
                      environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"})
    travelling = {"REMOTE_ADDR": "192.0.2.200"}
    assert stranger.post("/login", data=form, environ_overrides=travelling).status_code == 429
    assert client.post("/login", data=form, environ_overrides=travelling).status_code == 303
    client.delete_cookie("td_device")
    invented = client.application.test_client()
    for key in ("A" * 43, "x", "\x00"):
        invented.set_cookie("td_device", key)
        assert invented.post("/login", data=form, environ_overrides=travelling).status_code in (303, 429)
