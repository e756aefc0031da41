"""Asking for a run: the same question asked twice before it is answered is one run."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from data.queries import run
from data.sync_runs import create_run


def request_run(connection: Connection, kind: str, parameters: Mapping[str, Any], requested_by: str) -> str:
    """The id of a queued run of this kind and these parameters: a waiting one the viewer may see, else a new one."""
    written = json.dumps(parameters, ensure_ascii=False, sort_keys=True)
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 21))"),
                       {"what": f"{kind} {written}"})
    waiting = run(connection, "sync_runs/open_twin", kind=kind, parameters=written)
    return str(waiting[0]["id"]) if waiting else create_run(connection, kind, parameters, requested_by)
