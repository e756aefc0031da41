"""Accounts are read side by side, yet Facebook hears one call at a time, and none once a wait is known."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from threading import Lock

import pytest

from data.facebook_waits import ACCOUNT, APPLICATION, save_wait
from demo.facebook_graph import GraphStandIn
from demo.loopback import Answer, Request
from jobs.context import FacebookLine, JobContext
from jobs.facebook_line import Held, stand_in_line, waiting_for
from jobs.sync_facebook import sync_facebook
from tests.faults.graph_world import APP_ID
from tests.faults.sync_world import ALL, DATA, FIRST, SECOND, expected, failures, stored


def listen(graph: GraphStandIn, hear: Callable[[Request], None]) -> None:
    """Let somebody hear every request before it is answered."""
    answer = graph.server._answer

    def heard(request: Request) -> Answer:
        hear(request)
        return answer(request)

    graph.server._answer = heard


def insights_of(graph: GraphStandIn, account_id: str) -> int:
    return sum(one.path.endswith(f"act_{account_id}/insights") for one in list(graph.server.requests))


def test_four_accounts_are_read_and_never_two_calls_at_once(context: JobContext, graph: GraphStandIn) -> None:
    under_way, most, counting = 0, 0, Lock()
    answer = graph.server._answer

    def counted(request: Request) -> Answer:
        nonlocal under_way, most
        with counting:
            under_way += 1
            most = max(most, under_way)
        try:
            return answer(request)
        finally:
            with counting:
                under_way -= 1

    graph.server._answer = counted
    assert sync_facebook(context, ALL) == len(DATA.accounts)
    assert stored(context) == expected(DATA) and most == 1


@pytest.mark.parametrize(("scope", "key", "others_wait"), [(ACCOUNT, FIRST.id, False), (APPLICATION, APP_ID, True)])
def test_a_wait_that_another_process_keeps_is_seen_in_the_middle_of_an_account(
        context: JobContext, graph: GraphStandIn, scope: str, key: str, others_wait: bool) -> None:
    def refuse_elsewhere(request: Request) -> None:
        if request.path.endswith(f"act_{FIRST.id}/insights"):
            with context.database.transaction() as connection:
                save_wait(connection, scope, key, 600, "refused elsewhere")

    listen(graph, refuse_elsewhere)
    sync_facebook(context, ALL)
    assert insights_of(graph, FIRST.id) == 1, "the call under way is the last one of the account"
    reasons = failures(context)
    assert "refused elsewhere" in (reasons[FIRST.id] or "")
    assert not [key for key in stored(context) if key[0] == FIRST.id], "a part of an account is nothing"
    assert [("refused elsewhere" in (reasons[one.id] or "")) for one in DATA.accounts[1:]] == [others_wait] * 3
    assert bool(insights_of(graph, SECOND.id)) is not others_wait


def test_a_refusal_is_kept_before_the_next_call_begins(context: JobContext, graph: GraphStandIn) -> None:
    graph.fail_next(f"act_{SECOND.id}/insights", "application_limit", times=10_000)
    sync_facebook(context, ALL)
    assert list(graph.server.requests)[-1].path.endswith(f"act_{SECOND.id}/insights")
    assert insights_of(graph, SECOND.id) == 1
    with pytest.raises(Held), stand_in_line(context, DATA.accounts[3].id):
        raise AssertionError("nobody gets his turn during a wait")
    assert waiting_for(context, DATA.accounts[3].id)


def test_who_stood_in_line_for_long_looks_for_waits_once_more(
        context: JobContext, graph: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def long_turn() -> Iterator[bool]:
        with context.database.transaction() as connection:
            save_wait(connection, APPLICATION, APP_ID, 600, "refused elsewhere meanwhile")
        yield True

    class Line(FacebookLine):
        @property
        def turn(self) -> AbstractContextManager[bool]:
            return long_turn()

        @turn.setter
        def turn(self, _: AbstractContextManager[bool]) -> None:
            """Each turn is a new one."""

    monkeypatch.setattr("jobs.facebook_line._FRESH_SECONDS", -1.0)
    with pytest.raises(Held, match="meanwhile"), stand_in_line(replace(context, facebook_line=Line()), FIRST.id):
        raise AssertionError("nobody gets his turn during a wait")
