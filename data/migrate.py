"""Bringing a database to the newest revision, and the roles it needs.

Run as ``python -m data.migrate``. Invariant: one migrator at a time; each revision commits whole or not at all.
There is no way down: a release goes back by restoring the backup made before it.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from core.settings import SettingsError, load_settings
from data.engine import APP_ROLE, JOBS_ROLE, DatabaseAway, is_away
from data.queries import read_sql, run

OWNER_LOGIN = "traffic_owner"
WEB_LOGIN = "traffic_web"
JOBS_LOGIN = "traffic_worker"
LOWEST_VERSION = 150000
_LOCK = 7_216_355_001  # any number no other program takes: the advisory lock of the migrator
_LOCK_WAIT = "10min"


class MigrationError(Exception):
    """The database cannot be migrated; the message tells an administrator what to change."""


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Run the missing revisions, up to ``revision``, as the login of ``owner_url``.

    Raises: MigrationError when the login or the server is not fit for it, DatabaseAway when it is not there.
    """
    # A waiting ALTER TABLE stops everybody behind it: better to fail and be started again.
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool,
                           connect_args={"connect_timeout": 5, "options": "-c lock_timeout=5s"})
    try:
        with engine.connect() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    except DBAPIError as error:
        if is_away(error):
            raise DatabaseAway("the database to migrate does not answer") from error
        raise
    finally:
        engine.dispose()


def prepare(connection: Connection) -> None:
    """Wait for other migrators, check the server and make the group roles; leaves no transaction open.

    Raises: MigrationError.
    """
    version = connection.execute(text("SELECT current_setting('server_version_num')::integer")).scalar_one()
    if version < LOWEST_VERSION:
        raise MigrationError(f"PostgreSQL 15 or newer is needed; this server is {version // 10000}.")
    connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WAIT}'"))
    # Belongs to the session, so it holds through all revisions and goes with the connection.
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
    connection.commit()
    if connection.execute(text("SELECT NOT has_schema_privilege(current_schema(), 'CREATE')")).scalar_one():
        raise MigrationError("The login of DATABASE_OWNER_URL may not create tables: let it own the database.")
    _make_groups(connection)


def _make_groups(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise MigrationError("The connection broke.")
    try:
        driver.execute(read_sql("maintenance/group_roles"))
    except psycopg.errors.InsufficientPrivilege as error:
        raise MigrationError(
            "The login of DATABASE_OWNER_URL may not create roles. Give it CREATEROLE, or let an administrator run: "
            f"CREATE ROLE {APP_ROLE} NOLOGIN; CREATE ROLE {JOBS_ROLE} NOLOGIN; "
            f"GRANT {APP_ROLE}, {JOBS_ROLE} TO <the logins that use them>;"
        ) from error
    connection.commit()


@cache
def head() -> str:
    """The newest revision this code knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise MigrationError("data/migrations/versions holds no revision.")
    return newest


def revisions() -> tuple[str, ...]:
    """All revisions, the oldest first."""
    return tuple(reversed([script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]))


def applied_revision(connection: Connection) -> str | None:
    """The revision the database stands at, for health checks; ``None`` when it has never been migrated."""
    if connection.execute(text("SELECT to_regclass('alembic_version') IS NULL")).scalar_one():
        return None
    rows = run(connection, "maintenance/applied_revision")
    return rows[0]["version_num"] if rows else None


def ensure_roles(admin_url: str, database: str, passwords: Mapping[str, str]) -> None:
    """Make the group roles, the logins with these passwords (by login name) and the database, as a superuser.

    For a server the product runs itself. Safe to run again; passwords are set anew.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(read_sql("maintenance/group_roles"))
        for login, groups in ((OWNER_LOGIN, ()), (WEB_LOGIN, (APP_ROLE,)), (JOBS_LOGIN, (JOBS_ROLE,))):
            name = sql.Identifier(login)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone():
                # NOINHERIT: without taking its group's role a login can do nothing. The owner has no group, but
                # before PostgreSQL 16 it must inherit the rights over its own database.
                inherits = sql.SQL("NOINHERIT" if groups else "INHERIT")
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(name, inherits))
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(passwords[login])))
            for group in groups:
                connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), name))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(database), sql.Identifier(OWNER_LOGIN)))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def main() -> int:
    """Migrate the database of the settings; says in one sentence why when it cannot. Answers the exit code."""
    try:
        settings = load_settings()
        upgrade(settings.database_owner_url or settings.database_url)
    except (SettingsError, MigrationError, DatabaseAway) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
