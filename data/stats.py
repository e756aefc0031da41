"""The calculated statistics: whole days computed from their sources, by one writer at a time.

Invariant: whatever was recalculated when, ``traffic_stats`` equals what a recalculation of everything would give, once
no day is dirty. Whoever changes a source marks its old and new days in the same transaction.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, text

from data.queries import run

_WRITER_LOCK = 7_216_355_002    # any number no other program takes: the advisory lock of the one writer
_LONGEST_WAIT = "120s"
DAYS_AT_ONCE = 400


def mark_days(connection: Connection, days: Iterable[date]) -> None:
    """Say that the statistics of these days have to be computed anew."""
    # In order, so that two writers cannot wait for each other. DO UPDATE holds the row until this transaction ends, so
    # that nobody takes the day away before the change behind it can be seen.
    connection.execute(text("""
        INSERT INTO stats_dirty_days (day)
        SELECT DISTINCT day FROM unnest(CAST(:days AS date[])) AS given (day) ORDER BY day
        ON CONFLICT (day) DO UPDATE SET marked_at = now()"""), {"days": list(days)})


def take_dirty_days(connection: Connection, how_many: int = DAYS_AT_ONCE) -> list[date]:
    """Take dirty days, the newest first: they are clean when this transaction commits, so recalculate them in it."""
    return sorted((row["day"] for row in run(connection, "stats/take_dirty_days", how_many=how_many)), reverse=True)


def become_writer(connection: Connection, *, wait: bool = True) -> bool:
    """Be the only one who writes statistics until this transaction ends. Without ``wait``: false when another one is.

    Raises: sqlalchemy.exc.OperationalError when the other writer takes longer than two minutes.
    """
    if not wait:
        return bool(connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK}).scalar())
    connection.execute(text("SELECT set_config('lock_timeout', :longest, true)"), {"longest": _LONGEST_WAIT})
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})
    return True


def recalculate(connection: Connection, days: Iterable[date] | None = None) -> int:
    """Compute whole days from their sources (``None``: every day with a figure); how many rows changed.

    Sales of these days get the rate of their day. Rows that did not change are left alone.
    """
    become_writer(connection)
    wanted = load_days_with_figures(connection) if days is None else sorted(set(days))
    if not wanted:
        return 0
    converted = run(connection, "stats/convert_sales", days=wanted)
    replaced = run(connection, "stats/replace_days", days=wanted)[0]
    mark_days(connection, [row["day"] for row in converted if row["is_taken"]])
    return int(replaced["gone"] + replaced["kept"]) + len(converted)


def load_days_with_figures(connection: Connection, rate_days: Iterable[date] | None = None) -> list[date]:
    """Every day with a figure; with ``rate_days`` only those that are converted at the rate of one of these days."""
    given = None if rate_days is None else list(rate_days)
    return [row["day"] for row in run(connection, "stats/days_with_figures", rate_days=given)]
