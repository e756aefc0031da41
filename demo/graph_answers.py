"""What Graph says: the edges of the Marketing API read from ``GraphData``, in the shapes the true one answers with.

Invariant: numbers are strings without trailing zeros, a metric that is zero or unknown is left out of its row, and
pages end by the absence of ``paging.next``, never by being short or empty.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from core.records import AdAccount, AdCampaign, AdDay
from demo.graph_ads import ad_row, share_day
from demo.graph_data import GraphAd, GraphData

_DAYS_OF_HISTORY = 1127            # 37 months
_TOP_LEVEL = re.compile(r",(?![^{]*\})")
_SHOWN_BY_DEFAULT = frozenset({"ACTIVE", "PAUSED", "IN_PROCESS", "WITH_ISSUES", None})
_GONE = frozenset({"ARCHIVED", "DELETED"})

ACCOUNT_FIELDS = ("account_id", "name", "currency", "timezone_name", "account_status", "id")
CAMPAIGN_FIELDS = ("id", "account_id", "name", "objective", "status", "effective_status")
INSIGHT_FIELDS = ("account_id", "account_currency", "campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id",
                  "ad_name", "objective", "impressions", "reach", "clicks", "inline_link_clicks", "spend", "actions",
                  "action_values", "date_start", "date_stop")


class GraphRefusal(Exception):
    """An error body to be sent: HTTP status and the members of ``error``."""

    def __init__(self, status: int, code: int, message: str, subcode: int | None = None,
                 kind: str = "OAuthException") -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"error": {"message": message, "type": kind, "code": code,
                                               "fbtrace_id": "AStandInTrace"}}
        if subcode is not None:
            self.body["error"]["error_subcode"] = subcode


@dataclass(frozen=True)
class Paging:
    """How long pages are: ``largest`` caps ``limit``; ``gap`` puts an empty page with a successor after the first."""

    largest: int = 500
    gap: bool = False


class GraphIndex:
    """``GraphData`` prepared for look-ups, and the answers of each edge."""

    def __init__(self, data: GraphData) -> None:
        self.data = data
        self.accounts = {account.id: account for account in data.accounts}
        self.campaigns = {campaign.id: campaign for campaign in data.campaigns}
        self._campaigns_of: dict[str, list[AdCampaign]] = {}
        for campaign in data.campaigns:
            self._campaigns_of.setdefault(campaign.account_id, []).append(campaign)
        self._ads_of: dict[str, list[GraphAd]] = {}
        for ad in data.ads:
            self._ads_of.setdefault(ad.campaign_id, []).append(ad)
        self._days_of: dict[str, list[AdDay]] = {}
        for day in sorted(data.days, key=lambda row: (row.object_id, row.day)):
            self._days_of.setdefault(day.account_id, []).append(day)

    def account(self, account_id: str, token: str) -> AdAccount:
        """The account when this token may read it. Raises GraphRefusal."""
        account = self.accounts.get(account_id)
        if account is None:
            raise GraphRefusal(400, 100, f"Unsupported get request. Object with ID 'act_{account_id}' does not exist, "
                               "cannot be loaded due to missing permissions, or does not support this operation",
                               33, "GraphMethodException")
        if account_id not in self.data.tokens.get(token, ()):
            raise GraphRefusal(403, 200, "(#200) Ad account owner has NOT grant ads_management or ads_read permission")
        return account

    def account_rows(self, token: str) -> list[dict[str, Any]]:
        """The accounts of a token, every field."""
        allowed = set(self.data.tokens.get(token, ()))
        return [account_row(account) for account in self.data.accounts if account.id in allowed]

    def campaign_rows(self, account_id: str, statuses: Sequence[str] | None) -> list[dict[str, Any]]:
        """The campaigns of an account; archived and deleted ones only when asked for."""
        return [_campaign_row(campaign) for campaign in self._campaigns_of.get(account_id, [])
                if _is_shown(campaign, statuses)]

    def ad_rows(self, account_id: str, statuses: Sequence[str] | None) -> list[dict[str, Any]]:
        """The ads of an account with their creatives, every field."""
        return [ad_row(ad) for campaign in self._campaigns_of.get(account_id, [])
                for ad in self._ads_of.get(campaign.id, [])
                if ad.effective_status in (_SHOWN_BY_DEFAULT if statuses is None else statuses)]

    def insight_rows(self, account: AdAccount, query: dict[str, str], today: date) -> list[dict[str, Any]]:
        """The days of an account at the level and in the range asked for. Raises GraphRefusal."""
        first, last = _time_range(query, today)
        days = [day for day in self._days_of.get(account.id, []) if first <= day.day <= last]
        if query.get("time_increment") not in ("1", None):
            raise GraphRefusal(400, 100, "(#100) time_increment must be 1 or absent")
        level = query.get("level", "account")
        if level == "account":
            return _account_insights(account, days, query, first, last)
        if level not in ("campaign", "adset", "ad"):
            raise GraphRefusal(400, 100, "(#100) level must be one of the following values: account, campaign, adset, "
                               "ad")
        statuses, ids = _filtered(query, "campaign.effective_status"), _filtered(query, "campaign.id")
        shown = [day for day in days if _is_shown(self.campaigns.get(day.object_id), statuses)
                 and (ids is None or day.object_id in ids)]
        if level != "campaign":
            shown = [part for day in shown for part in share_day(day, self._ads_of.get(day.object_id, []), level)]
        if level == "ad":
            shown = self._without_deleted(account, shown, _filtered(query, "ad.effective_status"))
        if query.get("time_increment") == "1":
            return [self._insight_row(account, day) for day in shown]
        return [self._insight_row(account, _total(rows), first, last) for rows in _by_object(shown)]

    def _without_deleted(self, account: AdAccount, days: list[AdDay], statuses: Sequence[str] | None) -> list[AdDay]:
        gone = {ad.id for campaign in self._campaigns_of.get(account.id, []) for ad in self._ads_of.get(campaign.id, [])
                if (ad.effective_status in _GONE if statuses is None else ad.effective_status not in statuses)}
        return [day for day in days if day.object_id not in gone]

    def _insight_row(self, account: AdAccount, day: AdDay, first: date | None = None,
                     last: date | None = None) -> dict[str, Any]:
        campaign_id = day.campaign_id or day.object_id
        campaign = self.campaigns.get(campaign_id)
        below = {} if day.level == "campaign" else {
            "adset_id": day.adset_id or day.object_id, f"{day.level}_id": day.object_id, f"{day.level}_name": day.name}
        return _without_unknown({
            "account_id": account.id, "account_currency": account.currency, "campaign_id": campaign_id,
            "campaign_name": campaign.name if campaign else day.name, **below,
            "objective": campaign.objective if campaign else None,
            **_metrics(day), "date_start": (first or day.day).isoformat(), "date_stop": (last or day.day).isoformat()})


def account_row(account: AdAccount) -> dict[str, Any]:
    """An ad account as ``/act_X`` shows it."""
    return {"account_id": account.id, "name": account.name, "currency": account.currency,
            "timezone_name": account.timezone, "account_status": account.status, "id": f"act_{account.id}"}


def pick_fields(rows: list[dict[str, Any]], wanted: str | None, known: Sequence[str],
                default: Sequence[str], always: Sequence[str] = ("id",)) -> list[dict[str, Any]]:
    """The rows with the fields asked for only. Raises GraphRefusal for a field that does not exist."""
    names = [name.partition("{")[0].strip() for name in _TOP_LEVEL.split(wanted)] if wanted else list(default)
    for name in names:
        if name not in known:
            raise GraphRefusal(400, 100, f"(#100) {name} is not valid for fields param. "
                               f"please check https://developers.facebook.com/docs/marketing-api")
    kept = [*names, *(name for name in always if name not in names)]
    return [{name: row[name] for name in kept if name in row} for row in rows]


def page(rows: list[dict[str, Any]], query: dict[str, str], address: str, paging: Paging) -> dict[str, Any]:
    """One page of rows with its cursors; ``next`` carries the whole query, the token included, as Graph's does."""
    limit = max(1, min(int(query.get("limit") or 25), paging.largest))
    offset, after_gap = _read_cursor(query.get("after"))
    is_gap = paging.gap and offset > 0 and not after_gap
    shown = [] if is_gap else rows[offset:offset + limit]
    end = offset + len(shown)
    body: dict[str, Any] = {"data": shown}
    if rows:
        # Graph gives "after" on the last page as well: only "next" tells whether there is more.
        after = _cursor(end, is_gap or offset > 0)
        body["paging"] = {"cursors": {"before": _cursor(offset, True), "after": after}}
        if end < len(rows):
            body["paging"]["next"] = f"{address}?{urlencode({**query, 'after': after})}"
    return body


