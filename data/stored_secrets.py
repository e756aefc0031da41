"""Stored third-party tokens as a whole, for the rotation of keys; they are encrypted and stay so here."""

from sqlalchemy import Connection, text

from data.queries import run


def load_tokens(connection: Connection) -> tuple[tuple[str, str, bytes], ...]:
    """Every token: its connection, its user and its ciphertext, held against change until the transaction ends."""
    return tuple((str(row["id"]), str(row["user_id"]), bytes(row["token"]))
                 for row in run(connection, "secrets/tokens"))


def replace_token(connection: Connection, connection_id: str, token: bytes) -> None:
    """Put another ciphertext of the same token in its place; its expiry stays."""
    connection.execute(text("UPDATE facebook_connections SET token = :token, updated_at = now()"
                            " WHERE id = CAST(:id AS uuid)"), {"token": token, "id": connection_id})
