"""Imported rows against what is stored: which are new, changed, unchanged or known already; applied and undone.

Invariant: a row is known by its key. Applying what is stored already writes nothing; undoing writes back what stood
before, row by row, and takes away what was added. A row that the product has from its source is left alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from core.business_time import BusinessCalendar
from core.import_fields import ImportKind
from core.import_rows import ImportRow
from data.import_leads import Record, remove_leads, write_leads
from data.import_sales import remove_sales, write_sales
from data.import_spend import remove_spend, write_spend
from data.queries import run
from data.rules import load_rules
from data.settling import as_json, hold_settling

NEW, CHANGED, UNCHANGED, KNOWN = "new", "changed", "unchanged", "known"


@dataclass(frozen=True)
class Surroundings:
    """What applying and undoing need to know. ``origin`` is the name of the file."""

    kind: ImportKind
    origin: str
    calendar: BusinessCalendar
    today: date


def classify_rows(
    connection: Connection, kind: ImportKind, rows: Sequence[ImportRow], calendar: BusinessCalendar
) -> list[tuple[ImportRow, str]]:
    """Each row with what it would do: ``new``, ``changed``, ``unchanged`` or ``known``."""
    stored = _stored(connection, kind, rows)
    known = _known(connection, kind, [row for row in rows if row.key not in stored], calendar)
    return [(row, _verdict(row, stored, known)) for row in rows]


def _stored(connection: Connection, kind: ImportKind, rows: Sequence[ImportRow]) -> dict[str, Mapping[str, Any]]:
    found = run(connection, "imports/records", kind=kind.value, keys=[row.key for row in rows])
    return {row["row_key"]: row for row in found}


def _verdict(row: ImportRow, stored: Mapping[str, Mapping[str, Any]], known: set[int]) -> str:
    if row.key in stored:
        return UNCHANGED if stored[row.key]["data"] == row.data else CHANGED
    return KNOWN if row.line in known else NEW


def _known(connection: Connection, kind: ImportKind, rows: Sequence[ImportRow], calendar: BusinessCalendar) -> set[int]:
    """The lines of rows that came in by themselves."""
    def column(name: str) -> list[Any]:
        return [row.data[name] for row in rows]

    if not rows:
        return set()
    places = [row.line for row in rows]
    if kind is ImportKind.LEADS:
        found = run(connection, "imports/known_leads", places=places, phones=column("phone_norm"),
                    emails=column("email_norm"), moments=column("submitted_at"), submissions=column("id"))
    elif kind is ImportKind.SALES:
        days = [calendar.day_of(datetime.fromisoformat(one)) for one in column("sold_at")]
        found = run(connection, "imports/known_sales", places=places, deal_ids=column("deal_id"), days=days,
                    products=column("product"), phones=column("phone_norm"), emails=column("email_norm"))
    else:
        found = run(connection, "imports/known_spend", places=places, keys=[row.key for row in rows],
                    channels=column("channel"), campaign_ids=column("campaign_id"), names=column("campaign"),
                    days=column("day"))
    return {row["place"] for row in found}


def apply_rows(
    connection: Connection, import_id: str, rows: Sequence[ImportRow], around: Surroundings
) -> dict[str, int]:
    """Bring these rows in and note what stood before each; how many were new, changed, unchanged and known."""
    hold_settling(connection)
    judged = classify_rows(connection, around.kind, rows, around.calendar)
    moving = [row for row, verdict in judged if verdict in (NEW, CHANGED)]
    records = _save_records(connection, import_id, around.kind, moving)
    _write(connection, records, around)
    return {verdict: sum(1 for _, found in judged if found == verdict) for verdict in (NEW, CHANGED, UNCHANGED, KNOWN)}


def _save_records(
    connection: Connection, import_id: str, kind: ImportKind, rows: Sequence[ImportRow]
) -> list[Record]:
    if not rows:
        return []
    before = _stored(connection, kind, rows)
    saved = connection.execute(text("""
        INSERT INTO import_records (kind, row_key, data)
        SELECT :kind, row_key, data
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (row_key text, data jsonb)
        ON CONFLICT (kind, row_key) DO UPDATE SET data = excluded.data, updated_at = now()
        RETURNING id, row_key"""), {
        "kind": kind.value, "rows": as_json([{"row_key": row.key, "data": row.data} for row in rows])}).all()
    numbers = {row.row_key: row.id for row in saved}
    # What this import itself brought before stays its first word: undone, it goes back to what stood before the file.
    connection.execute(text("""
        INSERT INTO import_changes (import_id, record_id, line, before)
        SELECT CAST(:import_id AS uuid), record_id, line, before
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (record_id bigint, line integer, before jsonb)
        ON CONFLICT (import_id, record_id) DO NOTHING"""), {
        "import_id": import_id, "rows": json.dumps([
            {"record_id": numbers[row.key], "line": row.line,
             "before": before[row.key]["data"] if row.key in before else None} for row in rows])})
    return [(numbers[row.key], row.data) for row in rows]


def _write(connection: Connection, records: Sequence[Record], around: Surroundings) -> None:
    if not records:
        return
    if around.kind is ImportKind.LEADS:
        write_leads(connection, records, around.origin, load_rules(connection), around.calendar)
    elif around.kind is ImportKind.SALES:
        write_sales(connection, records, load_rules(connection), around.calendar)
    else:
        write_spend(connection, records, around.calendar, around.today)


def undo_rows(connection: Connection, import_id: str, how_many: int, around: Surroundings) -> dict[str, int]:
    """Undo the newest changes of an import, at most ``how_many``: how many were ``removed`` and ``restored``."""
    hold_settling(connection)
    changes = run(connection, "imports/changes_to_undo", import_id=import_id, how_many=how_many)
    added = [row["record_id"] for row in changes if row["before"] is None]
    changed = [(row["record_id"], row["before"]) for row in changes if row["before"] is not None]
    _remove(connection, added, around)
    _write(connection, changed, around)
    connection.execute(text("DELETE FROM import_changes WHERE id = ANY(:ids)"),
                       {"ids": [row["id"] for row in changes]})
    connection.execute(text("DELETE FROM import_records WHERE id = ANY(:ids)"), {"ids": added})
    connection.execute(text("""
        UPDATE import_records r SET data = given.data, updated_at = now()
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id bigint, data jsonb)
        WHERE r.id = given.id"""), {"rows": as_json([{"id": number, "data": data} for number, data in changed])})
    return {"removed": len(added), "restored": len(changed)}


def _remove(connection: Connection, record_ids: Sequence[int], around: Surroundings) -> None:
    if not record_ids:
        return
    if around.kind is ImportKind.LEADS:
        remove_leads(connection, record_ids, load_rules(connection), around.calendar)
    elif around.kind is ImportKind.SALES:
        remove_sales(connection, record_ids, load_rules(connection), around.calendar)
    else:
        remove_spend(connection, record_ids, around.calendar)
