"""Uploaded files of history: checked, brought in and taken back, piece by piece.

Invariant: each piece is one transaction with the marks of what it did; a run that was stopped is started again and
goes on, since a row that stands already changes nothing.
"""

from collections.abc import Callable
from typing import Any

from core.import_files import UnreadableFile, name_lines
from core.sentences import keep
from data.freshness import bump
from data.import_check import check_file, read_rows
from data.import_rows import Surroundings, apply_rows, undo_rows
from data.imports import (
    Import,
    add_counts,
    load_content,
    load_decided_lines,
    load_import,
    save_preview,
    save_status,
)
from data.settling import chunks
from jobs.context import JobContext
from jobs.run_faults import RunFault

_AT_ONCE = 500
Progress = Callable[[int, int], None]


class NoSuchImport(RunFault):
    """The import is gone, its file is, or it must not be undone now; the message is for whoever asked."""


def check_import(context: JobContext, import_id: str, progress: Progress) -> dict[str, int]:
    """Find out what a file would do and keep the answer. Raises: NoSuchImport."""
    found, content = _load(context, import_id)
    total = content.count(b"\n")
    with context.database.transaction(read_only=True) as connection:
        preview = _readable(lambda: check_file(
            connection, found, content, context.calendar, context.calendar.today(context.clock()),
            lambda done: progress(done, max(done, total))))
    with context.database.transaction() as connection:
        save_preview(connection, import_id, preview)
    return {name: preview[name] for name in ("rows", "new", "changed", "unchanged", "known", "wrong")}


def apply_import(context: JobContext, import_id: str, progress: Progress) -> dict[str, int]:
    """Bring the rows of a file in; when it was stopped before the end, it is told by ``context.stop``.

    Raises: NoSuchImport.
    """
    found, content = _load(context, import_id)
    around = _surroundings(context, found)
    total = (found.preview or {}).get("rows", 0)
    done, counts = 0, dict.fromkeys(("new", "changed", "unchanged", "known", "wrong"), 0)
    for chunk in chunks(_readable(lambda: read_rows(found, content, context.calendar, around.today)), _AT_ONCE):
        if context.stop.is_set():
            return counts
        with context.database.transaction() as connection:
            brought = apply_rows(connection, import_id, [one.row for one in chunk if one.row is not None], around)
            brought["wrong"] = sum(1 for one in chunk if one.row is None)
            # A row of an earlier attempt is unchanged now; it was counted when it came.
            add_counts(connection, import_id, {name: brought[name] for name in ("new", "changed")})
            bump(connection)
        done += len(chunk)
        counts = {name: counts[name] + brought[name] for name in counts}
        progress(done, max(done, total))
    with context.database.transaction() as connection:
        save_status(connection, import_id, "applied")
    return counts


def undo_import(context: JobContext, import_id: str, progress: Progress) -> dict[str, int]:
    """Take back what a file brought and restore what it changed. Raises: NoSuchImport."""
    with context.database.transaction(read_only=True) as connection:
        found = load_import(connection, import_id)
    if found is None:
        raise NoSuchImport(keep("run_fault.import_gone"))
    with context.database.transaction(read_only=True) as connection:
        decided = load_decided_lines(connection, import_id)
    if decided:
        raise NoSuchImport(keep("imports.undo_decided", lines=name_lines(decided)))
    around = _surroundings(context, found)
    counts = {"removed": 0, "restored": 0}
    total = sum(found.counts.get(name, 0) for name in ("new", "changed"))
    while not context.stop.is_set():
        with context.database.transaction() as connection:
            undone = undo_rows(connection, import_id, _AT_ONCE, around)
            if not any(undone.values()):
                save_status(connection, import_id, "undone")
                return counts
            add_counts(connection, import_id, undone)
            bump(connection)
        counts = {name: counts[name] + undone[name] for name in counts}
        done = sum(counts.values())
        progress(done, max(done, total))
    return counts


def _load(context: JobContext, import_id: str) -> tuple[Import, bytes]:
    with context.database.transaction(read_only=True) as connection:
        found = load_import(connection, import_id)
        content = None if found is None else load_content(connection, import_id)
    if found is None or content is None:
        raise NoSuchImport(keep("run_fault.import_file_gone"))
    return found, content


def _surroundings(context: JobContext, found: Import) -> Surroundings:
    return Surroundings(found.kind, found.file_name, context.calendar, context.calendar.today(context.clock()))


def _readable(read: Callable[[], Any]) -> Any:
    """What was read. Raises: NoSuchImport with a sentence when the file cannot be."""
    try:
        return read()
    except UnreadableFile as error:
        raise NoSuchImport(keep(error.key, **error.values)) from error
