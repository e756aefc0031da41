"""People who were taken for one by a phone, an address or a contact, and may be several."""

from typing import Any

from sqlalchemy import Connection

from data.queries import run


def load_suspicious_joins(connection: Connection, how_many: int = 100) -> list[dict[str, Any]]:
    """Joins that look wrong: why, the point that joins, the contacts, what disagrees, and how many sales it touches."""
    return [dict(row) for row in run(connection, "identity/suspicious", how_many=how_many)]
