"""Users as an admin looks them over: a page at a time, however many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from core.people_records import ListedUser
from core.records import Role
from data.engine import AUTH, Viewer, seen_by
from data.login_attempts import WINDOW_SECONDS
from data.people import NO_PASSWORD
from data.queries import run


@dataclass(frozen=True)
class UserFilter:
    """Which users; ``None`` is any. ``search`` is looked for in addresses and names, ``team`` is a slug."""

    search: str | None = None
    role: str | None = None
    team: str | None = None
    is_active: bool | None = None


def load_user_page(
    connection: Connection, admin: Viewer, chosen: UserFilter, *, free_attempts: int, after: str | None = None,
    limit: int = 50,
) -> tuple[tuple[ListedUser, ...], str | None]:
    """A page by e-mail after the given one, and the e-mail to go on from (``None``: that was all)."""
    search = None if not chosen.search else f"%{_plain(chosen.search)}%"
    rows = _rows(connection, free_attempts, user_id=None, after=after, search=search, role=chosen.role,
                 team=chosen.team, is_active=chosen.is_active, how_many=limit + 1)
    shown = _to_listed(connection, admin, rows[:limit])
    return shown, shown[-1].email if len(rows) > limit else None


def load_listed_user(connection: Connection, admin: Viewer, user_id: str, *, free_attempts: int) -> ListedUser | None:
    """One user; ``None`` when there is none of this id."""
    found = _to_listed(connection, admin, _rows(
        connection, free_attempts, user_id=user_id, after=None, search=None, role=None, team=None, is_active=None,
        how_many=1))
    return found[0] if found else None


def _plain(search: str) -> str:
    """A text to be looked for as it is."""
    return search.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _rows(connection: Connection, free_attempts: int, **asked: Any) -> list[Mapping[str, Any]]:
    return run(connection, "people/user_page", nobodys=NO_PASSWORD, window_seconds=WINDOW_SECONDS,
               free_attempts=free_attempts, **asked)


def _to_listed(connection: Connection, admin: Viewer, rows: list[Mapping[str, Any]]) -> tuple[ListedUser, ...]:
    with seen_by(connection, AUTH, admin):
        guarded = {row["user_id"] for row in run(
            connection, "people/with_second_factor", ids=[str(row["id"]) for row in rows])}
    return tuple(ListedUser(
        id=str(row["id"]), email=row["email"], full_name=row["full_name"], role=Role(row["role"]),
        locale=row["locale"], is_active=row["is_active"], team_slug=row["team_slug"], team_name=row["team_name"],
        version=row["version"], created_at=row["created_at"], last_seen_at=row["last_seen_at"],
        is_locked=row["is_locked"], is_invited=row["is_invited"],
        has_second_factor=row["id"] in guarded) for row in rows)
