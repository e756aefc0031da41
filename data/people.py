"""Teams and users: saved with their rules, read as records.

Invariant: a broken rule is told as ``PeopleError`` with a reason a caller can show; the database's own message, which
may quote other people's rows, stays inside. What a viewer may see or change is decided by row level security.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from core.records import Role, Team
from data.queries import run

_REASONS = {
    "traffic_teams_name_key": "team_name_taken",
    "traffic_teams_slug_key": "team_slug_taken",
    "traffic_teams_utm_source_key": "team_utm_source_taken",
    "traffic_teams_name_check": "team_name_empty",
    "traffic_teams_slug_check": "team_slug_invalid",
    "traffic_teams_color_check": "team_color_invalid",
    "traffic_teams_utm_source_check": "team_utm_source_invalid",
    "traffic_users_email_key": "user_email_taken",
    "traffic_users_role_check": "user_role_unknown",
    "traffic_users_locale_check": "user_locale_unknown",
    "traffic_users_check": "targetologist_without_team",
    "traffic_users_team_id_fkey": "team_unknown",
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


NO_PASSWORD = "!"  # no password has this hash
_ADMINS_LOCK = 7_241_070  # any number no other program takes: whoever may take the last admin away


class OtherVersion(Exception):
    """Somebody else changed the row after it was read."""


class PeopleError(Exception):
    """A team or user breaks a rule; ``reason`` is a key such as ``team_slug_taken``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class User:
    """A user of the product, without the password."""

    id: str
    email: str
    full_name: str
    role: Role
    locale: str
    is_active: bool
    team_id: str | None = None
    team_slug: str | None = None


def create_team(
    connection: Connection, *, name: str, slug: str, color: str, emoji: str, utm_source: str, utm_medium: str = "cpc"
) -> Team:
    """Save a new team. Colour ``#RRGGBB``; slug, UTM source and medium are trimmed and lower-cased.

    Raises: PeopleError.
    """
    row = _save(connection, """
        INSERT INTO traffic_teams (name, slug, color, emoji, utm_source, utm_medium)
        VALUES (:name, :slug, :color, :emoji, :utm_source, :utm_medium)
        RETURNING id, slug, name, color, emoji, utm_source, is_active""",
        {"name": name.strip(), "slug": slug.strip().lower(), "color": color.strip().upper(), "emoji": emoji.strip(),
         "utm_source": utm_source.strip().lower(), "utm_medium": utm_medium.strip().lower()})
    return _to_team(row)


def create_user(
    connection: Connection, *, email: str, password_hash: str, role: Role, team_id: str | None = None,
    full_name: str = "", locale: str = "ru",
) -> User:
    """Save a new, active user whose password is already hashed; a targetologist needs a team.

    Raises: PeopleError.
    """
    address = normalize_login(email)
    saved = _save(connection, """
        INSERT INTO traffic_users (email, password_hash, role, team_id, full_name, locale)
        VALUES (:email, :password_hash, :role, CAST(:team_id AS uuid), :full_name, :locale)
        RETURNING id""",
        {"email": address, "password_hash": password_hash, "role": role, "team_id": team_id,
         "full_name": full_name.strip(), "locale": locale})
    user = load_user(connection, str(saved["id"]))
    if user is None:
        raise RuntimeError("a viewer who may save users must be able to read them")
    return user


def change_user(
    connection: Connection, user_id: str, *, role: Role, team_id: str | None, is_active: bool,
    full_name: str | None = None, version: int | None = None,
) -> User:
    """Give a user these rights (and a name, when one is given); the database ends everything signed in as a user whose
    rights change. The last active admin stays one.

    Raises: PeopleError, OtherVersion (of ``version``, the one that was read).
    """
    if role is not Role.ADMIN or not is_active:
        _leave_an_admin(connection, user_id)
    if version is not None and [row["version"] for row in run(connection, "people/user_version", user_id=user_id)] != [
            version]:
        raise OtherVersion
    _save(connection, """
        UPDATE traffic_users SET role = :role, team_id = CAST(:team_id AS uuid), is_active = :is_active,
               full_name = coalesce(:full_name, full_name), updated_at = now()
        WHERE id = CAST(:id AS uuid) RETURNING id""",
        {"id": user_id, "role": role, "team_id": team_id, "is_active": is_active,
         "full_name": None if full_name is None else full_name.strip()})
    user = load_user(connection, user_id)
    if user is None:
        raise RuntimeError("a viewer who may change users must be able to read them")
    return user


def _leave_an_admin(connection: Connection, user_id: str) -> None:
    """Two admins who take each other's rights at once wait for one another here. Raises: PeopleError."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADMINS_LOCK})
    user = load_user(connection, user_id)
    is_one = user is not None and user.role is Role.ADMIN and user.is_active
    if is_one and not run(connection, "people/other_admins", user_id=user_id)[0]["admins"]:
        raise PeopleError("last_admin")


def normalize_login(email: str) -> str:
    """The form in which an address is stored and looked up. Raises: PeopleError when it is no address."""
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise PeopleError("user_email_invalid")
    return address


def load_teams(connection: Connection) -> tuple[Team, ...]:
    """The teams the viewer may know, inactive ones included, by name."""
    return tuple(_to_team(row) for row in run(connection, "people/teams"))


def load_users(connection: Connection) -> tuple[User, ...]:
    """The users the viewer may know, by e-mail."""
    return tuple(to_user(row) for row in run(connection, "people/users"))


def load_users_of_team(connection: Connection, team_id: str) -> tuple[User, ...]:
    """The active users of a team, by e-mail."""
    return tuple(to_user(row) for row in run(connection, "people/users_of_team", team_id=team_id))


def load_user(connection: Connection, user_id: str) -> User | None:
    """One user, active or not."""
    return _first_user(connection, user_id=user_id, email=None)


def load_user_by_email(connection: Connection, email: str) -> User | None:
    """One user by address, however it is written."""
    return _first_user(connection, user_id=None, email=email.strip().lower())


def _first_user(connection: Connection, *, user_id: str | None, email: str | None) -> User | None:
    rows = run(connection, "people/user", user_id=user_id, email=email)
    return to_user(rows[0]) if rows else None


def _save(connection: Connection, statement: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run an INSERT … RETURNING; a broken rule leaves the transaction usable."""
    try:
        with connection.begin_nested():
            return connection.execute(text(statement), dict(values)).one()._asdict()
    except IntegrityError as error:
        raise PeopleError(reason_of(error)) from None


def reason_of(error: IntegrityError) -> str:
    """The key of the rule a statement broke; ``invalid`` for one that has no key."""
    cause = error.orig
    name = cause.diag.constraint_name if isinstance(cause, psycopg.errors.IntegrityError) else None
    return _REASONS.get(name or "", "invalid")


def _to_team(row: Mapping[str, Any]) -> Team:
    return Team(id=str(row["id"]), slug=row["slug"], name=row["name"], color=row["color"], emoji=row["emoji"],
                utm_source=row["utm_source"], is_active=row["is_active"], merged_into=row.get("merged_into"))


def to_user(row: Mapping[str, Any]) -> User:
    """A row of ``sql/people`` as the user it describes."""
    return User(id=str(row["id"]), email=row["email"], full_name=row["full_name"], role=Role(row["role"]),
                locale=row["locale"], is_active=row["is_active"],
                team_id=None if row["team_id"] is None else str(row["team_id"]), team_slug=row["team_slug"])
