"""Running a plain SQL file inside a revision.

The file goes to the driver as it is: ``%``, ``:name`` and ``$$`` mean what they mean to PostgreSQL.
"""

from alembic import op

from data.queries import read_sql


def run_file(name: str) -> None:
    """Execute ``sql/<name>.sql``, all of its statements, in the transaction of the revision."""
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection of the migration broke")
    driver.execute(read_sql(name))
