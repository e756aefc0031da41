"""Reads leads, contacts and the account from the amoCRM API v4: every page or an exception, never a part.

Invariant: calls are paced below the account's rate; a gateway's refusal is never read as data; 204 is an empty list.
Pages end by the absence of ``_links.next``.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import requests
import stamina

from core.records import AmocrmBody, AmocrmEvent
from integrations.amocrm.errors import (
    AmocrmError,
    BadAnswer,
    BadRequest,
    RateLimited,
    Refused,
    TokenInvalid,
    Transient,
)
from integrations.amocrm.mapping import parse_body
from integrations.amocrm.structure import CrmField, CrmHook, CrmPipeline, to_field, to_hook, to_pipeline
from integrations.outgoing import BearerAuth, read_answer

_TRIES = 4
PAGE = 250
_IDS_A_CALL = 100          # more ids make an address longer than gateways take
_MOST_PAGES = 4_000
_WAITS_AFTER_429 = (10.0, 30.0, 60.0)
_MAX_TEXT = 300

Pairs = list[tuple[str, str | int]]


@dataclass(frozen=True)
class CrmAccount:
    """The account a token belongs to; events of another one are not ours."""

    id: int
    name: str
    subdomain: str
    currency: str | None


class AmocrmClient:
    """One amoCRM account as its token sees it; threads may share it, and then share its rate."""

    def __init__(self, base_url: str, token: "str | TokenSource", rate_limit: float = 7.0,
                 timeout: tuple[float, float] = (5, 30), sleep: Callable[[float], None] = time.sleep,
                 pace: "Pace | None" = None) -> None:
        """``rate_limit`` is requests a second, ``timeout`` (connect, read) in seconds.

        ``token`` is a long-lived one, or where the present one comes from. ``pace`` is what all processes share;
        without one this client keeps a pace of its own.
        """
        self._base_url = base_url.rstrip("/")
        self._session = requests.Session()
        self._tokens = _LongLived(token) if isinstance(token, str) else token
        self._token = token if isinstance(token, str) else ""
        self._timeout = timeout
        self._pace: Pace = pace or _Pace(rate_limit, sleep)

    def __repr__(self) -> str:
        return f"AmocrmClient({self._base_url})"

    def fetch_account(self) -> CrmAccount:
        """The account of the token. Raises AmocrmError."""
        body = self._get("account", [])
        number = body.get("id") if body else None
        if body is None or not isinstance(number, int) or isinstance(number, bool):
            raise BadAnswer("amoCRM answered account without its id")
        return CrmAccount(number, str(body.get("name") or ""), str(body.get("subdomain") or ""),
                          str(body["currency"]) if body.get("currency") else None)

    def fetch_leads_by_ids(self, ids: Sequence[int]) -> AmocrmBody:
        """The deals with these ids, contacts included; a deleted or unknown one is absent. Raises AmocrmError."""
        return self._by_ids("leads", "contacts", ids)

    def fetch_leads(self, updated_from: datetime, updated_to: datetime) -> AmocrmBody:
        """The deals last changed in ``[updated_from, updated_to]``, the oldest change first. Raises AmocrmError.

        Pages shift while deals change: read short windows, with an overlap.
        """
        window: Pairs = [("filter[updated_at][from]", int(updated_from.timestamp())),
                         ("filter[updated_at][to]", int(updated_to.timestamp()))]
        return AmocrmBody(None, None, tuple(self._events(
            "leads", [("with", "contacts"), ("order[updated_at]", "asc"), *window])))

    def fetch_leads_by_time(self, moment: str, first: datetime, last: datetime) -> AmocrmBody:
        """The deals whose ``moment`` (created_at, closed_at, updated_at) lies in ``[first, last]``, by id.

        Raises AmocrmError.
        """
        window: Pairs = [(f"filter[{moment}][from]", int(first.timestamp())),
                         (f"filter[{moment}][to]", int(last.timestamp()))]
        return AmocrmBody(None, None, tuple(self._events(
            "leads", [("with", "contacts"), ("order[id]", "asc"), *window])))

    def fetch_newest_leads(self, how_many: int) -> AmocrmBody:
        """The deals changed last, one page of at most ``how_many``. Raises AmocrmError."""
        body = self._get("leads", [("with", "contacts"), ("order[updated_at]", "desc"), ("limit", how_many),
                                   ("page", 1)])
        rows = _rows(body, "leads") if body else []
        return AmocrmBody(None, None, tuple(event for row in rows[:how_many] for event in parse_body(
            json.dumps({"_embedded": {"leads": [row]}}).encode(), "application/json").events))

    def fetch_pipelines(self) -> tuple[CrmPipeline, ...]:
        """The pipelines with their stages. Raises AmocrmError."""
        body = self._get("leads/pipelines", [])
        return tuple(to_pipeline(row) for row in (_rows(body, "pipelines") if body else ()))

    def fetch_custom_fields(self) -> tuple[CrmField, ...]:
        """The custom fields of deals. Raises AmocrmError."""
        return tuple(to_field(row) for rows in self._pages("leads/custom_fields", [], "custom_fields") for row in rows)

    def fetch_hook(self, destination: str) -> CrmHook | None:
        """The webhook to this address; ``None`` when there is none. Raises AmocrmError."""
        body = self._get("webhooks", [("filter[destination]", destination)])
        hooks = [to_hook(row) for row in (_rows(body, "webhooks") if body else ())]
        return next((hook for hook in hooks if hook.destination == destination), None)

    def subscribe_hook(self, destination: str, settings: Sequence[str]) -> None:
        """Let amoCRM send these kinds of events to an address; the same address is changed. Raises AmocrmError."""
        self._call("POST", "webhooks", [], {"destination": destination, "settings": list(settings)})

    def remove_hook(self, destination: str) -> None:
        """Let amoCRM send nothing more to an address. Raises AmocrmError."""
        self._call("DELETE", "webhooks", [], {"destination": destination})

    def fetch_contacts(self, ids: Sequence[int]) -> AmocrmBody:
        """The people with these ids, their deals included; an unknown one is absent. Raises AmocrmError."""
        return self._by_ids("contacts", "leads", ids)

    def _by_ids(self, kind: str, beside: str, ids: Sequence[int]) -> AmocrmBody:
        wanted = list(dict.fromkeys(ids))
        events: list[AmocrmEvent] = []
        for start in range(0, len(wanted), _IDS_A_CALL):
            chosen: Pairs = [("filter[id][]", number) for number in wanted[start:start + _IDS_A_CALL]]
            events += self._events(kind, [("with", beside), *chosen])
        return AmocrmBody(None, None, tuple(events))

    def _events(self, kind: str, pairs: Pairs) -> Iterator[AmocrmEvent]:
        # Row by row: a page of 250 deals has more fields than a body is allowed to have.
        for rows in self._pages(kind, pairs):
            for row in rows:
                yield from parse_body(json.dumps({"_embedded": {kind: [row]}}).encode(), "application/json").events

    def _pages(self, path: str, pairs: Pairs, kind: str | None = None) -> Iterator[list[Any]]:
        kind = kind or path
        for number in range(1, _MOST_PAGES + 1):
            body = self._get(path, [*pairs, ("limit", PAGE), ("page", number)])
            if body is None:
                return
            rows = _rows(body, kind)
            if rows:
                yield rows
            if not _has_next(body):
                return
        raise BadAnswer(f"amoCRM's pages of {kind} do not end")

    def _get(self, path: str, pairs: Pairs) -> dict[str, Any] | None:
        return self._call("GET", path, pairs)

    def _call(
        self, method: str, path: str, pairs: Pairs, body: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """One answer, ``None`` for 204; tried again while faults pass, once more with another token after a 401."""
        waits = iter(_WAITS_AFTER_429)
        renewed = False

        def worth_a_try(error: Exception) -> bool | float:
            if isinstance(error, RateLimited):
                return next(waits, _WAITS_AFTER_429[-1])
            return isinstance(error, Transient)

        self._use(self._tokens.current())
        for attempt in stamina.retry_context(on=worth_a_try, attempts=_TRIES, timeout=300.0, wait_initial=1.0,
                                             wait_max=30.0, wait_jitter=1.0):
            with attempt:
                self._pace.wait()
                status, content = self._send(method, path, pairs, body)
                if status == 401 and not renewed and not isinstance(self._tokens, _LongLived):
                    renewed = True
                    self._use(self._tokens.refused(self._token))
                    self._pace.wait()
                    status, content = self._send(method, path, pairs, body)
                if status == 429:
                    self._pace.hold_back(_WAITS_AFTER_429[0])
                return self._judge(path, status, content)
        raise AssertionError("a retry context ends by a return or an exception")

    def _use(self, token: str) -> None:
        self._token = token
        self._session.auth = BearerAuth(token)

    def _send(self, method: str, path: str, pairs: Pairs, body: dict[str, Any] | None) -> tuple[int, bytes]:
        failure = None
        try:
            with self._session.request(
                method, f"{self._base_url}/api/v4/{path}", params=pairs, json=body, timeout=self._timeout, stream=True,
                allow_redirects=False, headers={"Accept": "application/hal+json"},
            ) as response:
                return response.status_code, read_answer(response)
        except requests.RequestException as error:
            failure = type(error).__name__
        # Raised outside the handler, so that the library's exception is not carried along as a context.
        raise Transient(f"No answer from amoCRM ({failure})")

    def _judge(self, path: str, status: int, content: bytes) -> dict[str, Any] | None:
        if status == 204:
            return None
        body = _parse(content)
        if 200 <= status < 300 and body is not None:
            return body
        if status in _REFUSALS:
            raise _REFUSALS[status](f"amoCRM answered {path} with {status}{self._said(body)}", status)
        if 400 <= status < 500 and status not in (408, 425):
            raise BadRequest(f"amoCRM answered {path} with {status}{self._said(body)}", status)
        raise BadAnswer(f"amoCRM answered {path} with {status} and no readable body", status)

    def _said(self, body: dict[str, Any] | None) -> str:
        said = str(body.get("detail") or body.get("title") or "") if body else ""
        return f": {said.replace(self._token or '(hidden)', '(hidden)')[:_MAX_TEXT]}" if said else ""


_REFUSALS: dict[int, type[AmocrmError]] = {401: TokenInvalid, 402: Refused, 403: Refused, 429: RateLimited}


class Pace(Protocol):
    """When calls may be made."""

    def wait(self) -> None:
        """Sleep until this call may be made."""

    def hold_back(self, seconds: float) -> None:
        """Let nobody call for so long."""


class TokenSource(Protocol):
    """Where the token of a call comes from."""

    def current(self) -> str:
        """The token of now."""

    def refused(self, token: str) -> str:
        """Another token after this one was refused; raises when there is none."""


@dataclass(frozen=True)
class _LongLived:
    token: str = field(repr=False)

    def current(self) -> str:
        """The one token there is."""
        return self.token

    def refused(self, token: str) -> str:
        """There is no other one."""
        return self.token


class _Pace:
    """Lets calls through no faster than ``rate`` a second, whichever thread makes them."""

    def __init__(self, rate: float, sleep: Callable[[float], None]) -> None:
        self._gap = 1.0 / rate
        self._sleep = sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Sleep until this call may be made."""
        with self._lock:
            now = time.monotonic()
            due = max(self._next, now)
            self._next = due + self._gap
        if due > now:
            self._sleep(due - now)

    def hold_back(self, seconds: float) -> None:
        """Nothing: the one client that keeps this pace waits by itself."""


def _parse(content: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _rows(body: dict[str, Any], kind: str) -> list[Any]:
    embedded = body.get("_embedded")
    rows = embedded.get(kind) if isinstance(embedded, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadAnswer(f"amoCRM answered {kind} without a list of them")
    return rows


def _has_next(body: dict[str, Any]) -> bool:
    links = body.get("_links")
    following = links.get("next") if isinstance(links, dict) else None
    return bool(following.get("href")) if isinstance(following, dict) else False
