"""The Facebook client over real HTTP: complete answers come through exactly, everything else raises."""

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import stamina

from core.records import DateRange
from demo.facebook_graph import GraphStandIn
from demo.graph_answers import Paging
from demo.graph_faults import GRAPH_FAULTS
from demo.loopback import Answer
from integrations.facebook import errors
from integrations.facebook.client import FacebookClient
from tests.faults.graph_world import (
    APP_ID,
    APP_SECRET,
    LONG_WINDOW,
    TODAY,
    TOKEN,
    WINDOW,
    bare,
    client_of,
    make_graph_data,
    truth,
)

DATA = make_graph_data()
ACCOUNT = DATA.accounts[0]


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
def graph() -> Iterator[GraphStandIn]:
    with GraphStandIn(DATA, APP_ID, APP_SECRET, paging=Paging(largest=13, gap=True), timeout_seconds=3) as stand_in:
        yield stand_in


def test_all_accounts_come_over_pages_of_which_the_second_is_empty(graph: GraphStandIn) -> None:
    assert client_of(graph).fetch_accounts() == DATA.accounts
    assert len(graph.server.requests) >= 4


def test_an_account_is_read_alone(graph: GraphStandIn) -> None:
    assert client_of(graph).fetch_account(ACCOUNT.id) == ACCOUNT


def test_deleted_campaigns_are_read_as_well(graph: GraphStandIn) -> None:
    assert client_of(graph).fetch_campaigns(ACCOUNT.id) == tuple(
        campaign for campaign in DATA.campaigns if campaign.account_id == ACCOUNT.id)


@pytest.mark.parametrize("window", [WINDOW, LONG_WINDOW, DateRange(TODAY, TODAY)])
def test_every_account_has_exactly_its_rows(graph: GraphStandIn, window: DateRange) -> None:
    for account in DATA.accounts:
        rows = client_of(graph).fetch_insights(account, window)
        assert {bare(row) for row in rows} == truth(DATA, account.id, window)
        assert len(rows) == len(truth(DATA, account.id, window))
        assert all(row.actions for row in rows)


PASSING = ["unknown", "unavailable", "html_500", "html_200", "cut_json", "empty_200", "list", "paging_only",
           "data_null", "data_500", "error_text", "not_utf8", "nan", "moved", "reset"]
FETCHES: dict[str, Callable[[FacebookClient], object]] = {
    "adaccounts": lambda client: client.fetch_accounts(),
    f"act_{ACCOUNT.id}": lambda client: client.fetch_account(ACCOUNT.id),
    "campaigns": lambda client: client.fetch_campaigns(ACCOUNT.id),
    "insights": lambda client: client.fetch_insights(ACCOUNT, WINDOW),
}


@pytest.mark.parametrize("path", FETCHES)
@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_tried_again_and_changes_nothing(graph: GraphStandIn, fault: str, path: str) -> None:
    expected = FETCHES[path](client_of(graph))
    graph.fail_next(path, fault, times=4)
    assert FETCHES[path](client_of(graph)) == expected


@pytest.mark.parametrize("path", FETCHES)
@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_stays_raises_after_a_bounded_number_of_tries(
        graph: GraphStandIn, fault: str, path: str) -> None:
    graph.fail_next(path, fault, times=1000)
    with pytest.raises(errors.Transient):
        FETCHES[path](client_of(graph))
    assert len(graph.server.requests) == 5


def test_a_fault_on_a_later_page_never_yields_a_part(graph: GraphStandIn) -> None:
    client = client_of(graph)
    original, seen = graph.server.respond, []

    def fail_third(request: object) -> object:
        seen.append(request)
        if len(seen) >= 3:
            graph.fail_next("insights", "data_500")
        return original(request)  # type: ignore[arg-type]

    graph.server.respond = fail_third  # type: ignore[assignment]
    with pytest.raises(errors.Transient):
        client.fetch_insights(ACCOUNT, WINDOW)


def test_a_line_that_says_nothing_times_out(graph: GraphStandIn) -> None:
    graph.fail_next("campaigns", "timeout")
    assert client_of(graph, timeout=(1, 0.3)).fetch_campaigns(ACCOUNT.id)


