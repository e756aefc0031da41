"""A stand-in for the amoCRM API v4 on loopback: what the product asks an account, by the true protocol.

Invariant: it answers only from its ``CrmData``, to its one bearer token; refusals of the gateway (429, 403, 5xx) are
HTML, as the true one sends them.
"""

import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from demo.crm_answers import CrmIndex
from demo.crm_data import CrmData
from demo.crm_oauth import CrmOauth
from demo.loopback import Answer, Cut, Fault, LoopbackServer, Request


def _gateway(status: int, text: str) -> Answer:
    html = (f"<html>\r\n<head><title>{status} {text}</title></head>\r\n<body>\r\n<center><h1>{status} {text}</h1>"
            "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
    return Answer(status, html.encode(), content_type="text/html")


def _problem(status: int, title: str, detail: str) -> Answer:
    return Answer(status, {"title": title, "type": f"https://httpstatus.es/{status}", "status": status,
                           "detail": detail}, content_type="application/problem+json")


UNAUTHORIZED = _problem(401, "Unauthorized", "Указан неверный ключ доступа")
TOO_MANY = _gateway(429, "Too Many Requests")
CRM_FAULTS: dict[str, Fault] = {
    "too_many": TOO_MANY,
    "blocked": _gateway(403, "Forbidden"),
    "token_dead": UNAUTHORIZED,
    "tariff": _problem(402, "Payment Required", "Аккаунт не оплачен"),
    "bad_request": _problem(400, "Bad Request", "Request validation failed"),
    "html_500": _gateway(500, "Internal Server Error"),
    "html_504": _gateway(504, "Gateway Time-out"),
    "html_200": Answer(200, b"<html></html>", content_type="text/html"),
    "cut_json": Answer(200, b'{"_embedded":{"leads":[{"id":1', content_type="application/hal+json"),
    "empty_200": Answer(200),
    "list": Answer(200, []),
    "no_embedded": Answer(200, {"_page": 1}),
    "moved": Answer(302, None, {"Location": "http://127.0.0.1:9/elsewhere"}),
    "reset": Cut.RESET,
    "timeout": Cut.TIMEOUT,
}


class AmocrmStandIn:
    """The stand-in as a running server. ``rate_limit`` (requests a second) answers 429 above it; ``None`` never.

    With ``oauth`` its access tokens are accepted beside the long-lived one. ``after_page`` is called after every page
    of deals, so that a test can let deals change, and pages shift, between two calls.
    """

    def __init__(self, data: CrmData, port: int = 0, rate_limit: float | None = None,
                 timeout_seconds: float = 30.0, oauth: CrmOauth | None = None) -> None:
        self._index = CrmIndex(data)
        self.hooks: list[dict[str, Any]] = []
        self._rate_limit = rate_limit
        self.oauth = oauth
        self.after_page: Callable[[], None] | None = None
        self.refused = 0
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()
        self.server = LoopbackServer(self._answer, port, CRM_FAULTS, timeout_seconds)

    @property
    def data(self) -> CrmData:
        """What it answers from."""
        return self._index.data

    @data.setter
    def data(self, data: CrmData) -> None:
        self._index = CrmIndex(data)

    @property
    def url(self) -> str:
        """Base address for ``AMOCRM_ACCOUNT_URL``."""
        return self.server.url

    def fail_next(self, path_part: str, fault: str | Fault, times: int = 1) -> None:
        """Let the next ``times`` requests to a path containing ``path_part`` meet a fault of ``CRM_FAULTS``."""
        self.server.faults.plan(path_part, CRM_FAULTS[fault] if isinstance(fault, str) else fault, times)

    def start(self) -> "AmocrmStandIn":
        """Answer from now on."""
        self.server.start()
        return self

    def stop(self) -> None:
        """Stop answering."""
        self.server.stop()

    def __enter__(self) -> "AmocrmStandIn":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answer(self, request: Request) -> Answer:
        if self._is_too_fast():
            self.refused += 1
            return TOO_MANY
        if request.path == "/oauth2/access_token" and self.oauth is not None:
            return self.oauth.answer(request)
        is_known = self.oauth is not None and self.oauth.accepts(request.bearer)
        if request.bearer != self._index.data.token and not is_known:
            return UNAUTHORIZED
        path = request.path.removeprefix("/api/v4")
        lead = re.fullmatch(r"/leads/(\d+)", path)
        if lead:
            return self._index.lead(int(lead.group(1)), request)
        simple = {"/account": lambda: self._index.account(self.url),
                  "/leads": lambda: self._leads(request),
                  "/contacts": lambda: self._index.contacts(request, self.url),
                  "/leads/pipelines": self._index.pipelines,
                  "/leads/custom_fields": self._index.custom_fields,
                  "/webhooks": lambda: self._hooks(request)}.get(path)
        return simple() if simple else _problem(404, "Not Found", "Cannot find resource")

    def _leads(self, request: Request) -> Answer:
        page = self._index.leads(request, self.url)
        if self.after_page is not None:
            self.after_page()
        return page

    def _is_too_fast(self) -> bool:
        if self._rate_limit is None:
            return False
        now = time.monotonic()
        with self._lock:
            while self._recent and now - self._recent[0] >= 1:
                self._recent.popleft()
            self._recent.append(now)
            return len(self._recent) > self._rate_limit

    def _hooks(self, request: Request) -> Answer:
        if request.method == "GET":
            wanted = request.query.get("filter[destination]")
            shown = [hook for hook in self.hooks if wanted in (None, hook["destination"])]
            return Answer(200, {"_total_items": len(shown), "_embedded": {"webhooks": shown}}) if shown else Answer(204)
        try:
            wish = json.loads(request.body)
            destination = str(wish["destination"])
        except (ValueError, KeyError, TypeError):
            return _problem(400, "Bad Request", "Request validation failed")
        with self._lock:
            self.hooks = [hook for hook in self.hooks if hook["destination"] != destination]
            if request.method == "DELETE":
                return Answer(204)
            hook = {"id": 839656 + len(self.hooks), "destination": destination, "created_at": int(time.time()),
                    "updated_at": int(time.time()), "account_id": self._index.data.account_id, "created_by": 1,
                    "sort": 1, "disabled": False, "settings": list(wish.get("settings", []))}
            self.hooks.append(hook)
        return Answer(201, hook)
