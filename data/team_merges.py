"""Two teams become one, and the way back.

Invariant: rows that rules decide about are moved by the rules, which count a merged team's marks for the team that took
it in; what no rule moves (people, aliases, bindings, plans, claims, what was assigned by hand) goes over here, with its
ids kept, so that all of it finds the way back. No figure of a day is ever lost: sums are taken from the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, text

from core.records import Team
from core.rule_book import RuleBook
from data.queries import run
from data.rule_books import hold_book, load_book, save_book
from data.rules import load_rules
from data.settling import as_json, hold_settling
from data.stats import mark_days

# Tables whose rows follow by their id; those with ``locked`` are otherwise decided by the rules.
_TABLES = {
    "traffic_users": ("id", "true"), "all_sales_tracking": ("id", "locked"), "lead_tracking": ("lead_id", "locked"),
    "ad_campaigns": ("id", "locked"),
    "traffic_weekly_plans": ("id", "NOT EXISTS (SELECT FROM traffic_weekly_plans o WHERE o.team_id = "
                                   "CAST(:target AS uuid) AND o.week_start = moving.week_start)"),
    "sale_claims": ("id", "NOT (status = 'open' AND EXISTS (SELECT FROM sale_claims o WHERE o.team_id = "
                          "CAST(:target AS uuid) AND o.deal_id = moving.deal_id AND o.status = 'open'))"),
}


@dataclass(frozen=True)
class Merge:
    """A merge as it is kept; ``moved`` holds ids by table."""

    id: str
    source_id: str
    target_id: str
    source_slug: str
    target_slug: str
    source_name: str
    target_name: str
    moved: Mapping[str, Sequence[str]]
    is_undone: bool
    target_is_merged: bool


def merge_teams(connection: Connection, source: Team, target: Team, note: str, user_id: str) -> str:
    """Let ``target`` take in ``source``; the id of the merge. The rules have yet to be asked about the rest."""
    hold_settling(connection)
    hold_book(connection)
    moved = {table: _move(connection, table, source, target) for table in _TABLES}
    moved |= _hand_rules(connection, source.slug, target.slug, None, note, user_id)
    mark_team_days(connection, (source.id, target.id))
    connection.execute(text("""
        UPDATE traffic_teams SET is_active = false, merged_into = CAST(:target AS uuid), updated_at = now()
        WHERE id = CAST(:source AS uuid)"""), {"source": source.id, "target": target.id})
    return str(connection.execute(text("""
        INSERT INTO team_merges (source_id, target_id, moved, created_by)
        VALUES (CAST(:source AS uuid), CAST(:target AS uuid), CAST(:moved AS jsonb), CAST(:user_id AS uuid))
        RETURNING id"""), {"source": source.id, "target": target.id, "user_id": user_id,
                           "moved": as_json([{**moved, "was_active": [str(source.is_active)]}])[1:-1]}).scalar_one())


def _move(connection: Connection, table: str, source: Team, target: Team) -> list[str]:
    key, condition = _TABLES[table]
    named = ", team_name = :name" if table in ("all_sales_tracking", "lead_tracking") else ""
    ids = [str(one) for one in connection.execute(text(f"""
        UPDATE {table} moving SET team_id = CAST(:target AS uuid){named}
        WHERE team_id = CAST(:source AS uuid) AND {condition} RETURNING {key}"""),  # nosec B608 - our own names
        {"source": source.id, "target": target.id, **({"name": target.name} if named else {})}).scalars()]
    if table == "all_sales_tracking":
        _log_sales(connection, ids, target.name)
    return ids


def _log_sales(connection: Connection, sale_ids: Sequence[str], team_name: str) -> None:
    connection.execute(text("""
        INSERT INTO sales_activity_log (sale_id, action_type, team_name, metadata)
        SELECT id, 'reassigned', :team_name, '{"merge": true}' FROM unnest(CAST(:ids AS uuid[])) AS moved (id)"""),
        {"ids": list(sale_ids), "team_name": team_name})


def _hand_rules(
    connection: Connection, source: str, target: str, only: Mapping[str, Sequence[str]] | None, note: str,
    user_id: str,
) -> dict[str, list[str]]:
    """Give aliases and bindings of one slug to another (``only``: these ids), as a version of the rules; their ids."""
    book = load_book(connection, load_rules(connection))
    wanted = {kind: set(only[kind]) if only is not None else None for kind in ("aliases", "bindings")}

    def is_meant(kind: str, rule_id: str, slug: str) -> bool:
        ids = wanted[kind]
        return slug == source and (ids is None or rule_id in ids)

    aliases = [one.rule.id for one in book.aliases if is_meant("aliases", one.rule.id, one.rule.team_slug)]
    bindings = [one.id for one in book.bindings if is_meant("bindings", one.id, one.team_slug)]
    after = RuleBook(
        tuple(replace(one, rule=replace(one.rule, team_slug=target)) if one.rule.id in aliases else one
              for one in book.aliases),
        tuple(replace(one, team_slug=target) if one.id in bindings else one for one in book.bindings),
        book.look_back_days)
    save_book(connection, after, note, user_id)
    return {"aliases": aliases, "bindings": bindings}


def mark_team_days(connection: Connection, team_ids: Sequence[str]) -> None:
    """Every day on which one of the teams has a figure is computed anew."""
    mark_days(connection, [row["day"] for row in run(connection, "stats/days_of_teams", team_ids=list(team_ids))])


def load_merge(connection: Connection, merge_id: str) -> Merge | None:
    """A merge, held until the transaction ends; ``None`` when there is none of this id."""
    rows = run(connection, "people/merge", id=merge_id)
    if not rows:
        return None
    row = rows[0]
    return Merge(
        id=str(row["id"]), source_id=str(row["source_id"]), target_id=str(row["target_id"]),
        source_slug=row["source_slug"], target_slug=row["target_slug"], source_name=row["source_name"],
        target_name=row["target_name"], moved=row["moved"], is_undone=row["undone_at"] is not None,
        target_is_merged=row["target_is_merged"])


def undo_merge(connection: Connection, merge: Merge, note: str, user_id: str) -> None:
    """Give back what went over, as far as it is still there. The rules have yet to be asked about the rest."""
    hold_settling(connection)
    hold_book(connection)
    connection.execute(text("""
        UPDATE traffic_teams SET merged_into = NULL, is_active = :is_active, updated_at = now()
        WHERE id = CAST(:id AS uuid)"""),
        {"id": merge.source_id, "is_active": list(merge.moved["was_active"]) == ["True"]})
    for table, (key, _) in _TABLES.items():
        named = ", team_name = :name" if table in ("all_sales_tracking", "lead_tracking") else ""
        ids = list(merge.moved[table])
        connection.execute(text(f"""
            UPDATE {table} SET team_id = CAST(:source AS uuid){named}
            WHERE {key} = ANY(CAST(:ids AS uuid[])) AND team_id = CAST(:target AS uuid)"""),  # nosec B608 - our own names
            {"source": merge.source_id, "target": merge.target_id, "ids": ids,
             **({"name": merge.source_name} if named else {})})
        if table == "all_sales_tracking":
            _log_sales(connection, ids, merge.source_name)
    _hand_rules(connection, merge.target_slug, merge.source_slug, merge.moved, note, user_id)
    mark_team_days(connection, (merge.source_id, merge.target_id))
    connection.execute(text("""
        UPDATE team_merges SET undone_at = now(), undone_by = CAST(:user_id AS uuid) WHERE id = CAST(:id AS uuid)"""),
        {"id": merge.id, "user_id": user_id})