def read_list(text: str | None) -> list[Any]:
    """A JSON array parameter. Raises GraphRefusal."""
    try:
        value = json.loads(text) if text else []
    except ValueError:
        value = None
    if not isinstance(value, list):
        raise GraphRefusal(400, 100, "(#100) param must be an array.")
    return value


def _campaign_row(campaign: AdCampaign) -> dict[str, Any]:
    return _without_unknown({"id": campaign.id, "account_id": campaign.account_id, "name": campaign.name,
                             "objective": campaign.objective, "status": campaign.status,
                             "effective_status": campaign.effective_status})


def _is_shown(campaign: AdCampaign | None, statuses: Sequence[str] | None) -> bool:
    status = campaign.effective_status if campaign else "DELETED"
    return status in (_SHOWN_BY_DEFAULT if statuses is None else statuses)


def _filtered(query: dict[str, str], field: str) -> Sequence[str] | None:
    for condition in read_list(query.get("filtering")):
        if condition.get("field") == field and condition.get("operator") == "IN":
            return [str(value) for value in condition["value"]]
    return None


def _time_range(query: dict[str, str], today: date) -> tuple[date, date]:
    try:
        asked = json.loads(query.get("time_range") or "null")
        first, last = (date.fromisoformat(asked["since"]), date.fromisoformat(asked["until"])) if asked else (
            today - timedelta(days=30), today - timedelta(days=1))
    except (ValueError, KeyError, TypeError):
        raise GraphRefusal(400, 100, "(#100) Must be a time range in the format {'since':'YYYY-MM-DD',"
                           "'until':'YYYY-MM-DD'}") from None
    if first > last:
        raise GraphRefusal(400, 100, "(#100) The since date must not be later than the until date")
    if first < today - timedelta(days=_DAYS_OF_HISTORY):
        raise GraphRefusal(400, 3018, "(#3018) The start date of the time range cannot be beyond 37 months "
                           "from the current date")
    return first, last


