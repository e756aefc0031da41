"""The book of attribution rules in force, and its versions.

Invariant: whatever changes the book keeps the former one as a version first, then the new one; of two changes at once
the later sees what the earlier did. Restoring a version is a change like any other, with a version of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, text

from core.attribution_rules import Binding, Rules
from core.rule_book import BookAlias, RuleBook
from data.queries import run
from data.rules import load_rules
from data.settling import as_json

_LOCK = 7_241_002    # any number no other program takes: whoever changes the rules
FOUND = "As it was found"


def load_book(connection: Connection, rules: Rules | None = None) -> RuleBook:
    """The rules in force as a book."""
    rules = rules or load_rules(connection)
    notes = {str(row["id"]): row["note"] for row in run(connection, "attribution/notes")}
    return RuleBook(tuple(BookAlias(one, notes.get(one.id, "")) for one in sorted(rules.aliases, key=lambda a: a.id)),
                    tuple(sorted(rules.bindings, key=lambda one: one.id)), rules.look_back_days)


def hold_book(connection: Connection) -> None:
    """Wait until nobody else changes the rules; to be called before the book is read for a change."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def save_book(connection: Connection, book: RuleBook, note: str, user_id: str | None) -> int:
    """Put a book in force; the number of its version. Without a difference it is the version of now.

    Rules of teams that are gone are left out.
    """
    hold_book(connection)
    rules = load_rules(connection)
    before = load_book(connection, rules)
    newest = load_version(connection, None)
    if newest is None or newest[1].to_json() != before.to_json():
        newest = _keep(connection, before, FOUND, None), before
    teams = {team.slug: team.id for team in rules.teams}
    wanted = RuleBook(tuple(one for one in book.aliases if one.rule.team_slug in teams),
                      tuple(one for one in book.bindings if one.team_slug in teams), book.look_back_days)
    if wanted.to_json() == before.to_json():
        return newest[0]
    _write_aliases(connection, wanted.aliases, teams)
    _write_bindings(connection, wanted.bindings, teams)
    return _keep(connection, wanted, note, user_id)


def _keep(connection: Connection, book: RuleBook, note: str, user_id: str | None) -> int:
    return int(connection.execute(text("""
        INSERT INTO attribution_rules_versions (rules, note, created_by)
        VALUES (CAST(:rules AS jsonb), :note, CAST(:user_id AS uuid)) RETURNING version"""),
        {"rules": orjson.dumps(book.to_json()).decode(), "note": note, "user_id": user_id}).scalar_one())


def _write_aliases(connection: Connection, aliases: Sequence[BookAlias], teams: Mapping[str, str]) -> None:
    rows: list[dict[str, Any]] = [{
        "id": one.rule.id, "team_id": teams[one.rule.team_slug], "utm_source": one.rule.utm_source,
        "utm_medium": one.rule.utm_medium, "campaign_token": one.rule.campaign_token, "funnel": one.rule.funnel,
        "priority": one.rule.priority, "valid_from": one.rule.valid_from, "valid_to": one.rule.valid_to,
        "note": one.note} for one in aliases]
    connection.execute(text("DELETE FROM team_aliases WHERE NOT id = ANY(CAST(:ids AS uuid[]))"),
                       {"ids": [row["id"] for row in rows]})
    connection.execute(text("""
        INSERT INTO team_aliases (id, team_id, utm_source, utm_medium, campaign_token, funnel, priority, valid_from,
                                  valid_to, note)
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            id uuid, team_id uuid, utm_source text, utm_medium text, campaign_token text, funnel text,
            priority integer, valid_from date, valid_to date, note text)
        ON CONFLICT (id) DO UPDATE SET
            team_id = excluded.team_id, utm_source = excluded.utm_source, utm_medium = excluded.utm_medium,
            campaign_token = excluded.campaign_token, funnel = excluded.funnel, priority = excluded.priority,
            valid_from = excluded.valid_from, valid_to = excluded.valid_to, note = excluded.note"""),
        {"rows": as_json(rows)})


def _write_bindings(connection: Connection, bindings: Sequence[Binding], teams: Mapping[str, str]) -> None:
    rows: list[dict[str, Any]] = [{
        "id": one.id, "team_id": teams[one.team_slug], "kind": one.kind, "external_id": one.external_id,
        "valid_from": one.valid_from, "valid_to": one.valid_to} for one in bindings]
    connection.execute(text("DELETE FROM campaign_bindings WHERE NOT id = ANY(CAST(:ids AS uuid[]))"),
                       {"ids": [row["id"] for row in rows]})
    connection.execute(text("""
        INSERT INTO campaign_bindings (id, team_id, kind, external_id, valid_from, valid_to)
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            id uuid, team_id uuid, kind text, external_id text, valid_from date, valid_to date)
        ON CONFLICT (id) DO UPDATE SET
            team_id = excluded.team_id, kind = excluded.kind, external_id = excluded.external_id,
            valid_from = excluded.valid_from, valid_to = excluded.valid_to"""), {"rows": as_json(rows)})


def load_version(connection: Connection, version: int | None) -> tuple[int, RuleBook] | None:
    """A version with its book (``None``: the newest); ``None`` when there is none."""
    rows = run(connection, "attribution/version", version=version)
    return (rows[0]["version"], RuleBook.from_json(rows[0]["rules"])) if rows else None


def load_versions(connection: Connection, before: int | None = None, how_many: int = 50) -> list[dict[str, Any]]:
    """The newest versions, each with its note, its author and how many rules it holds."""
    return [dict(row) for row in run(connection, "attribution/versions", before=before, how_many=how_many)]
