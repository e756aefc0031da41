"""Everything important leaves an entry: who, what, before and after, when in UTC, from where; and it stays."""

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dash
import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from auth.audit import Action
from auth.sign_in import EXTENSION
from data.engine import AUTH, Database
from jobs.requested_runs import run_next
from tests.api.conftest import ADMIN, PASSWORD, People
from tests.factories import make_event, make_lead, make_sale
from tests.job_context import make_context
from tests.security.test_rights import SignedIn

ROOT = Path(__file__).resolve().parents[2]
NEW = "a new long password"
# Done by whoever stands outside: the entry names the account as its object.
OUTSIDE = (Action.LOGIN_FAILED, Action.LOGIN_THROTTLED, Action.LINK_REQUESTED, Action.SECOND_FACTOR_FAILED)
Deeds = Iterator[tuple[Action, Callable[[], Any]]]


class Walk:
    """An admin, a targetologist and a program of hers, who do everything once."""

    def __init__(self, signed_in: SignedIn, people: People, web: Database, jobs: Database) -> None:
        self.people, self.web, self.jobs, self.sign_in = people, web, jobs, signed_in
        self.admin, self.north = signed_in("admin"), signed_in("north")
        self.north_id = self.north.get("/api/auth/me").get_json()["id"]
        with jobs.transaction() as connection:
            self.sale = make_sale(connection, people.north)
            make_lead(connection, people.north, email="walk@example.com", email_norm="walk@example.com")
            self.event = make_event(connection)

    def of_admin(self, method: str, path: str, body: object = None) -> Any:
        return self._asked(self.admin, method, f"/api/traffic-admin/{path}", body)

    def of_north(self, method: str, path: str, body: object = None) -> Any:
        return self._asked(self.north, method, f"/api/auth/{path}", body)

    def _asked(self, browser: FlaskClient, method: str, path: str, body: object) -> Any:
        answer = browser.open(path, method=method, json=body)
        assert answer.status_code < 300, (path, answer.get_json())
        return answer.get_json()

    def of_stranger(self, path: str, body: object) -> Any:
        return self.admin.application.test_client().post(path, json=body).get_json()

    def make_older(self, table: str, column: str) -> None:
        with self.web.transaction(AUTH) as connection:
            connection.execute(text(f"UPDATE {table} SET {column} = {column} - 100"
                                    if column == "last_step" else
                                    f"UPDATE {table} SET {column} = {column} - interval '1 minute'"))

    # -- what is done, in the order in which it is possible

    def of_sign_in(self) -> Deeds:
        email, wrong = self.people.emails["south"], {"email": self.people.emails["south"], "password": "wrong"}
        pair: dict[str, str] = {}
        yield Action.LOGIN, lambda: pair.update(self.of_stranger("/api/auth/login", {"email": email,
                                                                                    "password": PASSWORD}))
        yield Action.LOGIN_FAILED, lambda: self.of_stranger("/api/auth/login", wrong)
        yield Action.LOGIN_THROTTLED, lambda: [self.of_stranger("/api/auth/login", wrong) for _ in range(6)]
        yield Action.USER_UNLOCKED, lambda: self.of_admin("POST", f"users/{self.north_id}/unlock")
        token = {"refresh_token": pair["refresh_token"]}
        self.of_stranger("/api/auth/refresh", token)
        self.make_older("refresh_tokens", "used_at")
        yield Action.REFRESH_REUSED, lambda: self.of_stranger("/api/auth/refresh", token)
        yield Action.ACCESS_DENIED, lambda: self.north.get("/api/traffic-admin/users")
        yield Action.LANGUAGE_CHANGED, lambda: self.north.post("/language", data={"locale": "en", "next": "/"})
        yield Action.SESSIONS_ENDED, lambda: self.of_north("DELETE", "sessions")
        yield Action.LINK_REQUESTED, lambda: self.of_stranger("/api/auth/forgot", {"email": email})

    def of_second_factor(self) -> Deeds:
        codes: list[str] = []
        secret = self.of_north("POST", "second-factor", {"current_password": PASSWORD})["secret"]
        yield Action.SECOND_FACTOR_ENABLED, lambda: codes.extend(
            self.of_north("POST", "second-factor/confirm", {"code": pyotp.TOTP(secret).now()})["recovery_codes"])
        body = {"email": self.people.emails["north"], "password": PASSWORD}
        yield Action.SECOND_FACTOR_FAILED, lambda: self.of_stranger("/api/auth/login", {**body, "code": "000000"})
        yield Action.RECOVERY_CODE_USED, lambda: self.of_stranger("/api/auth/login", {**body, "code": codes[0]})
        yield Action.RECOVERY_CODES_RENEWED, lambda: self.of_north("POST", "second-factor/recovery-codes", {
            "current_password": PASSWORD})
        yield Action.SECOND_FACTOR_DISABLED, lambda: self.of_north("POST", "second-factor/disable", {
            "current_password": PASSWORD})

    def of_people(self) -> Deeds:
        made: dict[str, Any] = {}
        yield Action.USER_CREATED, lambda: made.update(self.of_admin("POST", "users", {
            "email": "walker@example.com", "role": "targetologist", "team": "north"}))
        path = urlsplit(made["link"]).path
        yield Action.LINK_USED, lambda: self.admin.application.test_client().post(path, data={"new_password": NEW})
        user = next(one["id"] for one in self.of_admin("GET", "users")["rows"] if one["email"] == "walker@example.com")
        yield Action.LINK_MADE, lambda: self.of_admin("POST", f"users/{user}/link")
        yield Action.USER_CHANGED, lambda: self.of_admin("PATCH", f"users/{user}", {"role": "analyst"})
        yield Action.PASSWORD_CHANGED, lambda: self.of_north("POST", "password", {
            "current_password": PASSWORD, "new_password": NEW})
        yield Action.LOGOUT, lambda: self.north.post("/logout")

    def of_figures(self) -> Deeds:
        made: dict[str, Any] = {}
        yield Action.RULES_APPLIED, lambda: made.update(self.of_admin("POST", "aliases", {
            "team": "north", "utm_source": "fb_walk"}))
        self.of_admin("POST", "aliases", {"team": "north", "utm_source": "fb_walk_again"})
        version = made["version"]
        yield Action.RULES_RESTORED, lambda: self.of_admin("POST", f"attribution/versions/{version}/revert", {})
        binding = {"kind": "campaign", "external_id": "4242"}
        yield Action.BINDING_ADDED, lambda: self.of_admin("POST", "facebook/bindings", {**binding, "team": "north"})
        yield Action.BINDING_ENDED, lambda: self.of_admin("POST", "facebook/bindings", {**binding, "team": None})
        yield Action.SALE_ASSIGNED, lambda: self.of_admin("POST", f"sales/{self.sale}/assign", {"team": "south"})
        yield Action.SALE_RELEASED, lambda: self.of_admin("POST", f"sales/{self.sale}/assign", {})
        yield Action.RATE_SET, lambda: self.of_admin("PUT", "rates", {"day": "2026-01-15", "usd_to_kzt": 510})
        yield Action.RUN_REQUESTED, lambda: self.of_admin("POST", "stats/recalculate", {
            "from": "2026-01-01", "to": "2026-01-02"})
        yield Action.EVENT_REPLAYED, lambda: self.of_admin("POST", f"webhooks/{self.event}/replay")
        mapping = self.of_admin("GET", "amocrm/mapping")
        fields = [{"target": "utm_term", "kind": "name", "value": "walk", "position": 0}]
        yield Action.AMOCRM_MAPPED, lambda: self.of_admin("PUT", "amocrm/mapping", {
            "pipelines": mapping["pipelines"], "fields": fields})

    def of_persons(self) -> Deeds:
        who = {"email": "walk@example.com"}
        yield Action.AUDIT_EXPORTED, lambda: self.admin.get("/api/traffic-admin/audit?format=csv").get_data()
        yield Action.PERSON_EXPORTED, lambda: self.of_admin("POST", "persons/export", who)
        yield Action.PERSON_ERASURE_ASKED, lambda: self.of_admin("POST", "persons/erase", {
            **who, "confirm": who["email"]})
        yield Action.PERSON_ERASED, self._work

    def _work(self) -> None:
        with self.jobs.transaction() as connection:
            connection.execute(text("DELETE FROM sync_runs WHERE kind <> 'person_erasure'"))
        assert run_next(make_context(self.jobs))


