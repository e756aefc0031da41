"""Tokens of the JSON API: short signed access tokens, and refresh tokens of which the database keeps hashes.

Invariant: one algorithm, a key of our own ring, and every claim required; a token made for one purpose is refused for
any other. The successor of a refresh token follows from it by a keyed hash, so that parallel requests get the same.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import jwt

from core.business_time import now
from core.settings import Settings
from data.sessions import SignedInUser

ALGORITHM = "HS256"
AUDIENCE = "traffic-dashboard/api"
KIND = "access"
ACCESS_SECONDS = 900
REFRESH_SECONDS = 30 * 86_400
GRACE_SECONDS = 10
MAX_LENGTH = 2048
CLAIMS = ["exp", "iat", "nbf", "iss", "aud", "sub", "jti", "typ", "sid"]


class InvalidToken(Exception):
    """The token is not one of ours, or not any more."""


@dataclass(frozen=True)
class AccessClaims:
    """Whom a valid access token names: the user, and the family of refresh tokens it lives with."""

    user_id: str
    family: str


class TokenIssuer:
    """Signs and reads access tokens, makes refresh tokens."""

    def __init__(self, settings: Settings) -> None:
        self._keys = settings.jwt_keys
        self._newest = next(iter(settings.jwt_keys))
        self._issuer = settings.public_url
        self._refresh_key = hashlib.sha256(b"refresh token successor\0" + settings.secret_key.encode()).digest()

    def make_access_token(self, user: SignedInUser, family: str) -> str:
        """A token that opens the API for ``ACCESS_SECONDS``, or until its family ends."""
        moment = now()
        claims = {
            "iss": self._issuer, "aud": AUDIENCE, "typ": KIND, "sub": user.id, "sid": family, "jti": uuid4().hex,
            "iat": moment, "nbf": moment, "exp": moment + timedelta(seconds=ACCESS_SECONDS),
        }
        return jwt.encode(claims, self._keys[self._newest], algorithm=ALGORITHM, headers={"kid": self._newest})

    def read_access_token(self, token: str) -> AccessClaims:
        """The claims of a valid token. Raises: InvalidToken."""
        if len(token) > MAX_LENGTH:
            raise InvalidToken
        try:
            key = self._keys.get(jwt.get_unverified_header(token).get("kid", ""))
            if key is None:
                raise InvalidToken
            claims = jwt.decode(token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=self._issuer,
                                options={"require": CLAIMS})
            if claims["typ"] != KIND or claims["exp"] - claims["iat"] > ACCESS_SECONDS:
                raise InvalidToken
            return AccessClaims(str(UUID(claims["sub"])), str(UUID(claims["sid"])))
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            raise InvalidToken from error

    def make_refresh_token(self) -> str:
        """A fresh refresh token: the first of a family."""
        return secrets.token_urlsafe(32)

    def successor_of(self, refresh_token: str) -> str:
        """The refresh token that replaces this one."""
        digest = hmac.digest(self._refresh_key, refresh_token.encode("utf-8", "surrogatepass"), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