def test_nobody_listening_is_a_passing_fault(graph: GraphStandIn) -> None:
    graph.stop()
    with pytest.raises(errors.Transient):
        client_of(graph).fetch_accounts()


@pytest.mark.parametrize(("fault", "kind"), [
    ("application_limit", errors.ApplicationThrottled), ("user_limit", errors.AccountThrottled),
    ("account_limit", errors.AccountThrottled), ("token_expired", errors.TokenInvalid),
    ("app_removed", errors.TokenInvalid), ("permission", errors.PermissionMissing),
    ("bad_parameter", errors.BadRequest)])
def test_what_no_retry_helps_is_not_retried(graph: GraphStandIn, fault: str, kind: type[Exception]) -> None:
    graph.fail_next("insights", fault, times=1000)
    with pytest.raises(kind):
        client_of(graph).fetch_insights(ACCOUNT, WINDOW)
    assert len(graph.server.requests) == 1


def test_a_refusal_carries_the_wait_of_its_headers(graph: GraphStandIn) -> None:
    for fault, seconds in (("user_limit", 300.0), ("account_limit", 120.0)):
        graph.fail_next("insights", fault)
        with pytest.raises(errors.AccountThrottled) as caught:
            client_of(graph).fetch_insights(ACCOUNT, WINDOW)
        assert caught.value.wait_seconds == seconds


def test_nothing_is_called_when_the_allowance_is_used_up(graph: GraphStandIn) -> None:
    client = client_of(graph)
    row = {"id": "act_1", "account_id": "1", "name": "n", "currency": "USD", "timezone_name": "UTC"}
    graph.fail_next("act_", Answer(200, row, {"x-ad-account-usage": '{"acc_id_util_pct":96,"reset_time_duration":90}'}))
    client.fetch_account("1")
    calls = len(graph.server.requests)
    with pytest.raises(errors.AccountThrottled) as caught:
        client.fetch_campaigns(ACCOUNT.id)
    assert caught.value.wait_seconds == 90
    assert len(graph.server.requests) == calls


@pytest.mark.parametrize("fault", ["reduce", "reduce_in_user_text", "reduce_1487534", "insights_timeout"])
def test_too_much_data_is_met_by_fewer_days(graph: GraphStandIn, fault: str) -> None:
    graph.fail_next("insights", fault, times=3)
    rows = client_of(graph).fetch_insights(ACCOUNT, LONG_WINDOW)
    assert {bare(row) for row in rows} == truth(DATA, ACCOUNT.id, LONG_WINDOW)


def test_what_is_said_to_people_is_asked_for_in_the_language_that_is_understood(graph: GraphStandIn) -> None:
    client_of(graph).fetch_insights(ACCOUNT, WINDOW)
    client_of(graph).fetch_accounts()
    assert {request.query.get("locale") for request in graph.server.requests} == {"en_US"}


def test_too_much_data_of_one_day_is_met_by_shorter_pages(graph: GraphStandIn) -> None:
    day = DateRange(TODAY - timedelta(days=1), TODAY - timedelta(days=1))
    graph.fail_next("insights", "reduce", times=3)
    assert {bare(row) for row in client_of(graph).fetch_insights(ACCOUNT, day)} == truth(DATA, ACCOUNT.id, day)
    limits = [int(request.query["limit"]) for request in graph.server.requests]
    assert limits[:4] == [500, 250, 125, 62]


def test_too_much_data_for_ever_is_an_error(graph: GraphStandIn) -> None:
    graph.fail_next("insights", "reduce", times=1000)
    with pytest.raises(errors.TooMuchData):
        client_of(graph).fetch_insights(ACCOUNT, WINDOW)
    assert len(graph.server.requests) < 20


def test_a_field_taken_from_the_api_degrades_that_metric_only(graph: GraphStandIn) -> None:
    gone = Answer(400, {"error": {"code": 100, "type": "OAuthException",
                                  "message": "(#100) reach is not valid for fields param. please check"}})
    graph.fail_next("insights", gone)
    rows = client_of(graph).fetch_insights(ACCOUNT, WINDOW)
    assert {row.reach for row in rows} == {None}
    assert {bare(row) for row in rows} == {replace(row, reach=None) for row in truth(DATA, ACCOUNT.id, WINDOW)}


