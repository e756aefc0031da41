"""Tokens a person makes for a program, as rows.

Invariant: the database knows a hash only; a revoked or expired token, or one of a user who is no longer active, finds
nobody. Every function runs inside a transaction of the viewer ``auth``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from core.business_time import now
from data.queries import run
from data.sessions import SignedInUser, to_user

MOST_TOKENS = 20
_TOUCH = timedelta(minutes=1)


@dataclass(frozen=True)
class ApiToken:
    """A token that stands; ``beginning`` are the first letters of the secret."""

    id: str
    name: str
    beginning: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


def save_token(connection: Connection, user_id: str, *, name: str, token_hash: bytes, beginning: str,
               scopes: Iterable[str], lifetime_days: int) -> tuple[str, datetime] | None:
    """Keep a new token: its id and its end. ``None`` when the user has as many as anybody may have."""
    row = connection.execute(text("""
        INSERT INTO api_tokens (user_id, name, token_hash, beginning, scopes, expires_at)
        SELECT CAST(:user_id AS uuid), :name, :hash, :beginning, CAST(:scopes AS text[]),
               now() + make_interval(days => :days)
        WHERE (SELECT count(*) FROM api_tokens WHERE user_id = CAST(:user_id AS uuid) AND revoked_at IS NULL
               AND expires_at > now()) < :most
        RETURNING id, expires_at"""), {
        "user_id": user_id, "name": name.strip(), "hash": token_hash, "beginning": beginning,
        "scopes": list(scopes), "days": lifetime_days, "most": MOST_TOKENS}).one_or_none()
    return None if row is None else (str(row.id), row.expires_at)


def load_tokens(connection: Connection, user_id: str) -> tuple[ApiToken, ...]:
    """The tokens of a user that still stand, the newest first."""
    return tuple(ApiToken(**{**row, "id": str(row["id"]), "scopes": tuple(row["scopes"])})
                 for row in run(connection, "auth/api_tokens_of_user", user_id=user_id))


def load_api_token_user(connection: Connection, token_hash: bytes) -> SignedInUser | None:
    """The user behind a token, bounded by its scopes; the time of the last use is kept to the minute."""
    rows = run(connection, "auth/api_token", token_hash=token_hash)
    if not rows:
        return None
    row = rows[0]
    if row["last_used_at"] is None or now() - row["last_used_at"] > _TOUCH:
        connection.execute(text("UPDATE api_tokens SET last_used_at = now() WHERE id = :id"), {"id": row["token_id"]})
    return replace(to_user(row), scopes=frozenset(row["scopes"]))


def revoke_tokens(connection: Connection, user_id: str, only: str | None = None) -> int:
    """End the tokens of a user, or ``only`` one of them; how many ended."""
    return connection.execute(text("""
        UPDATE api_tokens SET revoked_at = now()
        WHERE user_id = CAST(:user_id AS uuid) AND revoked_at IS NULL
          AND (CAST(:only AS uuid) IS NULL OR id = CAST(:only AS uuid))"""),
        {"user_id": user_id, "only": only}).rowcount
