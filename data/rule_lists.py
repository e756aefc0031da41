"""The rules in force as lists to look through: aliases and bindings page by page, versions with what they moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core.cursors import read_cursor, write_cursor
from data.queries import run
from data.rule_books import load_versions
from data.search_patterns import like

Row = Mapping[str, Any]
_ALIASES, _BINDINGS = "rules/alias_page", "rules/binding_page"


@dataclass(frozen=True)
class RuleFilter:
    """Which rules: ``search`` in their words, a team's slug, ``kind`` (source, token; account, campaign, ad)."""

    search: str | None = None
    team: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class RulePage:
    """Rows as the statement tells them, and the place after the last one when there are more."""

    rows: tuple[Row, ...]
    next_cursor: str | None


def load_aliases(connection: Connection, chosen: RuleFilter, limit: int, cursor: str | None = None) -> RulePage:
    """A page of aliases in the order of what they name."""
    return _load(connection, _ALIASES, chosen, limit, cursor)


def load_bindings(connection: Connection, chosen: RuleFilter, limit: int, cursor: str | None = None) -> RulePage:
    """A page of bindings in the order of kind and id."""
    return _load(connection, _BINDINGS, chosen, limit, cursor)


def load_alias(connection: Connection, rule_id: str) -> Row | None:
    """One alias, ``None`` when there is none (an id that is none included)."""
    return _load_one(connection, _ALIASES, rule_id)


def load_binding(connection: Connection, rule_id: str) -> Row | None:
    """One binding, ``None`` when there is none (an id that is none included)."""
    return _load_one(connection, _BINDINGS, rule_id)


def _load(connection: Connection, name: str, chosen: RuleFilter, limit: int, cursor: str | None) -> RulePage:
    place = read_cursor(cursor, 2)
    label, rule_id = place if place and _is_uuid(place[1]) else (None, None)
    rows = run(connection, name, search=like(chosen.search), team=chosen.team, kind=chosen.kind, id=None,
               after_label=label, after_id=rule_id, row_limit=limit + 1)
    page = tuple(rows[:limit])
    return RulePage(page, write_cursor(page[-1]["label"], str(page[-1]["id"])) if len(rows) > limit else None)


def _load_one(connection: Connection, name: str, rule_id: str) -> Row | None:
    if not _is_uuid(rule_id):
        return None
    rows = run(connection, name, search=None, team=None, kind=None, id=rule_id, after_label=None, after_id=None,
               row_limit=1)
    return rows[0] if rows else None


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class VersionMoves:
    """What became of a version: its run, and the sales and money (KZT) that got another team by it."""

    run_id: str
    status: str
    done: int
    total: int
    sales: int
    money: Any


def load_version_list(
    connection: Connection, before: int | None, limit: int
) -> tuple[tuple[Row, VersionMoves | None], ...]:
    """The newest versions, each with what its run moved (``None``: it had no run that is still known)."""
    versions = load_versions(connection, before, limit)
    rows = run(connection, "rules/version_moves", versions=[str(one["version"]) for one in versions])
    moved = {row["version"]: VersionMoves(row["run_id"], row["status"], row["progress_done"], row["progress_total"],
                                          row["sales"], row["money"]) for row in rows}
    return tuple((one, moved.get(one["version"])) for one in versions)
