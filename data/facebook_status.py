"""How a person's accounts stand: when each was read last, and why one could not be."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from data.queries import run


@dataclass(frozen=True)
class AccountStanding:
    """A selected account: its last complete reading, and the reason of a failure since."""

    account_id: str
    name: str
    last_synced_at: datetime | None
    reason: str | None


def load_standings(connection: Connection, user_id: str) -> tuple[AccountStanding, ...]:
    """The selected accounts a user's connections reach."""
    return tuple(AccountStanding(row["account_id"], row["name"], row["last_synced_at"], row["last_error"])
                 for row in run(connection, "facebook/accounts", user_id=user_id) if row["is_selected"])


def count_other_connections(connection: Connection, facebook_user_id: str, connection_id: str) -> int:
    """How many other connections of anybody rest on the same person's consent; for the viewer ``auth``."""
    rows = run(connection, "facebook/other_connections", who=facebook_user_id, connection_id=connection_id)
    return int(rows[0]["how_many"])
