"""What the database holds of one person outside: somebody who filled in a form or stands in amoCRM."""

from typing import Any

from sqlalchemy import Connection

from data.queries import run


def load_person(connection: Connection, *, phone: str | None, email: str | None) -> dict[str, list[dict[str, Any]]]:
    """Every row with this phone (E.164) or e-mail (lower case), by table; ``None`` finds nothing."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in run(connection, "persons/rows", phone=phone, email=email):
        found.setdefault(row["source"], []).append(row["held"])
    return found
