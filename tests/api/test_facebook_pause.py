"""A wait that Facebook asks the web process for is known to every process, and nobody connects meanwhile."""

from collections.abc import Iterator

import pytest
import stamina
from sqlalchemy import text

from data.engine import Database
from demo.facebook_graph import GraphStandIn
from jobs.check_facebook import check_facebook
from jobs.context import JobContext
from tests.api.facebook_doors import BASE, LOCAL, Sign, come_back, connect, dialog, post
from tests.faults.graph_world import TOKEN


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.mark.parametrize(("fault", "scope"), [("application_limit", "application"), ("user_limit", "account")])
def test_a_refusal_in_the_web_process_is_kept_for_all(
        fault: str, scope: str, graph: GraphStandIn, signed_in: Sign, context: JobContext,
        shared_jobs: Database) -> None:
    browser = signed_in("north")
    connect(browser)
    graph.fail_next("me/adaccounts", fault)
    browser.get(f"{BASE}/ad-accounts?refresh=true", **LOCAL)
    with shared_jobs.transaction() as connection:
        assert connection.execute(text("SELECT scope FROM facebook_waits WHERE until > now()")).scalar_one() == scope
    graph.server.requests.clear()
    browser.get(f"{BASE}/ad-accounts?refresh=true", **LOCAL)
    for path, body in (("/oauth-url", {}), ("/token", {"token": TOKEN})):
        answer = post(browser, path, body)
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
        assert "подождать" in answer.get_json()["detail"]
    assert check_facebook(context) == 0
    assert not graph.server.requests, "a call during a wait prolongs it"
    with shared_jobs.transaction() as connection:
        connection.execute(text("UPDATE facebook_waits SET until = now()"))
    assert connect(browser) == "connected"


def test_who_comes_back_from_facebook_during_a_wait_is_told(
        graph: GraphStandIn, signed_in: Sign, shared_jobs: Database) -> None:
    browser = signed_in("north")
    back = dialog(browser)
    graph.fail_next("oauth/access_token", "application_limit")
    assert come_back(browser, back) == "unavailable"
    with shared_jobs.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM facebook_waits WHERE until > now()")).scalar_one() == 1
