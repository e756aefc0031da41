"""Addresses that wait until somebody proves that they are his: mails by a link, Telegram by a code given to the bot.

Invariant: the database knows a hash of what proves it; it proves once, by one conditional update, and a newer request
of the same person and channel ends the older. A person writes the own rows; whoever
follows a link is ``auth``, the bot a worker.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from data.queries import run

MOST_PER_HOUR = 10


@dataclass(frozen=True)
class WaitingContact:
    """An address that is not confirmed yet."""

    channel: str
    address: str
    expires_at: datetime


@dataclass(frozen=True)
class OpenConfirmation:
    """A confirmation that may still be given."""

    id: str
    user_id: str
    channel: str
    address: str
    locale: str
    login: str


def begin_confirmation(connection: Connection, user_id: str, channel: str, address: str,
                       lifetime_seconds: int) -> str | None:
    """Ask for a confirmation in place of earlier ones: its id, ``None`` when the person asks too often."""
    end_confirmations(connection, user_id, channel)
    row = connection.execute(text("""
        INSERT INTO contact_confirmations (user_id, channel, address, expires_at)
        SELECT CAST(:user_id AS uuid), :channel, :address, now() + make_interval(secs => :lifetime)
        WHERE (SELECT count(*) FROM contact_confirmations WHERE user_id = CAST(:user_id AS uuid)
               AND channel = :channel AND created_at > now() - interval '1 hour') < :most
        RETURNING id"""), {"user_id": user_id, "channel": channel, "address": address, "lifetime": lifetime_seconds,
                           "most": MOST_PER_HOUR}).one_or_none()
    return None if row is None else str(row.id)


def save_confirmation_hash(connection: Connection, confirmation_id: str, token_hash: bytes) -> None:
    """Keep what the proof is known by."""
    connection.execute(text("UPDATE contact_confirmations SET token_hash = :hash WHERE id = CAST(:id AS uuid)"),
                       {"id": confirmation_id, "hash": token_hash})


def end_confirmations(connection: Connection, user_id: str, channel: str) -> None:
    """Nothing asked for before proves anything any more."""
    connection.execute(text("UPDATE contact_confirmations SET used_at = now() WHERE user_id = CAST(:user_id AS uuid)"
                            " AND channel = :channel AND used_at IS NULL"), {"user_id": user_id, "channel": channel})


def load_open_confirmation(connection: Connection, channel: str, token_hash: bytes) -> OpenConfirmation | None:
    """What a proof would confirm; ``None`` when it was used, is too old, or never was one."""
    rows = run(connection, "settings/open_confirmation", channel=channel, token_hash=token_hash)
    return OpenConfirmation(**{**rows[0], "id": str(rows[0]["id"]), "user_id": str(rows[0]["user_id"])}) \
        if rows else None


def use_confirmation(connection: Connection, confirmation_id: str) -> bool:
    """Use the proof up; ``False`` when somebody else was quicker."""
    return connection.execute(text("UPDATE contact_confirmations SET used_at = now() WHERE id = CAST(:id AS uuid)"
                                   " AND used_at IS NULL AND expires_at > now()"),
                              {"id": confirmation_id}).rowcount == 1


def load_waiting(connection: Connection, user_id: str) -> dict[str, WaitingContact]:
    """What a person still has to confirm, by channel."""
    return {row["channel"]: WaitingContact(row["channel"], row["address"], row["expires_at"])
            for row in run(connection, "settings/waiting_contacts", user_id=user_id)}


def is_code_open(connection: Connection) -> bool:
    """Whether the bot may be started with a code that is still good."""
    return bool(run(connection, "settings/open_codes")[0]["any_open"])