@pytest.fixture(autouse=True)
def _afresh(people: People, shared_app: dash.Dash, shared_web: Database) -> None:
    """Everybody's password is what it was."""
    hashed = shared_app.server.extensions[EXTENSION].passwords.hash(PASSWORD)
    with shared_web.transaction(AUTH) as connection:
        connection.execute(text("UPDATE traffic_users SET password_hash = :hash"), {"hash": hashed})
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("DELETE FROM login_attempts"))


@pytest.fixture(scope="module")
def walked() -> set[Action]:
    """What was done so far; the last test looks at it."""
    return set()


def newest(web: Database, after: int) -> list[Any]:
    with web.transaction(ADMIN) as connection:
        return list(connection.execute(text("SELECT * FROM audit_log WHERE id > :after ORDER BY id"), {"after": after}))


@pytest.mark.parametrize("part", ["sign_in", "second_factor", "people", "figures", "persons"])
def test_each_deed_leaves_its_entry(
    part: str, signed_in: SignedIn, people: People, shared_web: Database, shared_jobs: Database, walked: set[Action]
) -> None:
    walk = Walk(signed_in, people, shared_web, shared_jobs)
    for action, deed in getattr(walk, f"of_{part}")():
        last = max((row.id for row in newest(shared_web, 0)), default=0)
        deed()
        entries = [row for row in newest(shared_web, last) if row.action == action]
        assert entries, action
        entry = entries[-1]
        assert abs(entry.happened_at - datetime.now(UTC)) < timedelta(minutes=1)
        assert entry.user_id is not None or (action in OUTSIDE and entry.object_type == "user"), action
        assert entry.address is not None or action is Action.PERSON_ERASED, "from where; a worker has no address"
        walked.add(action)


def test_thirty_deeds_were_walked_and_stay(walked: set[Action], shared_web: Database, shared_jobs: Database) -> None:
    assert len(walked) >= 30, len(walked)
    for database in (shared_web, shared_jobs):
        for statement in ("UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
            with pytest.raises(DBAPIError, match="permission denied"), database.transaction(ADMIN) as connection:
                connection.execute(text(statement))


def test_every_action_has_its_deed() -> None:
    """An action nobody writes down is a promise nobody keeps."""
    named = {node.attr for folder in ("api", "auth", "jobs", ".") for path in (ROOT / folder).glob("*.py")
             for node in ast.walk(ast.parse(path.read_text("utf-8")))
             if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Action"}
    assert {action.name for action in Action} - named == set()
