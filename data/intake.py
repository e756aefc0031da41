"""Keeps a delivery at the moment it arrives: one transaction, sent to the database in one go.

Invariant: when ``store_delivery`` answers, the row is committed (or was there before); when it raises, nothing was
acknowledged. It writes the row that ``data.inbox.store_event`` writes, without waiting for each statement in turn:
the sender of a webhook waits for us.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from data.engine import INTAKE, Database, DatabaseAway, is_away
from data.inbox import store_event

_VIEWER = ("SELECT set_config('role', %s, true), set_config('app.viewer', %s, true),"
           " set_config('app.user_id', '', true), set_config('app.team_id', '', true)")
_STORE = ("INSERT INTO webhook_events (source, source_name, headers, content_type, body, dedup_key)"
          " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (dedup_key) DO NOTHING")


@dataclass(frozen=True)
class Delivery:
    """What arrived: ``source`` is amocrm or landing, ``headers`` a harmless choice, ``body`` untouched."""

    source: str
    source_name: str | None
    headers: Mapping[str, str]
    content_type: str
    body: bytes
    dedup_key: str

# A longer body does not fit into the buffers of the line, and a pipeline that both sides fill can stand still.
MOST_PIPELINED = 64 * 1024


def store_delivery(database: Database, delivery: Delivery) -> bool:
    """Keep a delivery and commit; false when it is kept already.

    Raises: DatabaseAway, psycopg.Error or sqlalchemy.exc.SQLAlchemyError: it is not kept, the sender must try again.
    """
    if len(delivery.body) > MOST_PIPELINED:
        with database.transaction(INTAKE) as slow:
            return store_event(slow, delivery.source, delivery.source_name, delivery.headers, delivery.content_type,
                               delivery.body, delivery.dedup_key)
    values = (
        delivery.source, delivery.source_name, json.dumps(dict(delivery.headers)).replace("\\u0000", ""),
        delivery.content_type.replace("\x00", ""), delivery.body, delivery.dedup_key,
    )
    try:
        with closing(database.engine.raw_connection()) as pooled:
            connection = pooled.driver_connection
            if not isinstance(connection, psycopg.Connection):
                raise TypeError("the pool holds connections of psycopg")
            with connection.pipeline():
                connection.execute(_VIEWER, (database.role, INTAKE.kind))
                stored = connection.execute(_STORE, values, binary=True)
                connection.commit()
            return stored.rowcount == 1
    except PoolTimeoutError as error:
        raise DatabaseAway("no database connection came free in time") from error
    except (DBAPIError, psycopg.Error) as error:
        if is_away(error):
            raise DatabaseAway("the database does not answer") from error
        raise
