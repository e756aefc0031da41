"""What the pipelines and fields of the amoCRM account mean: read and written whole.

Invariant: a mapping is replaced in one transaction; what it would leave out can be asked before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, text

from data.queries import run
from data.rules import load_field_rows
from data.settling import as_json

FieldRow = tuple[str, str, str, int]


@dataclass(frozen=True)
class PipelineRow:
    """What a pipeline sells; ``list_price`` is a hint for people, never an amount."""

    pipeline_id: int
    product: str
    counts_as_sale: bool
    list_price: Decimal | None = None


@dataclass(frozen=True)
class Mapping:
    """Pipelines to products, and custom fields to marks: (target, kind, value, position)."""

    pipelines: tuple[PipelineRow, ...]
    fields: tuple[FieldRow, ...]


def load_mapping(connection: Connection) -> Mapping:
    """The mapping in force; a target without rows follows the defaults of the program."""
    return Mapping(tuple(PipelineRow(**row) for row in run(connection, "amocrm/mapping_pipelines")),
                   tuple(load_field_rows(connection)))


def count_deals_by_pipeline(connection: Connection) -> dict[int, int]:
    """How many deals were last told of in each pipeline."""
    return {row["pipeline_id"]: row["deals"] for row in run(connection, "amocrm/deals_by_pipeline")}


def save_mapping(connection: Connection, mapping: Mapping) -> None:
    """Put a mapping in the place of the present one."""
    pipelines = [vars(one) for one in mapping.pipelines]
    connection.execute(text("DELETE FROM amocrm_pipelines WHERE NOT pipeline_id = ANY(:ids)"),
                       {"ids": [one.pipeline_id for one in mapping.pipelines]})
    connection.execute(text("""
        INSERT INTO amocrm_pipelines (pipeline_id, product, counts_as_sale, list_price)
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            pipeline_id bigint, product text, counts_as_sale boolean, list_price numeric)
        ON CONFLICT (pipeline_id) DO UPDATE SET product = excluded.product,
            counts_as_sale = excluded.counts_as_sale, list_price = excluded.list_price"""),
        {"rows": as_json(pipelines)})
    _save_fields(connection, mapping.fields)


def _save_fields(connection: Connection, fields: Sequence[FieldRow]) -> None:
    rows = [dict(zip(("target", "kind", "value", "position"), row, strict=True)) for row in fields]
    connection.execute(text("DELETE FROM amocrm_fields"))
    connection.execute(text("""
        INSERT INTO amocrm_fields (target, kind, value, position)
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            target text, kind text, value text, position integer)"""), {"rows": as_json(rows)})
