"""The authorisation of the amoCRM stand-in: codes and refresh tokens that work once, access tokens that end."""

import json
import secrets
import threading

from demo.loopback import Answer, Request


class CrmOauth:
    """The tokens of one integration. ``life`` is what ``expires_in`` says, in seconds."""

    def __init__(self, client_id: str, client_secret: str, life: int = 86_400) -> None:
        self._client = (client_id, client_secret)
        self._life = life
        self._codes: set[str] = set()
        self._refresh: set[str] = set()
        self._access: set[str] = set()
        self._lock = threading.Lock()
        self.used_twice = 0

    def new_code(self) -> str:
        """A code as a callback gets it."""
        code = secrets.token_hex(16)
        self._codes.add(code)
        return code

    def end_access(self) -> None:
        """Every access token is past its time."""
        self._access.clear()

    def accepts(self, token: str | None) -> bool:
        """Whether a bearer token is a living one."""
        return token in self._access

    def answer(self, request: Request) -> Answer:
        """Tokens for a code or a refresh token; each works once."""
        try:
            asked = json.loads(request.body)
        except ValueError:
            asked = {}
        if (asked.get("client_id"), asked.get("client_secret")) != self._client or not asked.get("redirect_uri"):
            return self._refuse("Invalid client")
        kind, known = {"authorization_code": ("code", self._codes),
                       "refresh_token": ("refresh_token", self._refresh)}.get(asked.get("grant_type"), ("", set()))
        with self._lock:
            if asked.get(kind) not in known:
                self.used_twice += 1
                return self._refuse("Token has been revoked")
            known.remove(asked[kind])
            access, refresh = secrets.token_hex(20), secrets.token_hex(20)
            self._access.add(access)
            self._refresh.add(refresh)
        return Answer(200, {"token_type": "Bearer", "expires_in": self._life, "access_token": access,
                            "refresh_token": refresh})

    @staticmethod
    def _refuse(detail: str) -> Answer:
        return Answer(400, {"title": "Некорректный запрос", "type": "about:blank",
                            "status": 400, "detail": detail, "hint": detail}, content_type="application/problem+json")
