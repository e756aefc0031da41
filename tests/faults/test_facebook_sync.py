"""The sync of spend from the stand-in into the database: equal to the cent, and never a zero for a failure."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import stamina
from sqlalchemy import text

from auth.encryption import Cipher, make_key
from core.business_time import BusinessCalendar
from core.records import DateRange
from data.ad_history import load_restatements
from data.ads import link_accounts, load_selected_accounts, select_accounts
from data.engine import Database
from data.facebook_connections import TOKEN_PURPOSE
from data.freshness import current
from data.leadership import Leadership
from data.sync_runs import SyncRun, create_run, load_run, load_runs
from demo.facebook_graph import GraphStandIn
from demo.graph_answers import Paging
from demo.graph_data import GraphData
from demo.loopback import Answer
from jobs import read_account as reading
from jobs import sync_facebook as job
from jobs.context import JobContext
from jobs.sync_facebook import sync_facebook
from tests.factories import make_connection, make_lead, make_team, make_user
from tests.faults.graph_world import APP_ID, APP_SECRET, TODAY, TOKEN, make_graph_data, truth

DATA = make_graph_data(accounts=4, campaigns=3, days=40)
ALL = DateRange(TODAY - timedelta(days=200), TODAY)
FIRST, SECOND = DATA.accounts[0], DATA.accounts[1]


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
def graph() -> Iterator[GraphStandIn]:
    with GraphStandIn(DATA, APP_ID, APP_SECRET, paging=Paging(largest=60, gap=True), timeout_seconds=3) as stand_in:
        yield stand_in


@pytest.fixture
def context(graph: GraphStandIn, db_jobs: Database) -> JobContext:
    settings: Any = SimpleNamespace(facebook_graph_url=graph.url, facebook_api_version="v26.0", facebook_app_id=APP_ID,
                                    facebook_app_secret=APP_SECRET, default_locale="en",
                                    public_url="https://traffic.example.com")
    cipher = Cipher.from_ring(f"k1:{make_key()}")
    with db_jobs.transaction() as connection:
        team = make_team(connection, "team")
        make_team(connection, "other")
        owner = make_user(connection, team=team)
        made = make_connection(connection, owner, cipher.encrypt(TOKEN_PURPOSE, owner.id, TOKEN))
        link_accounts(connection, made, owner.id, DATA.accounts)
        select_accounts(connection, owner.id, [account.id for account in DATA.accounts])
    return JobContext(settings, db_jobs, cipher, BusinessCalendar(), lambda: datetime.now(UTC))


def stored(context: JobContext) -> dict[tuple[str, str, date], tuple[Any, ...]]:
    with context.database.transaction() as connection:
        rows = connection.execute(text("SELECT account_id, object_id, stat_date, spend, currency, impressions, clicks,"
                                       " reach, inline_link_clicks, name FROM ad_statistics"))
        return {tuple(row[:3]): tuple(row[3:]) for row in rows}


def expected(data: GraphData, window: DateRange = ALL) -> dict[tuple[str, str, date], tuple[Any, ...]]:
    return {(day.account_id, day.object_id, day.day): (
        day.spend, day.currency, day.impressions, day.clicks, day.reach, day.inline_link_clicks, day.name)
        for account in data.accounts for day in truth(data, account.id, window)}


def failures(context: JobContext) -> dict[str, str | None]:
    with context.database.transaction() as connection:
        return {one.account.id: one.last_error for one in load_selected_accounts(connection)}


def last_run(context: JobContext) -> SyncRun:
    with context.database.transaction() as connection:
        return load_runs(connection, "facebook")[0]


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


def end_waits(context: JobContext) -> None:
    """As if the time Facebook asked for had passed."""
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE facebook_waits SET until = now()"))


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
    assert run.errors == (f"Account 0: Facebook's total of the account differs from its campaigns by "
                          f"{money.normalize():f} {FIRST.currency}.",)
    with context.database.transaction() as connection:
        kept = connection.execute(text("SELECT sum(account_spend - campaigns_spend) FROM ad_reconciliations"))
        assert kept.scalar_one() == money
    graph.hidden_campaigns = set()
    sync_facebook(context, ALL)
    with context.database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM ad_reconciliations")).scalar_one() == 0


def test_an_account_is_read_by_one_process_at_a_time(context: JobContext) -> None:
    other = Leadership(context.database, f"facebook account {FIRST.id}")
    assert other.hold()
    try:
        assert sync_facebook(context) == 3
        assert failures(context)[FIRST.id] == reading.BUSY
    finally:
        other.release()
    assert sync_facebook(context) == 4


def test_a_limit_of_the_application_stops_every_account(context: JobContext, graph: GraphStandIn) -> None:
    sync_facebook(context)
    graph.server.requests.clear()
    graph.fail_next(f"act_{SECOND.id}", "application_limit", times=10_000)
    assert sync_facebook(context) == 1
    assert {request.path.split("/")[2] for request in graph.server.requests} == {f"act_{FIRST.id}", f"act_{SECOND.id}"}
    assert [reason is None for reason in failures(context).values()] == [True, False, False, False]
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
    assert set(failures(context).values()) == {reading.NOT_CONNECTED}


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
    for _ in range(20):
        with killed_at(monkeypatch, chance.randrange(30)):
            try:
                sync_facebook(context, window)
            except _Killed:
                rows = stored(context)
                assert all(rows[key] == row for key, row in expected(DATA).items() if key in rows)
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
    assert stored(context) == {} and "4 accounts left" in last_run(context).errors[0]


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
