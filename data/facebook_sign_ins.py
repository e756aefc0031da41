"""Sign-ins at Facebook that are under way, and requests to delete data: both known here by a hash only.

Invariant: a state is good for one return, within its time, in the session that asked for it. Every function runs inside
a transaction of the viewer ``auth``; times are those of the database, so no clock of a machine counts.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, text

from data.queries import run

STATE_MINUTES = 15


class StateProblem(StrEnum):
    """Why a state does not count."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    FOREIGN = "foreign"


def hash_secret(secret: str) -> bytes:
    """What the database knows of a state or a code. They are random, so a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def save_state(connection: Connection, state: str, user_id: str, session_id: str) -> None:
    """Keep the state of a sign-in that begins; old ones go."""
    connection.execute(text("DELETE FROM facebook_sign_ins WHERE expires_at < now() - interval '1 day'"))
    connection.execute(text("""
        INSERT INTO facebook_sign_ins (state_hash, user_id, session_id, expires_at)
        VALUES (:hash, CAST(:user_id AS uuid), :session_id, now() + make_interval(mins => :minutes))"""),
        {"hash": hash_secret(state), "user_id": user_id, "session_id": session_id, "minutes": STATE_MINUTES})


def use_state(connection: Connection, state: str, user_id: str, session_id: str) -> StateProblem | None:
    """Use a state up, whoever brings it; why it does not count, ``None`` when it does."""
    row = connection.execute(text("""
        UPDATE facebook_sign_ins SET used_at = now() WHERE state_hash = :hash AND used_at IS NULL
        RETURNING user_id, session_id, expires_at < now() AS is_over"""), {"hash": hash_secret(state)}).one_or_none()
    if row is None:
        is_known = connection.execute(text("SELECT 1 FROM facebook_sign_ins WHERE state_hash = :hash"),
                                      {"hash": hash_secret(state)}).scalar_one_or_none()
        return StateProblem.USED if is_known else StateProblem.UNKNOWN
    if (str(row.user_id), row.session_id) != (user_id, session_id):
        return StateProblem.FOREIGN
    return StateProblem.EXPIRED if row.is_over else None


@dataclass(frozen=True)
class Deletion:
    """A request to delete a person's data; ``done_at`` is ``None`` while it is worked on."""

    requested_at: datetime
    done_at: datetime | None
    connections: int


def save_deletion(connection: Connection, code: str, connections: int) -> None:
    """Note that a person's data was deleted in this transaction."""
    connection.execute(text("""
        INSERT INTO facebook_deletions (code_hash, done_at, connections) VALUES (:hash, now(), :connections)
        ON CONFLICT (code_hash) DO NOTHING"""), {"hash": hash_secret(code), "connections": connections})


def load_deletion(connection: Connection, code: str) -> Deletion | None:
    """The request a confirmation code belongs to."""
    rows = run(connection, "facebook/deletion", code_hash=hash_secret(code))
    return Deletion(rows[0]["requested_at"], rows[0]["done_at"], rows[0]["connections"]) if rows else None