def _account_insights(account: AdAccount, days: list[AdDay], query: dict[str, str],
                      first: date, last: date) -> list[dict[str, Any]]:
    if query.get("time_increment") != "1":
        groups = [(first, last, days)] if days else []
    else:
        groups = [(day, day, [row for row in days if row.day == day]) for day in sorted({row.day for row in days})]
    return [_without_unknown({"account_id": account.id, "account_currency": account.currency, **_metrics(_total(rows)),
                              "date_start": start.isoformat(), "date_stop": stop.isoformat()})
            for start, stop, rows in groups]


def _by_object(days: list[AdDay]) -> list[list[AdDay]]:
    groups: dict[str, list[AdDay]] = {}
    for day in days:
        groups.setdefault(day.object_id, []).append(day)
    return list(groups.values())


def _total(rows: list[AdDay]) -> AdDay:
    sample = rows[0]

    def add(read: Callable[[AdDay], int | None]) -> int:
        return sum(read(row) or 0 for row in rows)

    # Reach does not add up over days; Graph would compute it anew, the stand-in leaves it out.
    return AdDay(account_id=sample.account_id, level=sample.level, object_id=sample.object_id, name=sample.name,
                 day=sample.day, spend=sum((row.spend or Decimal(0) for row in rows), Decimal(0)),
                 currency=sample.currency, campaign_id=sample.campaign_id, adset_id=sample.adset_id,
                 impressions=add(lambda row: row.impressions),
                 clicks=add(lambda row: row.clicks), inline_link_clicks=add(lambda row: row.inline_link_clicks))


def _metrics(day: AdDay) -> dict[str, Any]:
    return {"impressions": _count(day.impressions, keep_zero=True), "reach": _count(day.reach),
            "clicks": _count(day.clicks, keep_zero=True), "inline_link_clicks": _count(day.inline_link_clicks),
            "spend": None if day.spend is None else amount_text(day.spend),
            "actions": list(day.actions) or None, "action_values": list(day.action_values) or None}


def _count(value: int | None, keep_zero: bool = False) -> str | None:
    return str(value) if value or (keep_zero and value == 0) else None


def amount_text(amount: Decimal) -> str:
    """Money as Insights writes it: major units, no trailing zeros ("5339.5", "10")."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _without_unknown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _cursor(offset: int, after_gap: bool) -> str:
    return base64.urlsafe_b64encode(f"{offset}:{int(after_gap)}".encode()).decode()


def _read_cursor(text: str | None) -> tuple[int, bool]:
    if not text:
        return 0, False
    try:
        offset, _, after_gap = base64.urlsafe_b64decode(text.encode()).decode().partition(":")
        return int(offset), after_gap == "1"
    except (ValueError, binascii.Error):
        raise GraphRefusal(400, 100, "(#100) Invalid cursor") from None
