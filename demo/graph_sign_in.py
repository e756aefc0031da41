"""The sign-in of the Graph stand-in: dialog, codes, tokens that live short and long, permissions, revocation.

Invariant: a code works once and for minutes, an expired or revoked token answers as Graph's does, and a token is
prolonged only while it is valid.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from demo.graph_answers import GraphRefusal
from demo.loopback import Answer, Request

SCOPES = ("ads_read", "business_management")
LIFETIME = timedelta(seconds=5_183_944)
_SHORT = "short."
_CODE_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class Person:
    """Somebody of Facebook, with the id this application knows."""

    id: str
    name: str


def person_of(token: str) -> Person:
    """The person behind a token of the stand-in: always the same one."""
    number = int.from_bytes(hashlib.sha256(token.encode()).digest()[:6], "big")
    return Person(str(6_000_000_000_000_000 + number), f"Person {number % 1000}")


@dataclass
class _TokenState:
    expires_at: datetime | None
    kind: str = "USER"
    scopes: tuple[str, ...] = SCOPES
    dead_by: int | None = None          # the subcode it answers with


@dataclass
class _Code:
    token: str
    redirect_uri: str
    expires_at: datetime
    is_used: bool = False


@dataclass
class GraphSignIn:
    """What the stand-in knows of people and tokens. ``tokens`` answers the tokens of now with their accounts.

    The dialog signs in whoever owns ``next_token`` (else the first token); ``refuses`` and ``declined`` say how that
    person behaves; ``prolongs`` whether an exchange of a long-lived token brings a later end; ``data_access``
    how long data may still be read after the last consent.
    """

    tokens: Callable[[], Mapping[str, tuple[str, ...]]]
    app_id: str
    app_secret: str
    next_token: str | None = None
    refuses: bool = False
    declined: set[str] = field(default_factory=set)
    prolongs: bool = True
    data_access: timedelta = timedelta(days=90)
    _states: dict[str, _TokenState] = field(default_factory=dict)
    _codes: dict[str, _Code] = field(default_factory=dict)

    def expire(self, token: str, subcode: int = 463) -> None:
        """Let a token be dead from now on, by the subcode of a reason."""
        self._state(token).dead_by = subcode

    def age(self, token: str, left: timedelta | None) -> None:
        """Let a token end after so much time; ``None``: never."""
        self._state(token).expires_at = None if left is None else _now() + left

    def make_system_user(self, token: str) -> None:
        """Let a token be one of a system user that never expires."""
        self._states[token] = _TokenState(None, "SYSTEM_USER")

    def meant(self, token: str) -> str:
        """The token by whose accounts another one reads."""
        return token.removeprefix(_SHORT)

    def check(self, token: str) -> None:
        """Raises: GraphRefusal for a token that is unknown or dead."""
        if self.meant(token) not in self.tokens():
            raise GraphRefusal(400, 190, "Invalid OAuth access token - Cannot parse access token")
        subcode = self._dead_by(token)
        if subcode == 458:
            raise GraphRefusal(400, 190, "Error validating access token: The user has not authorized application "
                               f"{self.app_id}.", 458)
        if subcode is not None:
            raise GraphRefusal(400, 190, "Error validating access token: Session has expired", subcode)

    def dialog(self, request: Request) -> Answer:
        """The browser's dialog: it answers at once, as it does for whoever has agreed before."""
        query = request.query
        redirect_uri, state = query.get("redirect_uri", ""), query.get("state", "")
        if query.get("client_id") != self.app_id or not redirect_uri:
            return Answer(400, {"error": {"message": "Invalid App ID", "code": 101, "type": "OAuthException"}})
        if self.refuses:
            back = {"error": "access_denied", "error_reason": "user_denied", "error_code": "200",
                    "error_description": "Permissions error", "state": state}
            return Answer(302, None, {"Location": f"{redirect_uri}?{urlencode(back)}#_=_"})
        code = secrets.token_urlsafe(24)
        token = self.next_token or next(iter(self.tokens()))
        self._codes[code] = _Code(token, redirect_uri, _now() + _CODE_LIFETIME)
        return Answer(302, None, {"Location": f"{redirect_uri}?{urlencode({'code': code, 'state': state})}#_=_"})

    def exchange(self, request: Request) -> dict[str, Any]:
        """``oauth/access_token``: a code or a token for a token."""
        query = request.query
        if query.get("client_id") != self.app_id or query.get("client_secret", "") != self.app_secret:
            raise GraphRefusal(400, 101, "Error validating application. Cannot get application info due to a "
                               "system error.")
        if query.get("grant_type") == "client_credentials":
            return {"access_token": f"{self.app_id}|{self.app_secret}", "token_type": "bearer"}
        if "code" in query:
            return self._redeem(query["code"], query.get("redirect_uri", ""))
        return self._prolong(query.get("fb_exchange_token", ""))

    def _redeem(self, given: str, redirect_uri: str) -> dict[str, Any]:
        code = self._codes.get(given)
        if code is None:
            raise GraphRefusal(400, 100, "Invalid verification code format.")
        if code.is_used:
            raise GraphRefusal(400, 100, "This authorization code has been used.", 36009)
        if code.expires_at < _now():
            raise GraphRefusal(400, 100, "This authorization code has expired.", 36007)
        if code.redirect_uri != redirect_uri:
            raise GraphRefusal(400, 100, "Error validating verification code. Please make sure your redirect_uri is "
                               "identical to the one you used in the OAuth dialog request", 36008)
        code.is_used = True
        self._states.pop(code.token, None)      # agreed again: everything of before is forgotten
        self._states[_SHORT + code.token] = _TokenState(
            _now() + timedelta(hours=2), scopes=tuple(scope for scope in SCOPES if scope not in self.declined))
        return {"access_token": _SHORT + code.token, "token_type": "bearer", "expires_in": 7200}

    def _prolong(self, token: str) -> dict[str, Any]:
        self.check(token)
        longer = self.meant(token)
        state = self._state(longer)
        if token != longer:
            self._states[longer] = state = _TokenState(_now() + LIFETIME, scopes=self._state(token).scopes)
        elif self.prolongs:
            state.expires_at = _now() + LIFETIME
        left = LIFETIME if state.expires_at is None else state.expires_at - _now()
        return {"access_token": longer, "token_type": "bearer", "expires_in": int(left.total_seconds())}

    def debug_token(self, request: Request) -> dict[str, Any]:
        """``debug_token``: what a token is good for."""
        if (request.bearer or request.query.get("access_token")) != f"{self.app_id}|{self.app_secret}":
            raise GraphRefusal(400, 190, "Invalid OAuth access token signature.")
        token = request.query.get("input_token", "")
        subcode = 463 if self.meant(token) not in self.tokens() else self._dead_by(token)
        if subcode is not None:
            return {"data": {"app_id": self.app_id, "is_valid": False, "scopes": [], "error": {
                "code": 190, "message": "Error validating access token: Session has expired", "subcode": subcode}}}
        state, now = self._state(token), int(_now().timestamp())
        return {"data": {
            "app_id": self.app_id, "type": state.kind, "application": "Traffic Dashboard demo",
            "user_id": person_of(self.meant(token)).id, "is_valid": True, "issued_at": now,
            "expires_at": int(state.expires_at.timestamp()) if state.expires_at else 0,
            "data_access_expires_at": now + int(self.data_access.total_seconds()), "scopes": list(state.scopes)}}

    def permissions(self, request: Request, token: str) -> dict[str, Any]:
        """``/me/permissions``: what was granted, or (DELETE) nothing any more."""
        if request.method == "DELETE":
            self._state(token).dead_by = self._state(_SHORT + token).dead_by = 458
            return {"success": True}
        granted = self._state(token).scopes
        return {"data": [{"permission": scope, "status": "granted" if scope in granted else "declined"}
                         for scope in SCOPES]}

    def me(self, token: str) -> dict[str, Any]:
        """``/me``."""
        person = person_of(token)
        return {"id": person.id, "name": person.name}

    def _state(self, token: str) -> _TokenState:
        return self._states.setdefault(token, _TokenState(_now() + LIFETIME))

    def _dead_by(self, token: str) -> int | None:
        state = self._state(token)
        if state.dead_by is not None:
            return state.dead_by
        return 463 if state.expires_at is not None and state.expires_at < _now() else None


def _now() -> datetime:
    return datetime.now(UTC)
