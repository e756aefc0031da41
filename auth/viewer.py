"""Who asks: the signed-in user of this request, known from the session or the access token and from nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from werkzeug.exceptions import Unauthorized

from core.records import Scope
from data.sessions import SignedInUser


def remember_user(user: SignedInUser | None) -> None:
    """Set by the guard once per request."""
    g.signed_in_user = user


def signed_in_user() -> SignedInUser | None:
    """The user of this request, or ``None`` on a public address."""
    user: SignedInUser | None = g.get("signed_in_user")
    return user


def current_user() -> SignedInUser:
    """The user of this request. Raises: Unauthorized when nobody is signed in."""
    user = signed_in_user()
    if user is None:
        raise Unauthorized
    return user


def current_scope() -> Scope:
    """Whose eyes look; raises Unauthorized when nobody is signed in."""
    return current_user().scope


@contextmanager
def acting_as(user: SignedInUser) -> Iterator[None]:
    """Run a block as this user inside an application context (tests of callbacks and layouts)."""
    before = signed_in_user()
    remember_user(user)
    try:
        yield
    finally:
        remember_user(before)
