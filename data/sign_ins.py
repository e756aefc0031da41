"""What signing in changes on a user: the time, the hash of the password, the language."""

from sqlalchemy import Connection, text

from data.queries import run


def save_last_login(connection: Connection, user_id: str) -> None:
    """Note that the user signed in now."""
    connection.execute(text("UPDATE traffic_users SET last_login_at = now() WHERE id = :id"), {"id": user_id})


def save_password_hash(connection: Connection, user_id: str, password_hash: str) -> None:
    """Replace the hash of the user's password."""
    connection.execute(text("UPDATE traffic_users SET password_hash = :hash, updated_at = now() WHERE id = :id"),
                       {"id": user_id, "hash": password_hash})


def save_locale(connection: Connection, user_id: str, locale: str) -> None:
    """Keep the language the user chose: ru, en or kk."""
    connection.execute(text("UPDATE traffic_users SET locale = :locale, updated_at = now() WHERE id = :id"),
                       {"id": user_id, "locale": locale})


def load_name(connection: Connection, user_id: str) -> str:
    """The name that stands, held until the transaction ends."""
    connection.execute(text("SELECT FROM traffic_users WHERE id = CAST(:id AS uuid) FOR UPDATE"), {"id": user_id})
    return str(run(connection, "auth/user_by_id", user_id=user_id)[0]["full_name"])


def save_profile(connection: Connection, user_id: str, name: str, locale: str) -> None:
    """Keep the name and the language a person chose."""
    connection.execute(text("UPDATE traffic_users SET full_name = :name, locale = :locale, updated_at = now()"
                            " WHERE id = CAST(:id AS uuid)"), {"id": user_id, "name": name, "locale": locale})
