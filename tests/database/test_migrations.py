"""The same schema comes out of an empty database and of every earlier revision, for every kind of owner."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import NullPool, create_engine, make_url, text

from data import migrate
from data.embedded import DatabaseUrls, EmbeddedServer, start_embedded
from data.engine import APP_ROLE, JOBS_ROLE, SYSTEM, DatabaseAway
from data.migrations.plain import guard_tables
from tests.conftest import TEST_TUNING, copied_database, opened

ROOT = Path(__file__).resolve().parents[2]
FINGERPRINT = """
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
           || coalesce(column_default, '') || coalesce(generation_expression, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
              WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || cmd || roles::text || coalesce(qual, '')
                     || coalesce(with_check, '') FROM pg_policies WHERE schemaname = 'public'
    UNION ALL SELECT 'rights ' || relname || coalesce(relacl::text, '') || relrowsecurity || relforcerowsecurity
              FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1
"""


def fingerprint(urls: DatabaseUrls) -> list[str]:
    """Everything the catalogue knows about our schema."""
    with psycopg.connect(urls.admin_url) as connection:
        return [row[0] for row in connection.execute(FINGERPRINT)]


def test_every_sql_file_has_its_revision() -> None:
    files = sorted(path.stem for folder in ("migrations", "policies") for path in (ROOT / "sql" / folder).glob("*.sql"))
    assert [name.split("_")[0] for name in files] == list(migrate.revisions())
    assert migrate.head() == migrate.revisions()[-1]


@pytest.fixture(scope="module")
def schema(shared_database: DatabaseUrls) -> list[str]:
    """What the catalogue knows of a database that was migrated at once."""
    return fingerprint(shared_database)


@dataclass
class Ladder:
    """A database that climbs from revision to revision, so that a later one does not begin at nothing."""

    server: EmbeddedServer
    urls: DatabaseUrls
    reached: int = 0

    @contextmanager
    def at(self, place: int) -> Iterator[DatabaseUrls]:
        """A database with the first ``place`` revisions, whichever was asked for before."""
        revisions = migrate.revisions()
        if place < self.reached:
            with copied_database(self.server, "template0") as urls:
                if place:
                    migrate.upgrade(urls.owner_url, revisions[place - 1])
                yield urls
            return
        if place > self.reached:
            migrate.upgrade(self.urls.owner_url, revisions[place - 1])
            self.reached = place
        with copied_database(self.server, make_url(self.urls.owner_url).database or "") as urls:
            yield urls


@pytest.fixture(scope="module")
def ladder(pg_server: EmbeddedServer) -> Iterator[Ladder]:
    with copied_database(pg_server, "template0") as urls:
        yield Ladder(pg_server, urls)


@pytest.mark.parametrize("earlier", [None, *migrate.revisions()[:-1]])
def test_every_earlier_revision_leads_to_the_same_schema(
    earlier: str | None, ladder: Ladder, schema: list[str]
) -> None:
    with ladder.at(0 if earlier is None else migrate.revisions().index(earlier) + 1) as urls:
        migrate.upgrade(urls.owner_url)
        assert fingerprint(urls) == schema


def test_a_second_upgrade_changes_nothing(database_urls: DatabaseUrls) -> None:
    before = fingerprint(database_urls)
    migrate.upgrade(database_urls.owner_url)
    assert fingerprint(database_urls) == before


def test_a_guarded_table_is_closed_to_all_but_the_jobs(database_urls: DatabaseUrls) -> None:
    engine = create_engine(make_url(database_urls.owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE guarded (a int)"))
        with Operations.context(MigrationContext.configure(connection)):
            guard_tables("guarded")
        forced, policies, rights = connection.execute(text("""
            SELECT relrowsecurity AND relforcerowsecurity,
                   (SELECT string_agg(policyname || ' ' || roles::text, ', ') FROM pg_policies
                    WHERE tablename = 'guarded'),
                   (SELECT string_agg(grantee || ' ' || privilege_type, ', ' ORDER BY privilege_type)
                    FROM information_schema.role_table_grants
                    WHERE table_name = 'guarded' AND grantee LIKE 'traffic%' AND grantee <> current_user)
            FROM pg_class WHERE relname = 'guarded'""")).one()
    assert forced
    assert policies == "jobs {traffic_jobs}"
    assert rights == ", ".join(f"traffic_jobs {right}" for right in ("DELETE", "INSERT", "SELECT", "UPDATE"))


def test_two_migrators_at_once_do_it_once(pg_server: EmbeddedServer, schema: list[str]) -> None:
    code = "import sys; from data.migrate import upgrade; upgrade(sys.argv[1])"
    with copied_database(pg_server, "template0") as urls:
        both = [subprocess.Popen([sys.executable, "-c", code, urls.owner_url], cwd=ROOT, stderr=subprocess.PIPE,
                                 text=True) for _ in range(2)]
        problems = [process.communicate(timeout=100)[1] for process in both]
        assert [process.returncode for process in both] == [0, 0], problems
        assert fingerprint(urls) == schema


def test_a_revision_that_fails_leaves_nothing_behind(
    pg_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with copied_database(pg_server, "template0") as urls:
        migrate.upgrade(urls.owner_url, "0003")
        monkeypatch.setattr("data.migrations.plain.read_sql", lambda name: "CREATE TABLE half (a int); SELECT 1 / 0")
        with pytest.raises(psycopg.errors.DivisionByZero):
            migrate.upgrade(urls.owner_url)
        with psycopg.connect(urls.admin_url) as connection:
            row = connection.execute("SELECT version_num, to_regclass('half') FROM alembic_version").fetchone()
        assert row == ("0003", None)


def test_health_checks_read_the_revision(database_urls: DatabaseUrls, pg_server: EmbeddedServer) -> None:
    with opened(database_urls.web_url, APP_ROLE) as web, web.transaction(SYSTEM) as connection:
        assert migrate.applied_revision(connection) == migrate.head()
    with copied_database(pg_server, "template0") as urls, opened(urls.owner_url, "none") as empty, \
            empty.transaction(SYSTEM) as connection:
        assert migrate.applied_revision(connection) is None


def test_no_server_is_told_as_such() -> None:
    with pytest.raises(DatabaseAway):
        migrate.upgrade("postgresql://a:b@/x?host=/nowhere")


@pytest.fixture(scope="module")
def own_server() -> Iterator[EmbeddedServer]:
    """A server without our group roles: they belong to the whole cluster."""
    folder = Path(tempfile.mkdtemp(prefix="td-own-"))
    server = start_embedded(folder, TEST_TUNING)
    yield server
    server.stop()
    shutil.rmtree(folder)


@contextmanager
def owned_by(server: EmbeddedServer, rights: str, groups: str = "") -> Iterator[str]:
    """An empty database owned by a login with these rights, on a server with these groups only; its address."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS traffic_app, traffic_jobs")
        admin.execute(f"{groups}; CREATE ROLE company LOGIN {rights} PASSWORD 'company'")
        admin.execute("CREATE DATABASE company OWNER company")
        try:
            url = make_url(server.admin_url).set(username="company", password="company", database="company")
            yield url.render_as_string(hide_password=False)
        finally:
            admin.execute("DROP DATABASE company WITH (FORCE)")
            admin.execute("DROP ROLE company")


