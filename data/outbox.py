"""Messages that wait to be sent: one per key, channel and recipient, however often somebody asks for it."""

from sqlalchemy import Connection, text


def queue_message(connection: Connection, key: str, user_id: str, channel: str, recipient: str, subject: str,
                  body: str) -> bool:
    """Put a message into the outbox (``channel``: email or telegram); false when it stands there already."""
    return bool(connection.execute(text("""
        INSERT INTO notifications (message_key, user_id, channel, recipient, subject, body)
        VALUES (:key, CAST(:user_id AS uuid), :channel, :recipient, :subject, :body)
        ON CONFLICT (message_key, channel, recipient) DO NOTHING"""), {
        "key": key, "user_id": user_id, "channel": channel, "recipient": recipient, "subject": subject,
        "body": body}).rowcount)
