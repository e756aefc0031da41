"""Signing in and out: the throttle, the check of the password, the second factor, the session.

Invariant: an unknown user, a wrong password and an inactive user are the same answer after the same work; an attempt
counts before the password or the code is looked at, so that parallel guesses cannot outrun the count.
"""

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request
from sqlalchemy import Connection

from auth.audit import Action, client_address, record
from auth.cookies import ABSOLUTE_SECONDS, hash_key, idle_seconds, new_device_key, new_session_key, read_device_key
from auth.encryption import Cipher
from auth.passwords import Passwords
from auth.second_factor import Enrolment, accept_code, finish_enrolment, pending_enrolment
from auth.tokens import TokenIssuer
from core.business_time import now
from core.records import Role
from core.settings import Settings
from data.engine import AUTH, web_database
from data.login_attempts import WINDOW_SECONDS, Failures, count_failures, save_attempt
from data.queries import run
from data.second_factors import load_factor
from data.sessions import SignedInUser, end_session, load_session_user, save_session, to_user
from data.sign_in_challenges import (
    Challenge,
    count_answer,
    count_code_attempts,
    end_challenge,
    load_challenge,
    save_challenge,
)
from data.sign_ins import save_last_login, save_password_hash

FREE_ATTEMPTS = 5
PAUSE_SECONDS = 30
MAX_ATTEMPTS = 10            # of one account within the window
MAX_FROM_ADDRESS = 100       # an office shares one address
TOUCH_SECONDS = 60
CHALLENGE_SECONDS = 300
MAX_CODES = 5                # for one half-finished sign-in
MAX_CODES_OF_USER = 10       # within the window, over all of them
EXTENSION = "auth"


@dataclass(frozen=True)
class AuthParts:
    """What signing in needs besides the database; kept by the application."""

    settings: Settings
    passwords: Passwords
    tokens: TokenIssuer

    @property
    def cipher(self) -> Cipher:
        """Encrypts what is stored."""
        return Cipher(self.settings.encryption_keys)


def auth_parts() -> AuthParts:
    """The parts of the running application."""
    parts: AuthParts = current_app.extensions[EXTENSION]
    return parts


@dataclass(frozen=True)
class SignIn:
    """The outcome: a user, or what stands between.

    ``challenge`` is the token of a half-finished sign-in that still needs a code; ``enrolment`` is what has to be set
    up first. ``attempts_left`` before a pause, ``wait_seconds`` of a pause; ``is_over``: begin anew.
    ``recovery_codes`` are shown once, after the factor was set up.
    """

    user: SignedInUser | None = None
    attempts_left: int = 0
    wait_seconds: int = 0
    challenge: str | None = None
    enrolment: Enrolment | None = None
    is_over: bool = False
    recovery_codes: tuple[str, ...] = ()


def sign_in(email: str, password: str) -> SignIn:
    """Check a password. Nothing is opened yet: see ``open_session`` and ``auth.token_sessions``."""
    email = clean_email(email)
    address, device = client_address(), this_device()
    database, passwords = web_database(), auth_parts().passwords
    with database.transaction(AUTH) as connection:
        failures = count_failures(connection, email, address, device)
        wait = seconds_to_wait(failures)
        rows = run(connection, "auth/user_by_email", email=email)
        if wait:
            _record_refusal(connection, Action.LOGIN_THROTTLED, rows, email)
            return SignIn(wait_seconds=wait)
        save_attempt(connection, email, address, succeeded=False, device=device)
    # The hash takes a tenth of a second: no transaction waits for it.
    is_right = passwords.is_right(password, rows[0]["password_hash"] if rows else None)
    is_outdated = is_right and passwords.is_outdated(rows[0]["password_hash"])
    fresh_hash = passwords.hash_as_given(password) if is_outdated else None
    with database.transaction(AUTH) as connection:
        if not (is_right and rows and rows[0]["is_active"]):
            _record_refusal(connection, Action.LOGIN_FAILED, rows, email)
            return SignIn(attempts_left=max(0, FREE_ATTEMPTS - failures.of_account - 1))
        user = to_user(rows[0])
        if fresh_hash is not None:
            save_password_hash(connection, user.id, fresh_hash)
        factor = load_factor(connection, user.id)
        has_factor = factor is not None and factor.is_confirmed
        if has_factor or needs_second_factor(user.role):
            return _ask_for_code(connection, user, must_enrol=not has_factor)
        _note_success(connection, user, "password")
    return SignIn(user=user)


def this_device() -> bytes:
    """What the database knows of the device of this request; a new one gets a key, kept after signing in."""
    if "device_key" not in g:
        g.device_key = read_device_key(request) or new_device_key()
    return hash_key(g.device_key)


