"""Connecting a person at Facebook: the dialog, the code, the token that lives long, and what it may do.

Invariant: no secret that is sent or received here appears in an exception. A code is tried once: whether a broken line
used it up nobody knows, and the dialog gives another one.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import requests
import stamina

from integrations.facebook.connection import GraphConnection
from integrations.facebook.errors import BadAnswer, FacebookError, TokenInvalid, Transient

# ads_read suffices for everything that is read; business_management shows accounts reached through a business only.
NEEDED_SCOPES = frozenset({"ads_read"})
SCOPES = ("ads_read", "business_management")
# Either of them lets statistics be read.
_READING_SCOPES = frozenset({"ads_read", "ads_management"})
_TIMEOUT = (3.0, 10.0)
_TRIES = 3
_MOST_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Grant:
    """An access token and its end, when the answer named one."""

    token: str
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Grant(expires_at={self.expires_at})"


@dataclass(frozen=True)
class TokenFacts:
    """What ``/debug_token`` says of a token. ``expires_at`` is ``None`` for one that never expires."""

    app_id: str
    kind: str                       # USER, SYSTEM_USER, PAGE, APP
    user_id: str
    is_valid: bool
    expires_at: datetime | None
    data_access_expires_at: datetime | None
    scopes: tuple[str, ...]
    error_code: int | None = None
    error_subcode: int | None = None

    @property
    def reads_ads(self) -> bool:
        """Whether it may read statistics."""
        return bool(_READING_SCOPES & set(self.scopes))


@dataclass(frozen=True)
class Permissions:
    """What a person granted and what he declined."""

    granted: tuple[str, ...]
    declined: tuple[str, ...]

    @property
    def reads_ads(self) -> bool:
        """Whether statistics may be read."""
        return bool(_READING_SCOPES & set(self.granted))


class FacebookSignIn:
    """The application at Facebook, as whoever connects meets it."""

    def __init__(self, graph_url: str, dialog_url: str, api_version: str, app_id: str, app_secret: str,
                 clock: Callable[[], datetime] | None = None) -> None:
        """``clock`` answers the present instant; expiries that come as seconds count from it."""
        self._graph_url, self._dialog_url, self._version = graph_url, dialog_url.rstrip("/"), api_version
        self._app_id, self._app_secret = app_id, app_secret
        self._clock = clock or (lambda: datetime.now(UTC))
        self.clock_differs = False      # known after ``fetch_person``

    def dialog_address(self, redirect_uri: str, state: str, *, ask_again: bool = False) -> str:
        """Where the browser goes to be asked; ``ask_again`` asks for what was declined before."""
        query = {"client_id": self._app_id, "redirect_uri": redirect_uri, "state": state, "response_type": "code",
                 "scope": ",".join(SCOPES), **({"auth_type": "rerequest"} if ask_again else {})}
        return f"{self._dialog_url}/{self._version}/dialog/oauth?{urlencode(query)}"

    def fetch_grant(self, code: str, redirect_uri: str) -> Grant:
        """The token for a code. Raises FacebookError; a code is asked about once."""
        return self._grant({"client_id": self._app_id, "client_secret": self._app_secret,
                            "redirect_uri": redirect_uri, "code": code}, (code,))

    def fetch_longer_grant(self, token: str, *, is_system_user: bool = False) -> Grant:
        """The token exchanged for one that lives about 60 days. Raises FacebookError."""
        params = {"grant_type": "fb_exchange_token", "client_id": self._app_id, "client_secret": self._app_secret,
                  "fb_exchange_token": token, **({"set_token_expires_in_60_days": "true"} if is_system_user else {})}
        return _patiently(lambda: self._grant(params, (token,)))

    def fetch_facts(self, token: str) -> TokenFacts:
        """What a token is good for. Raises FacebookError, never TokenInvalid: a dead token is a fact, not an error."""
        exchange = _Exchange(self._graph_url, self._version, self._app_token, (self._app_secret, token))
        try:
            body = _patiently(lambda: exchange.ask("debug_token", {"input_token": token}))
        except TokenInvalid as error:
            # It is the application's own token that is refused here; the person's is as good as before.
            raise FacebookError(f"Facebook refuses the application's id or secret: {error}", error.body) from None
        data = body.get("data")
        if not isinstance(data, dict):
            raise BadAnswer("Facebook described no token")
        return _to_facts(data)

    def fetch_permissions(self, token: str) -> Permissions:
        """What the person behind a token granted and declined. Raises FacebookError."""
        body = _patiently(lambda: self._as(token).fetch(("me", "permissions"), {}, is_edge=True))
        rows = [(str(row.get("permission")), row.get("status")) for row in body["data"]]
        return Permissions(tuple(name for name, status in rows if status == "granted"),
                           tuple(name for name, status in rows if status != "granted"))

    def fetch_person(self, token: str) -> tuple[str, str]:
        """The id (for this application) and the name of the person behind a token. Raises FacebookError."""
        connection = self._as(token)
        body = _patiently(lambda: connection.fetch(("me",), {"fields": "id,name"}, is_edge=False))
        if connection.server_time is not None:
            self.clock_differs = abs(connection.server_time - self._clock()) > _MOST_SKEW
        return str(body["id"]), str(body.get("name") or "")

    def revoke(self, token: str) -> None:
        """Take every permission back at Facebook: all tokens of this person for the application die.

        Raises: FacebookError.
        """
        self._as(token).call("DELETE", ("me", "permissions"))

    def _as(self, token: str) -> GraphConnection:
        return GraphConnection(self._graph_url, self._version, self._app_id, self._app_secret, token, _TIMEOUT)

    @property
    def _app_token(self) -> str:
        return f"{self._app_id}|{self._app_secret}"

    def _grant(self, params: Mapping[str, str], secrets: tuple[str, ...]) -> Grant:
        body = _Exchange(self._graph_url, self._version, None, (self._app_secret, *secrets)).ask(
            "oauth/access_token", params)
        token = body.get("access_token")
        if not isinstance(token, str) or not token:
            raise BadAnswer("Facebook answered without a token")
        seconds = body.get("expires_in")
        is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0
        return Grant(token, self._clock() + timedelta(seconds=float(seconds)) if is_number and seconds else None)


class _Exchange(GraphConnection):
    """A call about a token: the answer is the secret itself, so only its errors are scrubbed."""

    def __init__(self, graph_url: str, api_version: str, token: str | None, secrets: tuple[str, ...]) -> None:
        super().__init__(graph_url, api_version, None, None, token or "none", _TIMEOUT)
        self._secrets = [*filter(None, secrets), *([token] if token else [])]
        if token is None:
            self._session.requests.auth = _nobody

    def ask(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The object at a path. Raises FacebookError."""
        return self._exchange("GET", f"{self._session.GRAPH}/{self._api_version}/{path}", params, {}, None)[1]

    def _hide(self, text: str) -> str:
        return text

    def _refusal(self, status: int, error: Any) -> FacebookError:
        return super()._refusal(status, json.loads(super()._hide(json.dumps(error))))


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No token at all; as ``auth`` it also keeps a netrc file from adding one."""
    return request


def _patiently(ask: Callable[[], Any]) -> Any:
    """Ask again while faults pass, for as long as somebody waits in front of a browser."""
    for attempt in stamina.retry_context(on=Transient, attempts=_TRIES, timeout=20.0, wait_initial=0.3, wait_max=2.0):
        with attempt:
            return ask()
    raise AssertionError("unreachable")


def _to_facts(data: Mapping[str, Any]) -> TokenFacts:
    problem = data.get("error")
    error: Mapping[str, Any] = problem if isinstance(problem, dict) else {}
    scopes = data.get("scopes")
    return TokenFacts(
        app_id=str(data.get("app_id") or ""), kind=str(data.get("type") or ""), user_id=str(data.get("user_id") or ""),
        is_valid=data.get("is_valid") is True, expires_at=_moment(data.get("expires_at")),
        data_access_expires_at=_moment(data.get("data_access_expires_at")),
        scopes=tuple(str(scope) for scope in scopes) if isinstance(scopes, list) else (),
        error_code=_whole(error.get("code")), error_subcode=_whole(error.get("subcode")))


def _moment(value: Any) -> datetime | None:
    """An instant out of seconds since 1970; 0 and nothing mean never."""
    seconds = _whole(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < 2**33 else None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
