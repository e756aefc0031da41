"""How accounts are read is said once for all own ones, holds from the next reading on, and is told to nobody else."""

from collections.abc import Iterator

import pytest
import stamina
from sqlalchemy import text

from data.engine import Database
from data.facebook_runs import load_account_runs
from demo.facebook_graph import GraphStandIn
from jobs.context import JobContext
from jobs.requested_runs import run_next
from jobs.sync_facebook import sync_facebook
from jobs.tell_failures import tell_failures
from tests.api.conftest import People
from tests.api.facebook_doors import ALL_IDS, BASE, LOCAL, Sign, connect, post

WISH = {"track_new": False, "look_back_days": 7, "reads_ads": False, "tells_failure": True}


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


def test_what_is_wanted_of_the_own_accounts_is_read_so(
        graph: GraphStandIn, signed_in: Sign, context: JobContext, people: People, shared_jobs: Database) -> None:
    browser = signed_in("north")
    nothing = browser.get(f"{BASE}/reading", **LOCAL).get_json()
    assert nothing == {"track_new": True, "look_back_days": 3, "reads_ads": True, "tells_failure": False,
                       "version": nothing["version"]}
    connect(browser)
    post(browser, "/ad-accounts/select", {"account_ids": list(ALL_IDS[:1])})
    while run_next(context):
        pass
    answer = post(browser, "/reading", WISH)
    told = browser.get(f"{BASE}/reading", **LOCAL).get_json()
    assert told == {**WISH, "version": told["version"]} and told["version"] != nothing["version"]
    assert answer.status_code == 200 and {**told, "undo": answer.get_json()["undo"]} == answer.get_json()
    graph.server.requests.clear()
    assert sync_facebook(context) == 1
    levels = {one.query["level"] for one in graph.server.requests if one.path.endswith("/insights")}
    assert levels == {"campaign", "account"}, "ads are not asked for"
    assert not [one for one in graph.server.requests if one.path.endswith("/ads")]
    with shared_jobs.transaction() as connection:
        user_id = str(connection.execute(text(
            "SELECT id FROM traffic_users WHERE email = 'north@example.com'")).scalar_one())
        assert load_account_runs(connection, user_id, 1)[0].days == 7
        audited = connection.execute(text("SELECT after FROM audit_log"
                                          " WHERE action = 'facebook.reading_arranged'")).scalar_one()
    assert audited == WISH
    post(browser, "/campaigns/select", {"campaign_ids": []})
    assert browser.get(f"{BASE}/reading", **LOCAL).get_json()["track_new"] is False, "said here, kept there"
    for wrong in ({**WISH, "look_back_days": 5}, {**WISH, "reads_ads": None}, {}):
        assert post(browser, "/reading", wrong).status_code == 422
    assert post(signed_in("analyst"), "/reading", WISH).status_code == 403


def test_who_wants_to_hear_of_a_failure_hears_once_a_day_and_not_of_a_pause(
        graph: GraphStandIn, signed_in: Sign, context: JobContext, people: People, shared_jobs: Database) -> None:
    browser = signed_in("north")
    connect(browser)
    post(browser, "/ad-accounts/select", {"account_ids": list(ALL_IDS[:2])})
    while run_next(context):
        pass
    graph.fail_next(f"act_{ALL_IDS[0]}/insights", "permission", times=99)
    graph.fail_next(f"act_{ALL_IDS[1]}/insights", "user_limit", times=99)
    assert sync_facebook(context) == 0
    assert tell_failures(context) == 0, "nobody asked for it"
    post(browser, "/reading", WISH)
    assert tell_failures(context) == 1 and tell_failures(context) == 0
    with shared_jobs.transaction() as connection:
        [(recipient, body)] = connection.execute(text(
            "SELECT recipient, body FROM notifications WHERE message_key LIKE 'facebook_failed:%'")).all()
    assert recipient == "north@example.com" and "Account 0" in body and "Account 1" not in body
    assert "/settings?tab=facebook" in body