def needs_second_factor(role: Role) -> bool:
    """Whether people of this role may not sign in by password alone."""
    return role in auth_parts().settings.second_factor_roles


def _ask_for_code(connection: Connection, user: SignedInUser, *, must_enrol: bool) -> SignIn:
    tries = count_code_attempts(connection, user.id, WINDOW_SECONDS)
    if tries.count >= MAX_CODES_OF_USER:
        record(connection, Action.LOGIN_THROTTLED, object_type="user", object_id=user.id)
        return SignIn(wait_seconds=max(1, math.ceil(WINDOW_SECONDS - tries.oldest_age)))
    token = secrets.token_urlsafe(32)
    save_challenge(connection, user.id, hash_key(token), CHALLENGE_SECONDS)
    enrolment = pending_enrolment(connection, auth_parts().cipher, user.id, user.email) if must_enrol else None
    return SignIn(challenge=token, enrolment=enrolment)


def challenged_user(token: str) -> SignedInUser | None:
    """Whose half-finished sign-in a token is; ``None`` when it is over."""
    with web_database().transaction(AUTH) as connection:
        challenge = load_challenge(connection, hash_key(token))
        return None if challenge is None else _load_active(connection, challenge)


def answer_challenge(token: str, code: str) -> SignIn:
    """Finish a sign-in with a code; where the factor is being set up, the right code puts it to use."""
    cipher, moment = auth_parts().cipher, now()
    with web_database().transaction(AUTH) as connection:
        challenge = count_answer(connection, hash_key(token), MAX_CODES)
    if challenge is None:
        return SignIn(is_over=True)
    with web_database().transaction(AUTH) as connection:
        user = _load_active(connection, challenge)
        if user is None:
            return SignIn(is_over=True)
        factor, recovery = load_factor(connection, user.id), None
        if factor is not None and factor.is_confirmed:
            by = accept_code(connection, cipher, user.id, code, moment)
        else:
            recovery = finish_enrolment(connection, cipher, user.id, code, moment)
            by = "totp" if recovery else None
        if by is None:
            record(connection, Action.SECOND_FACTOR_FAILED, object_type="user", object_id=user.id)
            left = MAX_CODES - challenge.attempts
            return SignIn(attempts_left=left, challenge=token if left else None, is_over=not left)
        if not end_challenge(connection, challenge.id):
            return SignIn(is_over=True)
        if recovery:
            record(connection, Action.SECOND_FACTOR_ENABLED, user_id=user.id, object_type="user", object_id=user.id)
        if by == "recovery":
            record(connection, Action.RECOVERY_CODE_USED, user_id=user.id, object_type="user", object_id=user.id)
        _note_success(connection, user, by)
    return SignIn(user=user, recovery_codes=recovery or ())


def recheck_password(user: SignedInUser, password: str) -> SignIn:
    """Ask a signed-in person for the password once more; a stolen session may not guess it faster than anybody."""
    address, device = client_address(), this_device()
    with web_database().transaction(AUTH) as connection:
        wait = seconds_to_wait(count_failures(connection, user.email, address, device))
        if wait:
            record(connection, Action.LOGIN_THROTTLED, user_id=user.id, object_type="user", object_id=user.id)
            return SignIn(wait_seconds=wait)
        save_attempt(connection, user.email, address, succeeded=False, device=device)
        rows = run(connection, "auth/user_by_email", email=user.email)
    if not auth_parts().passwords.is_right(password, rows[0]["password_hash"] if rows else None):
        return SignIn()
    with web_database().transaction(AUTH) as connection:
        save_attempt(connection, user.email, address, succeeded=True, device=device)
    return SignIn(user=user)


def _load_active(connection: Connection, challenge: Challenge) -> SignedInUser | None:
    rows = run(connection, "auth/user_by_id", user_id=challenge.user_id)
    return to_user(rows[0]) if rows else None


def _note_success(connection: Connection, user: SignedInUser, by: str) -> None:
    save_attempt(connection, user.email, client_address(), succeeded=True, device=this_device())
    save_last_login(connection, user.id)
    record(connection, Action.LOGIN, user_id=user.id, object_type="user", object_id=user.id, after={"by": by})


def _record_refusal(connection: Connection, action: Action, rows: list[Mapping[str, Any]], email: str) -> None:
    """Write a refusal down. What was typed for nobody's address may be a password: only its ends are kept."""
    object_id = str(rows[0]["user_id"]) if rows else mask_email(email)
    record(connection, action, object_type="user", object_id=object_id)


def mask_email(email: str) -> str:
    """An address with its first letter and its domain only."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***{at}{domain}" if at else "***"


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
