"""Sales without a team given to one by hand, many at once, and taken back as they were.

Invariant: all of them or none; a sale that meanwhile has a team, or is gone, stops the whole. What is written for each
is what ``data/assignments.py`` writes for one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from core.records import Team
from data.freshness import bump
from data.queries import run
from data.settling import as_json, hold_settling
from data.stats import mark_days

_TOLD = ("team_name", "attribution_method", "confidence", "rule_id", "reason", "candidates", "locked")
Row = Mapping[str, Any]


class SalesMoved(Exception):
    """Some of the sales are not as they were asked about; ``how_many`` of them."""

    def __init__(self, how_many: int) -> None:
        super().__init__(f"{how_many} sales are not as they were")
        self.how_many = how_many


def assign_sales(connection: Connection, sale_ids: Sequence[str], team: Team | None, user_id: str) -> int:
    """Give sales without a team to one, or (``None``) decide that they have none; locked. How many.

    Raises: SalesMoved when one of them is unknown, taken back, or decided about already.
    """
    hold_settling(connection)
    wanted = set(sale_ids)
    rows = [row for row in run(connection, "queue/to_assign", ids=sorted(wanted))
            if row["team_id"] is None and not row["locked"] and not row["is_reversed"]]
    if len(rows) != len(wanted):
        raise SalesMoved(len(wanted) - len(rows))
    given: dict[str, Any] = {
        "team_id": team.id if team else None, "team_name": team.name if team else None,
        "attribution_method": "manual" if team else None, "confidence": "high" if team else None, "rule_id": None,
        "reason": None if team else "manual", "candidates": [], "locked": True}
    _save(connection, [(row, {**row, **given}) for row in rows], user_id)
    return len(rows)


def return_sales(connection: Connection, sale_ids: Sequence[str], user_id: str) -> int:
    """Make sales what they were before this user's last assignment. How many.

    Raises: SalesMoved when something else has happened to one of them since.
    """
    hold_settling(connection)
    wanted = set(sale_ids)
    rows = [row for row in run(connection, "queue/assigned_by_hand", ids=sorted(wanted))
            if row["locked"] and row["before"] and str(row["user_id"]) == user_id
            and row["before"].get("locked") is False and not row["is_reversed"]]
    if len(rows) != len(wanted):
        raise SalesMoved(len(wanted) - len(rows))
    # They came from the queue, so none of them had a team.
    _save(connection, [(row, {**row, **row["before"], "team_id": None}) for row in rows], user_id)
    return len(rows)


def _save(connection: Connection, changes: Sequence[tuple[Row, Row]], user_id: str) -> None:
    after = [{"id": str(new["id"]), "team_id": None if new["team_id"] is None else str(new["team_id"]),
              **{name: new[name] for name in _TOLD}} for _, new in changes]
    changed = connection.execute(text("""
        UPDATE all_sales_tracking s SET team_id = g.team_id, team_name = g.team_name,
            attribution_method = g.attribution_method, confidence = g.confidence, rule_id = g.rule_id,
            reason = g.reason, candidates = g.candidates, locked = g.locked, updated_at = now()
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (
            id uuid, team_id uuid, team_name text, attribution_method text, confidence text, rule_id text, reason text,
            candidates text[], locked boolean)
        WHERE s.id = g.id"""), {"rows": as_json(after)}).rowcount
    if changed != len(changes):
        raise RuntimeError("this viewer may not assign sales")
    connection.execute(text("""
        INSERT INTO sales_activity_log (sale_id, action_type, team_name, user_id, metadata)
        SELECT sale_id, action, team_name, CAST(:user_id AS uuid), metadata
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            sale_id uuid, action text, team_name text, metadata jsonb)"""),
        {"user_id": user_id, "rows": as_json([_entry(old, new) for old, new in changes])})
    mark_days(connection, sorted({day for old, _ in changes for day in (old["sale_day"], old["lead_day"]) if day}))
    bump(connection)


def _entry(old: Row, new: Row) -> dict[str, Any]:
    names = [name for name in _TOLD if old[name] != new[name]]
    action = "updated" if old["team_id"] == new["team_id"] else "attributed" if old["team_id"] is None else "reassigned"
    return {"sale_id": str(old["id"]), "action": action, "team_name": new["team_name"],
            "metadata": {"before": {name: old[name] for name in names}, "after": {name: new[name] for name in names}}}
