"""Browser sessions: rows that a random cookie points to, checked at every request.

Invariant: the database knows the SHA-256 of a cookie only; a revoked, idle or expired session, or one of a user who
is no longer active, finds nobody. Every function runs inside a transaction of the viewer ``auth``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from core.business_time import now
from core.records import Role, Scope
from data.queries import run


@dataclass(frozen=True)
class SignedInUser:
    """A user as this request knows him; ``session_id`` is the browser session or the family of access tokens.

    ``scopes`` bound what a token made for a program may do; ``None`` for a person who signed in.
    """

    id: str
    email: str
    full_name: str
    role: Role
    locale: str
    team_id: str | None = None
    team_slug: str | None = None
    team_name: str | None = None
    session_id: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def name(self) -> str:
        """What the person is called on the screen."""
        return self.full_name or self.email

    @property
    def scope(self) -> Scope:
        """Whose rows this user may read."""
        return Scope(user_id=self.id, role=self.role, team_id=self.team_id, team_slug=self.team_slug)


@dataclass(frozen=True)
class OpenSession:
    """One way in which a user is signed in now: ``kind`` is browser or api."""

    id: str
    kind: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str
    address: str | None


def to_user(row: Mapping[str, Any]) -> SignedInUser:
    """A row of ``sql/auth`` as the user it describes."""
    session_id = row.get("session_id")
    return SignedInUser(
        id=str(row["user_id"]), email=row["email"], full_name=row["full_name"], role=Role(row["role"]),
        locale=row["locale"], team_id=None if row["team_id"] is None else str(row["team_id"]),
        team_slug=row["team_slug"], team_name=row["team_name"],
        session_id=None if session_id is None else str(session_id),
    )


def save_session(
    connection: Connection, *, user_id: str, token_hash: bytes, lifetime_seconds: int, user_agent: str,
    address: str | None,
) -> str:
    """Open a session that ends after ``lifetime_seconds`` at the latest; its id."""
    return str(connection.execute(text("""
        INSERT INTO user_sessions (token_hash, user_id, expires_at, user_agent, address)
        VALUES (:token_hash, :user_id, now() + make_interval(secs => :lifetime), :user_agent, CAST(:address AS inet))
        RETURNING id"""), {"token_hash": token_hash, "user_id": user_id, "lifetime": lifetime_seconds,
                           "user_agent": user_agent[:300], "address": address}).scalar_one())


def load_session_user(
    connection: Connection, token_hash: bytes, *, idle_seconds: int, touch_seconds: int
) -> SignedInUser | None:
    """The user behind a cookie; the time of the last visit is renewed every ``touch_seconds`` at most."""
    rows = run(connection, "auth/session", token_hash=token_hash, idle_seconds=idle_seconds)
    if not rows:
        return None
    if (now() - rows[0]["last_seen_at"]).total_seconds() > touch_seconds:
        connection.execute(text("UPDATE user_sessions SET last_seen_at = now() WHERE id = :id"),
                           {"id": rows[0]["session_id"]})
    return to_user(rows[0])


def end_session(connection: Connection, token_hash: bytes) -> str | None:
    """Revoke the session of a cookie; the user whose session it was, or ``None`` when there was none to end."""
    user_id = connection.execute(text("""
        UPDATE user_sessions SET revoked_at = now() WHERE token_hash = :token_hash AND revoked_at IS NULL
        RETURNING user_id"""), {"token_hash": token_hash}).scalar_one_or_none()
    return None if user_id is None else str(user_id)


def end_sessions(
    connection: Connection, user_id: str, *, only: str | None = None, except_for: str | None = None
) -> int:
    """Revoke a user's browser sessions and API tokens: all, ``only`` one, or all ``except_for`` one; how many."""
    parameters = {"user_id": user_id, "only": only, "except_for": except_for}
    browsers = connection.execute(text("""
        UPDATE user_sessions SET revoked_at = now()
        WHERE user_id = :user_id AND revoked_at IS NULL
          AND (CAST(:only AS uuid) IS NULL OR id = CAST(:only AS uuid))
          AND (CAST(:except_for AS uuid) IS NULL OR id <> CAST(:except_for AS uuid))"""), parameters).rowcount
    families = connection.execute(text("""
        UPDATE refresh_tokens SET revoked_at = now()
        WHERE user_id = :user_id AND revoked_at IS NULL
          AND (CAST(:only AS uuid) IS NULL OR family = CAST(:only AS uuid))
          AND (CAST(:except_for AS uuid) IS NULL OR family <> CAST(:except_for AS uuid))
        RETURNING family"""), parameters).scalars().all()
    return browsers + len(set(families))


def load_open_sessions(connection: Connection, user_id: str) -> tuple[OpenSession, ...]:
    """Everything the user is signed in with, the latest use first."""
    return tuple(OpenSession(**{**row, "id": str(row["id"])})
                 for row in run(connection, "auth/sessions_of_user", user_id=user_id))
