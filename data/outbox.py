"""Messages that wait to be sent: one per key, channel and recipient, however often somebody asks for it.

Invariant: a message is lent to one worker at a time, and only the worker of the latest attempt says how it went. A
worker that dies gives its messages back when the lease is over; what it had handed over by then cannot be known, so
such a message goes again under the same id, by which mail programs show it once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from data.queries import run

EMAIL, TELEGRAM = "email", "telegram"
OLDEST = timedelta(days=3)   # nobody wants yesterday's alarm next week
MOST_ATTEMPTS = 12
# Before the second attempt, the third, …; the last one again and again.
BACK_OFF = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15),
            timedelta(hours=1), timedelta(hours=3))
_LONGEST_REASON = 300


@dataclass(frozen=True)
class OutboxMessage:
    """A message lent to this worker; ``attempts`` counts this one."""

    id: str
    key: str
    user_id: str | None
    recipient: str
    subject: str
    body: str
    attempts: int
    created_at: datetime
    is_for_active: bool


def queue_message(connection: Connection, key: str, user_id: str | None, channel: str, recipient: str, subject: str,
                  body: str, *, keeps_quiet: bool = True) -> bool:
    """Put a message into the outbox (``channel``: email or telegram); false when it stands there already.

    It waits for the end of the person's quiet hours unless ``keeps_quiet`` is false.
    """
    return bool(connection.execute(text("""
        INSERT INTO notifications (message_key, user_id, channel, recipient, subject, body, keeps_quiet)
        VALUES (:key, CAST(:user_id AS uuid), :channel, :recipient, :subject, :body, :keeps_quiet)
        ON CONFLICT (message_key, channel, recipient) DO NOTHING"""), {
        "key": key, "user_id": user_id, "channel": channel, "recipient": recipient, "subject": subject,
        "body": body, "keeps_quiet": keeps_quiet}).rowcount)


def count_recent_tests(connection: Connection, user_id: str) -> int:
    """How many test messages a person had sent within ten minutes."""
    return int(run(connection, "outbox/recent_tests", user_id=user_id)[0]["sent"])


def take_due(connection: Connection, channel: str, limit: int, lease_seconds: int,
             local_hour: int) -> tuple[OutboxMessage, ...]:
    """Borrow the next messages of a channel; commit before sending. ``local_hour`` decides about quiet hours.

    Of one Telegram chat at most one is lent, and none within a second of the last: the Bot API takes no more.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for row in run(connection, "outbox/due", channel=channel, how_many=limit, hour=local_hour):
        found.setdefault(row["recipient"] if channel == TELEGRAM else str(row["id"]), row)
    connection.execute(text("""
        UPDATE notifications SET status = 'sending', attempts = attempts + 1,
               leased_until = now() + make_interval(secs => :lease)
        WHERE id = ANY(CAST(:ids AS uuid[]))"""),
        {"ids": [str(row["id"]) for row in found.values()], "lease": lease_seconds})
    return tuple(OutboxMessage(
        str(row["id"]), row["message_key"], None if row["user_id"] is None else str(row["user_id"]), row["recipient"],
        row["subject"], row["body"], row["attempts"] + 1, row["created_at"], row["is_for_active"])
        for row in found.values())


def mark_sent(connection: Connection, message: OutboxMessage) -> bool:
    """The message was handed over; ``False`` when another attempt has taken it meanwhile."""
    return _end(connection, message, "sent", None)


def mark_dead(connection: Connection, message: OutboxMessage, reason: str) -> bool:
    """The message will never be sent, and why."""
    return _end(connection, message, "dead", reason)


def mark_failed(connection: Connection, message: OutboxMessage, reason: str,
                wait: timedelta | None = None) -> bool:
    """The message waits for another attempt: ``wait`` where somebody said how long, else longer each time."""
    pause = wait or BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    return connection.execute(text("""
        UPDATE notifications SET status = 'failed', last_error = :reason, leased_until = NULL,
               next_attempt_at = now() + CAST(:wait AS interval)
        WHERE id = CAST(:id AS uuid) AND status = 'sending' AND attempts = :attempts"""),
        {"id": message.id, "attempts": message.attempts, "reason": reason[:_LONGEST_REASON],
         "wait": f"{pause.total_seconds()} seconds"}).rowcount == 1


def give_back(connection: Connection, messages: tuple[OutboxMessage, ...]) -> None:
    """Messages this worker did not come to: as if it had never taken them."""
    for message in messages:
        connection.execute(text("""
            UPDATE notifications SET status = 'queued', leased_until = NULL, attempts = attempts - 1
            WHERE id = CAST(:id AS uuid) AND status = 'sending' AND attempts = :attempts"""),
            {"id": message.id, "attempts": message.attempts})


def move_recipient(connection: Connection, old: str, new: str) -> None:
    """Telegram gave a chat another id: what waits for the old one goes to the new."""
    connection.execute(text("""
        UPDATE notifications n SET recipient = :new
        WHERE n.channel = 'telegram' AND n.recipient = :old AND n.status IN ('queued', 'failed', 'sending')
          AND NOT EXISTS (SELECT 1 FROM notifications o WHERE o.message_key = n.message_key
                          AND o.channel = n.channel AND o.recipient = :new)"""), {"old": old, "new": new})


def _end(connection: Connection, message: OutboxMessage, status: str, reason: str | None) -> bool:
    return connection.execute(text("""
        UPDATE notifications SET status = :status, last_error = :reason, leased_until = NULL,
               sent_at = CASE WHEN :status = 'sent' THEN clock_timestamp() END
        WHERE id = CAST(:id AS uuid) AND status = 'sending' AND attempts = :attempts"""),
        {"id": message.id, "attempts": message.attempts, "status": status,
         "reason": reason[:_LONGEST_REASON] if reason else None}).rowcount == 1
