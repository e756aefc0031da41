"""What revisions are made of: plain SQL files, and the guard that every new table gets.

A file goes to the driver as it is: ``%``, ``:name`` and ``$$`` mean what they mean to PostgreSQL.
"""

from typing import Any

import psycopg
from alembic import op
from psycopg import sql

from data.queries import read_sql

_GUARD = (
    "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY", "ALTER TABLE {0} FORCE ROW LEVEL SECURITY",
    "CREATE POLICY jobs ON {0} TO traffic_jobs USING (true) WITH CHECK (true)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {0} TO traffic_jobs",
)


def run_file(name: str) -> None:
    """Execute ``sql/<name>.sql``, all of its statements, in the transaction of the revision."""
    _driver().execute(read_sql(name))


def guard_tables(*tables: str) -> None:
    """Row level security that binds the owner too, and every row for the jobs; after the file that makes the tables.

    The web role may nothing yet: its grants and policies stand in the file, for they differ from table to table.
    """
    for table in tables:
        for statement in _GUARD:
            _driver().execute(sql.SQL(statement).format(sql.Identifier(table)))


def _driver() -> psycopg.Connection[Any]:
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection of the migration broke")
    return driver
