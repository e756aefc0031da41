"""Who may do what: every route × method × role against a checked-in list, every callback × five identities.

A crawl looks for the marks of another team in everything that is answered.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from auth.guard import PUBLIC_ENDPOINTS, SIGNED_IN_ENDPOINTS, STATIC_ENDPOINTS, WEBHOOK_ENDPOINTS, WEBHOOK_PAGES
from auth.permissions import PAGE_PERMISSIONS, holds, required_permission
from core.records import Role
from data.engine import Database
from tests.api.conftest import ADMIN, People
from tests.api.test_callbacks import router_body
from tests.factories import (
    make_account,
    make_ad_day,
    make_alias,
    make_campaign,
    make_lead,
    make_rate,
    make_sale,
    make_stat,
)
from tests.security.test_bodies import doors

SignedIn = Callable[[str], FlaskClient]
LIST = Path(__file__).with_name("rights.txt")
ROLES = tuple(Role)
MARK = "SOUTHMARK"
NORTH_MARK = "NORTHMARK"


@pytest.fixture(autouse=True)
def _forget_attempts(shared_web: Database) -> Iterator[None]:
    yield
    with shared_web.transaction(ADMIN) as connection:
        connection.execute(text("DELETE FROM login_attempts"))


def matrix(app: dash.Dash) -> str:
    """A line for each route and method: who may use it. Made from the code."""
    lines = []
    for rule in app.server.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            lines.append(f"{rule.rule} {method} {who_may(app, rule.endpoint)}")
    for path, permission in PAGE_PERMISSIONS.items():
        allowed = [role.value for role in ROLES if permission is not None and holds(role, permission)]
        lines.append(f"page {path} OPEN {' '.join(allowed) or 'nobody'}")
    return "\n".join(sorted(lines)) + "\n"


def who_may(app: dash.Dash, endpoint: str) -> str:
    if endpoint in PUBLIC_ENDPOINTS:
        return "everybody"
    if endpoint in STATIC_ENDPOINTS:
        return "everybody (the same for all)"
    if endpoint in WEBHOOK_PAGES:
        return "whoever has the code"
    if endpoint in WEBHOOK_ENDPOINTS:
        return "whoever knows the secret"
    if endpoint in SIGNED_IN_ENDPOINTS:
        return "everybody signed in"
    permission = required_permission(app.server.view_functions[endpoint])
    return " ".join(role.value for role in ROLES if permission and holds(role, permission)) or "nobody"


def test_the_code_says_what_the_list_says(shared_app: dash.Dash) -> None:
    """A change of rights is a change of this list, seen by whoever reads the commit."""
    assert matrix(shared_app) == LIST.read_text("utf-8"), "compare, then write tests/security/rights.txt anew"


NAMES = {"admin": "admin", "analyst": "analyst", "targetologist": "north"}


def test_every_route_obeys_the_list(shared_app: dash.Dash, signed_in: SignedIn) -> None:
    """Asked over HTTP: 403 for exactly those the list leaves out, 401 or the sign-in page for nobody."""
    browsers = {role: signed_in(name) for role, name in NAMES.items()}
    stranger = shared_app.server.test_client()
    checked = 0
    for line in LIST.read_text("utf-8").splitlines():
        rule, method, allowed = re.fullmatch(r"(\S+) ([A-Z]+) (.*)", line.removeprefix("page ")).groups()
        if method == "OPEN" or not set(allowed.split()) <= set(NAMES) or "logout" in rule:
            continue
        path = rule.replace("<id>", "3f0c1d8e-0000-4000-8000-000000000000")
        assert stranger.open(path, method=method).status_code in (302, 401), line
        for role, browser in browsers.items():
            status = browser.open(path, method=method, data=b"", content_type="application/json").status_code
            assert (status == 403) is (role not in allowed.split()), (line, role, status)
            checked += 1
    assert checked > 60


@pytest.mark.parametrize("name", ["analyst", "north", "south"])
def test_denials_are_written_down(signed_in: SignedIn, shared_web: Database, name: str) -> None:
    browser = signed_in(name)
    user_id = browser.get("/api/auth/me").get_json()["id"]
    assert browser.get("/api/traffic-admin/audit").status_code == 403
    with shared_web.transaction(ADMIN) as connection:
        entry = connection.execute(text("SELECT action, user_id, object_id FROM audit_log"
                                        " ORDER BY id DESC LIMIT 1")).one()
    assert (entry.action, str(entry.user_id), entry.object_id) == ("access.denied", user_id, "/api/traffic-admin/audit")


@pytest.fixture(scope="module")
def marked(people: People, shared_web: Database, shared_jobs: Database) -> People:
    """Each team has rows of every kind that carry its mark in each text."""
    with shared_jobs.transaction() as connection:
        for team, mark, number in ((people.north, NORTH_MARK, 1), (people.south, MARK, 2)):
            account = make_account(connection, f"5550{number}", name=f"account {mark}")
            make_alias(connection, team, utm_source=f"{mark.lower()}_alias")
            make_campaign(connection, team, campaign_id=f"8880{number}", account_id=account, name=f"campaign {mark}")
            for day in recent(10):
                make_rate_once(connection, day)
                make_ad_day(connection, f"8880{number}", day, account_id=account, name=f"day {mark}")
                make_stat(connection, team, day)
                make_lead(connection, team, day, name=f"lead {mark}", email=f"{mark}@example.com")
            make_sale(connection, team, recent(3)[0], deal_id=9000 + number, contact_name=f"person {mark}",
                      rule_id=None)
        connection.execute(text("UPDATE traffic_teams SET name = name || ' SOUTHMARK' WHERE slug = 'south'"))
    return people


def recent(count: int) -> list[date]:
    """The days before today."""
    today = datetime.now(UTC).date()
    return [today - timedelta(days=number) for number in range(count, 0, -1)]


def make_rate_once(connection: Connection, day: date) -> None:
    known = connection.execute(text("SELECT 1 FROM exchange_rates WHERE date = :day"), {"day": day}).one_or_none()
    if known is None:
        make_rate(connection, day)


SEARCHES = ("", "?team=south", "?team=south&team=north", "?preset=all", "?team=none", "?campaign=88802",
            "?preset=all&team=south&currency=USD&basis=lead&interval=week", "?team=%27+OR+1%3D1+--")


def answers(browser: FlaskClient, app: dash.Dash) -> Iterator[tuple[str, str]]:
    """Everything a signed-in person can make the product say, by where it was said."""
    rules = {rule.rule for rule in app.server.url_map.iter_rules() if "GET" in (rule.methods or set())}
    for rule in sorted(rules):
        for search in SEARCHES if rule.startswith("/api/analytics") else ("",):
            path = rule.replace("<id>", "3f0c1d8e-0000-4000-8000-000000000000").replace("<path:path>", "teams/south")
            if "<" in path or path == "/metrics":
                continue
            for accept in ("application/json", "text/csv") if rule.startswith("/api/") else ("text/html",):
                answer = browser.get(path + search, headers={"Accept": accept})
                yield f"GET {path}{search}", answer.get_data().decode("utf-8", "replace") + str(answer.headers)
    for template in PAGE_PERMISSIONS:
        for slug in ("north", "south", "SOUTH", "%73outh"):
            for search in SEARCHES[:4:3]:
                body = router_body(template.replace("<slug>", slug), search)
                answer = browser.post("/_dash-update-component", json=body)
                yield f"page {template} {slug} {search}", answer.get_data(as_text=True)
    for method, path in doors(app):
        if "logout" not in path and "users" not in path:
            yield f"{method} {path}", browser.open(path, method=method, json={}).get_data(as_text=True)


def fill(spec: object, value: object) -> object:
    """An input or state as a browser sends it."""
    if isinstance(spec["id"], str) and spec["id"].startswith("{"):
        return [{"id": json.loads(spec["id"].replace('["ALL"]', '"x"').replace('["MATCH"]', '"x"')),
                 "property": spec["property"], "value": value}]
    return {"id": spec["id"], "property": spec["property"], "value": value}


def callback_answers(
    browser: FlaskClient, app: dash.Dash, values: tuple[object, ...]
) -> Iterator[tuple[str, str, int]]:
    """What every callback says to these values in all of its inputs."""
    for output, entry in app.callback_map.items():
        if "callback" not in entry:
            continue
        for value in values:
            inputs = [fill(spec, value) for spec in entry["inputs"]]
            body = {"output": output, "inputs": inputs, "state": [fill(spec, value) for spec in entry["state"]],
                    "changedPropIds": [f"{spec['id']}.{spec['property']}" for spec in entry["inputs"][:1]]}
            parts = output.strip(".").split("...") if output.startswith("..") else [output]
            outputs = [{"id": part.rpartition(".")[0], "property": part.rpartition(".")[2].partition("@")[0]}
                       for part in parts]
            body["outputs"] = outputs if output.startswith("..") else outputs[0]
            answer = browser.post("/_dash-update-component", json=body)
            yield output, answer.get_data(as_text=True), answer.status_code


def test_no_mark_of_another_team_is_in_any_answer(
    marked: People, shared_app: dash.Dash, signed_in: SignedIn
) -> None:
    browser, seen = signed_in("north"), 0
    for where, said in answers(browser, shared_app):
        assert MARK not in said.upper(), where
        seen += NORTH_MARK in said
    assert seen > 0, "the own marks are seen, so the search would have found the others"


@pytest.mark.parametrize("identity", ["nobody", "expired", "north", "south", "analyst"])
def test_every_callback_for_every_identity(
    marked: People, shared_app: dash.Dash, signed_in: SignedIn, identity: str
) -> None:
    values = (None, "?preset=all&team=south&team=north", "/teams/south", 1, ["south", "north"], {"team": "south"})
    if identity in ("nobody", "expired"):
        browser = shared_app.server.test_client()
        if identity == "expired":
            browser = signed_in("south")
            cookie = browser.get_cookie("td_session").value
            browser.post("/logout")
            browser.set_cookie("td_session", cookie)
    else:
        browser = signed_in(identity)
    other = {"north": MARK, "south": NORTH_MARK}.get(identity, "nothing is another's")
    answered = 0
    for output, said, status in callback_answers(browser, shared_app, values):
        if identity in ("nobody", "expired"):
            assert (status, said) == (401, "Sign in first."), output
        assert other not in said.upper(), (output, identity)
        answered += status == 200
    assert identity in ("nobody", "expired") or answered > 10
