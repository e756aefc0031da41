"""The sign-in of programs: a pair of tokens instead of a cookie, renewed by rotation."""

from dataclasses import dataclass

from sqlalchemy import Connection

from auth.audit import Action, record
from auth.cookies import hash_key
from auth.sign_in import auth_parts
from auth.tokens import GRACE_SECONDS, REFRESH_SECONDS, AccessClaims, InvalidToken
from core.texts import current_locale, set_locale, t
from data.engine import AUTH, web_database
from data.notices import queue_mail
from data.queries import run
from data.refresh_tokens import Refresh, load_family_user, rotate_token, save_first_token
from data.sessions import SignedInUser


@dataclass(frozen=True)
class TokenPair:
    """What a program gets at sign-in and at every renewal."""

    access_token: str
    refresh_token: str
    user: SignedInUser


def open_token_session(user: SignedInUser) -> TokenPair:
    """Begin a family of refresh tokens for a user who just proved the password."""
    tokens = auth_parts().tokens
    refresh_token = tokens.make_refresh_token()
    with web_database().transaction(AUTH) as connection:
        family = save_first_token(connection, user_id=user.id, token_hash=hash_key(refresh_token),
                                  lifetime_seconds=REFRESH_SECONDS)
    return TokenPair(tokens.make_access_token(user, family), refresh_token, user)


def renew(refresh_token: str) -> TokenPair | None:
    """Replace a refresh token by its successor; ``None`` when it opens nothing.

    A token that was used before the grace ends its whole family: either its owner or a thief holds a copy.
    """
    tokens = auth_parts().tokens
    successor = tokens.successor_of(refresh_token)
    with web_database().transaction(AUTH) as connection:
        result = rotate_token(connection, token_hash=hash_key(refresh_token), successor_hash=hash_key(successor),
                              grace_seconds=GRACE_SECONDS)
        if result.outcome is Refresh.REUSED:
            record(connection, Action.REFRESH_REUSED, user_id=result.user_id, object_type="family",
                   object_id=result.family or "")
            _warn_user(connection, result.user_id, result.family)
        if result.outcome is not Refresh.ROTATED or result.user_id is None or result.family is None:
            return None
        user = load_family_user(connection, result.user_id, result.family)
    if user is None:
        return None
    return TokenPair(tokens.make_access_token(user, result.family), successor, user)


def _warn_user(connection: Connection, user_id: str | None, family: str | None) -> None:
    """Tell a user that somebody else holds a copy of a token; once for each family."""
    rows = run(connection, "auth/user_by_id", user_id=user_id)
    if not rows:
        return
    before = current_locale()
    set_locale(rows[0]["locale"])
    try:
        queue_mail(connection, key=f"refresh_reused:{family}", user_id=user_id, recipient=rows[0]["email"],
                   subject=t("mail.reused.subject"), body=t("mail.reused.body"))
    finally:
        set_locale(before)


def find_token_user(access_token: str) -> SignedInUser | None:
    """The user behind an access token, with the role and team of this moment."""
    try:
        claims: AccessClaims = auth_parts().tokens.read_access_token(access_token)
    except InvalidToken:
        return None
    with web_database().transaction(AUTH) as connection:
        return load_family_user(connection, claims.user_id, claims.family)
