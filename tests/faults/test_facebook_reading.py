"""How accounts are read over time: waits, dead tokens, restatements, totals, history and reports."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import stamina
from sqlalchemy import text

from core.business_time import BusinessCalendar
from core.records import DateRange
from data.ad_history import load_restatements
from data.ads import link_accounts, load_selected_accounts
from data.facebook_connections import TOKEN_PURPOSE
from data.leadership import Leadership
from data.sync_runs import SyncRun, create_run, load_run, start_run
from demo.facebook_graph import GraphStandIn
from demo.graph_answers import INSIGHT_FIELDS
from integrations.facebook.errors import TokenInvalid
from jobs import backfill_facebook as history
from jobs import read_account as reading
from jobs.backfill_facebook import backfill_facebook
from jobs.context import JobContext
from jobs.requested_runs import run_next
from jobs.sync_facebook import sync_facebook
from jobs.timetable import ask_for_held_spend
from tests.factories import make_connection, make_user
from tests.faults.graph_world import TODAY, TOKEN, client_of, make_graph_data
from tests.faults.sync_world import ALL, DATA, FIRST, end_waits, expected, failures, last_run, said, stored


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


def test_nobody_calls_during_a_wait_and_another_process_knows_it_too(
        context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    graph.fail_next(f"act_{FIRST.id}/insights", "user_limit")
    assert sync_facebook(context) == 3
    assert "continues at" in (failures(context)[FIRST.id] or "")
    graph.server.requests.clear()
    # Another process, after a restart: what it knows of the wait it knows from the database.
    other = JobContext(context.settings, context.database, context.cipher, context.calendar, context.clock)
    assert sync_facebook(other) == 3
    assert not [request for request in graph.server.requests if FIRST.id in request.path]
    end_waits(context)
    assert sync_facebook(context) == 4


def test_what_waited_is_read_when_the_wait_is_over_and_nothing_else(
        context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    assert ask_for_held_spend(context) is None
    graph.fail_next(f"act_{FIRST.id}/insights", "user_limit")
    assert sync_facebook(context) == 3
    assert ask_for_held_spend(context) is None, "it continues when Facebook said, not before"
    end_waits(context)
    graph.server.requests.clear()
    assert ask_for_held_spend(context) is not None and ask_for_held_spend(context) is None
    assert run_next(context)
    run = last_run(context)
    assert (run.status, run.progress_total, run.counts["accounts"]) == ("done", 1, 1)
    assert {request.path.split("/")[2] for request in graph.server.requests} == {f"act_{FIRST.id}"}
    assert failures(context)[FIRST.id] is None and ask_for_held_spend(context) is None


def test_a_dead_token_ends_the_connection_with_the_right_sentence(context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    graph.sign_in.expire(TOKEN, 460)
    graph.server.requests.clear()
    assert sync_facebook(context) == 0
    assert len(graph.server.requests) == 1, "nobody asks again with a dead token"
    with context.database.transaction() as connection:
        row = connection.execute(text("SELECT state, problem, token FROM facebook_connections")).one()
        told = connection.execute(text("SELECT count(*) FROM notifications")).scalar_one()
    assert tuple(row) == ("reconnect", "facebook.problem.password_changed", None)
    assert told == 1
    graph.server.requests.clear()
    assert sync_facebook(context) == 0 and not graph.server.requests
    assert stored(context) == expected(DATA)


def test_who_connects_again_while_the_old_token_is_being_refused_stays_connected(
        context: JobContext, graph: GraphStandIn) -> None:
    with context.database.transaction() as connection:
        loaded = load_selected_accounts(connection)[0]
        # The run has loaded its tokens; their owner, who knows that the old one is dead, connects again.
        renewed = context.cipher.encrypt(TOKEN_PURPOSE, loaded.tokens[0].user_id, TOKEN)
        connection.execute(text("UPDATE facebook_connections SET token = :token"), {"token": renewed})
    graph.fail_next("/act_", "token_expired")
    with pytest.raises(TokenInvalid):
        reading.fetch_account(context, loaded, reading.Wish(), 3, {})
    with context.database.transaction() as connection:
        row = connection.execute(text("SELECT state, token FROM facebook_connections")).one()
        assert (row.state, bytes(row.token)) == ("connected", renewed)
    assert sync_facebook(context) == 4


def test_the_token_of_another_person_takes_over(context: JobContext, graph: GraphStandIn) -> None:
    second = "EAABsecondTokenOfAnotherPerson"
    graph.data = replace(DATA, tokens={**DATA.tokens, second: tuple(one.id for one in DATA.accounts)})
    with context.database.transaction() as connection:
        colleague = make_user(connection)
        made = make_connection(connection, colleague, context.cipher.encrypt(TOKEN_PURPOSE, colleague.id, second))
        link_accounts(connection, made, colleague.id, DATA.accounts)
    graph.sign_in.expire(TOKEN)
    assert sync_facebook(context) == 4
    assert stored(context) == expected(DATA)


def test_what_facebook_restates_is_kept(context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    day = TODAY - timedelta(days=5)
    [changed] = [row for row in DATA.days if row.object_id == DATA.campaigns[0].id and row.day == day] or [
        next(row for row in DATA.days if row.day < TODAY - timedelta(days=2))]
    graph.data = replace(DATA, days=tuple(
        replace(row, spend=(row.spend or Decimal(0)) + 1) if row == changed else row for row in DATA.days))
    sync_facebook(context, ALL)
    with context.database.transaction() as connection:
        [kept] = load_restatements(connection)
    assert (kept.object_id, kept.day) == (changed.object_id, changed.day)
    assert (kept.old_spend, kept.new_spend) == (changed.spend, (changed.spend or 0) + 1)
    assert last_run(context).counts["restated"] == 1
    assert stored(context) == expected(graph.data)


def test_a_total_that_is_not_the_sum_of_the_campaigns_is_kept_and_told(
        context: JobContext, graph: GraphStandIn) -> None:
    # Facebook hides one campaign from its insights, but counts its money in the account's total.
    hidden = DATA.campaigns[0]
    graph.hidden_campaigns = {hidden.id}
    assert sync_facebook(context) == 4
    run = last_run(context)
    money = sum((row.spend or Decimal(0) for row in DATA.days if row.object_id == hidden.id), Decimal(0))
    assert run.status == "partial"
    [error] = run.errors
    assert error.startswith(f"Account 0: Facebook's total of the account differs from its campaigns by "
                            f"{money.normalize():f} {FIRST.currency}.")
    with context.database.transaction() as connection:
        kept = connection.execute(text("SELECT sum(account_spend - campaigns_spend) FROM ad_reconciliations"))
        assert kept.scalar_one() == money
    graph.hidden_campaigns = set()
    sync_facebook(context, ALL)
    with context.database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM ad_reconciliations")).scalar_one() == 0


def test_a_metric_taken_from_the_api_is_missing_alone_and_said_to_be(
        context: JobContext, graph: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    sync_facebook(context)
    monkeypatch.setattr("demo.facebook_graph.INSIGHT_FIELDS", tuple(set(INSIGHT_FIELDS) - {"clicks"}))
    assert sync_facebook(context, ALL) == 4
    run = last_run(context)
    assert run.status == "partial" and len(run.errors) == 4
    assert all("no longer tells “clicks”" in error for error in run.errors)
    # spend, currency, impressions, clicks, reach, …
    assert stored(context) == {key: (*row[:3], None, *row[4:]) for key, row in expected(DATA).items()}
    assert set(failures(context).values()) == {None} and last_restatements(context) == 0


def backfill(context: JobContext) -> SyncRun:
    with context.database.transaction() as connection:
        run_id = create_run(connection, "facebook_backfill", {})
        start_run(connection, run_id)
    backfill_facebook(context, run_id)
    with context.database.transaction() as connection:
        found = load_run(connection, run_id)
    assert found is not None
    return found


def test_the_history_follows_in_the_background_newest_first_and_goes_on_where_it_ended(
        context: JobContext, graph: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    graph.data = make_graph_data(accounts=2, campaigns=2, days=200)
    sync_facebook(context, first_days=10)
    first = stored(context)
    assert first == expected(graph.data, DateRange(TODAY - timedelta(days=10), TODAY)) or len(first) < 60
    monkeypatch.setattr(history, "LONGEST_RUN_SECONDS", -1.0)
    assert backfill(context).status == "done" and stored(context) == first
    monkeypatch.setattr(history, "LONGEST_RUN_SECONDS", 120.0)
    graph.server.requests.clear()
    graph.fail_next("insights", "bad_parameter", times=1)
    broken = backfill(context)
    assert broken.status == "partial" and broken.progress_done > 0
    ended = backfill(context)
    assert ended.status == "done" and stored(context) == expected(graph.data)
    windows = [json.loads(request.query["time_range"])["since"] for request in graph.server.requests
               if request.path.endswith("/insights") and request.query.get("level") == "campaign"]
    assert len(windows) == len(set(windows)) * 2 or windows[0] > windows[-1]
    assert last_restatements(context) == 0, "days that nobody had read before are no restatement"
    graph.server.requests.clear()
    assert backfill(context).progress_done == 0 and not graph.server.requests


def test_a_history_that_outlives_its_oldest_day_is_read_up_to_what_facebook_still_keeps(
        context: JobContext, graph: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MONTHS_KEPT", 2)
    sync_facebook(context, first_days=10)
    oldest = reading.oldest_day(BusinessCalendar(FIRST.timezone).today(context.clock()))
    # What was wanted when the account was new, months ago, is out of Facebook's reach by now.
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE facebook_backfills SET wanted_from = :day"),
                           {"day": oldest - timedelta(days=20)})
    graph.server.requests.clear()
    assert backfill(context).status == "done"
    asked = [json.loads(request.query["time_range"])["since"] for request in graph.server.requests
             if request.path.endswith(f"{FIRST.id}/insights")]
    assert min(asked) == oldest.isoformat(), "nothing that is refused, and nothing less than there is"
    graph.server.requests.clear()
    assert backfill(context).progress_done == 0 and not graph.server.requests


def days_ago(first: int, last: int) -> DateRange:
    return DateRange(TODAY - timedelta(days=first), TODAY - timedelta(days=last))


def test_a_window_asked_for_is_no_sign_that_the_days_since_the_last_reading_were_read(
        context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE ad_accounts SET last_synced_at = now() - interval '12 days'"))
        connection.execute(text("DELETE FROM ad_statistics WHERE stat_date > :day"),
                           {"day": TODAY - timedelta(days=12)})
    # Of the past, of days to come, and of yesterday and today alone.
    for window, status in ((days_ago(40, 30), "done"), (days_ago(-5, -9), "partial"), (days_ago(2000, 1990), "partial"),
                           (days_ago(1, 0), "done")):
        assert sync_facebook(context, window) == 4
        run = last_run(context)
        assert run.status == status and all("Choose other dates" in error for error in run.errors)
    assert stored(context) != expected(DATA)
    sync_facebook(context)
    assert stored(context) == expected(DATA)


def test_an_account_read_first_for_a_window_of_the_past_gets_the_days_since_as_well(
        context: JobContext, graph: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MONTHS_KEPT", 2)
    assert sync_facebook(context, days_ago(30, 25)) == 4
    assert backfill(context).progress_done == 0, "where the history begins is not known yet"
    sync_facebook(context)
    assert backfill(context).status == "done"
    assert stored(context) == expected(DATA) and last_restatements(context) == 0


def last_restatements(context: JobContext) -> int:
    with context.database.transaction() as connection:
        return len(load_restatements(connection))


@pytest.mark.parametrize("outcomes", [(), ("Job Failed",), ("Job Skipped",), ("unknown at first",)])
def test_what_is_too_much_even_for_a_day_comes_as_a_report(
        context: JobContext, graph: GraphStandIn, outcomes: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.facebook.client.time.sleep", lambda _: None)
    monkeypatch.setattr(reading, "connect", lambda context, token, account_id: client_of(graph))
    graph.too_much = {FIRST.id}
    graph.reports.outcomes.extend(outcomes)
    window = DateRange(TODAY - timedelta(days=3), TODAY - timedelta(days=1))
    assert sync_facebook(context, window) == 4
    assert stored(context) == expected(DATA, window)


def test_a_report_that_fails_twice_fails_the_account_only(
        context: JobContext, graph: GraphStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "connect", lambda context, token, account_id: client_of(graph))
    graph.too_much = {FIRST.id}
    graph.reports.outcomes.extend(["Job Failed"] * 100)
    window = DateRange(TODAY - timedelta(days=2), TODAY - timedelta(days=1))
    assert sync_facebook(context, window) == 3
    assert "-2/2490547" in (failures(context)[FIRST.id] or "")
    assert not [key for key in stored(context) if key[0] == FIRST.id]


def test_an_account_is_read_by_one_process_at_a_time(context: JobContext) -> None:
    other = Leadership(context.database, f"facebook account {FIRST.id}")
    assert other.hold()
    try:
        assert sync_facebook(context) == 3
        assert last_run(context).errors == (f"Account 0: {said(reading.BUSY)}",)
        assert failures(context)[FIRST.id] is None, "the process that reads it tells how that ended"
    finally:
        other.release()
    assert sync_facebook(context) == 4


