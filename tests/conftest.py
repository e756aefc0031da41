"""Fixtures for every test: one embedded PostgreSQL for the whole run, one migrated template, quick copies of it."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners
import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from core.texts import DEFAULT_LOCALE, set_locale
from data.embedded import DatabaseUrls, EmbeddedServer, start_embedded
from data.engine import APP_ROLE, JOBS_LIMITS, JOBS_ROLE, WEB_LIMITS, Database
from data.migrate import OWNER_LOGIN, upgrade
from tests.run_folder import make_run_folder
from tests.schedule import LongestFirst, longest_first

TEMPLATE = "template_migrated"
# A test database need not survive a power cut, its log need not wait for a calm hour, nor its passwords for a thief.
TEST_TUNING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB",
               "scram_iterations": "1"}
_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """The process that leads the run makes the folder all workers share; no example is judged by the clock."""
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")
    given = getattr(config, "workerinput", {}).get("server_folder")
    config.stash[_FOLDER] = Path(given) if given else make_run_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell each worker of xdist where the shared server lives."""
    node.workerinput["server_folder"] = str(node.config.stash[_FOLDER])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long work begins first."""
    items[:] = longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LongestFirst:
    """Files stay whole, in our order."""
    return LongestFirst(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The leader stops what a killed worker may have left running, and removes the folder."""
    folder = config.stash.get(_FOLDER, None)
    if folder is None or hasattr(config, "workerinput"):
        return
    if (folder / "postgres" / "postmaster.pid").exists():
        start_embedded(folder, TEST_TUNING).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _default_language() -> None:
    """Each test begins in the default language, whatever the one before it chose."""
    set_locale(DEFAULT_LOCALE)


@pytest.fixture(scope="session")
def pg_server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    """The server, with the template database in place. The last worker to finish stops it."""
    folder = request.config.stash[_FOLDER]
    server = start_embedded(folder, TEST_TUNING)
    with fasteners.InterProcessLock(folder / "template.lock"):
        if not (folder / "template.ready").exists():
            create_database(server, TEMPLATE)
            upgrade(server.urls_of(TEMPLATE).owner_url)
            (folder / "template.ready").touch()
    yield server
    server.stop()


def create_database(server: EmbeddedServer, name: str, template: str = "template0") -> DatabaseUrls:
    """A database owned by the migrating login."""
    with psycopg.connect(server.urls_of("postgres").admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(OWNER_LOGIN), sql.Identifier(template)))
    return server.urls_of(name)


def drop_database(server: EmbeddedServer, name: str) -> None:
    """Remove a database, whoever is still connected."""
    with psycopg.connect(server.urls_of("postgres").admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def copied_database(server: EmbeddedServer, template: str = TEMPLATE) -> Iterator[DatabaseUrls]:
    """A private copy of the template for as long as the block runs."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    try:
        yield create_database(server, name, template)
    finally:
        drop_database(server, name)


@contextmanager
def opened(url: str, role: str) -> Iterator[Database]:
    """A ``Database`` whose connections are closed at the end."""
    database = Database(url, role, WEB_LIMITS if role == APP_ROLE else JOBS_LIMITS)
    try:
        yield database
    finally:
        database.dispose()


@pytest.fixture
def database_urls(pg_server: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """A fresh migrated database for one test."""
    with copied_database(pg_server) as urls:
        yield urls


@pytest.fixture
def db_web(database_urls: DatabaseUrls) -> Iterator[Database]:
    """The fresh database as the web processes see it."""
    with opened(database_urls.web_url, APP_ROLE) as database:
        yield database


@pytest.fixture
def db_jobs(database_urls: DatabaseUrls) -> Iterator[Database]:
    """The fresh database as the workers see it."""
    with opened(database_urls.jobs_url, JOBS_ROLE) as database:
        yield database


@pytest.fixture(scope="module")
def shared_database(pg_server: EmbeddedServer) -> Iterator[DatabaseUrls]:
    """One migrated database for all tests of a module: cheaper, but each test must mind the others' rows."""
    with copied_database(pg_server) as urls:
        yield urls


@pytest.fixture(scope="module")
def shared_web(shared_database: DatabaseUrls) -> Iterator[Database]:
    """The module's database as the web processes see it."""
    with opened(shared_database.web_url, APP_ROLE) as database:
        yield database


@pytest.fixture(scope="module")
def shared_jobs(shared_database: DatabaseUrls) -> Iterator[Database]:
    """The module's database as the workers see it."""
    with opened(shared_database.jobs_url, JOBS_ROLE) as database:
        yield database
