"""Forgetting what is of no more use: ended sign-ins, failed attempts, reports on finished runs.

Invariant: nothing a number or an audit entry stands on is ever removed here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

_STATEMENTS: Mapping[str, tuple[timedelta, str]] = {
    "login_attempts": (timedelta(days=30), "DELETE FROM login_attempts WHERE attempted_at < :before"),
    "user_sessions": (timedelta(days=30), "DELETE FROM user_sessions WHERE expires_at < :before"
                                          " OR revoked_at < :before"),
    # A family goes whole: removing a parent would take its living children along.
    "refresh_tokens": (timedelta(days=30), """
        DELETE FROM refresh_tokens WHERE family IN (
            SELECT family FROM refresh_tokens GROUP BY family HAVING max(expires_at) < :before)"""),
    "sign_in_challenges": (timedelta(days=1), "DELETE FROM sign_in_challenges WHERE expires_at < :before"),
    "account_links": (timedelta(days=30), "DELETE FROM account_links WHERE expires_at < :before"),
    "contact_confirmations": (timedelta(days=7), "DELETE FROM contact_confirmations WHERE expires_at < :before"),
    "api_tokens": (timedelta(days=90), "DELETE FROM api_tokens WHERE expires_at < :before OR revoked_at < :before"),
    # Their keys keep a thing from being told twice, so they stay longer than anything is told about.
    "notifications": (timedelta(days=365), "DELETE FROM notifications WHERE status IN ('sent', 'dead')"
                                           " AND created_at < :before"),
    # A file that was never brought in changed nothing; it holds what it holds of people.
    "imports": (timedelta(days=30), """
        DELETE FROM imports WHERE status IN ('draft', 'checking', 'checked') AND updated_at < :before"""),
    "sync_runs": (timedelta(days=90), "DELETE FROM sync_runs WHERE finished_at < :before"),
}


def forget_old_rows(connection: Connection, now: datetime) -> dict[str, int]:
    """Remove what is older than its time; how many rows of each table went."""
    return {table: connection.execute(text(statement), {"before": now - age}).rowcount
            for table, (age, statement) in _STATEMENTS.items()}
