"""Previews that took a worker, kept with the run they were computed in."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, text

from data.attribution_preview import Move
from data.queries import run
from data.settling import as_json


def save_preview(connection: Connection, run_id: str, moves: Sequence[Move]) -> None:
    """Keep what a change would move."""
    rows = [{"day": move.day, "from_team": move.from_team, "to_team": move.to_team, "sales": move.sales,
             "money": move.money, "without_amount": move.without_amount} for move in moves]
    connection.execute(text("""
        INSERT INTO attribution_previews (run_id, result) VALUES (CAST(:run_id AS uuid), CAST(:rows AS jsonb))
        ON CONFLICT (run_id) DO UPDATE SET result = excluded.result"""), {"run_id": run_id, "rows": as_json(rows)})


def load_preview(connection: Connection, run_id: str) -> list[Move] | None:
    """The moves a run computed; ``None`` while it has not."""
    rows = run(connection, "attribution/preview", run_id=run_id)
    if not rows:
        return None
    return [Move(date.fromisoformat(one["day"]), one["from_team"], one["to_team"], one["sales"],
                 Decimal(one["money"]), one["without_amount"]) for one in rows[0]["result"]]
