"""The sync of spend from the stand-in into the database: equal to the cent, and never a zero for a failure."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import stamina
from sqlalchemy import text

from core.business_time import BusinessCalendar
from core.records import DateRange
from data.freshness import current
from data.sync_runs import create_run, load_run
from demo.facebook_graph import GraphStandIn
from demo.loopback import Answer
from jobs import read_account as reading
from jobs import sync_facebook as job
from jobs.context import JobContext
from jobs.sync_facebook import sync_facebook
from tests.factories import make_lead, make_user
from tests.faults.graph_world import APP_SECRET, TODAY, TOKEN
from tests.faults.sync_world import ALL, DATA, FIRST, SECOND, end_waits, expected, failures, last_run, said, stored


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


def test_the_first_sync_brings_everything_to_the_cent(context: JobContext) -> None:
    assert sync_facebook(context) == len(DATA.accounts)
    assert stored(context) == expected(DATA)
    total = sum((row[0] for row in stored(context).values()), Decimal(0))
    assert total == sum((day.spend or Decimal(0) for day in DATA.days), Decimal(0))
    run = last_run(context)
    assert (run.status, run.errors, run.progress_done, run.progress_total) == ("done", (), 4, 4)
    assert run.counts["rows"] == len(DATA.days) and run.counts["campaigns"] == len(DATA.campaigns)
    assert set(failures(context).values()) == {None}


def test_campaigns_get_their_team_and_days_become_dirty(context: JobContext) -> None:
    sync_facebook(context)
    with context.database.transaction() as connection:
        teams = set(connection.execute(text("SELECT t.slug FROM ad_campaigns c JOIN traffic_teams t"
                                            " ON t.id = c.team_id")).scalars())
        assert teams == {"team"}
        assert set(connection.execute(text("SELECT day FROM stats_dirty_days")).scalars()) == {
            day.day for day in DATA.days}


def test_a_second_sync_changes_nothing_but_the_time(context: JobContext) -> None:
    sync_facebook(context)
    with context.database.transaction() as connection:
        connection.execute(text("DELETE FROM stats_dirty_days"))
        before = connection.execute(text("SELECT id, xmin::text FROM ad_statistics ORDER BY id")).all()
    sync_facebook(context, ALL)
    with context.database.transaction() as connection:
        assert connection.execute(text("SELECT id, xmin::text FROM ad_statistics ORDER BY id")).all() == before
        assert connection.execute(text("SELECT count(*) FROM stats_dirty_days")).scalar_one() == 0


def test_later_syncs_read_three_days_of_the_accounts_own_calendar(context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    graph.server.requests.clear()
    sync_facebook(context)
    asked = {request.path.split("/")[2]: request.query["time_range"] for request in graph.server.requests
             if request.path.endswith("/insights") and request.query["level"] == "campaign"}
    now = datetime.now(UTC)
    for account in DATA.accounts:
        today = BusinessCalendar(account.timezone).today(now)
        assert asked[f"act_{account.id}"] == (
            f'{{"since":"{today - timedelta(days=2)}","until":"{today}"}}')


def test_after_an_outage_its_days_are_read_as_well(context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE ad_accounts SET last_synced_at = now() - interval '12 days'"))
        connection.execute(text("DELETE FROM ad_statistics WHERE stat_date > :day"),
                           {"day": TODAY - timedelta(days=12)})
    sync_facebook(context)
    assert stored(context) == expected(DATA)


def test_restated_vanished_and_new_rows_replace_the_old(context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    chance = random.Random(7)
    graph.data = replace(DATA, days=tuple(
        replace(day, spend=(day.spend or Decimal(0)) + Decimal("0.01")) if chance.random() < 0.3 else day
        for day in DATA.days if chance.random() < 0.9))
    sync_facebook(context, ALL)
    assert stored(context) == expected(graph.data)


def test_spend_of_a_campaign_that_no_list_shows_still_finds_a_team(context: JobContext, graph: GraphStandIn) -> None:
    hidden = DATA.campaigns[0]
    graph.fail_next(f"act_{hidden.account_id}/campaigns", Answer(200, {"data": []}))
    sync_facebook(context)
    assert stored(context) == expected(DATA)
    with context.database.transaction() as connection:
        assert connection.execute(text("SELECT count(team_id) FROM ad_campaigns WHERE account_id = :id"),
                                  {"id": hidden.account_id}).scalar_one() == 3


LASTING = ["reduce", "user_limit", "account_limit", "permission", "html_500", "html_200", "cut_json",
           "empty_200", "list", "paging_only", "data_null", "data_500", "error_text", "reset", "bad_parameter"]


@pytest.mark.parametrize("fault", LASTING)
def test_a_failed_account_keeps_its_rows_and_says_why_and_others_go_on(
        context: JobContext, graph: GraphStandIn, fault: str) -> None:
    sync_facebook(context)
    before = stored(context)
    graph.data = replace(DATA, days=tuple(replace(day, spend=Decimal("77.77")) for day in DATA.days))
    graph.fail_next(f"act_{FIRST.id}/insights", fault, times=10_000)
    assert sync_facebook(context, ALL) == 3
    now = stored(context)
    assert {key: row for key, row in now.items() if key[0] == FIRST.id} == {
        key: row for key, row in before.items() if key[0] == FIRST.id}
    assert {row[0] for key, row in now.items() if key[0] != FIRST.id} == {Decimal("77.77")}
    reasons = failures(context)
    assert reasons[FIRST.id] and [reasons[account.id] for account in DATA.accounts[1:]] == [None, None, None]
    run = last_run(context)
    assert run.status == "partial" and len(run.errors) == 1 and run.errors[0].startswith("Account 0: ")
    graph.server.faults.clear()
    end_waits(context)
    sync_facebook(context, ALL)
    assert stored(context) == expected(graph.data)
    assert set(failures(context).values()) == {None}


def test_a_limit_of_the_application_stops_every_account(context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    graph.server.requests.clear()
    graph.fail_next(f"act_{SECOND.id}", "application_limit", times=10_000)
    done = sync_facebook(context)
    last = list(graph.server.requests)[-1]
    assert last.path.endswith(f"act_{SECOND.id}"), "nobody asks after the refusal, whoever was being read meanwhile"
    reasons = failures(context)
    assert reasons[FIRST.id] is None and "Application request limit" in (reasons[SECOND.id] or "")
    assert done == sum(reason is None for reason in reasons.values()) < len(DATA.accounts)
    assert stored(context) == expected(DATA)


def test_a_failure_at_first_contact_leaves_no_row_at_all(context: JobContext, graph: GraphStandIn) -> None:
    graph.fail_next("/act_", "token_expired", times=10_000)
    assert sync_facebook(context) == 0
    assert stored(context) == {}
    first, *others = failures(context).values()
    # One refusal is enough: nobody asks again with a dead token, and everybody is told what to do.
    assert first and "190/463" in first
    assert set(others) == {"The access has expired. Connect again."}
    assert last_run(context).status == "failed"


def test_an_owner_without_a_token_is_told_to_connect(context: JobContext) -> None:
    with context.database.transaction() as connection:
        connection.execute(text("DELETE FROM facebook_connections"))
    assert sync_facebook(context) == 0
    assert set(failures(context).values()) == {said(reading.NOT_CONNECTED)}


def test_a_token_moved_from_another_user_is_not_used(context: JobContext, graph: GraphStandIn) -> None:
    with context.database.transaction() as connection:
        thief = make_user(connection)
        connection.execute(text("UPDATE facebook_connections SET user_id = CAST(:thief AS uuid)"), {"thief": thief.id})
    assert sync_facebook(context) == 0
    assert not graph.server.requests
    assert all("DecryptionError" in (reason or "") for reason in failures(context).values())


def test_a_fault_while_saving_one_account_rolls_back_that_account_only(
        context: JobContext, monkeypatch: pytest.MonkeyPatch) -> None:
    real = reading.replace_window

    def break_second(connection: Any, account: Any, *rest: Any) -> Any:
        changed = real(connection, account, *rest)
        if account.id == SECOND.id:
            raise RuntimeError(f"a fault that quotes {TOKEN}")
        return changed

    monkeypatch.setattr(reading, "replace_window", break_second)
    assert sync_facebook(context) == 3
    assert stored(context) == {key: row for key, row in expected(DATA).items() if key[0] != SECOND.id}
    assert TOKEN not in str(failures(context)) + str(last_run(context))
    with context.database.transaction() as connection:
        known = set(connection.execute(text("SELECT account_id FROM ad_campaigns")).scalars())
    assert known == {account.id for account in DATA.accounts} - {SECOND.id}


class _Killed(BaseException):
    """A process that ends in the middle, which no handler sees."""


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Iterator[None]:
    names = ("load_selected_accounts", "save_accounts", "save_campaigns", "settle_campaigns", "replace_window",
             "record_success", "bump", "save_progress")
    taken = iter(range(10_000))

    def guarded(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            if next(taken) == step:
                raise _Killed
            return result
        return call

    with monkeypatch.context() as patch:
        for name in names:
            place = job if name in ("load_selected_accounts", "save_progress") else reading
            patch.setattr(place, name, guarded(getattr(place, name)))
        yield


def test_a_process_killed_anywhere_leaves_what_the_next_run_completes(
        context: JobContext, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(11)
    window = DateRange(TODAY - timedelta(days=25), TODAY)
    killed = 0
    for _ in range(20):
        with killed_at(monkeypatch, chance.randrange(30)):
            try:
                sync_facebook(context, window)
            except _Killed:
                killed += 1
                rows = stored(context)
                assert all(rows[key] == row for key, row in expected(DATA).items() if key in rows)
    assert killed >= 15, "most of the twenty processes really died"
    sync_facebook(context, ALL)
    assert stored(context) == expected(DATA)


def test_a_queued_run_is_reported_on(context: JobContext) -> None:
    with context.database.transaction() as connection:
        run_id = create_run(connection, "facebook", {"from": "2026-01-01"})
    sync_facebook(context, run_id=run_id)
    with context.database.transaction() as connection:
        run = load_run(connection, run_id)
    assert run is not None and run.status == "done" and run.finished_at is not None


def test_a_wish_to_stop_is_heard_between_accounts(context: JobContext) -> None:
    context.stop.set()
    assert sync_facebook(context) == 0
    assert stored(context) == {} and "accounts left: 4" in last_run(context).errors[0]


def test_the_version_of_the_data_rises(context: JobContext) -> None:
    with context.database.transaction() as connection:
        before = current(connection)
    sync_facebook(context)
    with context.database.transaction() as connection:
        assert current(connection) > before


def test_leads_that_name_a_campaign_are_settled_when_it_appears(context: JobContext) -> None:
    campaign = DATA.campaigns[0]
    with context.database.transaction() as connection:
        by_id = make_lead(connection, utm_source="facebook", utm_campaign=campaign.id)
        by_name = make_lead(connection, utm_source="facebook", utm_content="x", utm_campaign=campaign.name.upper())
    sync_facebook(context)
    with context.database.transaction() as connection:
        rows = connection.execute(text(
            "SELECT t.lead_id::text, t.team_name, c.campaign_id FROM lead_tracking t JOIN ad_campaigns c"
            " ON c.id = t.campaign_id")).all()
    found = {row[0]: (row[1], row[2]) for row in rows}
    assert found[by_id] == ("Team", campaign.id)
    assert found[by_name][1] == campaign.id


def test_nothing_of_the_token_is_stored_or_logged(
        context: JobContext, graph: GraphStandIn, caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str]) -> None:
    for fault in ("token_expired", "reset", "html_500"):
        graph.fail_next(f"act_{FIRST.id}", fault, times=10_000)
        sync_facebook(context)
        graph.server.faults.clear()
    said = caplog.text + "".join(capsys.readouterr()) + str(failures(context)) + str(last_run(context))
    with context.database.transaction() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        for table in tables:
            said += str(connection.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()
                        if table not in ("user_sessions",) else "")
    assert TOKEN not in said and APP_SECRET not in said and TOKEN.encode().hex() not in said
