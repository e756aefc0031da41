"""Landing pages as an admin arranged them: a name, the {source} of the address, where things stand in its bodies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from data.queries import run

Paths = Mapping[str, tuple[str, ...]]     # meaning to paths, the first that has a value counts


@dataclass(frozen=True)
class LandingSource:
    """A source; ``id`` and ``name`` are ``None`` when it only sent something and nobody named it yet.

    Counts are of the last thirty days.
    """

    id: str | None
    slug: str
    name: str | None
    mapping: Paths
    version: int | None
    updated_at: datetime | None
    updated_by: str
    last_at: datetime | None
    received: int
    processed: int
    skipped: int
    failed: int


@dataclass(frozen=True)
class StoredBody:
    """A body that a source sent."""

    id: str
    received_at: datetime
    status: str
    content_type: str
    body: bytes


def load_sources(connection: Connection) -> tuple[LandingSource, ...]:
    """Every source, the named ones first."""
    return tuple(_to_source(row) for row in run(connection, "landing/sources"))


def load_source(connection: Connection, source_id: str, *, locked: bool = False) -> LandingSource | None:
    """One named source; ``locked`` holds it until the transaction ends."""
    if locked:
        connection.execute(text("SELECT 1 FROM landing_sources WHERE id = CAST(:id AS uuid) FOR UPDATE"),
                           {"id": source_id})
    return next((one for one in load_sources(connection) if one.id == source_id), None)


def load_mappings(connection: Connection) -> Mapping[str, Paths]:
    """The mappings by the {source} of the address."""
    return {row["slug"]: _to_paths(row["mapping"]) for row in run(connection, "landing/mappings")}


def load_bodies(connection: Connection, slug: str, how_many: int = 5) -> tuple[StoredBody, ...]:
    """The newest bodies of a source."""
    return tuple(StoredBody(str(row["id"]), row["received_at"], row["status"], row["content_type"], bytes(row["body"]))
                 for row in run(connection, "landing/bodies", slug=slug, how_many=how_many))


def save_source(
    connection: Connection, source_id: str | None, *, slug: str, name: str, mapping: Paths, user_id: str
) -> str | None:
    """Make a source, or change the one of this id; its id, ``None`` when the address belongs to another one."""
    values = {"id": source_id, "slug": slug, "name": name, "user_id": user_id,
              "mapping": json.dumps({meaning: list(paths) for meaning, paths in mapping.items()}, ensure_ascii=False)}
    taken = connection.execute(text("SELECT id FROM landing_sources WHERE slug = :slug"), values).scalar()
    if taken is not None and str(taken) != source_id:
        return None
    if source_id is None:
        return str(connection.execute(text("""
            INSERT INTO landing_sources (slug, name, mapping, updated_by)
            VALUES (:slug, :name, CAST(:mapping AS jsonb), CAST(:user_id AS uuid)) RETURNING id"""),
            values).scalar_one())
    connection.execute(text("""
        UPDATE landing_sources SET slug = :slug, name = :name, mapping = CAST(:mapping AS jsonb),
            version = version + 1, updated_by = CAST(:user_id AS uuid), updated_at = now()
        WHERE id = CAST(:id AS uuid)"""), values)
    return source_id


def remove_source(connection: Connection, source_id: str) -> None:
    """Forget how a source is called and read; its leads stay, and what it sends is read without a mapping."""
    connection.execute(text("DELETE FROM landing_sources WHERE id = CAST(:id AS uuid)"), {"id": source_id})


def _to_source(row: Mapping[str, Any]) -> LandingSource:
    return LandingSource(**{**row, "id": None if row["id"] is None else str(row["id"]),
                            "mapping": _to_paths(row["mapping"])})


def _to_paths(mapping: Mapping[str, Any]) -> Paths:
    return {meaning: tuple(paths) for meaning, paths in mapping.items()}
