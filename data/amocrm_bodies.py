"""Raw bodies of amoCRM as they were stored, to be read once more when their fields mean something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from data.queries import run


@dataclass(frozen=True)
class RawBody:
    """A stored body; ``seq`` is its place in the order of arrival."""

    id: str
    seq: int
    received_at: datetime
    content_type: str
    body: bytes


def load_newest_bodies(connection: Connection, how_many: int) -> tuple[RawBody, ...]:
    """The newest bodies, the newest first."""
    return tuple(RawBody("", 0, row["received_at"], row["content_type"], bytes(row["body"]))
                 for row in run(connection, "amocrm/newest_bodies", how_many=how_many))


def load_bodies_after(connection: Connection, seq: int, how_many: int) -> tuple[RawBody, ...]:
    """The bodies that were read and arrived behind ``seq``, in order."""
    return tuple(RawBody(str(row["id"]), row["seq"], row["received_at"], row["content_type"], bytes(row["body"]))
                 for row in run(connection, "amocrm/bodies_after", seq=seq, how_many=how_many))


def count_bodies(connection: Connection) -> int:
    """How many bodies were read."""
    return int(run(connection, "amocrm/bodies_count")[0]["bodies"])


def load_deals_from_api(connection: Connection) -> list[int]:
    """The deals of which the API told something."""
    return [row["deal_id"] for row in run(connection, "amocrm/deals_from_api")]


def count_events_by_pipeline(connection: Connection) -> dict[int, int]:
    """How many events named each pipeline."""
    return {row["pipeline_id"]: row["events"] for row in run(connection, "amocrm/events_by_pipeline")}


def forget_events_of_bodies(connection: Connection, ids: Sequence[str]) -> frozenset[int]:
    """Take away what was read out of these bodies, to be read anew in the same transaction; the deals it spoke of."""
    return frozenset(connection.execute(text(
        "DELETE FROM amocrm_events WHERE webhook_id = ANY(CAST(:ids AS uuid[])) RETURNING deal_id"),
        {"ids": list(ids)}).scalars())


def forget_marks_of_api(connection: Connection, deal_ids: Sequence[int]) -> None:
    """Take the marks off what the API told of these deals, to be told anew in the same transaction; states stay."""
    connection.execute(text("""
        UPDATE amocrm_events SET payload = payload - 'utm' - 'fbclid'
        WHERE webhook_id IS NULL AND action NOT IN ('import', 'delete') AND deal_id = ANY(:ids)"""),
        {"ids": list(deal_ids)})
