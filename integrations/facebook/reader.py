"""Asks one connection patiently: pages to their end, passing faults tried again, nothing near a limit.

Invariant: what comes out is complete or an exception; a metric that Facebook has taken away is left out of every
later question of the same reader.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from functools import partial
from typing import Any

import stamina

from integrations.facebook.connection import GraphConnection
from integrations.facebook.errors import (
    AccountThrottled,
    ApplicationThrottled,
    BadAnswer,
    BadRequest,
    TooMuchData,
    Transient,
)
from integrations.facebook.mapping import METRIC_FIELDS
from integrations.facebook.usage import SLOW_FROM_PERCENT, STOP_FROM_PERCENT

_TRIES = 5
_SHORTEST_PAGE = 10
_MOST_PAGES = 10_000
_SLOW_SECONDS = 2.0
_REFUSED_FIELD = re.compile(r"(\w+) is not valid for fields param|nonexisting field \((\w+)\)")

Turn = Callable[[], AbstractContextManager[None]]


class GraphReader:
    """Graph as one access token sees it, read without haste. Not shared between threads."""

    def __init__(self, connection: GraphConnection, sleep: Callable[[float], None] = time.sleep,
                 patience: float = 300.0, turn: Turn = nullcontext) -> None:
        """``sleep`` is called to slow down near a limit; ``patience`` bounds the tries of one call (seconds).

        ``turn`` is entered around each call, by another thread than the reader's own as well; it raises when nobody
        may call now.
        """
        self.sleep = sleep
        self.usage_percent: float | None = None
        self._connection = connection
        self._patience = patience
        self._turn = turn
        self.gone_metrics: set[str] = set()     # what Facebook said it does not tell any more

    def read_object(self, path: tuple[str, ...], params: Mapping[str, Any]) -> dict[str, Any]:
        """The object at a path. Raises: FacebookError."""
        return self._asked(params, lambda asked: self._connection.fetch(path, asked, is_edge=False))

    def order(self, path: tuple[str, ...], params: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a POST that may be repeated. Raises: FacebookError."""
        return self._asked(params, partial(self._connection.order, path))

    def read_shrinking(self, path: tuple[str, ...], params: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
        """All rows of an edge, read again from the start with half the page each time Facebook finds it too much.

        Raises: FacebookError; TooMuchData when even the shortest page is.
        """
        while True:
            try:
                return list(self.read_pages(path, params, limit))
            except TooMuchData:
                if limit <= _SHORTEST_PAGE:
                    raise
                limit = max(limit // 2, _SHORTEST_PAGE)

    def read_pages(self, path: tuple[str, ...], params: Mapping[str, Any], limit: int) -> Iterator[dict[str, Any]]:
        """The rows of an edge, page after page until no ``next`` is announced. Raises: FacebookError.

        While a page is worked on, the next one is asked for: one call at a time, each after the answer before it.
        """
        def ask(after: str | None) -> dict[str, Any]:
            asked = {**params, "limit": limit, **({"after": after} if after else {})}
            return self._asked(asked, lambda given: self._connection.fetch(path, given, is_edge=True))

        page, at = ask(None), None
        # Left by an exception it waits for the call under way: nobody else may use the connection meanwhile.
        with ThreadPoolExecutor(1, thread_name_prefix="facebook-page") as ahead:
            for _ in range(_MOST_PAGES):
                following = _next_cursor(page)
                if following is None:
                    yield from page["data"]
                    return
                if following == at:
                    raise BadAnswer(f"Facebook repeats the same page of {path[-1]}")
                coming = ahead.submit(copy_context().run, ask, following)
                yield from page["data"]
                page, at = coming.result(), following
        raise BadAnswer(f"Facebook's pages of {path[-1]} do not end")

    def _asked(self, params: Mapping[str, Any], ask: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """One answer, tried again while faults pass, and without a metric that Facebook has taken away."""
        while True:
            asked = _without(params, self.gone_metrics)
            try:
                return self._patiently(partial(ask, asked))
            except BadRequest as refusal:
                self.gone_metrics.add(_refused_metric(asked, refusal))

    def _patiently(self, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """An answer, asked for again while faults pass, and never near a limit."""
        for attempt in stamina.retry_context(on=Transient, attempts=_TRIES, timeout=self._patience,
                                             wait_initial=1.0, wait_max=30.0, wait_jitter=1.0):
            with attempt:
                self._slow_down()
                with self._turn():
                    self._stop_before_limit()
                    return self._noting_usage(ask)
        raise AssertionError("unreachable")

    def _noting_usage(self, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        answer = ask()
        usage = self._connection.usage
        told = [one for one in (usage.application_percent, usage.account_percent) if one is not None]
        self.usage_percent = max(told) if told else self.usage_percent
        return answer

    def _slow_down(self) -> None:
        """Take time near a limit."""
        usage = self._connection.usage
        if SLOW_FROM_PERCENT <= max(usage.application_percent or 0, usage.account_percent or 0) < STOP_FROM_PERCENT:
            self.sleep(_SLOW_SECONDS)

    def _stop_before_limit(self) -> None:
        """Refused calls count, and calls during a wait prolong it. Raises: Throttled."""
        usage = self._connection.usage
        if (usage.application_percent or 0) >= STOP_FROM_PERCENT:
            raise ApplicationThrottled("Facebook's limit of the application is nearly used up",
                                       wait_seconds=usage.wait_seconds)
        if (usage.account_percent or 0) >= STOP_FROM_PERCENT:
            raise AccountThrottled("Facebook's limit of the ad account is nearly used up",
                                   wait_seconds=usage.wait_seconds)


def _next_cursor(page: Mapping[str, Any]) -> str | None:
    """The cursor of the next page; ``None`` at the end. ``next`` itself is dropped: it is an address with secrets."""
    paging = page.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    after = (paging.get("cursors") or {}).get("after")
    if not isinstance(after, str) or not after:
        raise BadAnswer("Facebook announced a next page without a cursor")
    return after


def _without(params: Mapping[str, Any], metrics: set[str]) -> Mapping[str, Any]:
    if not metrics or "fields" not in params:
        return params
    kept = [name for name in params["fields"].split(",") if name not in metrics]
    return {**params, "fields": ",".join(kept)}


def _refused_metric(params: Mapping[str, Any], refusal: BadRequest) -> str:
    """The metric a refusal names as unknown: one field gone from the API degrades that metric only.

    Raises: the refusal, when it names none, or names the spend.
    """
    fields = str(params.get("fields", "")).split(",")
    named = _REFUSED_FIELD.search(refusal.body.message if refusal.body else "")
    refused = next(filter(None, named.groups()), None) if named else None
    if refused not in fields or refused not in METRIC_FIELDS or refused == "spend":
        raise refusal
    return refused
