"""Reads accounts, campaigns and daily insights from Facebook: every page or an exception, never a part.

Invariant: what a ``fetch_`` returns is complete. Pages end by the absence of ``paging.next`` alone (an empty page may
have a successor), passing faults are tried again a bounded number of times, and "reduce the amount of data" is met
by fewer days, then by shorter pages, then by a report that Facebook prepares while we wait.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import stamina

from core.records import AdAccount, AdCampaign, AdDay, DateRange
from integrations.facebook.connection import GraphConnection
from integrations.facebook.errors import (
    AccountThrottled,
    ApplicationThrottled,
    BadAnswer,
    BadRequest,
    TooMuchData,
    Transient,
)
from integrations.facebook.mapping import (
    ACCOUNT_FIELDS,
    CAMPAIGN_FIELDS,
    EVERY_STATUS,
    METRIC_FIELDS,
    insight_fields,
    to_account,
    to_ad_day,
    to_campaign,
    to_total,
)
from integrations.facebook.reports import REPORT_FIELDS, prepare_report
from integrations.facebook.usage import SLOW_FROM_PERCENT, STOP_FROM_PERCENT

_TRIES = 5
_ACCOUNT_PAGE = 100
_CAMPAIGN_PAGE = 100
_INSIGHT_PAGE = 500
_SHORTEST_PAGE = 10
_LONGEST_WINDOW_DAYS = 30
_MOST_PAGES = 10_000
_SLOW_SECONDS = 2.0
_REFUSED_FIELD = re.compile(r"(\w+) is not valid for fields param|nonexisting field \((\w+)\)")


class FacebookClient:
    """Facebook as one access token sees it. Not shared between threads."""

    def __init__(self, graph_url: str, api_version: str, app_id: str | None, app_secret: str | None, token: str,
                 timeout: tuple[float, float] = (5, 60), sleep: Callable[[float], None] = time.sleep,
                 patience: float = 300.0) -> None:
        """``timeout`` is (connect, read) in seconds; ``sleep`` is called to slow down near a limit.

        ``patience`` bounds the tries of one call (seconds): short when somebody waits in front of a browser.
        """
        self._patience = patience
        self._connection = GraphConnection(graph_url, api_version, app_id, app_secret, token, timeout)
        self._sleep = sleep
        self._gone_metrics: set[str] = set()

    def fetch_accounts(self) -> tuple[AdAccount, ...]:
        """Every ad account the token reaches. Raises FacebookError."""
        rows = self._pages(("me", "adaccounts"), {"fields": ",".join(ACCOUNT_FIELDS)}, _ACCOUNT_PAGE)
        return tuple({account.id: account for account in map(to_account, rows)}.values())

    def fetch_account(self, account_id: str) -> AdAccount:
        """One ad account as it is now: its name, currency, zone and status. Raises FacebookError."""
        return to_account(self._call((f"act_{account_id}",), {"fields": ",".join(ACCOUNT_FIELDS)}, is_edge=False))

    def fetch_campaigns(self, account_id: str) -> tuple[AdCampaign, ...]:
        """Every campaign of an account, archived and deleted ones included. Raises FacebookError."""
        params = {"fields": ",".join(CAMPAIGN_FIELDS), "effective_status": list(EVERY_STATUS)}
        rows = self._shrinking((f"act_{account_id}", "campaigns"), params, _CAMPAIGN_PAGE)
        return tuple({row.id: row for row in (to_campaign(row, account_id) for row in rows)}.values())

    def fetch_insights(self, account: AdAccount, window: DateRange, level: str = "campaign") -> tuple[AdDay, ...]:
        """The days of an account's objects in a window of its own calendar; a day without delivery has no row.

        Raises: FacebookError; then nothing of the window may be used.
        """
        days: dict[tuple[str, object], AdDay] = {}
        for part in _parts(window, _LONGEST_WINDOW_DAYS):
            for day in self._fetch_part(account, part, level):
                days[day.object_id, day.day] = day
        return tuple(days.values())

    def fetch_totals(self, account: AdAccount, window: DateRange) -> dict[date, Decimal] | None:
        """What the whole account spent by day, by Facebook's own count; ``None`` when it finds that too much to say.

        The sum of the campaigns must equal it: with a level Facebook may leave objects out.
        Raises: FacebookError.
        """
        params = {"level": "account", "time_increment": "1", "fields": "account_id,account_currency,spend",
                  "time_range": {"since": window.first.isoformat(), "until": window.last.isoformat()}}
        try:
            rows = self._shrinking((f"act_{account.id}", "insights"), params, _INSIGHT_PAGE)
        except TooMuchData:
            return None
        return dict(to_total(row, window) for row in rows)

    def _fetch_part(self, account: AdAccount, window: DateRange, level: str) -> list[AdDay]:
        path = (f"act_{account.id}", "insights")
        try:
            if window.days > 1:
                rows = list(self._pages(path, _insight_params(window, level), _INSIGHT_PAGE))
            else:
                rows = self._one_day(path, _insight_params(window, level))
        except TooMuchData:
            if window.days == 1:
                raise
            return [day for half in _parts(window, (window.days + 1) // 2)
                    for day in self._fetch_part(account, half, level)]
        return [to_ad_day(row, account, level, window) for row in rows]

    def _one_day(self, path: tuple[str, ...], params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of one day: by shorter pages, and when even those are too much, by a report."""
        try:
            return self._shrinking(path, params, _INSIGHT_PAGE)
        except TooMuchData:
            asked = _without(params, self._gone_metrics)
            report = prepare_report(lambda: self._patiently(lambda: self._connection.order(path, asked)),
                                    lambda run: self._call((run,), {"fields": REPORT_FIELDS}, is_edge=False),
                                    self._sleep)
            return list(self._pages((report, "insights"), {"fields": asked["fields"]}, _INSIGHT_PAGE))

    def _shrinking(self, path: tuple[str, ...], params: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
        """All rows of an edge, read again from the start with half the page each time Facebook finds it too much."""
        while True:
            try:
                return list(self._pages(path, params, limit))
            except TooMuchData:
                if limit <= _SHORTEST_PAGE:
                    raise
                limit = max(limit // 2, _SHORTEST_PAGE)

    def _pages(self, path: tuple[str, ...], params: Mapping[str, Any], limit: int) -> Iterator[dict[str, Any]]:
        after: str | None = None
        for _ in range(_MOST_PAGES):
            page = self._call(path, {**params, "limit": limit, **({"after": after} if after else {})}, is_edge=True)
            yield from page["data"]
            following = _next_cursor(page)
            if following is None:
                return
            if following == after:
                raise BadAnswer(f"Facebook repeats the same page of {path[-1]}")
            after = following
        raise BadAnswer(f"Facebook's pages of {path[-1]} do not end")

    def _call(self, path: tuple[str, ...], params: Mapping[str, Any], *, is_edge: bool) -> dict[str, Any]:
        """One answer, tried again while faults pass, and without a metric that Facebook has taken away."""
        while True:
            asked = _without(params, self._gone_metrics)
            try:
                return self._patiently(partial(self._connection.fetch, path, asked, is_edge=is_edge))
            except BadRequest as refusal:
                self._gone_metrics.add(_refused_metric(asked, refusal))

    def _patiently(self, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """An answer, asked for again while faults pass, and never near a limit."""
        for attempt in stamina.retry_context(on=Transient, attempts=_TRIES, timeout=self._patience,
                                             wait_initial=1.0, wait_max=30.0, wait_jitter=1.0):
            with attempt:
                self._respect_limits()
                return ask()
        raise AssertionError("unreachable")

    def _respect_limits(self) -> None:
        """Slow down near a limit and stop before it: refused calls count, and calls during a wait prolong it."""
        usage = self._connection.usage
        if (usage.application_percent or 0) >= STOP_FROM_PERCENT:
            raise ApplicationThrottled("Facebook's limit of the application is nearly used up",
                                       wait_seconds=usage.wait_seconds)
        if (usage.account_percent or 0) >= STOP_FROM_PERCENT:
            raise AccountThrottled("Facebook's limit of the ad account is nearly used up",
                                   wait_seconds=usage.wait_seconds)
        if max(usage.application_percent or 0, usage.account_percent or 0) >= SLOW_FROM_PERCENT:
            self._sleep(_SLOW_SECONDS)


def _insight_params(window: DateRange, level: str) -> dict[str, Any]:
    # With a level Facebook leaves deleted objects out unless their campaign's status is asked for.
    return {"level": level, "time_increment": "1", "fields": ",".join(insight_fields(level)),
            "time_range": {"since": window.first.isoformat(), "until": window.last.isoformat()},
            "filtering": [{"field": "campaign.effective_status", "operator": "IN", "value": list(EVERY_STATUS)}]}


def _next_cursor(page: Mapping[str, Any]) -> str | None:
    """The cursor of the next page; ``None`` at the end. ``next`` itself is dropped: it is an address with secrets."""
    paging = page.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    after = (paging.get("cursors") or {}).get("after")
    if not isinstance(after, str) or not after:
        raise BadAnswer("Facebook announced a next page without a cursor")
    return after


def _without(params: Mapping[str, Any], metrics: set[str]) -> dict[str, Any]:
    return {**params, "fields": ",".join(name for name in params["fields"].split(",") if name not in metrics)}


def _refused_metric(params: Mapping[str, Any], refusal: BadRequest) -> str:
    """The metric a refusal names as unknown: one field gone from the API degrades that metric only.

    Raises: the refusal, when it names none, or names the spend.
    """
    fields = params["fields"].split(",")
    named = _REFUSED_FIELD.search(refusal.body.message if refusal.body else "")
    refused = next(filter(None, named.groups()), None) if named else None
    if refused not in fields or refused not in METRIC_FIELDS or refused == "spend":
        raise refusal
    return refused


def _parts(window: DateRange, longest: int) -> Iterator[DateRange]:
    """The window cut into parts of at most ``longest`` days, in order."""
    first = window.first
    while first <= window.last:
        last = min(first + timedelta(days=longest - 1), window.last)
        yield DateRange(first, last)
        first = last + timedelta(days=1)