@pytest.mark.parametrize("rights", ["SUPERUSER", "NOSUPERUSER CREATEROLE"])
def test_a_single_address_is_enough(rights: str, own_server: EmbeddedServer) -> None:
    with owned_by(own_server, rights) as url:
        migrate.upgrade(url)
        for role in (APP_ROLE, JOBS_ROLE):
            with opened(url, role) as database, database.transaction(SYSTEM) as connection:
                assert connection.execute(text("SELECT current_user")).scalar_one() == role
                visible = connection.execute(text("SELECT count(*) FROM amocrm_pipelines")).scalar_one()
                assert visible == 7 + 4  # the seven of the default mapping, and those of imported files
        if rights != "SUPERUSER":
            with opened(url, "none") as database, database.transaction(SYSTEM) as connection:
                visible = connection.execute(text("SELECT count(*) FROM amocrm_pipelines")).scalar_one()
                assert visible == 0, "not even the owner, when a transaction names no group"


def test_an_owner_who_may_not_create_roles_is_told_what_to_do(own_server: EmbeddedServer) -> None:
    with owned_by(own_server, "NOSUPERUSER") as url, pytest.raises(migrate.MigrationError, match="CREATEROLE"):
        migrate.upgrade(url)


def test_an_owner_without_that_right_migrates_when_the_groups_exist(own_server: EmbeddedServer) -> None:
    groups = "CREATE ROLE traffic_app; CREATE ROLE traffic_jobs"
    with owned_by(own_server, "NOSUPERUSER", groups) as url:
        migrate.upgrade(url)


def test_a_login_that_does_not_own_the_database_is_told_so(own_server: EmbeddedServer) -> None:
    with owned_by(own_server, "NOSUPERUSER") as url:
        stranger = make_url(own_server.web_url).set(database="company").render_as_string(hide_password=False)
        with pytest.raises(migrate.MigrationError, match="own the database"):
            migrate.upgrade(stranger)
        assert url
