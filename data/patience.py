"""A connection of psycopg that stops waiting.

Invariant: no call waits longer than ``patience`` seconds for the server. Timeouts of the server do not help when the
server, or something on the way to it, has stopped answering; those of TCP do not when a proxy still acknowledges.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, text


class PatientConnection(psycopg.Connection[Any]):
    """Closes itself and raises ``psycopg.OperationalError`` when the server does not answer in time."""

    patience: float = 2.0

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server as psycopg does, but not for ever."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience)
        except psycopg.OperationalError as error:
            if error.sqlstate is None:
                # Nobody knows what the server made of the statement: this connection must not be used again.
                self.close()
            raise


@contextmanager
def more_time(connection: Connection, seconds: int) -> Iterator[None]:
    """Let a statement that looks at everybody take so long, by the server and by this process; then as before.

    Nothing that somebody waits for may ask for it.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, PatientConnection):
        raise TypeError("not a connection of this product")
    patience = driver.patience
    limit = text("SELECT current_setting('statement_timeout') AS before, set_config('statement_timeout', :limit, true)")
    before = connection.execute(limit, {"limit": f"{seconds}s"}).one().before
    driver.patience = seconds + patience
    try:
        yield
    finally:
        driver.patience = patience
    connection.execute(limit, {"limit": before})
