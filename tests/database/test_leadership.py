"""One leads; when it dies or loses the server, another does."""

import pytest
from sqlalchemy import text

from data.embedded import DatabaseUrls
from data.engine import JOBS_ROLE, Database, DatabaseAway
from data.leadership import Leadership
from tests.conftest import opened


def end_sessions_with_locks(database: Database) -> None:
    """Do to the leader what a lost network does, and wait until its session is gone."""
    with database.transaction() as connection:
        connection.execute(text("RESET ROLE"))
        connection.execute(text("SELECT pg_terminate_backend(pid, 30000) FROM pg_locks WHERE locktype = 'advisory'"
                                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))


def test_one_of_several_leads_until_it_lets_go(db_jobs: Database, database_urls: DatabaseUrls) -> None:
    with opened(database_urls.jobs_url, JOBS_ROLE) as elsewhere:
        one, other = Leadership(db_jobs, "x"), Leadership(elsewhere, "x")
        assert [one.hold(), other.hold(), one.hold(), other.hold()] == [True, False, True, False]
        one.release()
        assert [other.hold(), one.hold()] == [True, False]
        other.release()
        one.release()
        one.release()


def test_different_matters_are_led_by_different_processes(db_jobs: Database) -> None:
    one, other = Leadership(db_jobs, "x"), Leadership(db_jobs, "y")
    assert one.hold() and other.hold()
    one.release()
    other.release()


def test_a_leader_that_lost_its_session_knows_it(db_jobs: Database, database_urls: DatabaseUrls) -> None:
    with opened(database_urls.jobs_url, JOBS_ROLE) as elsewhere:
        one, other = Leadership(db_jobs, "x"), Leadership(elsewhere, "x")
        assert one.hold()
        end_sessions_with_locks(elsewhere)
        assert other.hold()
        with pytest.raises(DatabaseAway):
            one.hold()
        assert not one.hold()
        other.release()
        assert one.hold()
        one.release()


def test_waiting_for_the_lead_takes_no_place_in_the_pool(db_jobs: Database) -> None:
    leads = [Leadership(db_jobs, "x") for _ in range(10)]
    assert [one.hold() for one in leads] == [True] + [False] * 9
    with db_jobs.transaction() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    for one in leads:
        one.release()


def test_nobody_leads_without_a_server() -> None:
    with opened("postgresql://nobody@127.0.0.1:1/nothing", JOBS_ROLE) as away, pytest.raises(DatabaseAway):
        Leadership(away, "x").hold()
