"""Connections to PostgreSQL: every transaction names its role and its viewer.

Invariant: nothing is ever set on a session. Role and viewer live exactly as long as their transaction, so a pooled
connection carries nobody's rights to the next request.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from core.records import Role, Scope
from data.patience import PatientConnection

APP_ROLE = "traffic_app"
JOBS_ROLE = "traffic_jobs"
VIEWER_KINDS = frozenset({*Role, "auth", "intake", "system"})

_BEGIN = text(
    "SELECT set_config('role', :role, true), set_config('app.viewer', :viewer, true),"
    " set_config('app.user_id', :user_id, true), set_config('app.team_id', :team_id, true)"
)


class DatabaseAway(Exception):
    """PostgreSQL does not answer, or no connection came free in time: try again later (the web says 503)."""


@dataclass(frozen=True)
class Viewer:
    """For whom a transaction reads and writes; row level security decides by it.

    ``kind`` is a role of the product, or ``auth`` (sign-in and session look-ups), ``intake`` (stores webhook
    events), ``system`` (health, version of the data).
    """

    kind: str
    user_id: str | None = None
    team_id: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in VIEWER_KINDS:
            raise ValueError(f"unknown kind of viewer: {self.kind}")

    @classmethod
    def of(cls, scope: Scope) -> "Viewer":
        """The viewer behind the eyes of a report."""
        return cls(kind=scope.role.value, user_id=scope.user_id, team_id=scope.team_id)


_BECOME = text(
    "SELECT set_config('app.viewer', :viewer, true), set_config('app.user_id', :user_id, true),"
    " set_config('app.team_id', :team_id, true)"
)
AUTH = Viewer("auth")
INTAKE = Viewer("intake")
SYSTEM = Viewer("system")


@dataclass(frozen=True)
class Limits:
    """How many connections a process may hold and how long the server lets one of its statements take (ms)."""

    pool_size: int
    overflow: int
    statement_timeout: int
    lock_timeout: int
    idle_in_transaction_timeout: int


WEB_LIMITS = Limits(pool_size=8, overflow=4, statement_timeout=6_000, lock_timeout=3_000,
                    idle_in_transaction_timeout=10_000)
JOBS_LIMITS = Limits(pool_size=4, overflow=2, statement_timeout=300_000, lock_timeout=10_000,
                     idle_in_transaction_timeout=60_000)
POOL_TIMEOUT = 5.0  # seconds a request waits for a free connection
CONNECT_TIMEOUT = 3  # seconds
_PATIENCE_WHEN_IDLE = 2.0  # seconds a pooled connection has to show that it is alive
_PATIENCE_BEYOND_SERVER = 1.5  # seconds in which the server may tell that it has ended a statement


class DatabaseSettings(Protocol):
    """The part of the settings this module needs."""

    @property
    def database_url(self) -> str:
        """Address for the web processes."""

    @property
    def database_jobs_url(self) -> str:
        """Address for the workers."""


class Database:
    """The database as one process uses it: a pool of connections and the role all its transactions take."""

    def __init__(self, url: str, role: str, limits: Limits = WEB_LIMITS) -> None:
        self.role = role
        self._engine = create_database_engine(url, limits)
        self._process = os.getpid()

    @classmethod
    def for_web(cls, settings: DatabaseSettings) -> "Database":
        """The database as the web processes may use it."""
        return cls(settings.database_url, APP_ROLE, WEB_LIMITS)

    @classmethod
    def for_jobs(cls, settings: DatabaseSettings) -> "Database":
        """The database as the workers may use it."""
        return cls(settings.database_jobs_url or settings.database_url, JOBS_ROLE, JOBS_LIMITS)

    @property
    def engine(self) -> Engine:
        """The pool of this process. A forked child starts with an empty one: sockets cannot be shared."""
        if self._process != os.getpid():
            self._engine.dispose(close=False)
            self._process = os.getpid()
        return self._engine

    @contextmanager
    def transaction(
        self, viewer: Viewer = SYSTEM, *, read_only: bool = False, one_moment: bool = False
    ) -> Iterator[Connection]:
        """One unit of work: commits at the end of the block, rolls back when it raises.

        ``one_moment`` reads everything from one moment (repeatable read); ``read_only`` too, and refuses to write,
        tables of its own included.
        Raises: DatabaseAway when the server cannot be reached or the connection breaks.
        """
        try:
            with self.engine.connect() as connection:
                if read_only or one_moment:
                    connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=read_only)
                with connection.begin():
                    connection.execute(_BEGIN, {"role": self.role, **_eyes(viewer)})
                    yield connection
        except PoolTimeoutError as error:
            raise DatabaseAway("no database connection came free in time") from error
        except (DBAPIError, psycopg.OperationalError) as error:
            if is_away(error):
                raise DatabaseAway("the database does not answer") from error
            raise

    @contextmanager
    def recorded_statements(self) -> Iterator[list[str]]:
        """The statements this process sends while the block runs, in order; the one naming the viewer is left out."""
        statements: list[str] = []

        def record(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("SELECT set_config('role'"):
                statements.append(statement)

        engine = self.engine
        event.listen(engine, "before_cursor_execute", record)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", record)

    def dispose(self) -> None:
        """Close the connections nobody uses."""
        self.engine.dispose()


@contextmanager
def seen_by(connection: Connection, viewer: Viewer, then: Viewer) -> Iterator[None]:
    """A block of a transaction as another viewer, then the rest as ``then``: for a deed that is one, of two rights.

    When the block raises, the transaction is lost anyway.
    """
    connection.execute(_BECOME, _eyes(viewer))
    yield
    connection.execute(_BECOME, _eyes(then))


def _eyes(viewer: Viewer) -> dict[str, str]:
    return {"viewer": viewer.kind, "user_id": viewer.user_id or "", "team_id": viewer.team_id or ""}


def create_database_engine(url: str, limits: Limits) -> Engine:
    """An engine that gives up early when the network or the server is gone, and never prints parameters."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    own_options = address.query.get("options", "")
    options = (f"{own_options if isinstance(own_options, str) else ' '.join(own_options)}"
               f" -c statement_timeout={limits.statement_timeout} -c lock_timeout={limits.lock_timeout}"
               f" -c idle_in_transaction_session_timeout={limits.idle_in_transaction_timeout}")
    engine = create_engine(
        address,
        pool_size=limits.pool_size,
        max_overflow=limits.overflow,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,
        pool_recycle=1800,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={
            "application_name": "traffic-dashboard",
            "connect_timeout": CONNECT_TIMEOUT,
            "tcp_user_timeout": 5000,
            "keepalives": 1,
            "keepalives_idle": 2,
            "keepalives_interval": 1,
            "keepalives_count": 3,
            # A pooler between us and the server may hand each transaction to another connection.
            "prepare_threshold": None,
            "options": options.strip(),
        },
    )
    _make_patient(engine, limits.statement_timeout / 1000 + _PATIENCE_BEYOND_SERVER)
    return engine


