"""Entries of the audit log from inside a request: who, what, from where, under which request id."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import Connection

from data.audit import save_entry


class Action(StrEnum):
    """What is written down, ``<object>.<what happened>``."""

    ACCESS_DENIED = "access.denied"
    AMOCRM_CONNECTED = "amocrm.connected"
    AMOCRM_DISCONNECTED = "amocrm.disconnected"
    AMOCRM_MAPPED = "amocrm.mapped"
    AMOCRM_SUBSCRIBED = "amocrm.subscribed"
    AUDIT_EXPORTED = "audit.exported"
    BINDING_ADDED = "binding.added"
    BINDING_ENDED = "binding.ended"
    CLAIM_ACCEPTED = "claim.accepted"
    CLAIM_MADE = "claim.made"
    CLAIM_REJECTED = "claim.rejected"
    CLAIM_REOPENED = "claim.reopened"
    CLAIM_WITHDRAWN = "claim.withdrawn"
    CONTACT_CONFIRMED = "contact.confirmed"
    CONTACT_REQUESTED = "contact.requested"
    EVENTS_REPLAYED = "webhook.range_replayed"
    EVENT_REPLAYED = "webhook.replayed"
    FACEBOOK_ACCOUNTS_SELECTED = "facebook.accounts_selected"
    FACEBOOK_CAMPAIGNS_SELECTED = "facebook.campaigns_selected"
    FACEBOOK_CONNECTED = "facebook.connected"
    FACEBOOK_CONVERSIONS_ARRANGED = "facebook.conversions_arranged"
    FACEBOOK_DATA_DELETED = "facebook.data_deleted"
    FACEBOOK_DEAUTHORIZED = "facebook.deauthorized"
    FACEBOOK_DISCONNECTED = "facebook.disconnected"
    FACEBOOK_READING_ARRANGED = "facebook.reading_arranged"
    FACEBOOK_RUN_STOPPED = "facebook.run_stopped"
    IMPORT_ADDED = "import.added"
    IMPORT_APPLIED = "import.applied"
    IMPORT_CHANGED = "import.changed"
    IMPORT_REMOVED = "import.removed"
    IMPORT_UNDONE = "import.undone"
    KEYS_ROTATED = "keys.rotated"
    LANDING_ADDED = "landing.added"
    LANDING_CHANGED = "landing.changed"
    LANDING_REMOVED = "landing.removed"
    LANGUAGE_CHANGED = "user.language_changed"
    LINK_MADE = "link.made"
    LINK_REQUESTED = "link.requested"
    LINK_USED = "link.used"
    LOGIN = "session.login"
    LOGIN_FAILED = "session.login_failed"
    LOGIN_THROTTLED = "session.login_throttled"
    LOGOUT = "session.logout"
    MESSAGE_TESTED = "message.tested"
    PASSWORD_CHANGED = "user.password_changed"
    PERSON_ERASED = "person.erased"
    PERSON_ERASURE_ASKED = "person.erasure_asked"
    PERSON_EXPORTED = "person.exported"
    PLANS_COPIED = "plan.copied"
    PLAN_DELETED = "plan.deleted"
    PLAN_SAVED = "plan.saved"
    PROFILE_CHANGED = "user.profile_changed"
    RATE_SET = "rate.set"
    RATE_TAKEN_BACK = "rate.taken_back"
    RECOVERY_CODES_RENEWED = "second_factor.recovery_codes_renewed"
    RECOVERY_CODE_USED = "second_factor.recovery_code_used"
    REFRESH_REUSED = "session.refresh_reused"
    RULES_APPLIED = "rules.applied"
    RULES_RESTORED = "rules.restored"
    RUN_REQUESTED = "run.requested"
    SALES_ASSIGNED = "sale.several_assigned"
    SALES_RETURNED = "sale.several_returned"
    SALE_ASSIGNED = "sale.assigned"
    SALE_RELEASED = "sale.released"
    SECOND_FACTOR_DISABLED = "second_factor.disabled"
    SECOND_FACTOR_ENABLED = "second_factor.enabled"
    SECOND_FACTOR_FAILED = "second_factor.failed"
    SESSIONS_ENDED = "session.ended"
    SETTINGS_CHANGED = "settings.changed"
    TEAMS_MERGED = "team.merged"
    TEAMS_PURGED = "team.legacy_purged"
    TEAM_ARCHIVED = "team.archived"
    TEAM_CHANGED = "team.changed"
    TEAM_CREATED = "team.created"
    TEAM_LOOK_CHANGED = "team.look_changed"
    TEAM_MERGE_UNDONE = "team.merge_undone"
    TEAM_RESTORED = "team.restored"
    THRESHOLDS_CHANGED = "thresholds.changed"
    TOKEN_MADE = "token.made"
    TOKEN_REVOKED = "token.revoked"
    USER_CHANGED = "user.changed"
    USER_CREATED = "user.created"
    USER_UNLOCKED = "user.unlocked"


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
