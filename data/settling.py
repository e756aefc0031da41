"""What settling leads and deals share: one writer at a time, rows as JSON, ids of teams.

Invariant: whoever settles holds the lock until its transaction ends and reads facts only after taking it. So of two
writers the later sees everything the earlier one saved, and the result is a function of all stored facts.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, text

from core.attribution_rules import Rules

_LOCK = 7_241_001  # any number, the same in every worker
Item = TypeVar("Item")


def hold_settling(connection: Connection) -> None:
    """Wait until no other transaction settles; may be called again within one transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def share_settling(connection: Connection) -> None:
    """Wait until nobody else settles but transactions that share it too, each with rows of its own.

    A transaction that shares it must not ask to hold it: two that did would wait for each other.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": _LOCK})


def as_json(rows: Sequence[dict[str, Any]]) -> str:
    """Rows for ``jsonb_to_recordset``; amounts as text, so that no digit is lost."""
    return orjson.dumps(rows, default=_amount).decode()


def _amount(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a row")


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most ``size``."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


class TeamNames:
    """Teams of the rules by slug and by id."""

    def __init__(self, rules: Rules) -> None:
        self._by_slug = {team.slug: team for team in rules.teams}
        self._by_id = {team.id: team for team in rules.teams}

    def id_of(self, slug: str | None) -> str | None:
        """The id of a team; ``None`` stays ``None``."""
        return self._by_slug[slug].id if slug is not None else None

    def name_of(self, slug: str | None) -> str | None:
        """The name people see; ``None`` stays ``None``."""
        return self._by_slug[slug].name if slug is not None else None

    def slug_of(self, team_id: object) -> str | None:
        """The slug of a team id; ``None`` for none and for a team that is gone."""
        team = self._by_id.get(str(team_id))
        return team.slug if team else None


def days_of(rows: Iterable[dict[str, Any] | None], *columns: str) -> set[date]:
    """The days that rows name in these columns; absent rows and days are left out."""
    return {row[column] for row in rows if row for column in columns if row[column] is not None}
