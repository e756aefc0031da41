"""A company of any size in a database of its own, written by SQL alone (``bench/rows.sql``)."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from data.embedded import DatabaseUrls, start_embedded
from data.migrate import upgrade

_ROWS = Path(__file__).with_name("rows.sql")
# Both sides of every comparison run on this server, so what it is tuned to favours neither. Its buffers are a quarter
# of 8 GB, as the PostgreSQL manual advises ("Resource Consumption").
# Vacuuming waits for the end: it would fall into the time of whoever commits in pieces, for the same dead rows.
_TUNING = {"shared_buffers": "2GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min", "synchronous_commit": "off",
           "autovacuum": "off"}


@dataclass(frozen=True)
class Size:
    """How many rows a company has."""

    leads: int
    deals: int
    sales: int


@contextmanager
def running_server(tuning: dict[str, str] | None = None) -> Iterator[DatabaseUrls]:
    """A migrated, empty database on a server of its own, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="td-bench-") as folder:
        Path(folder).chmod(0o755)  # the server of root is another user
        var = Path(folder) / "var"
        # Started twice: some settings, the buffers among them, hold from the next start on.
        start_embedded(var, _TUNING if tuning is None else tuning).stop()
        server = start_embedded(var)
        try:
            upgrade(server.owner_url)
            yield server.urls
        finally:
            server.stop()


def fill(urls: DatabaseUrls, size: Size) -> None:
    """Write a company of this size and let the planner know it."""
    with psycopg.connect(urls.admin_url, autocommit=True) as connection:
        for name in ("leads", "deals", "sales"):
            connection.execute("SELECT set_config(%s, %s, false)", (f"bench.{name}", str(getattr(size, name))))
        with connection.transaction():
            connection.execute(_ROWS.read_bytes())
        for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
            connection.execute(statement)
