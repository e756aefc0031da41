"""Runs of long work: asked for at a door, done by a worker, watched by whoever asked.

Invariant: queued → running → done, partial or failed; a run ends once, and a worker that died leaves a run that the
next one takes over as failed, never one that seems to run for ever.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from core.sentences import read
from data.queries import run

RUN_ENDINGS = frozenset({"done", "partial", "failed"})


@dataclass(frozen=True)
class SyncRun:
    """One run; ``parameters`` are those of its job, ``counts`` what it read and wrote, ``errors`` kept sentences."""

    id: str
    kind: str
    status: str
    parameters: Mapping[str, Any]
    progress_done: int
    progress_total: int
    counts: Mapping[str, int]
    errors: tuple[str, ...]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    requested_by: str | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """``errors`` in the language of the moment."""
        return tuple(map(read, self.errors))


def create_run(
    connection: Connection, kind: str, parameters: Mapping[str, Any] | None = None, requested_by: str | None = None
) -> str:
    """Queue a run; its id. ``parameters`` must be JSON."""
    return str(connection.execute(text("""
        INSERT INTO sync_runs (kind, parameters, requested_by)
        VALUES (:kind, CAST(:parameters AS jsonb), CAST(:requested_by AS uuid)) RETURNING id"""),
        {"kind": kind, "parameters": _json(parameters or {}), "requested_by": requested_by}).scalar_one())


def take_next_run(connection: Connection, kinds: Sequence[str]) -> SyncRun | None:
    """Take the oldest queued run of these kinds as running, or ``None``; two workers never take the same one."""
    taken = connection.execute(text("""
        UPDATE sync_runs SET status = 'running', started_at = now()
        WHERE id = (SELECT id FROM sync_runs WHERE status = 'queued' AND kind = ANY(:kinds)
                    ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id"""), {"kinds": list(kinds)}).scalar_one_or_none()
    return None if taken is None else load_run(connection, str(taken))


def start_run(connection: Connection, run_id: str, total: int = 0) -> None:
    """Mark a run as running, with the number of steps it will take (0: not known yet).

    Raises: ValueError when it has ended already or is unknown.
    """
    _change(connection, "status = 'running', started_at = coalesce(started_at, now()), progress_total = :total",
            run_id, total=total)


def save_progress(connection: Connection, run_id: str, done: int, total: int) -> None:
    """Note how far a run is. Raises: ValueError when it has ended already or is unknown."""
    _change(connection, "progress_done = :done, progress_total = :total", run_id, done=done, total=total)


def finish_run(
    connection: Connection, run_id: str, status: str, counts: Mapping[str, int] | None = None,
    errors: Sequence[str] = (),
) -> None:
    """End a run as done, partial or failed; ``errors`` are kept sentences (``core/sentences.py``) without secrets.

    Raises: ValueError when it has ended already or is unknown.
    """
    if status not in RUN_ENDINGS:
        raise ValueError(f"a run cannot end as {status}")
    _change(connection, """status = :status, counts = CAST(:counts AS jsonb), errors = CAST(:errors AS jsonb),
            started_at = coalesce(started_at, now()), finished_at = now(),
            progress_done = CASE WHEN :status = 'done' THEN progress_total ELSE progress_done END""",
            run_id, status=status, counts=_json(counts or {}), errors=_json(list(errors)))


def forget_parameters(connection: Connection, run_id: str) -> None:
    """Empty the parameters of a run: they name a person."""
    connection.execute(text("UPDATE sync_runs SET parameters = '{}' WHERE id = CAST(:id AS uuid)"), {"id": run_id})


def fail_abandoned_runs(connection: Connection, kinds: Sequence[str], reason: str) -> int:
    """End the running runs of these kinds as failed; how many. For the one worker that may run them, as it starts."""
    return connection.execute(text("""
        UPDATE sync_runs SET status = 'failed', finished_at = now(), errors = errors || CAST(:errors AS jsonb),
                             parameters = CASE kind WHEN 'person_erasure' THEN '{}' ELSE parameters END
        WHERE status = 'running' AND kind = ANY(:kinds)"""),
        {"kinds": list(kinds), "errors": _json([reason])}).rowcount


def load_run(connection: Connection, run_id: str) -> SyncRun | None:
    """One run, or ``None`` when there is none that the viewer may see."""
    rows = run(connection, "sync_runs/run", run_id=run_id)
    return to_run(rows[0]) if rows else None


def load_runs(connection: Connection, kind: str | None = None, how_many: int = 50) -> tuple[SyncRun, ...]:
    """The newest runs the viewer may see."""
    return tuple(to_run(row) for row in run(connection, "sync_runs/latest", kind=kind, how_many=how_many))


def _change(connection: Connection, assignments: str, run_id: str, **values: Any) -> None:
    changed = connection.execute(
        text(f"UPDATE sync_runs SET {assignments} WHERE id = CAST(:run_id AS uuid) AND finished_at IS NULL"),  # nosec B608 - own names
        {"run_id": run_id, **values}).rowcount
    if changed != 1:
        raise ValueError(f"no open run {run_id}")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def to_run(row: Mapping[str, Any]) -> SyncRun:
    """A row of a run as a record."""
    return SyncRun(
        id=str(row["id"]), kind=row["kind"], status=row["status"], parameters=row["parameters"],
        progress_done=row["progress_done"], progress_total=row["progress_total"], counts=row["counts"],
        errors=tuple(row["errors"]), created_at=row["created_at"], started_at=row["started_at"],
        finished_at=row["finished_at"], requested_by=None if row["requested_by"] is None else str(row["requested_by"]),
    )
