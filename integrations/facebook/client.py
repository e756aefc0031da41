"""Reads accounts, campaigns, ads and daily insights from Facebook: every page or an exception, never a part.

Invariant: what a ``fetch_`` returns is complete. "Reduce the amount of data" is met by fewer days, then by shorter
pages, then by a report that Facebook prepares while we wait, and a report that fails by reports of fewer campaigns.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.ad_tags import LiveAd
from core.records import AdAccount, AdCampaign, AdDay, DateRange
from integrations.facebook.connection import GraphConnection
from integrations.facebook.creatives import AD_FIELDS, LIVE_STATUSES, to_live_ad
from integrations.facebook.errors import TooMuchData
from integrations.facebook.mapping import (
    ACCOUNT_FIELDS,
    CAMPAIGN_FIELDS,
    EVERY_STATUS,
    every_status,
    insight_fields,
    to_account,
    to_ad_day,
    to_campaign,
    to_total,
)
from integrations.facebook.reader import GraphReader, Turn
from integrations.facebook.reports import REPORT_FIELDS, prepare_report

_ACCOUNT_PAGE = 100
_CAMPAIGN_PAGE = 100
_INSIGHT_PAGE = 500
_AD_PAGE = 50
_LONGEST_WINDOW_DAYS = 30


class FacebookClient:
    """Facebook as one access token sees it. Not shared between threads."""

    def __init__(self, graph_url: str, api_version: str, app_id: str | None, app_secret: str | None, token: str,
                 timeout: tuple[float, float] = (5, 60), sleep: Callable[[float], None] = time.sleep,
                 patience: float = 300.0, turn: Turn = nullcontext) -> None:
        """``timeout`` is (connect, read) in seconds; ``sleep`` is called to slow down near a limit.

        ``patience`` bounds the tries of one call (seconds): short when somebody waits in front of a browser.
        ``turn`` is entered around each call and raises when nobody may call now.
        """
        connection = GraphConnection(graph_url, api_version, app_id, app_secret, token, timeout)
        self._reader = GraphReader(connection, sleep, patience, turn)

    @property
    def usage_percent(self) -> float | None:
        """How much of the allowance is used, by the last answer that told; 100 is throttled."""
        return self._reader.usage_percent

    @property
    def gone_metrics(self) -> tuple[str, ...]:
        """The metrics that Facebook said it no longer knows; they were left out of what was read."""
        return tuple(sorted(self._reader.gone_metrics))

    def fetch_accounts(self) -> tuple[AdAccount, ...]:
        """Every ad account the token reaches. Raises FacebookError."""
        rows = self._reader.read_pages(("me", "adaccounts"), {"fields": ",".join(ACCOUNT_FIELDS)}, _ACCOUNT_PAGE)
        return tuple({account.id: account for account in map(to_account, rows)}.values())

    def fetch_account(self, account_id: str) -> AdAccount:
        """One ad account as it is now: its name, currency, zone and status. Raises FacebookError."""
        return to_account(self._reader.read_object((f"act_{account_id}",), {"fields": ",".join(ACCOUNT_FIELDS)}))

    def fetch_campaigns(self, account_id: str) -> tuple[AdCampaign, ...]:
        """Every campaign of an account, archived and deleted ones included. Raises FacebookError."""
        params = {"fields": ",".join(CAMPAIGN_FIELDS), "effective_status": list(EVERY_STATUS)}
        rows = self._reader.read_shrinking((f"act_{account_id}", "campaigns"), params, _CAMPAIGN_PAGE)
        return tuple({row.id: row for row in (to_campaign(row, account_id) for row in rows)}.values())

    def fetch_live_ads(self, account_id: str) -> tuple[LiveAd, ...]:
        """The ads of an account that run or can run again at once, with the tags of their creatives.

        Raises: FacebookError.
        """
        params = {"fields": AD_FIELDS, "effective_status": list(LIVE_STATUSES)}
        rows = self._reader.read_shrinking((f"act_{account_id}", "ads"), params, _AD_PAGE)
        return tuple({ad.id: ad for ad in (to_live_ad(row, account_id) for row in rows)}.values())

    def fetch_insights(self, account: AdAccount, window: DateRange, level: str = "campaign") -> tuple[AdDay, ...]:
        """The days of an account's objects in a window of its own calendar; a day without delivery has no row.

        Raises: FacebookError; then nothing of the window may be used.
        """
        return tuple(day for part in parts_of(window) for day in self.fetch_insights_part(account, part, level))

    def fetch_insights_part(self, account: AdAccount, window: DateRange, level: str) -> tuple[AdDay, ...]:
        """As ``fetch_insights``, for a window of at most 30 days. Raises: FacebookError."""
        days = self._fetch_part(account, window, level)
        return tuple({(day.object_id, day.day): day for day in days}.values())

    def fetch_totals(self, account: AdAccount, window: DateRange) -> dict[date, Decimal] | None:
        """What the whole account spent by day, by Facebook's own count; ``None`` when it finds that too much to say.

        The sum of the campaigns must equal it: with a level Facebook may leave objects out.
        Raises: FacebookError.
        """
        params = {"level": "account", "time_increment": "1", "fields": "account_id,account_currency,spend",
                  "time_range": {"since": window.first.isoformat(), "until": window.last.isoformat()}}
        try:
            rows = self._reader.read_shrinking((f"act_{account.id}", "insights"), params, _INSIGHT_PAGE)
        except TooMuchData:
            return None
        return dict(to_total(row, window) for row in rows)

    def _fetch_part(self, account: AdAccount, window: DateRange, level: str) -> list[AdDay]:
        path, params = (f"act_{account.id}", "insights"), _insight_params(window, level)
        try:
            if window.days > 1:
                rows = self._reader.read_pages(path, params, _INSIGHT_PAGE)
                return [to_ad_day(row, account, level, window) for row in rows]
        except TooMuchData:
            return [day for half in parts_of(window, (window.days + 1) // 2)
                    for day in self._fetch_part(account, half, level)]
        return [to_ad_day(row, account, level, window) for row in self._one_day(account, window, level)]

    def _one_day(self, account: AdAccount, window: DateRange, level: str) -> list[dict[str, Any]]:
        """The rows of one day: by shorter pages, and when even those are too much, by reports."""
        path = (f"act_{account.id}", "insights")
        try:
            return self._reader.read_shrinking(path, _insight_params(window, level), _INSIGHT_PAGE)
        except TooMuchData:
            pass
        try:
            return self._report(path, window, level)
        except TooMuchData:
            ids = sorted(campaign.id for campaign in self.fetch_campaigns(account.id))
            if not ids:
                raise
        return self._split_report(path, window, level, ids)

    def _split_report(self, path: tuple[str, ...], window: DateRange, level: str,
                      ids: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of a day by reports of ever fewer campaigns. Raises: TooMuchData when one campaign is too much."""
        rows: list[dict[str, Any]] = []
        for half in filter(None, (ids[:(len(ids) + 1) // 2], ids[(len(ids) + 1) // 2:])):
            try:
                rows += self._report(path, window, level, half)
            except TooMuchData:
                if len(half) == 1:
                    raise
                rows += self._split_report(path, window, level, half)
        return rows

    def _report(self, path: tuple[str, ...], window: DateRange, level: str,
                ids: Sequence[str] = ()) -> list[dict[str, Any]]:
        asked = _insight_params(window, level, ids)
        report = prepare_report(lambda: self._reader.order(path, asked),
                                lambda run: self._reader.read_object((run,), {"fields": REPORT_FIELDS}),
                                self._reader.sleep)
        return list(self._reader.read_pages((report, "insights"), {"fields": asked["fields"]}, _INSIGHT_PAGE))


def _insight_params(window: DateRange, level: str, campaign_ids: Sequence[str] = ()) -> dict[str, Any]:
    # With a level Facebook leaves deleted objects out unless their status is asked for.
    filtering = every_status(level)
    if campaign_ids:
        filtering.append({"field": "campaign.id", "operator": "IN", "value": list(campaign_ids)})
    return {"level": level, "time_increment": "1", "fields": ",".join(insight_fields(level)), "filtering": filtering,
            "time_range": {"since": window.first.isoformat(), "until": window.last.isoformat()}}


def parts_of(window: DateRange, longest: int = _LONGEST_WINDOW_DAYS) -> Iterator[DateRange]:
    """The window cut into parts of at most ``longest`` days, in order."""
    first = window.first
    while first <= window.last:
        last = min(first + timedelta(days=longest - 1), window.last)
        yield DateRange(first, last)
        first = last + timedelta(days=1)
