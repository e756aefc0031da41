"""Tokens a person makes for a program: a secret shown once, a set of scopes, a day of expiry.

Invariant: a token may at most what its person may at the moment of asking, and never what concerns the account itself.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from auth.audit import Action, record
from auth.cookies import hash_key
from data.api_tokens import load_api_token_user, revoke_tokens, save_token
from data.engine import AUTH, web_database
from data.sessions import SignedInUser

PREFIX = "tdp_"   # so that a scanner of leaked secrets, and a person, know what it is
_SHOWN_LETTERS = 8
_LONGEST = 100


@dataclass(frozen=True)
class NewToken:
    """A token, complete: to be shown once."""

    id: str
    secret: str
    expires_at: datetime


def is_api_token(token: str) -> bool:
    """Whether this is such a token, and no access token of a sign-in."""
    return token.startswith(PREFIX)


def make_token(user: SignedInUser, name: str, scopes: Iterable[str], lifetime_days: int) -> NewToken | None:
    """Make a token of a user who just proved the password; ``None`` when there are too many."""
    secret = PREFIX + secrets.token_urlsafe(32)
    wanted = sorted(set(scopes))
    with web_database().transaction(AUTH) as connection:
        saved = save_token(connection, user.id, name=name, token_hash=hash_key(secret),
                           beginning=secret[:len(PREFIX) + _SHOWN_LETTERS], scopes=wanted,
                           lifetime_days=lifetime_days)
        if saved is None:
            return None
        record(connection, Action.TOKEN_MADE, user_id=user.id, object_type="token", object_id=saved[0],
               after={"name": name.strip(), "scopes": wanted, "expires_at": saved[1].isoformat()})
    return NewToken(saved[0], secret, saved[1])


def end_token(user: SignedInUser, token_id: str) -> bool:
    """Revoke one of the own tokens; ``False`` when there is no such."""
    with web_database().transaction(AUTH) as connection:
        ended = revoke_tokens(connection, user.id, token_id)
        if ended:
            record(connection, Action.TOKEN_REVOKED, user_id=user.id, object_type="token", object_id=token_id)
    return bool(ended)


def find_api_token_user(token: str) -> SignedInUser | None:
    """The user behind a token, with the role and team of this moment."""
    if len(token) > _LONGEST:
        return None
    with web_database().transaction(AUTH) as connection:
        return load_api_token_user(connection, hash_key(token))
