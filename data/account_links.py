"""Links that set a password: invitations of new users, resets of forgotten passwords.

Invariant: a link is used once, by one conditional update; a newer one of a user ends the older. Every function runs
inside a transaction of the viewer ``auth``; the database knows hashes only.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from data.queries import run

MOST_PER_HOUR = 5  # that a person, or somebody in that name, may ask for


@dataclass(frozen=True)
class OpenLink:
    """A link that may still be used."""

    id: str
    kind: str
    user_id: str
    email: str
    locale: str


def begin_link(
    connection: Connection, *, kind: str, user_id: str | None, created_by: str | None, lifetime_seconds: int
) -> tuple[str, datetime] | None:
    """Make a link in place of the user's earlier ones: its id and its end. For nobody (``None``) the same statements
    run and nothing is kept, so that the time tells nothing. A person who asks too often gets no more for a while.
    """
    row = connection.execute(text("""
        INSERT INTO account_links (kind, user_id, created_by, expires_at)
        SELECT :kind, u.id, CAST(:created_by AS uuid), now() + make_interval(secs => :lifetime)
        FROM traffic_users u
        WHERE u.id = CAST(:user_id AS uuid) AND u.is_active
          AND (CAST(:created_by AS uuid) IS NOT NULL
               OR (SELECT count(*) FROM account_links l WHERE l.user_id = u.id AND l.created_by IS NULL
                   AND l.created_at > now() - interval '1 hour') < :most)
        RETURNING id, expires_at"""), {"kind": kind, "user_id": user_id, "created_by": created_by,
                                       "lifetime": lifetime_seconds, "most": MOST_PER_HOUR}).one_or_none()
    link_id = None if row is None else str(row.id)
    connection.execute(text("UPDATE account_links SET used_at = now()"
                            " WHERE user_id = CAST(:user_id AS uuid) AND used_at IS NULL AND id <> CAST(:id AS uuid)"),
                       {"user_id": user_id, "id": link_id})
    return None if row is None or link_id is None else (link_id, row.expires_at)


def save_link_hash(connection: Connection, link_id: str | None, token_hash: bytes) -> None:
    """Keep what the token of a link is known by."""
    connection.execute(text("UPDATE account_links SET token_hash = :hash WHERE id = CAST(:id AS uuid)"),
                       {"id": link_id, "hash": token_hash})


def load_open_link(connection: Connection, token_hash: bytes) -> OpenLink | None:
    """The link behind a token; ``None`` when it was used, is too old, or never was."""
    rows = run(connection, "auth/account_link", token_hash=token_hash)
    return OpenLink(**{**rows[0], "id": str(rows[0]["id"]), "user_id": str(rows[0]["user_id"])}) if rows else None


def use_link(connection: Connection, link_id: str) -> bool:
    """Use the link up; ``False`` when somebody else was quicker."""
    return connection.execute(text("UPDATE account_links SET used_at = now() WHERE id = CAST(:id AS uuid)"
                                   " AND used_at IS NULL AND expires_at > now()"), {"id": link_id}).rowcount == 1
