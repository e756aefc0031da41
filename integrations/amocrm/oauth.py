"""The authorisation of amoCRM: a code, or the last refresh token, for a new pair of tokens.

Invariant: each call is made once. A refresh token works once, so after an answer that was lost nobody can tell whether
it still does; the call after that tells.
"""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import requests

from integrations.amocrm.errors import AmocrmError, BadAnswer, TokenInvalid, Transient
from integrations.outgoing import read_answer

_TIMEOUT = (5, 30)
_ACCOUNT_HOSTS = (".amocrm.ru", ".amocrm.com", ".kommo.com")


@dataclass(frozen=True)
class TokenPair:
    """Tokens of an account; ``expires_in`` is the life of the first one in seconds."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True)
class AmocrmAuth:
    """The integration as amoCRM knows it."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str

    def dialog_url(self, dialog: str, state: str) -> str:
        """Where a person agrees."""
        return f"{dialog}?{urlencode({'client_id': self.client_id, 'state': state, 'mode': 'popup'})}"

    def exchange_code(self, base_url: str, code: str) -> TokenPair:
        """The first tokens for a code, which lives twenty minutes. Raises AmocrmError."""
        return self._ask(base_url, {"grant_type": "authorization_code", "code": code})

    def refresh(self, base_url: str, refresh_token: str) -> TokenPair:
        """The next tokens. Raises TokenInvalid when a person has to authorise again, else AmocrmError."""
        return self._ask(base_url, {"grant_type": "refresh_token", "refresh_token": refresh_token})

    def _ask(self, base_url: str, asked: dict[str, str]) -> TokenPair:
        body = {"client_id": self.client_id, "client_secret": self.client_secret, "redirect_uri": self.redirect_uri,
                **asked}
        failure = None
        try:
            with requests.post(f"{base_url}/oauth2/access_token", json=body, timeout=_TIMEOUT, stream=True,
                               allow_redirects=False) as response:
                status, content = response.status_code, read_answer(response)
        except requests.RequestException as error:
            failure = type(error).__name__
        if failure is not None:
            # Raised outside the handler: the library's exception holds the request.
            raise Transient(f"No answer from amoCRM ({failure})")
        return _judge(status, content)


def _judge(status: int, content: bytes) -> TokenPair:
    if status in (400, 401, 403):
        raise TokenInvalid(f"amoCRM refused the authorisation ({status}); it has to be connected again", status)
    if status != 200:
        raise Transient(f"amoCRM answered the authorisation with {status}", status)
    try:
        body = json.loads(content)
        access, refresh, expires_in = str(body["access_token"]), str(body["refresh_token"]), int(body["expires_in"])
    except (ValueError, KeyError, TypeError):
        access = refresh = ""
        expires_in = 0
    if not access or not refresh or expires_in <= 0:
        raise BadAnswer("amoCRM answered the authorisation without tokens", status)
    return TokenPair(access, refresh, expires_in)


def account_address(referer: str) -> str:
    """The address of the account a callback names. Raises AmocrmError when it is none of amoCRM's."""
    host = (urlsplit(referer if "//" in referer else f"//{referer}").hostname or "").lower()
    if not host.endswith(_ACCOUNT_HOSTS):
        raise AmocrmError("The authorisation came from an address that is not amoCRM's")
    return f"https://{host}"
