"""A connection of psycopg that stops waiting.

Invariant: no call waits longer than ``patience`` seconds for the server. Timeouts of the server do not help when the
server, or something on the way to it, has stopped answering; those of TCP do not when a proxy still acknowledges.
"""

from typing import Any

import psycopg


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
