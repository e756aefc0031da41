"""Teams as an admin arranges them: listed with what belongs to them, changed when nobody else changed them before.

Invariant: a team is never deleted. Its slug never changes, since marks of the past count by it; a UTM source it gives
up is handled by whoever changes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from core.records import DateRange, Team
from data.people import OtherVersion, PeopleError, reason_of
from data.queries import run

CHANGEABLE = ("name", "color", "emoji", "utm_source", "utm_medium", "is_active")


@dataclass(frozen=True)
class ArrangedTeam:
    """A team with its marks, the names of its people, its sales of the days asked about, and its state."""

    team: Team
    utm_medium: str
    version: int
    aliases: tuple[str, ...]
    people: tuple[str, ...]
    sales: int
    archived_at: datetime | None
    merged_into_name: str | None
    merge_id: str | None

    @property
    def settings(self) -> dict[str, Any]:
        """What can be changed, by ``CHANGEABLE``; also what the audit log keeps."""
        return {"name": self.team.name, "color": self.team.color, "emoji": self.team.emoji,
                "utm_source": self.team.utm_source, "utm_medium": self.utm_medium, "is_active": self.team.is_active}


def load_arranged_teams(connection: Connection, days: DateRange) -> tuple[ArrangedTeam, ...]:
    """All teams, active ones first, in the order in which they were made."""
    return tuple(_to_arranged(row) for row in run(
        connection, "people/team_list", team_id=None, first_day=days.first, last_day=days.last))


def load_arranged_team(connection: Connection, team_id: str, days: DateRange) -> ArrangedTeam | None:
    """One team, ``None`` when there is none of this id."""
    rows = run(connection, "people/team_list", team_id=team_id, first_day=days.first, last_day=days.last)
    return _to_arranged(rows[0]) if rows else None


def change_team(connection: Connection, team_id: str, version: int, values: Mapping[str, Any]) -> None:
    """Give a team all of ``CHANGEABLE`` anew. Raises: OtherVersion, PeopleError."""
    given = {name: values[name] for name in CHANGEABLE}
    try:
        with connection.begin_nested():
            changed = connection.execute(text("""
                UPDATE traffic_teams SET name = :name, color = :color, emoji = :emoji, utm_source = :utm_source,
                    utm_medium = :utm_medium, is_active = :is_active, updated_at = now()
                WHERE id = CAST(:id AS uuid) AND version = :version"""),
                {**given, "id": team_id, "version": version}).rowcount
    except IntegrityError as error:
        raise PeopleError(reason_of(error)) from None
    if changed != 1:
        raise OtherVersion


def _to_arranged(row: Mapping[str, Any]) -> ArrangedTeam:
    team = Team(id=str(row["id"]), slug=row["slug"], name=row["name"], color=row["color"], emoji=row["emoji"],
                utm_source=row["utm_source"], is_active=row["is_active"], merged_into=row["merged_into"])
    return ArrangedTeam(
        team=team, utm_medium=row["utm_medium"], version=row["version"],
        aliases=tuple(alias for alias in row["aliases"] if alias), people=tuple(row["people"]), sales=int(row["sales"]),
        archived_at=row["archived_at"], merged_into_name=row["merged_into_name"],
        merge_id=None if row["merge_id"] is None else str(row["merge_id"]))
