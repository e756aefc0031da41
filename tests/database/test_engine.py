"""Every transaction has a role and a viewer, neither outlives it, and a database that is away is noticed soon."""

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from core.records import Role, Scope
from data.embedded import DatabaseUrls
from data.engine import (
    APP_ROLE,
    INTAKE,
    SYSTEM,
    WEB_LIMITS,
    Database,
    DatabaseAway,
    Limits,
    Viewer,
    set_web_database,
    web_database,
)
from data.patience import more_time
from tests.conftest import opened
from tests.factories import make_sale, make_team, make_user

WHO = text("SELECT current_user, NULLIF(current_setting('app.viewer', true), ''),"
           " NULLIF(current_setting('app.user_id', true), ''), NULLIF(current_setting('app.team_id', true), '')")


def test_a_transaction_takes_its_role_and_viewer(db_web: Database, db_jobs: Database) -> None:
    scope = Scope("5d9cbb4c-0000-4000-8000-000000000001", Role.TARGETOLOGIST, "5d9cbb4c-0000-4000-8000-000000000002")
    with db_web.transaction(Viewer.of(scope)) as connection:
        assert tuple(connection.execute(WHO).one()) == ("traffic_app", "targetologist", scope.user_id, scope.team_id)
    with db_web.transaction(INTAKE) as connection:
        assert tuple(connection.execute(WHO).one()) == ("traffic_app", "intake", None, None)
    with db_jobs.transaction() as connection:
        assert tuple(connection.execute(WHO).one()) == ("traffic_jobs", "system", None, None)


def test_nothing_outlives_its_transaction(shared_web: Database) -> None:
    with pytest.raises(ZeroDivisionError), shared_web.transaction(Viewer("admin")):
        raise ZeroDivisionError
    with shared_web.transaction(Viewer("admin")):
        pass
    with shared_web.engine.connect() as bare:
        assert tuple(bare.execute(WHO).one()) == ("traffic_web", None, None, None)


def test_an_unknown_kind_of_viewer_does_not_exist() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        Viewer("owner")


def test_read_only_reads_one_moment_and_writes_nothing(db_web: Database, db_jobs: Database) -> None:
    admin, count = Viewer("admin"), text("SELECT count(*) FROM traffic_teams")
    with db_web.transaction(admin, read_only=True) as connection:
        assert connection.execute(count).scalar_one() == 0
        with db_jobs.transaction() as other:
            make_team(other)
        assert connection.execute(count).scalar_one() == 0
    with pytest.raises(DBAPIError, match="read-only"), db_web.transaction(admin, read_only=True) as connection:
        connection.execute(text("UPDATE data_version SET version = 0"))
    with db_web.transaction(admin) as connection:
        assert connection.execute(count).scalar_one() == 1
        connection.execute(text("UPDATE data_version SET version = 0"))


def test_statements_can_be_counted(shared_web: Database) -> None:
    with shared_web.recorded_statements() as statements, shared_web.transaction(SYSTEM) as connection:
        connection.execute(text("SELECT 1"))
        connection.execute(text("SELECT 2"))
    assert statements == ["SELECT 1", "SELECT 2"]


def test_the_pool_leaks_no_identity(database_urls: DatabaseUrls, db_jobs: Database) -> None:
    """Three viewers, two connections, errors and timeouts in between: nobody ever meets another's row."""
    with db_jobs.transaction() as connection:
        teams = [make_team(connection) for _ in range(3)]
        users = [make_user(connection, Role.TARGETOLOGIST, team) for team in teams]
        for team in teams:
            make_sale(connection, team)
    limits = Limits(pool_size=2, overflow=0, statement_timeout=2_000, lock_timeout=500,
                    idle_in_transaction_timeout=10_000)
    database = Database(database_urls.web_url, APP_ROLE, limits)

    def work(seed: int) -> int:
        dice, foreign = random.Random(seed), 0
        for _ in range(150):
            number = dice.randrange(3)
            viewer = Viewer("targetologist", users[number].id, teams[number].id)
            accident = dice.random()
            try:
                with database.transaction(viewer, read_only=dice.random() < 0.3) as connection:
                    seen = connection.execute(text("SELECT team_id::text FROM all_sales_tracking")).scalars().all()
                    foreign += seen != [teams[number].id]
                    if accident < 0.03:
                        raise ZeroDivisionError
                    if accident < 0.06:
                        connection.execute(text("SELECT 1 / 0"))
                    if accident < 0.07:
                        connection.execute(text("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)"))
            except (ZeroDivisionError, DBAPIError):
                assert accident < 0.07
        return foreign

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 0
    with database.engine.connect() as bare:
        assert tuple(bare.execute(WHO).one()) == ("traffic_web", None, None, None)
    database.dispose()


