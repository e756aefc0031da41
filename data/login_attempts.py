"""Sign-in attempts: counted in the database, so that every web process throttles together.

Invariant: an attempt is written as failed before the password is looked at; a success is one more row after it.
Every function runs inside a transaction of the viewer ``auth``.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from data.queries import run

WINDOW_SECONDS = 600
KNOWN_ADDRESS_DAYS = 30


@dataclass(frozen=True)
class Failures:
    """Failed attempts within the window and the ages, in seconds, of the last and the oldest of them."""

    of_account: int
    account_age: float
    account_oldest_age: float
    of_address: int
    address_oldest_age: float


def count_failures(connection: Connection, email: str, address: str | None, device: bytes | None = None) -> Failures:
    """Failures that count against this attempt; attempts of the same account wait for one another until commit.

    ``device`` is the hash of the cookie of the device, which counts alone once it has signed in to the account.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:email, 20))"), {"email": email})
    row = run(connection, "auth/failures", email=email, address=address, device=device,
              window_seconds=WINDOW_SECONDS,
              known_days=KNOWN_ADDRESS_DAYS)[0]
    return Failures(row["account_failures"], float(row["account_age"] or 0), float(row["account_oldest_age"] or 0),
                    row["address_failures"], float(row["address_oldest_age"] or 0))


def save_attempt(
    connection: Connection, email: str, address: str | None, *, succeeded: bool, device: bytes | None = None
) -> None:
    """Write an attempt down."""
    connection.execute(text("INSERT INTO login_attempts (email, address, device, succeeded)"
                            " VALUES (:email, CAST(:address AS inet), :device, :succeeded)"),
                       {"email": email, "address": address, "device": device, "succeeded": succeeded})


def forget_failures(connection: Connection, email: str) -> int:
    """Let an account try again at once; how many attempts were forgotten. For the viewer admin."""
    return connection.execute(text("DELETE FROM login_attempts WHERE email = :email AND NOT succeeded"),
                              {"email": email}).rowcount
