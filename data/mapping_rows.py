"""What the pipelines and fields of the amoCRM account mean: read and written whole.

Invariant: a mapping is replaced in one transaction; what it would leave out can be asked before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zlib import crc32

from sqlalchemy import Connection, text

from data.queries import run
from data.rules import load_field_rows
from data.settling import as_json

_LOCK = 7_241_003    # any number no other program takes: whoever changes the mapping
FieldRow = tuple[str, str, str, int]


@dataclass(frozen=True)
class PipelineRow:
    """What a pipeline sells. ``list_price`` is a hint for people, never an amount; ``won_status_id`` its sale.

    An amount up to ``prepayment_limit`` opens a sale that a later payment closes; ``None``: it is paid at once.
    """

    pipeline_id: int
    product: str
    counts_as_sale: bool
    list_price: Decimal | None = None
    won_status_id: int = 142
    prepayment_limit: Decimal | None = None


@dataclass(frozen=True)
class Mapping:
    """Pipelines to products, and custom fields to marks: (target, kind, value, position)."""

    pipelines: tuple[PipelineRow, ...]
    fields: tuple[FieldRow, ...]


@dataclass(frozen=True)
class MappingChange:
    """Who changed the mapping last."""

    who: str
    at: datetime


def load_last_mapping_change(connection: Connection) -> MappingChange | None:
    """The last change that was written down."""
    rows = run(connection, "amocrm/last_mapping_change")
    return MappingChange(rows[0]["who"], rows[0]["happened_at"]) if rows else None


def load_mapping(connection: Connection, *, locked: bool = False) -> Mapping:
    """The mapping in force; a target without rows follows the defaults of the program.

    ``locked``: nobody else changes it until the transaction ends.
    """
    if locked:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    return Mapping(tuple(PipelineRow(**row) for row in run(connection, "amocrm/mapping_pipelines")),
                   tuple(load_field_rows(connection)))


def mapping_version(mapping: Mapping) -> int:
    """A number that differs whenever the mapping does."""
    return crc32(as_json([*map(vars, mapping.pipelines), {"fields": list(mapping.fields)}]).encode())


def load_won_stages(connection: Connection) -> dict[int, int]:
    """Pipeline to the stage that means a sale there, where it is another one than amoCRM's own."""
    return {row["pipeline_id"]: row["won_status_id"] for row in run(connection, "amocrm/won_stages")}


def count_deals_by_pipeline(connection: Connection) -> dict[int, int]:
    """How many deals were last told of in each pipeline."""
    return {row["pipeline_id"]: row["deals"] for row in run(connection, "amocrm/deals_by_pipeline")}


def save_mapping(connection: Connection, mapping: Mapping) -> None:
    """Put a mapping in the place of the present one."""
    pipelines = [vars(one) for one in mapping.pipelines]
    connection.execute(text("DELETE FROM amocrm_pipelines WHERE pipeline_id > 0 AND NOT pipeline_id = ANY(:ids)"),
                       {"ids": [one.pipeline_id for one in mapping.pipelines]})
    connection.execute(text("""
        INSERT INTO amocrm_pipelines (pipeline_id, product, counts_as_sale, list_price, won_status_id, prepayment_limit)
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            pipeline_id bigint, product text, counts_as_sale boolean, list_price numeric, won_status_id bigint,
            prepayment_limit numeric)
        ON CONFLICT (pipeline_id) DO UPDATE SET product = excluded.product,
            counts_as_sale = excluded.counts_as_sale, list_price = excluded.list_price,
            won_status_id = excluded.won_status_id, prepayment_limit = excluded.prepayment_limit"""),
        {"rows": as_json(pipelines)})
    _save_fields(connection, mapping.fields)


def _save_fields(connection: Connection, fields: Sequence[FieldRow]) -> None:
    rows = [dict(zip(("target", "kind", "value", "position"), row, strict=True)) for row in fields]
    connection.execute(text("DELETE FROM amocrm_fields"))
    connection.execute(text("""
        INSERT INTO amocrm_fields (target, kind, value, position)
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            target text, kind text, value text, position integer)"""), {"rows": as_json(rows)})
