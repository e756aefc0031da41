"""One process among several leads: it holds an advisory lock of PostgreSQL on a connection of its own.

Invariant: the lock goes with its connection, so a process that dies or loses the server leads no longer, whatever it
believes; ``hold`` asks the server each time. It must not run through a pooler that lends connections per transaction.
"""

from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from data.engine import Database, DatabaseAway, is_away

TIMETABLE = "timetable"     # what the one process leads in that keeps the times
_PATIENCE = 5.0  # seconds the server may take to answer about the lock


def lock_name(name: str) -> str:
    """What is hashed to the key of the lock."""
    return f"traffic-dashboard {name}"


class Leadership:
    """The wish of this process to lead in something; used by one thread."""

    def __init__(self, database: Database, name: str) -> None:
        """``name``: what is led; whoever names the same competes."""
        self._database = database
        self._name = name
        self._connection: Connection | None = None
        self._driver: Any = None
        self._holds = False

    def hold(self) -> bool:
        """True while this process leads; takes the lead when it is free.

        Raises: DatabaseAway; the lead is lost then.
        """
        try:
            if self._connection is None:
                self._connection = self._connect()
            if self._holds:
                self._connection.execute(text("SELECT 1"))
            else:
                self._holds = bool(self._connection.execute(
                    text("SELECT pg_try_advisory_lock(hashtextextended(:name, 7))"),
                    {"name": lock_name(self._name)}).scalar_one())
        except PoolTimeoutError as error:
            raise DatabaseAway("no database connection came free in time") from error
        except (DBAPIError, psycopg.OperationalError) as error:
            self.release()
            if is_away(error):
                raise DatabaseAway("the database does not answer") from error
            raise
        return self._holds

    def release(self) -> None:
        """Let another process lead."""
        held, self._holds = self._holds, False
        connection, self._connection = self._connection, None
        driver, self._driver = self._driver, None
        if driver is not None and held:
            # The server ends a closed session a moment later; who waits for the lead need not.
            with suppress(psycopg.Error):
                driver.execute("SELECT pg_advisory_unlock_all()")
        if connection is not None:
            connection.close()
        if driver is not None:
            # Closing ends the session at the server, and the lock with it. A broken line was given up by the layer
            # above without being closed.
            driver.close()

    def _connect(self) -> Connection:
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._driver = connection.connection.driver_connection    # a detached one no longer tells it
        connection.detach()    # it is held for ever, so it must take no place in the pool
        if self._driver is not None:
            self._driver.patience = _PATIENCE
        return connection
