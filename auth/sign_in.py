"""Signing in and out: the throttle, the check of the password, the session.

Invariant: an unknown user, a wrong password and an inactive user are the same answer after the same work; an attempt
counts before the password is looked at, so that parallel guesses cannot outrun the count.
"""

import math
from dataclasses import dataclass

from flask import current_app

from auth.audit import Action, client_address, record
from auth.cookies import ABSOLUTE_SECONDS, hash_key, idle_seconds, new_session_key
from auth.passwords import Passwords
from auth.tokens import TokenIssuer
from core.settings import Settings
from data.engine import AUTH, web_database
from data.login_attempts import WINDOW_SECONDS, Failures, count_failures, save_attempt
from data.queries import run
from data.sessions import SignedInUser, end_session, load_session_user, save_session, to_user
from data.sign_ins import save_last_login, save_password_hash

FREE_ATTEMPTS = 5
PAUSE_SECONDS = 30
MAX_ATTEMPTS = 10            # of one account within the window
MAX_FROM_ADDRESS = 100       # an office shares one address
TOUCH_SECONDS = 60
EXTENSION = "auth"


@dataclass(frozen=True)
class AuthParts:
    """What signing in needs besides the database; kept by the application."""

    settings: Settings
    passwords: Passwords
    tokens: TokenIssuer


def auth_parts() -> AuthParts:
    """The parts of the running application."""
    parts: AuthParts = current_app.extensions[EXTENSION]
    return parts


@dataclass(frozen=True)
class SignIn:
    """The outcome: a user, or how many attempts are left before a pause, or how many seconds to wait."""

    user: SignedInUser | None = None
    attempts_left: int = 0
    wait_seconds: int = 0


def sign_in(email: str, password: str) -> SignIn:
    """Check a password. Nothing is opened yet: see ``open_session`` and ``auth.token_sessions``."""
    email = clean_email(email)
    address = client_address()
    database, passwords = web_database(), auth_parts().passwords
    with database.transaction(AUTH) as connection:
        failures = count_failures(connection, email, address)
        wait = seconds_to_wait(failures)
        if wait:
            record(connection, Action.LOGIN_THROTTLED, object_type="user", object_id=email)
            return SignIn(wait_seconds=wait)
        save_attempt(connection, email, address, succeeded=False)
        rows = run(connection, "auth/user_by_email", email=email)
    # The hash takes a tenth of a second: no transaction waits for it.
    stored_hash = rows[0]["password_hash"] if rows else None
    is_right = passwords.is_right(password, stored_hash)
    with database.transaction(AUTH) as connection:
        if not (is_right and rows and rows[0]["is_active"]):
            record(connection, Action.LOGIN_FAILED, object_type="user", object_id=email)
            return SignIn(attempts_left=max(0, FREE_ATTEMPTS - failures.of_account - 1))
        user = to_user(rows[0])
        save_attempt(connection, email, address, succeeded=True)
        save_last_login(connection, user.id)
        if passwords.is_outdated(rows[0]["password_hash"]):
            save_password_hash(connection, user.id, passwords.hash_as_given(password))
        record(connection, Action.LOGIN, user_id=user.id, object_type="user", object_id=user.id)
    return SignIn(user=user)


def clean_email(email: str) -> str:
    """The address as it is stored: trimmed, lower case, printable, of bounded length."""
    return "".join(letter for letter in email if letter.isprintable()).strip().lower()[:254]


def seconds_to_wait(failures: Failures) -> int:
    """How long this attempt has to wait; 0 when it may be made now."""
    waits = [0.0]
    if failures.of_address >= MAX_FROM_ADDRESS:
        waits.append(WINDOW_SECONDS - failures.address_oldest_age)
    if failures.of_account >= MAX_ATTEMPTS:
        waits.append(WINDOW_SECONDS - failures.account_oldest_age)
    elif failures.of_account >= FREE_ATTEMPTS:
        waits.append(PAUSE_SECONDS - failures.account_age)
    return math.ceil(max(waits))


def open_session(user: SignedInUser, *, remember: bool, user_agent: str) -> str:
    """Open a browser session; the value of its cookie, which nobody knew before (no fixation)."""
    key = new_session_key(remember=remember)
    with web_database().transaction(AUTH) as connection:
        save_session(connection, user_id=user.id, token_hash=hash_key(key), lifetime_seconds=ABSOLUTE_SECONDS,
                     user_agent=user_agent, address=client_address())
    return key


def find_session_user(key: str) -> SignedInUser | None:
    """The user behind a session cookie, looked up at every request: an ended session ends at once, everywhere."""
    with web_database().transaction(AUTH) as connection:
        return load_session_user(connection, hash_key(key), idle_seconds=idle_seconds(key),
                                 touch_seconds=TOUCH_SECONDS)


def close_session(key: str) -> None:
    """End the session of a cookie; the same cookie sent again finds nobody."""
    with web_database().transaction(AUTH) as connection:
        user_id = end_session(connection, hash_key(key))
        if user_id is not None:
            record(connection, Action.LOGOUT, user_id=user_id, object_type="user", object_id=user_id)
