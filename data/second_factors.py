"""Second factors and recovery codes as rows.

Invariant: a time step is taken once and a recovery code is used once, whatever runs at the same time: one conditional
update decides. Every function runs inside a transaction of the viewer ``auth``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from data.queries import run


@dataclass(frozen=True)
class StoredFactor:
    """The factor of a user: ``secret`` is encrypted; one that is not confirmed is still being set up."""

    secret: bytes
    is_confirmed: bool
    last_step: int
    codes_left: int


def load_factor(connection: Connection, user_id: str) -> StoredFactor | None:
    """The factor of a user, ``None`` when there is none."""
    rows = run(connection, "auth/second_factor", user_id=user_id)
    if not rows:
        return None
    row = rows[0]
    return StoredFactor(bytes(row["secret"]), row["is_confirmed"], row["last_step"], row["codes_left"])


def begin_factor(connection: Connection, user_id: str, secret: bytes) -> bool:
    """Keep a secret that is being set up, in place of an earlier unconfirmed one; ``False`` when one is in use."""
    return connection.execute(text("""
        INSERT INTO second_factors (user_id, secret) VALUES (CAST(:user_id AS uuid), :secret)
        ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = now()
        WHERE second_factors.confirmed_at IS NULL"""), {"user_id": user_id, "secret": secret}).rowcount == 1


def confirm_factor(connection: Connection, user_id: str, step: int) -> bool:
    """Put the secret to use after its first right code; ``False`` when it was in use already."""
    return connection.execute(text("""
        UPDATE second_factors SET confirmed_at = now(), last_step = :step
        WHERE user_id = CAST(:user_id AS uuid) AND confirmed_at IS NULL"""),
        {"user_id": user_id, "step": step}).rowcount == 1


def take_step(connection: Connection, user_id: str, step: int) -> bool:
    """Use up a time step; ``False`` when it, or a later one, was used before."""
    return connection.execute(text("""
        UPDATE second_factors SET last_step = :step
        WHERE user_id = CAST(:user_id AS uuid) AND confirmed_at IS NOT NULL AND last_step < :step"""),
        {"user_id": user_id, "step": step}).rowcount == 1


def remove_factor(connection: Connection, user_id: str) -> bool:
    """Forget the factor and its recovery codes; ``False`` when there was none in use."""
    connection.execute(text("DELETE FROM recovery_codes WHERE user_id = CAST(:user_id AS uuid)"), {"user_id": user_id})
    return connection.execute(text("DELETE FROM second_factors WHERE user_id = CAST(:user_id AS uuid)"
                                   " AND confirmed_at IS NOT NULL"), {"user_id": user_id}).rowcount == 1


def replace_recovery_codes(connection: Connection, user_id: str, hashes: Iterable[bytes]) -> None:
    """Put new recovery codes in place of all earlier ones."""
    connection.execute(text("DELETE FROM recovery_codes WHERE user_id = CAST(:user_id AS uuid)"), {"user_id": user_id})
    connection.execute(text("INSERT INTO recovery_codes (user_id, code_hash) VALUES (CAST(:user_id AS uuid), :hash)"),
                       [{"user_id": user_id, "hash": one} for one in hashes])


def use_recovery_code(connection: Connection, user_id: str, code_hash: bytes) -> bool:
    """Use up a recovery code; ``False`` when it is none, or was used before."""
    return connection.execute(text("""
        UPDATE recovery_codes SET used_at = now()
        WHERE user_id = CAST(:user_id AS uuid) AND code_hash = :hash AND used_at IS NULL"""),
        {"user_id": user_id, "hash": code_hash}).rowcount == 1
