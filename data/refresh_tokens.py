"""Refresh tokens: chains ("families") in which each token is used once and replaced by the next.

Invariant: a family has at most one unused token; using a replaced token later than the grace ends the whole family.
Every function runs inside a transaction of the viewer ``auth``; the database knows hashes only.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, text

from data.queries import run
from data.sessions import SignedInUser, to_user


class Refresh(StrEnum):
    """What became of a presented refresh token."""

    ROTATED = "rotated"     # the successor is stored; or was, a moment ago, by a parallel request
    REUSED = "reused"       # used long ago: somebody holds a copy; the family is ended
    REFUSED = "refused"     # unknown, expired or revoked


@dataclass(frozen=True)
class RefreshResult:
    """The outcome; ``user_id`` and ``family`` are known unless the token is unknown."""

    outcome: Refresh
    user_id: str | None = None
    family: str | None = None


def save_first_token(connection: Connection, *, user_id: str, token_hash: bytes, lifetime_seconds: int) -> str:
    """Begin a family; its id."""
    return str(connection.execute(text("""
        INSERT INTO refresh_tokens (token_hash, family, user_id, expires_at)
        VALUES (:token_hash, gen_random_uuid(), :user_id, now() + make_interval(secs => :lifetime))
        RETURNING family"""),
        {"token_hash": token_hash, "user_id": user_id, "lifetime": lifetime_seconds}).scalar_one())


def rotate_token(
    connection: Connection, *, token_hash: bytes, successor_hash: bytes, grace_seconds: int
) -> RefreshResult:
    """Use a token and store its successor, which lives as long as the family.

    One conditional update decides between parallel requests. The direct parent may be presented again within the
    grace, as long as its successor is unused: whoever computes the successor from the parent gets the same one.
    """
    used = connection.execute(text("""
        UPDATE refresh_tokens SET used_at = now()
        WHERE token_hash = :token_hash AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()
        RETURNING id, family, user_id, expires_at"""), {"token_hash": token_hash}).mappings().one_or_none()
    if used is None:
        return _judge_used_token(connection, token_hash, grace_seconds)
    connection.execute(text("""
        INSERT INTO refresh_tokens (token_hash, family, parent_id, user_id, expires_at)
        VALUES (:successor_hash, :family, :id, :user_id, :expires_at)"""),
        {"successor_hash": successor_hash, **used})
    return RefreshResult(Refresh.ROTATED, str(used["user_id"]), str(used["family"]))


def _judge_used_token(connection: Connection, token_hash: bytes, grace_seconds: int) -> RefreshResult:
    rows = run(connection, "auth/refresh_token", token_hash=token_hash, grace_seconds=grace_seconds)
    if not rows:
        return RefreshResult(Refresh.REFUSED)
    token = rows[0]
    owner = (str(token["user_id"]), str(token["family"]))
    if token["revoked_at"] is not None or token["is_expired"] or not token["is_used"]:
        return RefreshResult(Refresh.REFUSED, *owner)
    if token["is_recent"] and not token["successor_is_used"]:
        return RefreshResult(Refresh.ROTATED, *owner)
    end_family(connection, owner[1])
    return RefreshResult(Refresh.REUSED, *owner)


def end_family(connection: Connection, family: str) -> None:
    """Revoke every token of a family; its access tokens end with it."""
    connection.execute(text("UPDATE refresh_tokens SET revoked_at = now() WHERE family = :family"
                            " AND revoked_at IS NULL"), {"family": family})


def load_family_user(connection: Connection, user_id: str, family: str) -> SignedInUser | None:
    """The user behind an access token, while the family stands and the user is active."""
    rows = run(connection, "auth/user_of_family", user_id=user_id, family=family)
    return to_user(rows[0]) if rows else None
