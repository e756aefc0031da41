"""Sales given to a team by hand.

Invariant: an assignment waits for whoever settles and is seen by whoever settles next, so neither overwrites the
other; the sale, its log and the days to recalculate change together. Locked, it survives every run of the rules.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from core.records import Team
from data.freshness import bump
from data.queries import run
from data.settling import as_json, hold_settling
from data.stats import mark_days

_TOLD = ("team_name", "attribution_method", "confidence", "rule_id", "reason", "candidates", "locked")


def assign_sale(
    connection: Connection, sale_id: str, team: Team | None, *, lock: bool, user_id: str
) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Give a sale to a team, or to nobody; the sale before and after, ``None`` when the viewer sees no such sale.

    Without ``lock`` it stands until the rules are next asked about the sale.
    """
    before = hold_sale(connection, sale_id)
    if before is None:
        return None
    after = {
        **before, "team_id": team.id if team else None, "team_name": team.name if team else None,
        "team_slug": team.slug if team else None, "attribution_method": "manual" if team else None,
        "confidence": "high" if team else None, "rule_id": None, "reason": None if team else "manual",
        "candidates": [], "locked": lock}
    _save(connection, sale_id, before, after, user_id)
    return before, after


def hold_sale(connection: Connection, sale_id: str) -> Mapping[str, Any] | None:
    """A sale as it stands, until the transaction ends; ``None`` when the viewer sees no such sale."""
    hold_settling(connection)
    rows = run(connection, "attribution/sale_to_assign", sale_id=sale_id)
    return dict(rows[0]) if rows else None


def release_sale(connection: Connection, sale_id: str, user_id: str) -> tuple[Mapping[str, Any], bool] | None:
    """Take the lock off a sale; the sale as it was and whether it was locked, ``None`` when there is no such sale.

    The rules have yet to be asked about it.
    """
    before = hold_sale(connection, sale_id)
    if before is None:
        return None
    if before["locked"]:
        _save(connection, sale_id, before, {**before, "locked": False}, user_id)
    return before, before["locked"]


def _save(
    connection: Connection, sale_id: str, before: Mapping[str, Any], after: Mapping[str, Any], user_id: str
) -> None:
    changed = connection.execute(text("""
        UPDATE all_sales_tracking SET team_id = CAST(:team_id AS uuid), team_name = :team_name,
            attribution_method = :attribution_method, confidence = :confidence, rule_id = :rule_id, reason = :reason,
            candidates = :candidates, locked = :locked, updated_at = now()
        WHERE id = CAST(:sale_id AS uuid)"""), {
        "sale_id": sale_id, "team_id": after["team_id"], **{name: after[name] for name in _TOLD}}).rowcount
    if changed != 1:
        raise RuntimeError("this viewer may not assign sales")
    names = [name for name in _TOLD if before[name] != after[name]]
    action = "updated" if before["team_id"] == after["team_id"] else (
        "attributed" if before["team_id"] is None else "reassigned")
    metadata = {"before": {name: before[name] for name in names}, "after": {name: after[name] for name in names}}
    connection.execute(text("""
        INSERT INTO sales_activity_log (sale_id, action_type, team_name, user_id, metadata)
        VALUES (CAST(:sale_id AS uuid), :action, :team_name, CAST(:user_id AS uuid), CAST(:metadata AS jsonb))"""), {
        "sale_id": sale_id, "action": action, "team_name": after["team_name"], "user_id": user_id,
        "metadata": as_json([metadata])[1:-1]})
    mark_days(connection, [day for day in (before["sale_day"], before["lead_day"]) if day])
    bump(connection)
