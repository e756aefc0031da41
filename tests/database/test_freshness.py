"""The version of the data rises, runs end once, and a viewer learns the age of what he sees only."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from core.records import Role
from core.reports import Freshness
from data import sync_runs
from data.engine import INTAKE, SYSTEM, Database, Viewer
from data.freshness import bump, current, load_freshness
from tests.factories import make_account, make_campaign, make_lead, make_rate, make_sale, make_team, make_user, noon

ADMIN = Viewer("admin")


def test_the_version_rises_and_any_viewer_may_know_it(db_web: Database, db_jobs: Database) -> None:
    with db_web.transaction(SYSTEM) as connection:
        before = current(connection)
    with db_jobs.transaction() as connection:
        bump(connection)
    with db_web.transaction(ADMIN) as connection:
        bump(connection)
    with db_web.transaction(SYSTEM) as connection:
        assert current(connection) == before + 2


@pytest.mark.parametrize("viewer", [INTAKE, SYSTEM, Viewer("analyst")])
def test_who_changes_nothing_does_not_raise_it(db_web: Database, viewer: Viewer) -> None:
    with pytest.raises(RuntimeError, match="may not raise"), db_web.transaction(viewer) as connection:
        bump(connection)


def test_an_empty_database_knows_no_time(db_web: Database) -> None:
    with db_web.transaction(ADMIN) as connection:
        assert load_freshness(connection) == Freshness(None, None, None, None, False, ())


def test_each_viewer_learns_the_age_of_the_own_rows(db_web: Database, db_jobs: Database) -> None:
    old, new = date(2026, 1, 10), date(2026, 1, 20)
    with db_jobs.transaction() as connection:
        ours, others = make_team(connection), make_team(connection)
        user = make_user(connection, Role.TARGETOLOGIST, ours)
        for team, day, account in ((ours, old, "1"), (others, new, "2")):
            make_sale(connection, team, day)
            make_lead(connection, team, day)
            make_account(connection, account, name=f"cabinet {account}", last_synced_at=noon(day),
                         last_error="token expired" if team is others else None)
            make_campaign(connection, team, account_id=account)
        make_rate(connection, old)
        make_rate(connection, new, is_carried=True)
    with db_web.transaction(ADMIN) as connection:
        assert load_freshness(connection) == Freshness(noon(new), noon(new), noon(old), new, True, ("cabinet 2",))
    with db_web.transaction(Viewer("targetologist", user.id, ours.id)) as connection:
        assert load_freshness(connection) == Freshness(noon(old), noon(old), noon(old), new, True, ())


def test_an_account_never_read_makes_the_age_of_spend_unknown(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        make_account(connection, last_synced_at=datetime(2026, 1, 1, tzinfo=UTC))
        make_account(connection)
        assert load_freshness(connection).spend_at is None


def test_a_run_goes_its_way_once(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        run_id = sync_runs.create_run(connection, "facebook", {"from": "2026-01-01"})
        assert sync_runs.take_next_run(connection, ["stats"]) is None
        taken = sync_runs.take_next_run(connection, ["facebook", "stats"])
        assert taken is not None
        assert (taken.id, taken.status, taken.parameters) == (run_id, "running", {"from": "2026-01-01"})
        assert sync_runs.take_next_run(connection, ["facebook"]) is None
        sync_runs.start_run(connection, run_id, total=4)
        sync_runs.save_progress(connection, run_id, 3, 4)
        sync_runs.finish_run(connection, run_id, "partial", {"rows": 7}, ["cabinet 2: token expired"])
        done = sync_runs.load_run(connection, run_id)
        assert done is not None
        assert (done.status, done.progress_done, done.progress_total, done.counts, done.errors) == (
            "partial", 3, 4, {"rows": 7}, ("cabinet 2: token expired",))
        with pytest.raises(ValueError, match="no open run"):
            sync_runs.finish_run(connection, run_id, "done")


def test_a_run_whose_worker_died_ends_as_failed(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        lost = sync_runs.create_run(connection, "stats")
        sync_runs.take_next_run(connection, ["stats"])
        waiting = sync_runs.create_run(connection, "stats")
        assert sync_runs.fail_abandoned_runs(connection, ["stats"], "the worker stopped") == 1
        found = {run.id: (run.status, run.errors) for run in sync_runs.load_runs(connection, "stats")}
    assert found == {lost: ("failed", ("the worker stopped",)), waiting: ("queued", ())}


def test_two_workers_take_different_runs(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        for _ in range(2):
            sync_runs.create_run(connection, "facebook")
    with db_jobs.transaction() as one, db_jobs.transaction() as other:
        first, second = (sync_runs.take_next_run(connection, ["facebook"]) for connection in (one, other))
    assert first is not None
    assert second is not None
    assert first.id != second.id


def test_a_run_is_watched_by_whoever_asked_for_it(db_web: Database, db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        team = make_team(connection)
        mine, other = (make_user(connection, Role.TARGETOLOGIST, team) for _ in range(2))
    with db_web.transaction(Viewer("targetologist", mine.id, team.id)) as connection:
        run_id = sync_runs.create_run(connection, "facebook", requested_by=mine.id)
        assert sync_runs.load_run(connection, run_id) is not None
    with db_web.transaction(Viewer("targetologist", other.id, team.id)) as connection:
        assert sync_runs.load_run(connection, run_id) is None
    with db_web.transaction(ADMIN) as connection:
        assert sync_runs.load_run(connection, run_id) is not None
        assert connection.execute(text("SELECT count(*) FROM sync_runs")).scalar_one() == 1
