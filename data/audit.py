"""The audit log: who did what to which object, from where; rows are only ever added."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text


def save_entry(
    connection: Connection,
    *,
    action: str,
    user_id: str | None = None,
    object_type: str = "",
    object_id: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    address: str | None = None,
    request_id: str | None = None,
) -> None:
    """Add one entry; ``before`` and ``after`` hold no secrets."""
    connection.execute(text("""
        INSERT INTO audit_log (user_id, action, object_type, object_id, before, after, address, request_id)
        VALUES (:user_id, :action, :object_type, :object_id, CAST(:before AS jsonb), CAST(:after AS jsonb),
                CAST(:address AS inet), :request_id)"""), {
        "user_id": user_id, "action": action, "object_type": object_type, "object_id": object_id,
        "before": None if before is None else json.dumps(before, ensure_ascii=False),
        "after": None if after is None else json.dumps(after, ensure_ascii=False),
        "address": address, "request_id": request_id,
    })
