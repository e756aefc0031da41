"""A token that ends soon: its owner hears of it in time whatever Facebook answers, and keeps what still works."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import stamina
from sqlalchemy import text

from data.engine import Database
from data.facebook_waits import APPLICATION, save_wait
from demo.facebook_graph import GraphStandIn
from demo.loopback import Answer
from jobs.check_facebook import check_facebook
from jobs.context import JobContext
from tests.api.facebook_doors import Sign, connect, post, status
from tests.faults.graph_world import APP_ID, TOKEN


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


def letters(jobs: Database) -> list[str]:
    with jobs.transaction() as connection:
        return list(connection.execute(text("SELECT subject FROM notifications ORDER BY created_at")).scalars())


def let_end(jobs: Database, left: timedelta) -> None:
    """As if Facebook had told before that the token ends then."""
    with jobs.transaction() as connection:
        connection.execute(text("UPDATE facebook_connections SET expires_at = now() + :left"), {"left": left})


def test_a_refused_exchange_silences_no_warning(graph: GraphStandIn, signed_in: Sign, context: JobContext,
                                                shared_jobs: Database) -> None:
    connect(signed_in("north"))
    for left, said in ((timedelta(days=9), "9 дней"), (timedelta(days=2), "2 дня"), (timedelta(hours=5), "1 день")):
        graph.sign_in.age(TOKEN, left)
        graph.fail_next("oauth/access_token", "token_expired", times=5)
        assert check_facebook(context) == 1, "the token itself is as good as before"
        assert letters(shared_jobs)[-1] == f"Доступ к Facebook закончится через {said}"
        assert check_facebook(context) == 1
        graph.server.faults.clear()
    assert len(letters(shared_jobs)) == 3


def test_while_facebook_cannot_be_asked_the_end_it_told_before_is_warned_of(
        graph: GraphStandIn, signed_in: Sign, context: JobContext, shared_jobs: Database) -> None:
    connect(signed_in("north"))
    let_end(shared_jobs, timedelta(days=6, hours=12))
    graph.fail_next("debug_token", "html_500", times=50)
    assert check_facebook(context) == 0 and len(letters(shared_jobs)) == 1
    graph.server.faults.clear()
    with shared_jobs.transaction() as connection:
        save_wait(connection, APPLICATION, APP_ID, 3600, "the application's limit")
    graph.server.requests.clear()
    let_end(shared_jobs, timedelta(hours=12))
    assert check_facebook(context) == 0 and len(letters(shared_jobs)) == 2
    assert not graph.server.requests, "a call during a wait prolongs it"


def test_the_end_of_the_data_after_the_last_consent_is_warned_of_as_well(
        graph: GraphStandIn, signed_in: Sign, context: JobContext, shared_jobs: Database) -> None:
    connect(signed_in("north"))
    assert check_facebook(context) == 1 and letters(shared_jobs) == []
    graph.sign_in.data_access = timedelta(days=7)    # the token itself lives 60 days
    assert check_facebook(context) == 1 and check_facebook(context) == 1
    assert letters(shared_jobs) == ["Доступ к Facebook закончится через 7 дней"]


def test_a_wrong_secret_of_the_application_ends_nobodys_connection(
        graph: GraphStandIn, signed_in: Sign, context: JobContext, shared_jobs: Database) -> None:
    browser = signed_in("north")
    connect(browser)
    mistyped = replace(context, settings=context.settings.model_copy(
        update={"facebook_app_secret": "mistypedSecretOfTheApp"}))
    assert check_facebook(mistyped) == 0
    assert status(browser)["connections"][0]["state"] == "connected" and letters(shared_jobs) == []
    assert check_facebook(context) == 1


def test_a_pasted_token_of_another_application_is_told_as_that(graph: GraphStandIn, signed_in: Sign) -> None:
    graph.fail_next("debug_token", Answer(400, {"error": {"code": 100, "message": (
        "(#100) The App_id in the input_token did not match the Viewing App")}}))
    answer = post(signed_in("north"), "/token", {"token": "EAAB" + "x" * 40})
    assert answer.status_code == 422 and "другому приложению" in answer.get_json()["detail"]
