"""The connection to amoCRM as it is kept: encrypted tokens, their one-time renewal, and the pace of all processes.

Invariant: a refresh token is used by one process, under the lock of its row, and its successor is stored before the
lock is gone; no token leaves this module but to whoever makes the call. Calls of all processes share one row that says
when the next may be made.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, text

from data.engine import SYSTEM, Database, Viewer
from data.queries import run

PURPOSE_ACCESS, PURPOSE_REFRESH, OWNER = "amocrm_access_token", "amocrm_refresh_token", "amocrm"
_EARLY = timedelta(minutes=5)      # a token is renewed so long before it ends
_STATE_LIVES = "20 minutes"        # as long as the code that comes with it


class Cipher(Protocol):
    """Encrypts and decrypts a stored secret, bound to what it is for and whose it is."""

    def encrypt(self, purpose: str, owner_id: str, text: str) -> bytes:
        """The ciphertext of a secret."""

    def decrypt(self, purpose: str, owner_id: str, ciphertext: bytes) -> str:
        """The secret; raises when the ciphertext was made for something or somebody else."""


class Tokens(Protocol):
    """A pair of tokens as amoCRM gives it."""

    @property
    def access(self) -> str:
        """For calls."""

    @property
    def refresh(self) -> str:
        """For the next pair."""

    @property
    def expires_in(self) -> int:
        """Seconds the first one lives."""


@dataclass(frozen=True)
class CrmConnection:
    """What may be shown of the connection."""

    base_url: str
    account_id: int
    account_name: str
    expires_at: datetime
    connected_at: datetime
    refreshed_at: datetime
    last_error: str | None


class NotConnected(Exception):
    """Nobody has connected amoCRM, or it has to be connected again."""


def load_connection(connection: Connection) -> CrmConnection | None:
    """The connection without its tokens, or ``None``."""
    rows = run(connection, "amocrm/connection")
    if not rows:
        return None
    shown = {name: value for name, value in rows[0].items() if not name.endswith("_token")}
    return CrmConnection(**shown)


def save_connection(
    connection: Connection, cipher: Cipher, base_url: str, account_id: int, account_name: str, tokens: Tokens,
    now: datetime, user_id: str | None,
) -> None:
    """Keep a new connection in the place of any other."""
    connection.execute(text("""
        INSERT INTO amocrm_connection (base_url, account_id, account_name, access_token, refresh_token, expires_at,
                                       connected_by)
        VALUES (:base_url, :account_id, :account_name, :access, :refresh, :expires_at, CAST(:user_id AS uuid))
        ON CONFLICT (only_row) DO UPDATE SET
            base_url = excluded.base_url, account_id = excluded.account_id, account_name = excluded.account_name,
            access_token = excluded.access_token, refresh_token = excluded.refresh_token,
            expires_at = excluded.expires_at, connected_by = excluded.connected_by, connected_at = now(),
            refreshed_at = now(), last_error = NULL"""),
        {"base_url": base_url, "account_id": account_id, "account_name": account_name, "user_id": user_id,
         **_sealed(cipher, tokens, now)})


def _sealed(cipher: Cipher, tokens: Tokens, now: datetime) -> dict[str, Any]:
    return {"access": cipher.encrypt(PURPOSE_ACCESS, OWNER, tokens.access),
            "refresh": cipher.encrypt(PURPOSE_REFRESH, OWNER, tokens.refresh),
            "expires_at": now + timedelta(seconds=tokens.expires_in)}


def remove_connection(connection: Connection) -> bool:
    """Forget the connection; false when there was none."""
    return bool(connection.execute(text("DELETE FROM amocrm_connection")).rowcount)


@dataclass
class StoredTokens:
    """The access token of the stored connection, renewed when it ends. ``renew`` asks amoCRM for the next pair."""

    database: Database
    cipher: Cipher
    renew: Callable[[str, str], Tokens]      # address of the account, refresh token
    clock: Callable[[], datetime]
    viewer: Viewer = SYSTEM
    _kept: tuple[str, datetime] | None = field(default=None, repr=False)

    def current(self) -> str:
        """A token that lives for some minutes more. Raises: NotConnected, and what ``renew`` raises."""
        if self._kept is None or self._kept[1] - self.clock() < _EARLY:
            with self.database.transaction(self.viewer) as connection:
                self._kept = self._opened(_first(run(connection, "amocrm/connection")))
            if self._kept[1] - self.clock() < _EARLY:
                self._renew(self._kept[0])
        return self._kept[0]

    def refused(self, token: str) -> str:
        """Another token after amoCRM refused this one: somebody renewed it, or it is renewed now."""
        self._renew(token)
        return self.current()

    def _renew(self, stale: str) -> None:
        with self.database.transaction(self.viewer) as connection:
            row = _first(run(connection, "amocrm/connection_locked"))
            kept = self._opened(row)
            if kept[0] == stale or kept[1] - self.clock() < _EARLY:
                old = self.cipher.decrypt(PURPOSE_REFRESH, OWNER, bytes(row["refresh_token"]))
                tokens = self.renew(row["base_url"], old)
                sealed = _sealed(self.cipher, tokens, self.clock())
                connection.execute(text("""
                    UPDATE amocrm_connection SET access_token = :access, refresh_token = :refresh,
                        expires_at = :expires_at, refreshed_at = now(), last_error = NULL"""), sealed)
                kept = (tokens.access, sealed["expires_at"])
            self._kept = kept

    def _opened(self, row: Mapping[str, Any]) -> tuple[str, datetime]:
        return self.cipher.decrypt(PURPOSE_ACCESS, OWNER, bytes(row["access_token"])), row["expires_at"]


def _first(rows: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    if not rows:
        raise NotConnected("amoCRM is not connected.")
    return rows[0]


@dataclass
class SharedPace:
    """Lets calls of all processes through no faster than ``rate`` a second, in the order in which they ask."""

    database: Database
    rate: float
    sleep: Callable[[float], None] = time.sleep
    viewer: Viewer = SYSTEM

    def wait(self) -> None:
        """Sleep until this call may be made."""
        with self.database.transaction(self.viewer) as connection:
            pause = connection.execute(_TAKE_TURN, {"gap": 1 / self.rate}).scalar_one()
        if pause > 0:
            self.sleep(float(pause))

    def hold_back(self, seconds: float) -> None:
        """Nobody calls for so long: amoCRM said that it was too much."""
        with self.database.transaction(self.viewer) as connection:
            connection.execute(text("UPDATE amocrm_pace SET next_at = greatest(next_at, clock_timestamp()"
                                    " + make_interval(secs => :seconds))"), {"seconds": seconds})


_TAKE_TURN = text("""
    UPDATE amocrm_pace
    SET next_at = greatest(next_at, clock_timestamp()) + make_interval(secs => :gap)
    RETURNING extract(epoch FROM next_at - clock_timestamp()) - :gap""")


def create_state(connection: Connection, user_id: str) -> str:
    """A state for one authorisation by this user."""
    state = secrets.token_urlsafe(32)
    connection.execute(text("DELETE FROM amocrm_oauth_states WHERE user_id = CAST(:user_id AS uuid)"),
                       {"user_id": user_id})
    connection.execute(text("INSERT INTO amocrm_oauth_states (state_hash, user_id)"
                            " VALUES (:hash, CAST(:user_id AS uuid))"), {"hash": _hash(state), "user_id": user_id})
    return state


def use_state(connection: Connection, state: str, user_id: str) -> bool:
    """Whether this user was given this state not long ago; it never is again."""
    return bool(connection.execute(text("""
        DELETE FROM amocrm_oauth_states
        WHERE state_hash = :hash AND user_id = CAST(:user_id AS uuid)
          AND created_at > now() - CAST(:lives AS interval)"""),
        {"hash": _hash(state), "user_id": user_id, "lives": _STATE_LIVES}).rowcount)


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
