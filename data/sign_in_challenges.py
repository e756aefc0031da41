"""Half-finished sign-ins: the password was right, the second factor is still asked for.

Every function runs inside a transaction of the viewer ``auth``; the database knows hashes of the tokens only.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from data.queries import run


@dataclass(frozen=True)
class Challenge:
    """Whose sign-in it is, and how often it was answered, this time included."""

    id: str
    user_id: str
    attempts: int


@dataclass(frozen=True)
class CodeAttempts:
    """Tries within the window and the age of the oldest, in seconds."""

    count: int
    oldest_age: float


def save_challenge(connection: Connection, user_id: str, token_hash: bytes, lifetime_seconds: int) -> None:
    """Begin a half-finished sign-in."""
    connection.execute(text("""
        INSERT INTO sign_in_challenges (token_hash, user_id, expires_at)
        VALUES (:token_hash, CAST(:user_id AS uuid), now() + make_interval(secs => :lifetime))"""),
        {"token_hash": token_hash, "user_id": user_id, "lifetime": lifetime_seconds})


def load_challenge(connection: Connection, token_hash: bytes) -> Challenge | None:
    """The sign-in behind a token, to show its page; ``None`` when it is over."""
    rows = run(connection, "auth/open_challenge", token_hash=token_hash)
    return Challenge(str(rows[0]["id"]), str(rows[0]["user_id"]), rows[0]["attempts"]) if rows else None


def count_answer(connection: Connection, token_hash: bytes, limit: int) -> Challenge | None:
    """Count one more answer before it is looked at; ``None`` when the sign-in is over or answered too often."""
    row = connection.execute(text("""
        UPDATE sign_in_challenges SET attempts = attempts + 1
        WHERE token_hash = :token_hash AND ended_at IS NULL AND expires_at > now() AND attempts < :limit
        RETURNING id, user_id, attempts"""), {"token_hash": token_hash, "limit": limit}).one_or_none()
    return None if row is None else Challenge(str(row.id), str(row.user_id), row.attempts)


def end_challenge(connection: Connection, challenge_id: str) -> bool:
    """The sign-in is finished; ``False`` when it was already."""
    return connection.execute(text("UPDATE sign_in_challenges SET ended_at = now()"
                                   " WHERE id = CAST(:id AS uuid) AND ended_at IS NULL"),
                              {"id": challenge_id}).rowcount == 1


def count_code_attempts(connection: Connection, user_id: str, window_seconds: int) -> CodeAttempts:
    """How often codes of this user were tried lately without success."""
    row = run(connection, "auth/code_attempts", user_id=user_id, window_seconds=window_seconds)[0]
    return CodeAttempts(int(row["attempts"]), float(row["oldest_age"]))
