"""Facts about this database itself: who created it and whether the demo company is complete.

Invariant: the demo writes only into a database whose ``created_by`` is ``demo``.
"""

from sqlalchemy import Connection, text

from data.migrate import applied_revision
from data.queries import run

CREATED_BY = "created_by"
DEMO = "demo"
DEMO_LOADED = "demo_loaded"


class ForeignDatabase(Exception):
    """The product was pointed at a database of somebody else, or the demo at one that it did not create."""


def load_fact(connection: Connection, key: str) -> str | None:
    """The value kept under ``key``; ``None`` when there is none."""
    rows = run(connection, "maintenance/installation_fact", key=key)
    return rows[0]["value"] if rows else None


def save_fact(connection: Connection, key: str, value: str) -> None:
    """Keep ``value`` under ``key``."""
    connection.execute(text("INSERT INTO installation (key, value) VALUES (:key, :value)"
                            " ON CONFLICT (key) DO UPDATE SET value = excluded.value"), {"key": key, "value": value})


def is_migrated(owner: Connection) -> bool:
    """True once the product's tables are there.

    Raises: ForeignDatabase when the tables of somebody else are.
    """
    if applied_revision(owner) is not None:
        return True
    if run(owner, "maintenance/any_table"):
        raise ForeignDatabase("This database holds tables of another program. Name an empty one in DATABASE_URL.")
    return False


def check_demo(connection: Connection) -> None:
    """Raises: ForeignDatabase unless the demo created this database."""
    if load_fact(connection, CREATED_BY) != DEMO:
        raise ForeignDatabase("This database was not created by the demo, so the demo does not touch it. Unset DEMO to "
                              "run the product on it, or name an empty database in DATABASE_URL.")
