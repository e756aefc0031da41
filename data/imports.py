"""Imports as they are kept: the file, how it is read, what it would do, what it did.

Invariant: draft → checked → applied → undone; a change of the mapping makes a draft again; the file itself is
forgotten once it was applied, what it changed is kept row by row.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from core.import_fields import ImportKind
from core.import_files import TextTable
from data.queries import run


@dataclass(frozen=True)
class Import:
    """One import; ``preview`` and ``counts`` are plain JSON, see ``core/import_check.py``."""

    id: str
    kind: ImportKind
    file_name: str
    size: int
    encoding: str
    separator: str
    header: tuple[str, ...]
    columns: Mapping[str, int]
    constants: Mapping[str, str]
    month_first: bool
    decimal_comma: bool
    status: str
    preview: Mapping[str, Any] | None
    counts: Mapping[str, int]
    run_id: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    created_by: str
    updated_by: str
    has_content: bool


@dataclass(frozen=True)
class ImportSummary:
    """A line of the list of imports."""

    id: str
    kind: ImportKind
    file_name: str
    size: int
    status: str
    counts: Mapping[str, int]
    run_id: str | None
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    created_by: str


@dataclass(frozen=True)
class LaterImport:
    """An import that built on another one."""

    id: str
    file_name: str
    created_at: datetime


def create_import(
    connection: Connection, *, kind: ImportKind, file_name: str, content: bytes, digest: str, table: TextTable,
    columns: Mapping[str, int], user_id: str,
) -> str:
    """Keep an uploaded file as a draft; its id."""
    return str(connection.execute(text("""
        INSERT INTO imports (kind, file_name, size, digest, content, encoding, separator, header, columns, created_by,
                             updated_by)
        VALUES (:kind, :file_name, :size, :digest, :content, :encoding, :separator, :header, CAST(:columns AS jsonb),
                CAST(:user_id AS uuid), CAST(:user_id AS uuid))
        RETURNING id"""), {
        "kind": kind.value, "file_name": file_name, "size": len(content), "digest": digest, "content": content,
        "encoding": table.encoding, "separator": table.separator, "header": list(table.header),
        "columns": json.dumps(dict(columns)), "user_id": user_id}).scalar_one())


def load_import(connection: Connection, import_id: str, *, locked: bool = False) -> Import | None:
    """One import, or ``None``; ``locked`` holds it until the transaction ends."""
    if locked:
        connection.execute(text("SELECT 1 FROM imports WHERE id = CAST(:id AS uuid) FOR UPDATE"), {"id": import_id})
    rows = run(connection, "imports/import", id=import_id)
    if not rows:
        return None
    row = dict(rows[0])
    return Import(**{**row, **_common(row), "header": tuple(row["header"])})


def load_imports(connection: Connection, how_many: int = 50) -> tuple[ImportSummary, ...]:
    """The newest imports."""
    return tuple(ImportSummary(**{**row, **_common(row)})
                 for row in run(connection, "imports/imports", how_many=how_many))


def _common(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": str(row["id"]), "kind": ImportKind(row["kind"]),
            "run_id": None if row["run_id"] is None else str(row["run_id"])}


def load_content(connection: Connection, import_id: str) -> bytes | None:
    """The file, as long as it is kept."""
    content = run(connection, "imports/content", id=import_id)[0]["content"]
    return None if content is None else bytes(content)


def save_reading(
    connection: Connection, import_id: str, *, columns: Mapping[str, int], constants: Mapping[str, str],
    month_first: bool, decimal_comma: bool, user_id: str,
) -> None:
    """Keep how the file is read; what was found by another reading is forgotten."""
    connection.execute(text("""
        UPDATE imports SET columns = CAST(:columns AS jsonb), constants = CAST(:constants AS jsonb),
            month_first = :month_first, decimal_comma = :decimal_comma, status = 'draft', preview = NULL,
            run_id = NULL, version = version + 1, updated_by = CAST(:user_id AS uuid), updated_at = now()
        WHERE id = CAST(:id AS uuid)"""), {
        "id": import_id, "columns": json.dumps(dict(columns)), "constants": json.dumps(dict(constants)),
        "month_first": month_first, "decimal_comma": decimal_comma, "user_id": user_id})


def save_status(connection: Connection, import_id: str, status: str, *, run_id: str | None = None,
                user_id: str | None = None) -> None:
    """Note where an import stands, and the run that moves it."""
    connection.execute(text("""
        UPDATE imports SET status = :status, run_id = coalesce(CAST(:run_id AS uuid), run_id), version = version + 1,
            updated_by = coalesce(CAST(:user_id AS uuid), updated_by), updated_at = now(),
            applied_at = CASE WHEN :status = 'applied' THEN now() ELSE applied_at END,
            undone_at = CASE WHEN :status = 'undone' THEN now() ELSE undone_at END,
            content = CASE WHEN :status IN ('applied', 'undone') THEN NULL ELSE content END
        WHERE id = CAST(:id AS uuid)"""),
        {"id": import_id, "status": status, "run_id": run_id, "user_id": user_id})


def save_preview(connection: Connection, import_id: str, preview: Mapping[str, Any]) -> None:
    """Keep what the file would do; it may be applied from now on."""
    connection.execute(text("""
        UPDATE imports SET preview = CAST(:preview AS jsonb), status = 'checked', version = version + 1,
            updated_at = now()
        WHERE id = CAST(:id AS uuid)"""), {"id": import_id, "preview": json.dumps(preview, ensure_ascii=False)})


def add_counts(connection: Connection, import_id: str, counts: Mapping[str, int]) -> None:
    """Add to what an import did so far."""
    connection.execute(text("""
        UPDATE imports i SET counts = i.counts || (
            SELECT jsonb_object_agg(given.key, coalesce(CAST(i.counts ->> given.key AS integer), 0)
                                               + CAST(given.value AS integer))
            FROM jsonb_each_text(CAST(:counts AS jsonb)) AS given)
        WHERE i.id = CAST(:id AS uuid)"""), {"id": import_id, "counts": json.dumps(dict(counts))})


def forget_import(connection: Connection, import_id: str) -> None:
    """Throw away an import that changed nothing."""
    connection.execute(text("DELETE FROM imports WHERE id = CAST(:id AS uuid)"), {"id": import_id})


def load_decided_lines(connection: Connection, import_id: str) -> tuple[int, ...]:
    """The lines whose sales somebody decided about by hand or by a claim: an undo would lose that."""
    return tuple(row["line"] for row in run(connection, "imports/decided_sales", import_id=import_id))


def load_later_import(connection: Connection, import_id: str) -> LaterImport | None:
    """The newest import that changed what this one brought; it has to be undone first."""
    rows: Sequence[Mapping[str, Any]] = run(connection, "imports/later_import", import_id=import_id)
    return LaterImport(str(rows[0]["id"]), rows[0]["file_name"], rows[0]["created_at"]) if rows else None
