"""The inbox of raw deliveries: stored once, lent to one worker at a time, kept whatever becomes of them.

Invariant: a stored delivery is processed, skipped, dead or waiting with a time for its next attempt; a worker that
dies holds its deliveries no longer than its lease. A delivery that was lent when its worker died comes back alone, so
that the one which kills workers takes no neighbours with it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from data.queries import run

MAX_ATTEMPTS = 6
# Before the second attempt, the third, … the sixth.
BACK_OFF = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10),
            timedelta(hours=1))
_LONGEST_REASON = 500
_WORKER_DIED = f"the worker ended {MAX_ATTEMPTS} times while reading it"


@dataclass(frozen=True)
class StoredEvent:
    """A delivery lent to this worker; ``attempts`` counts this one."""

    id: str
    source: str
    source_name: str | None
    received_at: datetime
    content_type: str
    body: bytes
    attempts: int


def store_event(
    connection: Connection, source: str, source_name: str | None, headers: Mapping[str, str], content_type: str,
    body: bytes, dedup_key: str,
) -> bool:
    """Keep a delivery of ``source`` (amocrm, landing, facebook); false when ``dedup_key`` is kept already."""
    stored = connection.execute(text("""
        INSERT INTO webhook_events (source, source_name, headers, content_type, body, dedup_key)
        VALUES (:source, :source_name, CAST(:headers AS jsonb), :content_type, :body, :dedup_key)
        ON CONFLICT (dedup_key) DO NOTHING"""), {
        "source": source, "source_name": source_name, "headers": json.dumps(dict(headers)).replace("\\u0000", ""),
        "content_type": content_type.replace("\x00", ""), "body": body, "dedup_key": dedup_key})
    return stored.rowcount == 1


def take_batch(connection: Connection, limit: int, lease_seconds: int) -> list[StoredEvent]:
    """Borrow the next deliveries, at most ``limit``, for ``lease_seconds``; commit before working on them."""
    due = run(connection, "inbox/due", how_many=limit)
    crashed = [place for place, row in enumerate(due) if row["leased_until"] is not None]
    if crashed and crashed[0] == 0:
        due = due[:1]
        if due[0]["attempts"] >= MAX_ATTEMPTS:
            _finish(connection, "dead", {str(due[0]["id"]): _WORKER_DIED})
            return take_batch(connection, limit, lease_seconds)
    elif crashed:
        due = due[:crashed[0]]
    if not due:
        return []
    connection.execute(text("""
        UPDATE webhook_events
        SET attempts = attempts + 1, leased_until = now() + CAST(:lease AS interval),
            next_attempt_at = now() + CAST(:lease AS interval)
        WHERE id = ANY(CAST(:ids AS uuid[]))"""),
        {"ids": [str(row["id"]) for row in due], "lease": f"{lease_seconds} seconds"})
    return [_stored(row) for row in due]


def _stored(row: Mapping[str, Any]) -> StoredEvent:
    return StoredEvent(
        id=str(row["id"]), source=row["source"], source_name=row["source_name"], received_at=row["received_at"],
        content_type=row["content_type"], body=bytes(row["body"]), attempts=row["attempts"] + 1)


def mark_processed(connection: Connection, notes: Mapping[str, str | None]) -> None:
    """Deliveries (by id) that had their effect; a note tells which part of one was left out."""
    _finish(connection, "processed", notes)


def mark_skipped(connection: Connection, reasons: Mapping[str, str | None]) -> None:
    """Deliveries that were understood and mean nothing for the numbers."""
    _finish(connection, "skipped", reasons)


def mark_unreadable(connection: Connection, reasons: Mapping[str, str | None]) -> None:
    """Deliveries that nobody can read: no attempt will change that, only a replay after a change of the program.

    Their next attempt is at ``infinity``, which a reader must turn into NULL: no Python datetime can hold it.
    """
    _finish(connection, "failed", reasons)


def _finish(connection: Connection, status: str, reasons: Mapping[str, str | None]) -> None:
    if not reasons:
        return
    connection.execute(text("""
        UPDATE webhook_events e
        SET status = :status, reason = given.reason, processed_at = now(), leased_until = NULL,
            next_attempt_at = CASE WHEN :status = 'failed' THEN 'infinity' ELSE e.next_attempt_at END
        FROM unnest(CAST(:ids AS uuid[]), CAST(:reasons AS text[])) AS given (id, reason)
        WHERE e.id = given.id"""), {
        "status": status, "ids": list(reasons),
        "reasons": [reason[:_LONGEST_REASON] if reason else None for reason in reasons.values()]})


def mark_failed(connection: Connection, event: StoredEvent, reason: str) -> None:
    """A delivery whose processing failed: it waits longer each time, after the sixth attempt for a person."""
    if event.attempts >= MAX_ATTEMPTS:
        _finish(connection, "dead", {event.id: reason})
        return
    connection.execute(text("""
        UPDATE webhook_events
        SET status = 'failed', reason = :reason, leased_until = NULL, next_attempt_at = now() + CAST(:wait AS interval)
        WHERE id = CAST(:id AS uuid)"""), {
        "id": event.id, "reason": reason[:_LONGEST_REASON],
        "wait": f"{int(BACK_OFF[event.attempts - 1].total_seconds())} seconds"})
