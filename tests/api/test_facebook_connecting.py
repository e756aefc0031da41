"""Connecting over real HTTP: the product's doors on one side, the Graph stand-in on the other."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dash
import pytest
import requests
import stamina
from flask.testing import FlaskClient
from sqlalchemy import text

from data.engine import Database
from demo.facebook_graph import GraphStandIn
from demo.graph_sign_in import person_of
from jobs.check_facebook import check_facebook
from jobs.context import JobContext
from jobs.requested_runs import run_next
from tests.api.conftest import People
from tests.api.facebook_doors import (
    ALL_IDS,
    BASE,
    DATA,
    LOCAL,
    SECOND_TOKEN,
    Sign,
    come_back,
    connect,
    dialog,
    post,
    status,
)
from tests.faults.graph_world import APP_ID, APP_SECRET, TODAY, TOKEN


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


def test_the_dialog_asks_for_what_is_needed_and_returns_to_the_public_address(graph: GraphStandIn,
                                                                              signed_in: Sign) -> None:
    url = post(signed_in("north"), "/oauth-url").get_json()["url"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert urlsplit(url).path == "/v26.0/dialog/oauth"
    assert query["scope"] == "ads_read,business_management" and query["response_type"] == "code"
    assert query["redirect_uri"] == f"https://traffic.example.com{BASE}/callback"
    assert len(query["state"]) >= 40
    again = post(signed_in("north"), "/oauth-url", {"ask_again": True}).get_json()["url"]
    assert "auth_type=rerequest" in again


def test_connecting_keeps_an_encrypted_token_and_lists_every_account(
        graph: GraphStandIn, signed_in: Sign, shared_jobs: Database) -> None:
    browser = signed_in("north")
    assert connect(browser) == "connected"
    told = status(browser)
    [one] = told["connections"]
    assert (one["state"], one["kind"], one["scopes"]) == ("connected", "person", ["ads_read", "business_management"])
    assert one["name"] == person_of(TOKEN).name and 58 <= one["days_left"] <= 60
    accounts = browser.get(f"{BASE}/ad-accounts", **LOCAL).get_json()
    assert {account["id"] for account in accounts} == set(ALL_IDS)
    assert {account["status"] for account in accounts} == {"active"}
    assert not any(account["selected"] for account in accounts)
    assert {account["timezone_differs"] for account in accounts} == {True, False}
    with shared_jobs.transaction() as connection:
        token, legacy = connection.execute(text(
            "SELECT c.token, s.fb_access_token FROM facebook_connections c"
            " JOIN traffic_targetologist_settings s USING (user_id)")).one()
    assert TOKEN.encode() not in bytes(token) and bytes(token) == bytes(legacy)
    assert TOKEN not in json.dumps(told) + json.dumps(accounts)


@pytest.mark.parametrize(("prepare", "notice"), [
    ({"refuses": True}, "refused"), ({"declined": {"ads_read"}}, "permissions"),
    ({"declined": {"business_management"}}, "connected")])
def test_refusals_are_explained(prepare: dict[str, Any], notice: str, graph: GraphStandIn,
                                signed_in: Sign) -> None:
    for name, value in prepare.items():
        setattr(graph.sign_in, name, value)
    browser = signed_in("north")
    assert connect(browser) == notice
    assert len(status(browser)["connections"]) == (1 if notice == "connected" else 0)


def test_a_state_works_once_in_its_own_session_only(graph: GraphStandIn, signed_in: Sign) -> None:
    north, south, again = signed_in("north"), signed_in("south"), signed_in("north")
    location = dialog(north)
    assert come_back(north, location) == "connected"
    assert come_back(north, location) == "state"
    for stranger in (south, again):
        assert come_back(stranger, dialog(north)) == "state"
    assert come_back(north, f"https://x{BASE}/callback?code=a&state=invented") == "state"
    assert come_back(north, f"https://x{BASE}/callback?code=a") == "state"
    assert not status(south)["connections"]


def test_a_stranger_without_a_session_learns_nothing(graph: GraphStandIn, client: FlaskClient) -> None:
    assert come_back(client, f"https://x{BASE}/callback?code=a&state=b") == "state"
    assert client.post(f"{BASE}/oauth-url", json={}).status_code == 401


def test_a_state_that_is_too_old_is_told(graph: GraphStandIn, signed_in: Sign,
                                         shared_jobs: Database) -> None:
    browser = signed_in("north")
    location = dialog(browser)
    with shared_jobs.transaction() as connection:
        connection.execute(text("UPDATE facebook_sign_ins SET expires_at = now() - interval '1 second'"))
    assert come_back(browser, location) == "state_expired"


def test_a_code_used_before_and_a_facebook_that_is_away_are_told(graph: GraphStandIn,
                                                                 signed_in: Sign) -> None:
    browser = signed_in("north")
    location = dialog(browser)
    query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    requests.get(f"{graph.url}/v26.0/oauth/access_token", timeout=5, params={
        "client_id": APP_ID, "client_secret": APP_SECRET, "code": query["code"],
        "redirect_uri": f"https://traffic.example.com{BASE}/callback"})
    assert come_back(browser, location) == "code"
    graph.fail_next("oauth/access_token", "html_500", times=20)
    assert connect(browser) == "unavailable"


def test_an_analyst_cannot_connect(graph: GraphStandIn, signed_in: Sign) -> None:
    browser = signed_in("analyst")
    assert post(browser, "/oauth-url").status_code == 403
    assert browser.get(f"{BASE}/ad-accounts", **LOCAL).status_code == 403
    assert come_back(browser, f"https://x{BASE}/callback?code=a&state=b") == "not_allowed"


def test_without_an_application_everything_says_so(shared_app: dash.Dash, signed_in: Sign) -> None:
    browser = signed_in("north")
    assert post(browser, "/oauth-url").status_code == 409
    assert post(browser, "/token", {"token": "x" * 40}).status_code == 409
    assert status(browser)["configured"] is False


def test_a_pasted_token_of_a_system_user(graph: GraphStandIn, signed_in: Sign) -> None:
    graph.sign_in.make_system_user(TOKEN)
    browser = signed_in("admin")
    answer = post(browser, "/token", {"token": f"  {TOKEN}\n"})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    kept = answer.get_json()
    assert (kept["kind"], kept["expires_at"], kept["days_left"]) == ("system_user", None, None)
    assert TOKEN not in answer.get_data(as_text=True)
    refused = post(browser, "/token", {"token": "EAABunknownTokenOfNobody"})
    assert refused.status_code == 422 and "EAABunknown" not in refused.get_data(as_text=True)


def test_several_connections_and_an_account_that_two_people_reach(
        graph: GraphStandIn, signed_in: Sign, shared_jobs: Database) -> None:
    north, south = signed_in("north"), signed_in("south")
    assert connect(north) == "connected"
    graph.sign_in.next_token = SECOND_TOKEN
    assert connect(north) == connect(south) == "connected"
    assert len(status(north)["connections"]) == 2 and len(status(south)["connections"]) == 1
    assert {one["id"] for one in south.get(f"{BASE}/ad-accounts", **LOCAL).get_json()} == set(ALL_IDS[:2])
    with shared_jobs.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM ad_accounts")).scalar_one() == len(ALL_IDS)
    # The same consent carries the colleague's connection: it is not taken back at Facebook.
    second = next(one for one in status(north)["connections"] if one["facebook_user_id"] == person_of(SECOND_TOKEN).id)
    assert post(north, "/disconnect", {"connection_id": second["id"]}).get_json() == {
        "disconnected": 1, "revoked": False}
    assert status(south)["connections"][0]["state"] == "connected"
    foreign = status(south)["connections"][0]["id"]
    assert post(north, "/disconnect", {"connection_id": foreign}).status_code == 404


def test_disconnecting_revokes_at_facebook_and_forgets(graph: GraphStandIn, signed_in: Sign,
                                                       shared_jobs: Database) -> None:
    browser = signed_in("north")
    connect(browser)
    assert post(browser, "/disconnect").get_json() == {"disconnected": 1, "revoked": True}
    assert status(browser)["connections"] == []
    assert [request.method for request in graph.server.requests if request.path.endswith("permissions")][-1] == "DELETE"
    with shared_jobs.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM traffic_targetologist_settings"
                                       " WHERE fb_access_token IS NOT NULL")).scalar_one() == 0
    # Facebook is away: what is ours goes anyway.
    connect(browser)
    graph.fail_next("me/permissions", "html_500", times=20)
    assert post(browser, "/disconnect").get_json() == {"disconnected": 1, "revoked": False}
    assert status(browser)["connections"] == []


def test_from_connecting_to_the_numbers(graph: GraphStandIn, signed_in: Sign, context: JobContext,
                                        people: People) -> None:
    browser, admin = signed_in("north"), signed_in("admin")
    connect(browser)
    chosen = list(ALL_IDS[:2])
    answer = post(browser, "/ad-accounts/select", {"account_ids": [f"act_{chosen[0]}", chosen[1]]}).get_json()
    assert answer["selected"] == 2
    assert post(browser, "/ad-accounts/select", {"account_ids": ["42"]}).status_code == 422
    assert post(browser, "/ad-accounts/select", {"account_ids": [42]}).status_code == 422
    while run_next(context):
        pass
    run = browser.get(f"/api/traffic-admin/sync-runs/{answer['run_id']}", **LOCAL).get_json()
    assert (run["status"], run["progress"]) == ("done", {"done": 2, "total": 2})
    campaigns = browser.get(f"{BASE}/campaigns", **LOCAL).get_json()
    assert campaigns["track_new"] and len(campaigns["rows"]) == 4
    # Nobody's campaigns cost nobody's team anything; then an admin hands the accounts over, one from a day on.
    assert browser.get(f"{BASE}/campaign-stats", **LOCAL).get_json()["rows"] == []
    day = TODAY - timedelta(days=5)
    for account_id, team, since in ((chosen[0], "north", None), (chosen[1], "south", None),
                                    (chosen[1], "north", day.isoformat())):
        given = post(admin, "/bindings", {"kind": "account", "external_id": account_id, "team": team, "from": since})
        assert given.status_code == 202, given.get_data(as_text=True)
    while run_next(context):
        pass
    shown = rows_of(browser)
    expected = {(row.object_id, row.day.isoformat()): row.spend for row in DATA.days
                if row.account_id == chosen[0] or row.account_id == chosen[1] and row.day >= day}
    assert shown == {key: float(spend or 0) for key, spend in expected.items()}
    south = rows_of(signed_in("south"))
    assert south and set(south) == {(row.object_id, row.day.isoformat()) for row in DATA.days
                                    if row.account_id == chosen[1] and row.day < day}
    assert set(rows_of(admin)) == set(shown) | set(south)
    assert len(admin.get(f"{BASE}/bindings", **LOCAL).get_json()["rows"]) == 3
    assert browser.get(f"{BASE}/bindings", **LOCAL).status_code == 403


def rows_of(browser: FlaskClient) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    cursor = ""
    while True:
        page = browser.get(f"{BASE}/campaign-stats?limit=7{cursor}", **LOCAL).get_json()
        found |= {(row["campaign_id"], row["date"]): row["spend"] for row in page["rows"]}
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_campaigns_that_are_not_tracked_do_not_count(graph: GraphStandIn, signed_in: Sign,
                                                     context: JobContext, people: People) -> None:
    browser, admin = signed_in("north"), signed_in("admin")
    connect(browser)
    post(browser, "/ad-accounts/select", {"account_ids": [ALL_IDS[0]]})
    post(admin, "/bindings", {"kind": "account", "external_id": ALL_IDS[0], "team": "north"})
    while run_next(context):
        pass
    rows = browser.get(f"{BASE}/campaigns", **LOCAL).get_json()["rows"]
    keep = rows[0]["id"]
    answer = post(browser, "/campaigns/select", {"campaign_ids": [keep], "track_new": False})
    assert answer.status_code == 200 and answer.get_json()["run_id"]
    while run_next(context):
        pass
    assert {campaign for campaign, _ in rows_of(browser)} == {keep}
    with context.database.transaction() as connection:
        counted = set(connection.execute(text("SELECT c.campaign_id FROM traffic_stats s JOIN ad_campaigns c"
                                              " ON c.id = s.campaign_id WHERE s.spend_usd <> 0")).scalars())
        assert counted <= {keep}
    listed = browser.get(f"{BASE}/campaigns", **LOCAL).get_json()
    assert [row["tracked"] for row in listed["rows"]].count(True) == 1 and listed["track_new"] is False
    assert post(browser, "/campaigns/select", {"campaign_ids": ["7"], "track_new": True}).status_code == 422
    stranger = signed_in("south")
    assert post(stranger, "/campaigns/select", {"campaign_ids": [keep], "track_new": True}).status_code == 422


def test_tokens_are_renewed_only_when_they_live_longer_and_people_are_warned_once(
        graph: GraphStandIn, signed_in: Sign, context: JobContext, shared_jobs: Database) -> None:
    browser = signed_in("north")
    connect(browser)

    def warned() -> int:
        with shared_jobs.transaction() as connection:
            return connection.execute(text("SELECT count(*) FROM notifications")).scalar_one()

    assert check_facebook(context) == 1 and warned() == 0
    graph.sign_in.age(TOKEN, timedelta(days=10))
    assert check_facebook(context) == 1
    assert status(browser)["connections"][0]["days_left"] >= 58 and warned() == 0
    graph.sign_in.prolongs = False
    for left, messages in ((15, 0), (14, 1), (12, 1), (6, 2), (6, 2), (1, 3)):
        end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=left)
        graph.sign_in.age(TOKEN, end - datetime.now(UTC))
        assert check_facebook(context) == 1
        assert status(browser)["connections"][0]["days_left"] in (left - 1, left)
        assert warned() >= messages
    graph.sign_in.expire(TOKEN, 463)
    assert check_facebook(context) == 0
    before = warned()
    assert check_facebook(context) == 0 and warned() == before
    [one] = status(browser)["connections"]
    assert one["state"] == "reconnect" and one["problem"]
    assert connect(browser) == "connected"
    assert status(browser)["connections"][0]["state"] == "connected"


def test_no_token_ever_leaves(graph: GraphStandIn, signed_in: Sign, context: JobContext, shared_jobs: Database,
                              caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    browser = signed_in("north")
    answers = []
    for path, fault in (("oauth/access_token", "error_text"), ("debug_token", "cut_json"), ("me/permissions", "reset"),
                        ("me/adaccounts", "html_500")):
        graph.fail_next(path, fault, times=6)
        answers.append(connect(browser))
        graph.server.faults.clear()
    assert connect(browser) == "connected"
    post(browser, "/ad-accounts/select", {"account_ids": [ALL_IDS[0]]})
    graph.fail_next("insights", "token_expired", times=50)
    while run_next(context):
        pass
    answers += [browser.get(f"{BASE}{path}", **LOCAL).get_data(as_text=True)
                for path in ("/status", "/ad-accounts", "/campaigns", "/campaign-stats")]
    with shared_jobs.transaction() as connection:
        for table in ("audit_log", "sync_runs", "notifications", "ad_accounts", "facebook_connections"):
            answers += list(connection.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")).scalars())
    told = caplog.text + "".join(capsys.readouterr()) + "".join(map(str, answers))
    assert "facebook_account_failed" in told and "facebook_sign_in_failed" in told, "the log was looked at"
    assert TOKEN not in told and APP_SECRET not in told
