"""The cookies of the browser: the random key of a session, and the language chosen before signing in.

Invariant: a session cookie holds nothing but 256 random bits; its first letter, which is hashed with them, tells
whether the person asked to stay signed in on this device.
"""

import hashlib
import secrets

from flask import Request, Response

from core.settings import Settings
from core.texts import LOCALES

SESSION_COOKIE = "td_session"
DEVICE_COOKIE = "td_device"
LOCALE_COOKIE = "td_locale"
REMEMBERED, BRIEF = "r", "b"

ABSOLUTE_SECONDS = 30 * 86_400
IDLE_SECONDS = {BRIEF: 12 * 3600, REMEMBERED: 14 * 86_400}
LOCALE_SECONDS = 365 * 86_400
DEVICE_SECONDS = 365 * 86_400
_LENGTH = 44


def new_session_key(*, remember: bool) -> str:
    """A fresh value for the session cookie."""
    return (REMEMBERED if remember else BRIEF) + secrets.token_urlsafe(32)


def hash_key(key: str) -> bytes:
    """What the database knows of a key. The key is random, so a fast hash is enough."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def read_session_key(request: Request) -> str | None:
    """The session cookie when it has the right form."""
    key = request.cookies.get(SESSION_COOKIE, "")
    return key if len(key) == _LENGTH and key[0] in IDLE_SECONDS else None


def idle_seconds(key: str) -> int:
    """How long the session of this key may stay unused."""
    return IDLE_SECONDS[key[0]]


def set_session_cookie(response: Response, key: str, settings: Settings) -> None:
    """Send the key; a remembered one survives the closing of the browser."""
    response.set_cookie(
        SESSION_COOKIE, key, max_age=IDLE_SECONDS[REMEMBERED] if key[0] == REMEMBERED else None,
        httponly=True, secure=is_behind_tls(settings), samesite="Lax", path="/",
    )


def clear_session_cookie(response: Response, settings: Settings) -> None:
    """Make the browser forget the key."""
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, secure=is_behind_tls(settings), samesite="Lax")


def read_device_key(request: Request) -> str | None:
    """The key of this device, if it has signed anybody in before and it has the right form."""
    key = request.cookies.get(DEVICE_COOKIE, "")
    return key if len(key) == _LENGTH - 1 else None


def new_device_key() -> str:
    """A fresh value for the cookie of a device. It opens nothing: guesses made with it are counted apart."""
    return secrets.token_urlsafe(32)


def set_device_cookie(response: Response, key: str, settings: Settings) -> None:
    """Let the device be known again."""
    response.set_cookie(DEVICE_COOKIE, key, max_age=DEVICE_SECONDS, httponly=True, secure=is_behind_tls(settings),
                        samesite="Lax", path="/")


def read_locale_cookie(request: Request) -> str | None:
    """The language chosen on this device, if it is one of ours."""
    code = request.cookies.get(LOCALE_COOKIE)
    return code if code in LOCALES else None


def set_locale_cookie(response: Response, code: str, settings: Settings) -> None:
    """Remember the language on this device."""
    response.set_cookie(LOCALE_COOKIE, code, max_age=LOCALE_SECONDS, httponly=True,
                        secure=is_behind_tls(settings), samesite="Lax", path="/")


def is_behind_tls(settings: Settings) -> bool:
    """Whether people reach the product through https."""
    return settings.public_url.startswith("https://")
