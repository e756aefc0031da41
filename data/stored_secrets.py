"""Stored third-party tokens as a whole, for the rotation of keys; they are encrypted and stay so here."""

from sqlalchemy import Connection, text

from data.queries import run


def load_tokens(connection: Connection) -> tuple[tuple[str, bytes], ...]:
    """Every token's user and ciphertext, held against change until the transaction ends."""
    return tuple((str(row["user_id"]), bytes(row["token"])) for row in run(connection, "secrets/tokens"))


def load_factor_secrets(connection: Connection) -> tuple[tuple[str, bytes], ...]:
    """Every second factor's user and ciphertext, held against change until the transaction ends."""
    return tuple((str(row["user_id"]), bytes(row["secret"])) for row in run(connection, "secrets/factors"))


def replace_factor_secret(connection: Connection, user_id: str, secret: bytes) -> None:
    """Put another ciphertext of the same secret in its place."""
    connection.execute(text("UPDATE second_factors SET secret = :secret WHERE user_id = CAST(:user_id AS uuid)"),
                       {"secret": secret, "user_id": user_id})


def replace_token(connection: Connection, user_id: str, token: bytes) -> None:
    """Put another ciphertext of the same token in its place; its expiry stays."""
    connection.execute(text("UPDATE traffic_targetologist_settings SET fb_access_token = :token, updated_at = now()"
                            " WHERE user_id = CAST(:user_id AS uuid)"), {"token": token, "user_id": user_id})
