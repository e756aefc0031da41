"""How new the data is: a version that rises with every change, and the time each source last brought something."""

from sqlalchemy import Connection, text

from core.reports import Freshness
from data.queries import run


def bump(connection: Connection) -> None:
    """Raise the version of the data; the last statement of a saving transaction, since it holds the row until commit.

    Raises: RuntimeError when this viewer may not.
    """
    result = connection.execute(text("UPDATE data_version SET version = version + 1, changed_at = now()"))
    if result.rowcount != 1:
        raise RuntimeError("this viewer may not raise the version of the data")


def current(connection: Connection) -> int:
    """The version of the data now."""
    return run(connection, "freshness/version")[0]["version"]


def load_freshness(connection: Connection) -> Freshness:
    """The times of the sources as far as the viewer may see them; ``None`` where nothing ever came."""
    row = run(connection, "freshness/sources")[0]
    return Freshness(
        sales_at=row["sales_at"], leads_at=row["leads_at"], spend_at=row["spend_at"], rate_day=row["rate_day"],
        rate_is_carried=row["rate_is_carried"], failed_accounts=tuple(row["failed_accounts"]),
    )
