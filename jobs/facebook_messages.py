"""What a person is told about the own connection to Facebook: it ends soon, or it has ended."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from core.texts import current_locale, set_locale, t, tn
from data.outbox import queue_message
from data.queries import run

SETTINGS_PAGE = "/settings?tab=facebook"


class MessageSettings(Protocol):
    """The part of the settings this module needs."""

    @property
    def public_url(self) -> str:
        """Where the product is reached."""


def tell_ending(connection: Connection, settings: MessageSettings, connection_id: str, step: int, days: int,
                expires_at: datetime) -> int:
    """Warn once per connection, end and ``step`` (days ahead) that the access ends; how many messages are new.

    ``days`` are left in truth: fewer than the step when nobody could look on its day. ``expires_at`` stands in the
    zone of the business.
    """
    return _tell(connection, settings, connection_id, f"{expires_at:%Y-%m-%d}:{step}", "facebook.warning",
                 days=days, when=f"{expires_at:%d.%m.%Y}")


def tell_ended(connection: Connection, settings: MessageSettings, connection_id: str, problem: str) -> int:
    """Say once per end of a connection why it ended; how many messages are new."""
    rows = run(connection, "facebook/connections", user_id=None, connection_id=connection_id)
    since = rows[0]["connected_at"] if rows else None
    return _tell(connection, settings, connection_id, f"ended:{since:%Y-%m-%dT%H:%M:%S}" if since else "ended",
                 "facebook.ended", problem=problem)


def _tell(connection: Connection, settings: MessageSettings, connection_id: str, key: str, text_key: str,
          problem: str | None = None, days: int | None = None, **values: Any) -> int:
    link = settings.public_url.rstrip("/") + SETTINGS_PAGE
    new = 0
    before = current_locale()
    for row in run(connection, "facebook/recipients", connection_id=connection_id):
        set_locale(row["locale"])
        said = {"name": row["name"] or "Facebook", "link": link, **values}
        if problem is not None:
            said["reason"] = t(problem)
        if days is not None:
            said["left"] = tn("facebook.days", days)
        subject, body = t(f"{text_key}.subject", **said), t(f"{text_key}.body", **said)
        for channel, recipient in (("email", row["email"]), ("telegram", row["telegram"])):
            if recipient:
                new += queue_message(connection, f"facebook:{connection_id}:{key}", str(row["user_id"]), channel,
                                     recipient, subject, body)
    set_locale(before)
    return new
