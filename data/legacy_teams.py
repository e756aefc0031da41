"""The teams of old: what they were known by becomes aliases, then they go out of use; their history stays theirs.

Invariant: a mark is archived before it is taken away, in one transaction; a second run finds nothing to do.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from core.attribution_rules import Alias
from core.rule_book import BookAlias
from data.freshness import bump
from data.queries import run
from data.rule_books import hold_book, load_book, save_book

LEGACY_TEAMS = ("arystan", "kenesary", "muha", "traf4")
NOTE = "Mark of a former team"


@dataclass(frozen=True)
class LegacyTeam:
    """A team of old, what of it would go, and what stays under its name."""

    id: str
    slug: str
    name: str
    is_active: bool
    marks: tuple[str, ...]      # to be archived
    users: int
    settings: int
    sessions: int
    plans: int
    leads: int
    sales: int

    @property
    def is_clean(self) -> bool:
        """True when nothing is left to do."""
        return not (self.is_active or self.marks or self.users or self.settings or self.sessions or self.plans)


def load_legacy_teams(connection: Connection, today: date) -> tuple[LegacyTeam, ...]:
    """Those of the teams of old that there are."""
    rows = run(connection, "legacy/teams", names=list(LEGACY_TEAMS), today=today)
    marks: dict[str, list[str]] = {}
    for row in run(connection, "legacy/marks", team_ids=[str(row["id"]) for row in rows]):
        marks.setdefault(row["slug"], []).append(row["utm_source"])
    return tuple(LegacyTeam(
        str(row["id"]), row["slug"], row["name"], row["is_active"], tuple(marks.get(row["slug"], ())), row["users"],
        row["settings"], row["sessions"], row["plans"], row["leads"], row["sales"]) for row in rows)


def purge_legacy_teams(connection: Connection, today: date) -> Mapping[str, int]:
    """Archive the marks of the teams of old as a version of the rules, then take the teams out of use; what went.

    What they stand for in history keeps their name; who is attributed by a mark is attributed by its alias now.
    """
    hold_book(connection)
    found = [team for team in load_legacy_teams(connection, today) if not team.is_clean]
    aliases = [BookAlias(Alias(str(uuid.uuid4()), team.slug, mark), NOTE) for team in found for mark in team.marks]
    if not found:
        return {"aliases": 0, "teams": 0}
    # The book first: as long as a mark is a team's own, an alias of the same name changes nothing.
    book = load_book(connection)
    save_book(connection, replace(book, aliases=(*book.aliases, *aliases)), NOTE, None)
    gone = run(connection, "legacy/purge", team_ids=[team.id for team in found], today=today)[0]
    bump(connection)
    return {"aliases": len(aliases), **gone}
