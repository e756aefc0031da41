"""An access that ends at Facebook: the account says since when and what to do, and its spend stays as it was."""

import hashlib
import hmac
from collections.abc import Callable, Iterator

import pytest
import requests
import stamina
from flask.testing import FlaskClient

from core.texts import locale, t
from demo.facebook_graph import GraphStandIn
from jobs.context import JobContext
from jobs.requested_runs import run_next
from jobs.sync_facebook import sync_facebook
from tests.api.conftest import People
from tests.api.facebook_doors import ALL_IDS, BASE, LOCAL, Sign, connect, post, status
from tests.faults.graph_world import APP_SECRET, TOKEN


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


def revoke(graph: GraphStandIn) -> None:
    """The person takes the consent back at Facebook itself."""
    proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    answer = requests.delete(f"{graph.url}/v26.0/me/permissions", timeout=5,
                             params={"access_token": TOKEN, "appsecret_proof": proof})
    assert answer.json() == {"success": True}


ENDINGS: list[tuple[Callable[[GraphStandIn], None], str, str]] = [
    (revoke, "reconnect", "app_removed"),
    (lambda graph: graph.sign_in.expire(TOKEN, 460), "reconnect", "password_changed"),
    (lambda graph: graph.sign_in.expire(TOKEN, 463), "reconnect", "expired"),
    (lambda graph: graph.sign_in.expire(TOKEN, 459), "log_in_at_facebook", "checkpoint"),
]


@pytest.mark.parametrize(("end", "state", "reason"), ENDINGS, ids=["revoked", "password", "expired", "checkpoint"])
def test_an_access_that_ended_leaves_the_spend_and_says_what_to_do(
        end: Callable[[GraphStandIn], None], state: str, reason: str, graph: GraphStandIn, signed_in: Sign,
        context: JobContext, people: People) -> None:
    with locale("ru"):
        sentence = t(f"facebook.problem.{reason}")
    browser, admin = signed_in("north"), signed_in("admin")
    assert connect(browser) == "connected"
    post(browser, "/ad-accounts/select", {"account_ids": list(ALL_IDS[:1])})
    post(admin, "/bindings", {"kind": "account", "external_id": ALL_IDS[0], "team": "north"})
    work(context)
    before = rows(browser)
    assert before and accounts(browser)[ALL_IDS[0]]["error"] is None
    end(graph)
    graph.server.requests.clear()
    assert sync_facebook(context) == 0 and sync_facebook(context) == 0
    assert len(graph.server.requests) == 1, "nobody asks again with a dead token"
    [one] = status(browser)["connections"]
    assert (one["state"], one["problem"]) == (state, sentence)
    account = accounts(browser)[ALL_IDS[0]]
    assert sentence in account["error"] and account["last_synced_at"] and account["selected"]
    assert rows(browser) == before, "spend that was read stays, and is never zero"
    gaps = browser.get("/api/analytics/overview?preset=all", **LOCAL).get_json()
    assert account["name"] in gaps["gaps"]["failed_accounts"]
    # Connecting again is all it takes.
    assert connect(browser) == "connected"
    assert sync_facebook(context) == 1 and accounts(browser)[ALL_IDS[0]]["error"] is None


def work(context: JobContext) -> None:
    while run_next(context):
        pass


def accounts(browser: FlaskClient) -> dict[str, dict[str, object]]:
    return {one["id"]: one for one in browser.get(f"{BASE}/ad-accounts", **LOCAL).get_json()}


def rows(browser: FlaskClient) -> list[dict[str, object]]:
    found: list[dict[str, object]] = browser.get(f"{BASE}/campaign-stats?limit=500", **LOCAL).get_json()["rows"]
    return found
