"""Messages put into the outbox by whoever signs people in; a worker sends them."""

from sqlalchemy import Connection, text


def queue_mail(
    connection: Connection, *, key: str, user_id: str | None, recipient: str, subject: str, body: str
) -> None:
    """Queue a mail; ``key`` is new for each. For nobody (``None``) the same statement runs and keeps nothing."""
    connection.execute(text("""
        INSERT INTO notifications (message_key, user_id, channel, recipient, subject, body)
        SELECT :key, id, 'email', :recipient, :subject, :body FROM traffic_users WHERE id = CAST(:user_id AS uuid)"""),
        {"key": key, "user_id": user_id, "recipient": recipient, "subject": subject, "body": body})
