"""Old rows go, living ones stay."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from data.engine import AUTH, Database
from jobs.housekeeping import keep_house
from tests.factories import insert, make_user
from tests.job_context import make_context

NOW = datetime(2026, 8, 10, tzinfo=UTC)


def days(number: int) -> datetime:
    return NOW + timedelta(days=number)


def token(connection: Connection, user: str, family: int, number: int, expires: int, parent: str | None = None) -> str:
    return str(insert(connection, "refresh_tokens", token_hash=bytes([family, number]), user_id=user,
                      family=f"00000000-0000-0000-0000-00000000000{family}", expires_at=days(expires),
                      parent_id=parent))


def test_what_is_of_no_more_use_goes(db_jobs: Database, db_web: Database) -> None:
    with db_jobs.transaction() as connection:
        user = make_user(connection).id
        insert(connection, "sync_runs", kind="stats", status="done", finished_at=days(-91))
        insert(connection, "sync_runs", kind="stats", status="done", finished_at=days(-89))
        insert(connection, "sync_runs", kind="stats")
    with db_web.transaction(AUTH) as connection:
        for number, expires in enumerate((-31, -29, 5)):
            insert(connection, "user_sessions", token_hash=bytes([number]), user_id=user, expires_at=days(expires))
        token(connection, user, 1, 1, -31)
        parent = token(connection, user, 2, 1, -31)
        token(connection, user, 2, 2, 5, parent)
        connection.execute(text("INSERT INTO login_attempts (email, succeeded, attempted_at) VALUES"
                                " ('a', false, :old), ('a', false, :new)"), {"old": days(-31), "new": days(-1)})
    assert keep_house(make_context(db_jobs, clock=lambda: NOW)) == 4
    with db_jobs.transaction() as connection:
        left = {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                for table in ("sync_runs", "user_sessions", "refresh_tokens", "login_attempts")}
    assert left == {"sync_runs": 2, "user_sessions": 2, "refresh_tokens": 2, "login_attempts": 1}
    assert keep_house(make_context(db_jobs, clock=lambda: NOW)) == 0


def test_files_that_were_never_brought_in_go_and_runs_go_from_those_that_were(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        run = insert(connection, "sync_runs", kind="import_apply", status="done", finished_at=days(-91))
        for status, age in (("checked", -31), ("checked", -29), ("applied", -400)):
            insert(connection, "imports", kind="leads", file_name=status, size=1, digest="d", encoding="utf-8",
                   separator=";", header=["a"], columns={}, status=status, updated_at=days(age), run_id=run)
    assert keep_house(make_context(db_jobs, clock=lambda: NOW)) == 2
    with db_jobs.transaction() as connection:
        left = connection.execute(text("SELECT status, run_id FROM imports ORDER BY status")).all()
    assert left == [("applied", None), ("checked", None)]
