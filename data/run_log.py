"""Runs of long work as a list to look through: filtered, page by page, with whoever asked for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from core.cursors import read_cursor, write_cursor
from data.queries import run
from data.sync_runs import SyncRun, to_run

STATUSES = ("queued", "running", "done", "partial", "failed")


@dataclass(frozen=True)
class RunFilter:
    """Which runs; ``None`` is any. ``since`` counts, ``until`` does not."""

    kind: str | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class LoggedRun:
    """A run and the address of whoever asked for it; ``None``: the timetable did."""

    run: SyncRun
    asked_by: str | None


@dataclass(frozen=True)
class RunPage:
    """A page of runs, and the place after its last one when there are more."""

    rows: tuple[LoggedRun, ...]
    next_cursor: str | None


def load_run_page(connection: Connection, chosen: RunFilter, limit: int, cursor: str | None = None) -> RunPage:
    """A page of the newest runs that fit."""
    at, run_id = _place(cursor)
    rows = run(connection, "sync_runs/page", before_at=at, before_id=run_id, row_limit=limit + 1, **vars(chosen))
    page = rows[:limit]
    following = write_cursor(page[-1]["created_at"].isoformat(), str(page[-1]["id"])) if len(rows) > limit else None
    return RunPage(tuple(LoggedRun(to_run(row), row["asked_by"]) for row in page), following)


def _place(cursor: str | None) -> tuple[datetime | None, str | None]:
    place = read_cursor(cursor, 2)
    try:
        at, run_id = (datetime.fromisoformat(place[0]), str(UUID(place[1]))) if place else (None, None)
    except ValueError:
        return None, None
    return (at, run_id) if at is not None and at.tzinfo else (None, None)


def load_run_kinds(connection: Connection) -> tuple[str, ...]:
    """The kinds of runs that there have been."""
    return tuple(row["kind"] for row in run(connection, "sync_runs/kinds"))