def _make_patient(engine: Engine, patience: float) -> None:
    """Little patience with a connection that waits in the pool, more while somebody works with it."""

    def connect(_dialect: object, _record: object, arguments: Any, parameters: Any) -> PatientConnection:
        return PatientConnection.connect(*arguments, **parameters)

    def lend(connection: PatientConnection, _record: object, _fairy: object) -> None:
        connection.patience = patience

    def take_back(connection: PatientConnection | None, _record: object) -> None:
        if connection is not None:
            connection.patience = _PATIENCE_WHEN_IDLE

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkout", lend)
    event.listen(engine, "checkin", take_back)


def is_away(error: BaseException) -> bool:
    """Whether an error of the driver means that the server is gone, not that a statement was wrong."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        return error.orig is not None and is_away(error.orig)
    if not isinstance(error, psycopg.OperationalError):
        return False
    code = error.sqlstate
    # Without a code the failure was on the way: refused, timed out, broken off.
    # 57P01..57P03: shutting down or starting up; 53300: all connections taken; 08: connection exception.
    return code is None or code.startswith("08") or code in {"57P01", "57P02", "57P03", "53300"}


_web: list[Database] = []


def set_web_database(database: Database) -> None:
    """Name the database of this web process; called once, by ``create_app``."""
    _web[:] = [database]


def web_database() -> Database:
    """The database of this web process.

    Raises: RuntimeError before ``create_app`` named it.
    """
    if not _web:
        raise RuntimeError("create_app has not named the database yet")
    return _web[0]
