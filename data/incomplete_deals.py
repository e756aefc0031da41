"""Deals that webhooks told too little about: seen by ids only, or sold to nobody known."""

from datetime import datetime

from sqlalchemy import Connection

from data.queries import run


def load_incomplete_deals(connection: Connection, account_id: int, since: datetime, how_many: int) -> list[int]:
    """Deals of this amoCRM account, last told of after ``since``, that its API has to complete; the newest first."""
    return [row["deal_id"] for row in run(connection, "deals/incomplete", account_id=account_id, since=since,
                                          how_many=how_many)]