def test_a_forked_child_opens_its_own_connections(shared_web: Database) -> None:
    with shared_web.transaction(SYSTEM) as connection:
        ours = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        of_the_parent = connection.connection.driver_connection
    before = shared_web.engine
    shared_web._process = os.getpid() + 1  # what a child finds after the fork
    with shared_web.transaction(SYSTEM) as connection:
        theirs = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    assert shared_web.engine is before
    assert ours != theirs
    assert of_the_parent is not None
    assert not of_the_parent.closed
    of_the_parent.close()


def test_no_free_connection_is_an_answer_in_time(database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.engine.POOL_TIMEOUT", 0.2)
    database = Database(database_urls.web_url, APP_ROLE, Limits(1, 0, 1000, 500, 10_000))
    with database.transaction(SYSTEM), pytest.raises(DatabaseAway, match="free"), database.transaction(SYSTEM):
        pass
    database.dispose()


def test_a_closed_port_is_noticed_at_once() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with opened(f"postgresql://a:b@127.0.0.1:{port}/x", APP_ROLE) as database:
        started = time.monotonic()
        with pytest.raises(DatabaseAway), database.transaction(SYSTEM):
            pass
        assert time.monotonic() - started < 2


def ask_while(database: Database, accident: Callable[[], None]) -> None:
    """A request in whose middle something happens."""
    with database.transaction(SYSTEM) as connection:
        accident()
        connection.execute(text("SELECT 1"))


def test_a_broken_connection_is_noticed_and_the_next_one_works(db_web: Database, database_urls: DatabaseUrls) -> None:
    def end_backends() -> None:
        with psycopg.connect(database_urls.admin_url) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                               " WHERE usename = 'traffic_web' AND datname = current_database()")

    with pytest.raises(DatabaseAway):
        ask_while(db_web, end_backends)
    with db_web.transaction(SYSTEM) as connection:
        connection.execute(text("SELECT 1"))
    end_backends()  # now it lies in the pool
    with db_web.transaction(SYSTEM) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_more_time_is_for_what_asks_for_it_and_no_longer(database_urls: DatabaseUrls) -> None:
    database = Database(database_urls.web_url, APP_ROLE, Limits(1, 0, 100, 100, 10_000))
    with pytest.raises(DBAPIError, match="statement timeout"), database.transaction(SYSTEM) as connection:
        with more_time(connection, 30):
            slept = connection.execute(text("SELECT true FROM pg_sleep(0.3)")).scalar_one()
        connection.execute(text("SELECT pg_sleep(5)"))
    assert slept is True
    database.dispose()


def test_a_statement_that_takes_too_long_is_not_a_database_that_is_away(database_urls: DatabaseUrls) -> None:
    database = Database(database_urls.web_url, APP_ROLE, Limits(1, 0, 200, 100, 10_000))
    with pytest.raises(DBAPIError, match="statement timeout"), database.transaction(SYSTEM) as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    database.dispose()


class SwallowingProxy:
    """A way to the server that, when told to, still takes everything and passes nothing on."""

    def __init__(self, path: str) -> None:
        self.path, self.swallows = path, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self.path)
            self.sockets += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if not self.swallows.is_set():
                    target.sendall(data)
        except OSError:
            return

    def close(self) -> None:
        """End everything."""
        self.listener.close()
        for each in self.sockets:
            each.close()


@pytest.fixture
def proxy(database_urls: DatabaseUrls) -> Iterator[SwallowingProxy]:
    """A proxy in front of the test server."""
    address = make_url(database_urls.web_url)
    made = SwallowingProxy(f"{address.query['host']}/.s.PGSQL.5432")
    yield made
    made.close()


def test_a_black_hole_costs_seconds_and_heals_by_itself(database_urls: DatabaseUrls, proxy: SwallowingProxy) -> None:
    address = make_url(database_urls.web_url).set(host="127.0.0.1", port=proxy.port, query={})
    database = Database(address.render_as_string(hide_password=False), APP_ROLE, WEB_LIMITS)
    with database.transaction(SYSTEM) as connection:
        connection.execute(text("SELECT 1"))
    started = time.monotonic()
    with pytest.raises(DatabaseAway):
        ask_while(database, proxy.swallows.set)
    assert time.monotonic() - started < 10
    started = time.monotonic()
    with pytest.raises(DatabaseAway), database.transaction(SYSTEM):  # a new request
        pass
    assert time.monotonic() - started < 10
    proxy.swallows.clear()
    with database.transaction(SYSTEM) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    database.dispose()


def test_the_web_process_has_one_database(shared_web: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.engine._web", [])
    with pytest.raises(RuntimeError, match="create_app"):
        web_database()
    set_web_database(shared_web)
    assert web_database() is shared_web