def test_spend_taken_from_the_api_is_an_error(graph: GraphStandIn) -> None:
    gone = Answer(400, {"error": {"code": 100, "message": "(#100) spend is not valid for fields param."}})
    graph.fail_next("insights", gone)
    with pytest.raises(errors.BadRequest):
        client_of(graph).fetch_insights(ACCOUNT, WINDOW)


def test_pages_that_repeat_themselves_end_in_an_error(graph: GraphStandIn) -> None:
    page = Answer(200, {"data": [], "paging": {"cursors": {"after": "same"}, "next": "https://graph/next"}})
    graph.fail_next("campaigns", page, times=1000)
    with pytest.raises(errors.BadAnswer):
        client_of(graph).fetch_campaigns(ACCOUNT.id)
    assert len(graph.server.requests) == 2


def test_foreign_and_unknown_accounts_are_told_apart(graph: GraphStandIn) -> None:
    graph.data = replace(DATA, tokens={TOKEN: (ACCOUNT.id,)})
    with pytest.raises(errors.PermissionMissing):
        client_of(graph).fetch_account(DATA.accounts[1].id)
    with pytest.raises(errors.ObjectMissing):
        client_of(graph).fetch_account("999")


def test_a_range_older_than_the_history_says_so(graph: GraphStandIn) -> None:
    with pytest.raises(errors.HistoryTooOld):
        client_of(graph).fetch_insights(ACCOUNT, DateRange(TODAY - timedelta(days=1200), TODAY - timedelta(days=1190)))


def test_the_token_travels_in_a_header_with_its_proof(graph: GraphStandIn) -> None:
    client_of(graph).fetch_accounts()
    for request in graph.server.requests:
        assert request.bearer == TOKEN
        assert "access_token" not in request.query
        assert len(request.query["appsecret_proof"]) == 64


def test_a_wrong_application_secret_is_refused(graph: GraphStandIn) -> None:
    client = FacebookClient(graph.url, "v26.0", APP_ID, "anotherSecretOfAnotherApp", TOKEN)
    with pytest.raises(errors.BadRequest):
        client.fetch_accounts()


def test_two_connections_never_mix_their_tokens(graph: GraphStandIn) -> None:
    other = "EAABotherTokenOfAnotherPerson"
    graph.data = replace(DATA, tokens={TOKEN: (ACCOUNT.id,), other: (DATA.accounts[1].id,)})
    first, second = client_of(graph), client_of(graph, other)
    assert [account.id for account in first.fetch_accounts()] == [ACCOUNT.id]
    assert [account.id for account in second.fetch_accounts()] == [DATA.accounts[1].id]
    assert [account.id for account in first.fetch_accounts()] == [ACCOUNT.id]


@pytest.mark.parametrize("fault", [*sorted(GRAPH_FAULTS), "quotes the token"])
def test_no_exception_and_no_log_holds_a_secret(
        graph: GraphStandIn, fault: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.INFO)
    planned = GRAPH_FAULTS.get(fault) or Answer(400, {"error": {
        "code": 190, "message": f"Malformed access token {TOKEN}", "error_user_msg": f"secret {APP_SECRET}"}})
    graph.fail_next("insights", planned, times=1000)
    client = client_of(graph, timeout=(1, 0.2))
    with pytest.raises(errors.FacebookError) as caught:
        client.fetch_insights(ACCOUNT, WINDOW)
    said = "".join(traceback.format_exception(caught.value)) + repr(_with_context(caught.value)) + repr(client)
    said += caplog.text + "".join(capsys.readouterr())
    assert TOKEN not in said
    assert APP_SECRET not in said
    assert "appsecret_proof" not in said


def _with_context(error: BaseException | None) -> list[object]:
    chain: list[object] = []
    while error is not None:
        chain += [error, vars(error), error.__cause__]
        error = error.__context__
    return chain


def test_the_stand_in_itself_sends_the_token_in_next_as_facebook_does(graph: GraphStandIn) -> None:
    request = next(iter([*_requests_of(graph)]))
    body = json.loads(json.dumps(graph.server.respond(request).body))  # type: ignore[union-attr]
    assert f"access_token={TOKEN}" in body["paging"]["next"]


def _requests_of(graph: GraphStandIn) -> list[object]:
    client_of(graph).fetch_accounts()
    return list(graph.server.requests)
