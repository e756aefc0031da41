"""The Graph stand-in keeps to the protocol the product has to survive: cursors, silence about the deleted, tokens."""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from demo.facebook_graph import GraphStandIn
from demo.graph_answers import amount_text
from demo.loopback import ADMIN_PATH
from tests.faults.graph_world import APP_ID, APP_SECRET, TOKEN, WINDOW, make_graph_data, truth

DATA = make_graph_data()
ACCOUNT = DATA.accounts[0]
APP_TOKEN = f"{APP_ID}|{APP_SECRET}"
RANGE = f'{{"since":"{WINDOW.first}","until":"{WINDOW.last}"}}'


@pytest.fixture(scope="module")
def open_graph() -> Iterator[GraphStandIn]:
    """Without an application secret, so that plain requests need no proof."""
    with GraphStandIn(DATA, APP_ID) as stand_in:
        yield stand_in


@pytest.fixture
def graph() -> Iterator[GraphStandIn]:
    with GraphStandIn(DATA, APP_ID, APP_SECRET) as stand_in:
        yield stand_in


def get(graph: GraphStandIn, path: str, **params: Any) -> requests.Response:
    return requests.get(f"{graph.url}/v26.0/{path}", params={"access_token": TOKEN, **params}, timeout=5)


def test_accounts_come_over_pages_with_an_empty_one_between(open_graph: GraphStandIn) -> None:
    sizes, body = [], get(open_graph, "me/adaccounts", fields="name", limit=100).json()
    sizes.append(len(body["data"]))
    while "next" in body["paging"]:
        body = requests.get(body["paging"]["next"], timeout=5).json()
        sizes.append(len(body["data"]))
    assert sizes == [2, 0, 2, 2, 1]
    assert body["paging"]["cursors"]["after"]


def test_without_fields_only_the_ids_come(open_graph: GraphStandIn) -> None:
    assert set(get(open_graph, "me/adaccounts").json()["data"][0]) == {"account_id", "id"}


def test_deleted_campaigns_are_silent_but_their_money_is_in_the_account(open_graph: GraphStandIn) -> None:
    campaigns = get(open_graph, f"act_{ACCOUNT.id}/campaigns", limit=100).json()["data"]
    assert len(campaigns) == 4
    everything = truth(DATA, ACCOUNT.id, WINDOW)
    rows = get(open_graph, f"act_{ACCOUNT.id}/insights", level="campaign", time_increment=1, time_range=RANGE,
               limit=500).json()["data"]
    assert 0 < len(rows) < len(everything)
    [whole] = get(open_graph, f"act_{ACCOUNT.id}/insights", level="account", time_range=RANGE).json()["data"]
    assert whole["spend"] == amount_text(sum(day.spend for day in everything if day.spend))


@pytest.mark.parametrize(("params", "code"), [
    ({"level": "campaign", "fields": "no_such_field"}, 100), ({"time_range": "yesterday"}, 100),
    ({"time_range": '{"since":"2026-02-02","until":"2026-02-01"}'}, 100), ({"filtering": "x"}, 100),
    ({"level": "campaign", "after": "!"}, 100), ({"time_range": '{"since":"2010-01-01","until":"2026-01-01"}'}, 3018),
    ({"access_token": ""}, 2500), ({"access_token": "unknown"}, 190)])
def test_wrong_questions_get_the_error_of_graph(open_graph: GraphStandIn, params: dict[str, str], code: int) -> None:
    answer = get(open_graph, f"act_{ACCOUNT.id}/insights", **{"level": "campaign", **params})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_proof_is_demanded_and_checked(graph: GraphStandIn) -> None:
    assert "require an appsecret_proof" in get(graph, "me").json()["error"]["message"]
    assert "Invalid appsecret_proof" in get(graph, "me", appsecret_proof="0" * 64).json()["error"]["message"]


def test_tokens_are_exchanged_inspected_and_revoked(graph: GraphStandIn) -> None:
    exchanged = get(graph, "oauth/access_token", grant_type="fb_exchange_token", client_id=APP_ID,
                    client_secret=APP_SECRET, fb_exchange_token=TOKEN).json()
    assert (exchanged["access_token"], exchanged["token_type"]) == (TOKEN, "bearer")
    assert get(graph, "debug_token", access_token=APP_TOKEN, input_token=TOKEN).json()["data"]["is_valid"]
    assert get(graph, "debug_token", input_token=TOKEN).json()["error"]["code"] == 190
    proof = _proof()
    answer = requests.delete(f"{graph.url}/v26.0/me/permissions", params={"appsecret_proof": proof}, timeout=5,
                             headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.json() == {"success": True}
    assert get(graph, "me", appsecret_proof=proof).json()["error"]["error_subcode"] == 458
    assert not get(graph, "debug_token", access_token=APP_TOKEN, input_token=TOKEN).json()["data"]["is_valid"]


def _proof() -> str:
    return hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()


def test_faults_can_be_planned_over_http(open_graph: GraphStandIn) -> None:
    plan = requests.post(f"{open_graph.url}{ADMIN_PATH}", json={"path": "/me", "fault": "data_500", "times": 2},
                         timeout=5)
    assert plan.status_code == 201
    answers = [get(open_graph, "me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 500, 200]
    requests.post(f"{open_graph.url}{ADMIN_PATH}", json={"path": "/me", "fault": "html_500", "times": 9}, timeout=5)
    assert requests.delete(f"{open_graph.url}{ADMIN_PATH}", timeout=5).status_code == 204
    assert get(open_graph, "me").ok
    unknown = requests.post(f"{open_graph.url}{ADMIN_PATH}", json={"path": "/me", "fault": "unheard"}, timeout=5)
    assert unknown.status_code == 400 and "reduce" in unknown.json()["faults"]
