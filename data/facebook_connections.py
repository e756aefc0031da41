"""Connections to Facebook: whose token is kept, how long it lives, what became of it.

Invariant: a token is stored encrypted for ``TOKEN_PURPOSE`` and its user; a connection that does not work keeps its row
and the reason, never a token that Facebook has refused for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from data.queries import run

# What the token of a user is encrypted for (auth/encryption.py): moved to another column it does not decrypt.
TOKEN_PURPOSE = "fb_access_token"
CONNECTED, RECONNECT, LOG_IN, REMOVED = "connected", "reconnect", "log_in_at_facebook", "removed"


@dataclass(frozen=True)
class FacebookConnection:
    """One person of ours connected as one person (or system user) of Facebook.

    ``state`` is connected, reconnect, log_in_at_facebook or removed; ``problem`` is a key of the catalogues.
    ``expires_at`` is ``None`` for a token that never expires.
    """

    id: str
    user_id: str
    kind: str
    facebook_user_id: str
    name: str
    token: bytes | None
    scopes: tuple[str, ...]
    declined: tuple[str, ...]
    expires_at: datetime | None
    data_access_expires_at: datetime | None
    state: str
    problem: str | None
    problem_at: datetime | None
    connected_at: datetime
    checked_at: datetime | None
    listed_at: datetime | None


@dataclass(frozen=True)
class NewConnection:
    """What a sign-in brought; ``token`` is encrypted already."""

    facebook_user_id: str
    token: bytes
    kind: str = "person"
    name: str = ""
    scopes: Sequence[str] = ()
    declined: Sequence[str] = ()
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None


def save_connection(connection: Connection, user_id: str, new: NewConnection) -> str:
    """Keep a connection; the same person of Facebook connected again is the same one. Answers its id.

    A token stored before there were connections (of nobody known) gives way to the first real one.
    """
    saved = connection.execute(text("""
        INSERT INTO facebook_connections AS c (user_id, kind, facebook_user_id, name, token, scopes, declined,
                                               expires_at, data_access_expires_at, checked_at)
        VALUES (CAST(:user_id AS uuid), :kind, :facebook_user_id, :name, :token, :scopes, :declined, :expires_at,
                :data_access_expires_at, now())
        ON CONFLICT (user_id, facebook_user_id) DO UPDATE SET
            kind = excluded.kind, name = excluded.name, token = excluded.token, scopes = excluded.scopes,
            declined = excluded.declined, expires_at = excluded.expires_at,
            data_access_expires_at = excluded.data_access_expires_at, state = 'connected', problem = NULL,
            problem_at = NULL, connected_at = now(), checked_at = now(), updated_at = now()
        RETURNING c.id"""), {
        "user_id": user_id, "kind": new.kind, "facebook_user_id": new.facebook_user_id, "name": new.name,
        "token": new.token, "scopes": list(new.scopes), "declined": list(new.declined), "expires_at": new.expires_at,
        "data_access_expires_at": new.data_access_expires_at}).scalar_one()
    if new.facebook_user_id:
        _take_over(connection, user_id, str(saved))
    return str(saved)


def _take_over(connection: Connection, user_id: str, connection_id: str) -> None:
    """Give the accounts of the user's connection of nobody known to a real one, and drop the former."""
    values = {"user_id": user_id, "connection_id": connection_id}
    connection.execute(text("""
        INSERT INTO facebook_account_links (connection_id, user_id, account_id, is_selected)
        SELECT CAST(:connection_id AS uuid), l.user_id, l.account_id, l.is_selected
        FROM facebook_account_links l JOIN facebook_connections c ON c.id = l.connection_id
        WHERE c.user_id = CAST(:user_id AS uuid) AND c.facebook_user_id = ''
        ON CONFLICT (connection_id, account_id) DO UPDATE SET is_selected = true, updated_at = now()
        WHERE excluded.is_selected"""), values)
    connection.execute(text("""
        DELETE FROM facebook_connections WHERE user_id = CAST(:user_id AS uuid) AND facebook_user_id = ''"""), values)


def load_connections(connection: Connection, user_id: str | None = None) -> tuple[FacebookConnection, ...]:
    """A user's connections (``None``: all the viewer may see), the newest first."""
    return tuple(_to_connection(row) for row in run(connection, "facebook/connections", user_id=user_id,
                                                    connection_id=None))


