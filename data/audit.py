"""The audit log: who did what to which object, from where; rows are only ever added, and each is a link of a chain."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from data.queries import run
from data.search_patterns import like


@dataclass(frozen=True)
class AuditEntry:
    """One entry; ``user_email`` is that of now, ``None`` for deeds of nobody and of people who are gone."""

    id: int
    happened_at: datetime
    user_id: str | None
    user_email: str | None
    action: str
    object_type: str
    object_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    address: str | None
    request_id: str | None


@dataclass(frozen=True)
class AuditFilter:
    """Which entries; ``None`` is any. ``since`` counts, ``until`` does not; ``who`` is part of an e-mail or a name."""

    user_id: str | None = None
    action: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    address: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    who: str | None = None


@dataclass(frozen=True)
class ChainHead:
    """The last link: as many entries are chained as ``seq`` says. Noted elsewhere, it proves the log up to there."""

    seq: int
    hash: str


@dataclass(frozen=True)
class BrokenLink:
    """A place at which the chain does not hold; ``reason`` is removed, changed, added or gap."""

    seq: int | None
    entry_id: int
    reason: str


def save_entry(
    connection: Connection,
    *,
    action: str,
    user_id: str | None = None,
    object_type: str = "",
    object_id: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    address: str | None = None,
    request_id: str | None = None,
) -> None:
    """Add one entry; ``before`` and ``after`` hold no secrets."""
    connection.execute(text("""
        INSERT INTO audit_log (user_id, action, object_type, object_id, before, after, address, request_id)
        VALUES (:user_id, :action, :object_type, :object_id, CAST(:before AS jsonb), CAST(:after AS jsonb),
                CAST(:address AS inet), :request_id)"""), {
        "user_id": user_id, "action": action, "object_type": object_type, "object_id": object_id,
        "before": None if before is None else json.dumps(before, ensure_ascii=False),
        "after": None if after is None else json.dumps(after, ensure_ascii=False),
        "address": address, "request_id": request_id,
    })


def load_entries(
    connection: Connection, chosen: AuditFilter, *, before: int | None = None, limit: int = 100
) -> tuple[AuditEntry, ...]:
    """The newest entries the filter lets through, with an id below ``before`` when it is given."""
    rows = run(connection, "audit/entries", before=before, row_limit=limit, **{**vars(chosen), "who": like(chosen.who)})
    return tuple(AuditEntry(**{**row, "user_id": None if row["user_id"] is None else str(row["user_id"])})
                 for row in rows)


def load_head(connection: Connection, seq: int | None = None) -> ChainHead | None:
    """The last link of the chain, or the one at ``seq``; ``None`` when there is none."""
    rows = run(connection, "audit/head", seq=seq)
    return ChainHead(rows[0]["seq"], rows[0]["hash"]) if rows else None


def find_broken_links(connection: Connection) -> tuple[BrokenLink, ...]:
    """Where the chain does not hold, at most a hundred places; empty when every entry is as it was written."""
    return tuple(BrokenLink(**row) for row in run(connection, "audit/broken"))


def load_object_types(connection: Connection) -> tuple[str, ...]:
    """What the deeds of the log were done to: user, run, session and so on."""
    return tuple(row["object_type"] for row in run(connection, "audit/object_types"))
