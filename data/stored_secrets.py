"""Stored third-party tokens as a whole, for the rotation of keys; they are encrypted and stay so here."""

from sqlalchemy import Connection, text

from data.amocrm_connection import OWNER
from data.queries import run


def load_tokens(connection: Connection) -> tuple[tuple[str, str, bytes], ...]:
    """Every token: its connection, its user and its ciphertext, held against change until the transaction ends."""
    return tuple((str(row["id"]), str(row["user_id"]), bytes(row["token"]))
                 for row in run(connection, "secrets/tokens"))


def load_factor_secrets(connection: Connection) -> tuple[tuple[str, str, bytes], ...]:
    """Every second factor: its user, twice as place and owner, and its ciphertext, held like the tokens."""
    return tuple((str(row["user_id"]), str(row["user_id"]), bytes(row["secret"]))
                 for row in run(connection, "secrets/factors"))


def load_amocrm_secret(connection: Connection, column: str) -> tuple[tuple[str, str, bytes], ...]:
    """``access_token`` or ``refresh_token`` of the amoCRM connection, when there is one, held like the tokens."""
    return tuple((column, OWNER, bytes(row[column])) for row in run(connection, "amocrm/connection_locked"))


def replace_factor_secret(connection: Connection, user_id: str, secret: bytes) -> None:
    """Put another ciphertext of the same secret in its place."""
    connection.execute(text("UPDATE second_factors SET secret = :secret WHERE user_id = CAST(:user_id AS uuid)"),
                       {"secret": secret, "user_id": user_id})


def replace_amocrm_secret(connection: Connection, column: str, secret: bytes) -> None:
    """Put another ciphertext of the same token in its place; the token stays as young as it is."""
    connection.execute(text("""
        UPDATE amocrm_connection
        SET access_token = CASE WHEN :column = 'access_token' THEN :secret ELSE access_token END,
            refresh_token = CASE WHEN :column = 'refresh_token' THEN :secret ELSE refresh_token END"""),
        {"column": column, "secret": secret})


def replace_token(connection: Connection, connection_id: str, token: bytes) -> None:
    """Put another ciphertext of the same token in its place; its expiry stays."""
    connection.execute(text("UPDATE facebook_connections SET token = :token, updated_at = now()"
                            " WHERE id = CAST(:id AS uuid)"), {"token": token, "id": connection_id})


def load_conversion_tokens(connection: Connection) -> tuple[tuple[str, str, bytes], ...]:
    """The tokens that send sales back: their team, twice as place and owner, and the ciphertext, held like these."""
    return tuple((str(row["team_id"]), str(row["team_id"]), bytes(row["token"]))
                 for row in run(connection, "secrets/conversion_tokens"))


def replace_conversion_token(connection: Connection, team_id: str, token: bytes) -> None:
    """Put another ciphertext of the same token in its place."""
    connection.execute(text("UPDATE conversion_settings SET token = :token WHERE team_id = CAST(:id AS uuid)"),
                       {"token": token, "id": team_id})