def load_connection(connection: Connection, connection_id: str, user_id: str) -> FacebookConnection | None:
    """One connection of a user."""
    rows = run(connection, "facebook/connections", user_id=user_id, connection_id=connection_id)
    return _to_connection(rows[0]) if rows else None


def load_live_connections(connection: Connection) -> tuple[FacebookConnection, ...]:
    """The connections that work, of people who are active."""
    return tuple(_to_connection(row) for row in run(connection, "facebook/live_connections"))


def note_problem(connection: Connection, connection_id: str, state: str, problem: str,
                 token: bytes | None = None) -> bool:
    """Say why a connection no longer works; its dead token goes. False when that was known already.

    ``token``: the one (encrypted) that was refused; when another one has taken its place meanwhile, nothing is wrong.
    """
    return bool(connection.execute(text("""
        UPDATE facebook_connections SET state = :state, problem = :problem, problem_at = now(), token = NULL,
            updated_at = now()
        WHERE id = CAST(:id AS uuid) AND (state, problem) IS DISTINCT FROM (:state, :problem)
          AND (CAST(:token AS bytea) IS NULL OR token = :token)"""),
        {"id": connection_id, "state": state, "problem": problem, "token": token}).rowcount)


def renew_token(connection: Connection, connection_id: str, before: bytes, token: bytes,
                expires_at: datetime | None) -> bool:
    """Put a token that lives longer in the place of ``before``; false when somebody was faster."""
    return bool(connection.execute(text("""
        UPDATE facebook_connections SET token = :token, expires_at = :expires_at, checked_at = now(), updated_at = now()
        WHERE id = CAST(:id AS uuid) AND token = :before AND state = 'connected'"""),
        {"id": connection_id, "before": before, "token": token, "expires_at": expires_at}).rowcount)


def note_check(connection: Connection, connection_id: str, facts: dict[str, Any] | None = None) -> None:
    """Note that a token was looked at; ``facts`` are columns that were learned (expiry, scopes)."""
    given = {"expires_at": None, "data_access_expires_at": None, "scopes": None, **(facts or {})}
    connection.execute(text("""
        UPDATE facebook_connections SET checked_at = now(), updated_at = now(),
            expires_at = CASE WHEN :has_facts THEN :expires_at ELSE expires_at END,
            data_access_expires_at = coalesce(:data_access_expires_at, data_access_expires_at),
            scopes = coalesce(CAST(:scopes AS text[]), scopes)
        WHERE id = CAST(:id AS uuid)"""), {"id": connection_id, "has_facts": facts is not None, **given})


def remove_connection(connection: Connection, connection_id: str, user_id: str) -> bool:
    """Forget a connection of a user with its token and its links; false when there is none."""
    return bool(connection.execute(text("""
        DELETE FROM facebook_connections WHERE id = CAST(:id AS uuid) AND user_id = CAST(:user_id AS uuid)"""),
        {"id": connection_id, "user_id": user_id}).rowcount)


def end_connections_of(connection: Connection, facebook_user_id: str, said_at: datetime) -> int:
    """A person removed the product at Facebook: drop the tokens of connections made before; how many."""
    return connection.execute(text("""
        UPDATE facebook_connections SET state = 'removed', problem = :problem, problem_at = now(),
            token = NULL, updated_at = now()
        WHERE facebook_user_id = :who AND state <> 'removed' AND connected_at <= :said_at"""),
        {"who": facebook_user_id, "said_at": said_at, "problem": "facebook.problem.removed"}).rowcount


def delete_connections_of(connection: Connection, facebook_user_id: str, said_at: datetime) -> int:
    """A person wants the own data deleted: forget the connections made before; how many."""
    return connection.execute(text("""
        DELETE FROM facebook_connections WHERE facebook_user_id = :who AND connected_at <= :said_at"""),
        {"who": facebook_user_id, "said_at": said_at}).rowcount


def _to_connection(row: Any) -> FacebookConnection:
    return FacebookConnection(
        id=str(row["id"]), user_id=str(row["user_id"]), kind=row["kind"], facebook_user_id=row["facebook_user_id"],
        name=row["name"], token=None if row["token"] is None else bytes(row["token"]), scopes=tuple(row["scopes"]),
        declined=tuple(row["declined"]), expires_at=row["expires_at"],
        data_access_expires_at=row["data_access_expires_at"], state=row["state"], problem=row["problem"],
        problem_at=row["problem_at"], connected_at=row["connected_at"], checked_at=row["checked_at"],
        listed_at=row["listed_at"])
