"""The inbox as an admin sees it: what came, what became of it, and once more from the start."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from data.queries import run


@dataclass(frozen=True)
class LoggedEvent:
    """A stored event without its body; ``size`` in bytes, ``seq`` in order of arrival.

    ``next_attempt_at`` ``None``: no further attempt is planned.
    """

    id: str
    seq: int
    source: str
    source_name: str | None
    received_at: datetime
    status: str
    reason: str | None
    attempts: int
    next_attempt_at: datetime | None
    processed_at: datetime | None
    size: int


def load_events(
    connection: Connection, *, status: str | None, source: str | None, before: int | None, limit: int
) -> tuple[LoggedEvent, ...]:
    """The newest events, older than ``before`` (a ``seq``) when it is given."""
    rows = run(connection, "webhook_log/events", status=status, source=source, before=before, row_limit=limit)
    return tuple(LoggedEvent(**{**row, "id": str(row["id"])}) for row in rows)


def replay_event(connection: Connection, event_id: str) -> bool:
    """Put an event back to the start of its way; ``False`` when there is none that the viewer may replay."""
    return connection.execute(text("""
        UPDATE webhook_events
        SET status = 'received', reason = NULL, attempts = 0, next_attempt_at = now(), leased_until = NULL,
            processed_at = NULL
        WHERE id = CAST(:id AS uuid)"""), {"id": event_id}).rowcount == 1


def count_waiting(connection: Connection) -> int:
    """How many deliveries nobody has processed yet."""
    waiting: int = run(connection, "webhook_log/backlog")[0]["waiting"]
    return waiting
