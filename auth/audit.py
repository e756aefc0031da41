"""Entries of the audit log from inside a request: who, what, from where, under which request id."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import Connection

from data.audit import save_entry


class Action(StrEnum):
    """What is written down, ``<object>.<what happened>``."""

    AMOCRM_CONNECTED = "amocrm.connected"
    AMOCRM_DISCONNECTED = "amocrm.disconnected"
    AMOCRM_MAPPED = "amocrm.mapped"
    EVENT_REPLAYED = "webhook.replayed"
    LANGUAGE_CHANGED = "user.language_changed"
    LOGIN = "session.login"
    LOGIN_FAILED = "session.login_failed"
    LOGIN_THROTTLED = "session.login_throttled"
    LOGOUT = "session.logout"
    PASSWORD_CHANGED = "user.password_changed"
    RATE_SET = "rate.set"
    REFRESH_REUSED = "session.refresh_reused"
    RULES_APPLIED = "rules.applied"
    RULES_RESTORED = "rules.restored"
    RUN_REQUESTED = "run.requested"
    SALE_ASSIGNED = "sale.assigned"
    SALE_RELEASED = "sale.released"
    SESSIONS_ENDED = "session.ended"
    USER_CREATED = "user.created"


def record(
    connection: Connection,
    action: Action,
    *,
    user_id: str | None = None,
    object_type: str = "",
    object_id: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry in the transaction of the deed itself: both stand or neither."""
    save_entry(
        connection, action=action, user_id=user_id, object_type=object_type, object_id=object_id, before=before,
        after=after, address=client_address(), request_id=g.get("request_id") if has_request_context() else None,
    )


def client_address() -> str | None:
    """The address the request came from, as the proxies we trust report it; ``None`` outside a request."""
    return request.remote_addr if has_request_context() else None
