"""Payloads of the Marketing API as records.

Invariant: ids are text, money is ``Decimal``, and what Facebook left out is ``None`` while the row's other metrics
stand. A row without its identity (object, day) is no row: it raises.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from core.records import AdAccount, AdCampaign, AdDay, DateRange
from integrations.facebook.errors import BadAnswer

ACCOUNT_FIELDS = ("account_id", "name", "currency", "timezone_name", "account_status")
CAMPAIGN_FIELDS = ("id", "account_id", "name", "objective", "status", "effective_status")
METRIC_FIELDS = ("impressions", "reach", "clicks", "inline_link_clicks", "spend", "actions", "action_values")
LEVELS = ("campaign", "adset", "ad")

# Archived and deleted campaigns are left out unless asked for, although their money was spent.
EVERY_STATUS = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES")
_OF_ADSETS = (*EVERY_STATUS, "CAMPAIGN_PAUSED")
_OF_ADS = (*_OF_ADSETS, "ADSET_PAUSED", "PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED", "PENDING_BILLING_INFO")
_EVERY_STATUS_BELOW = {"adset": _OF_ADSETS, "ad": _OF_ADS}


def insight_fields(level: str) -> tuple[str, ...]:
    """The fields to ask for at a level; ids come only when named."""
    parents = ("campaign_id",) if level == "adset" else ("campaign_id", "adset_id") if level == "ad" else ()
    return ("account_id", "account_currency", *parents, f"{level}_id", f"{level}_name", *METRIC_FIELDS)


def every_status(level: str) -> list[dict[str, Any]]:
    """The filter by which insights of a level hold what was deleted, too: of its campaign, and of the object itself."""
    below = _EVERY_STATUS_BELOW.get(level)
    return [{"field": f"{kind}.effective_status", "operator": "IN", "value": list(values)}
            for kind, values in (("campaign", EVERY_STATUS), (level, below)) if values]


def to_account(payload: Mapping[str, Any]) -> AdAccount:
    """An ad account. Raises BadAnswer when its identity, currency or zone is missing."""
    status = _count(payload.get("account_status"))
    return AdAccount(id=identity_of(payload, "account_id").removeprefix("act_"), name=str(payload.get("name") or ""),
                     currency=identity_of(payload, "currency").upper(), timezone=identity_of(payload, "timezone_name"),
                     status=1 if status is None else status)


def to_campaign(payload: Mapping[str, Any], account_id: str) -> AdCampaign:
    """A campaign of an account. Raises BadAnswer without an id."""
    return AdCampaign(id=identity_of(payload, "id"), account_id=account_id, name=text_of(payload.get("name")) or "",
                      objective=text_of(payload.get("objective")), status=text_of(payload.get("status")),
                      effective_status=text_of(payload.get("effective_status")))


def to_ad_day(payload: Mapping[str, Any], account: AdAccount, level: str, window: DateRange) -> AdDay:
    """One insights row of one day. Raises BadAnswer when it is of no object, no single day or outside the window."""
    day = _day(payload.get("date_start"))
    if day is None or payload["date_start"] != payload.get("date_stop") or not window.first <= day <= window.last:
        raise BadAnswer("Facebook sent an insights row that is not of one day of the window")
    return AdDay(
        account_id=account.id, level=level, object_id=identity_of(payload, f"{level}_id"),
        name=text_of(payload.get(f"{level}_name")) or "", day=day, spend=_amount(payload.get("spend")),
        currency=(text_of(payload.get("account_currency")) or account.currency).upper(),
        impressions=_count(payload.get("impressions")), clicks=_count(payload.get("clicks")),
        reach=_count(payload.get("reach")), inline_link_clicks=_count(payload.get("inline_link_clicks")),
        actions=_actions(payload.get("actions")), action_values=_actions(payload.get("action_values")),
        campaign_id=None if level == "campaign" else identity_of(payload, "campaign_id"),
        adset_id=identity_of(payload, "adset_id") if level == "ad" else None)


def to_total(payload: Mapping[str, Any], window: DateRange) -> tuple[date, Decimal]:
    """One day of the account's own total. Raises BadAnswer when it is of no single day of the window."""
    day = _day(payload.get("date_start"))
    if day is None or _day(payload.get("date_stop")) != day or not window.first <= day <= window.last:
        raise BadAnswer("Facebook sent a total that is not of one day of the window")
    return day, _amount(payload.get("spend")) or Decimal(0)


def identity_of(payload: Mapping[str, Any], name: str) -> str:
    """A member that must be there. Raises BadAnswer."""
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise BadAnswer(f"Facebook sent an object without {name}")
    return _storable(str(value).strip())


def text_of(value: Any) -> str | None:
    """A text as PostgreSQL can keep it; ``None`` for anything else and for an empty one."""
    return _storable(value) or None if isinstance(value, str) else None


def _storable(text: str) -> str:
    if text.isascii() and "\x00" not in text:
        return text
    # JSON may spell a NUL and half a surrogate pair; PostgreSQL keeps neither in a text.
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _day(value: Any) -> date | None:
    return _written_day(value) if isinstance(value, str) else None


@lru_cache(4096)
def _written_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _amount(value: Any) -> Decimal | None:
    """Money in major units. An amount that is there but unreadable is a fault: as unknown it would hide spend."""
    if value is None or value == "":
        return None
    try:
        amount = Decimal(value) if isinstance(value, str) else Decimal(str(value))
    except (InvalidOperation, ValueError):
        amount = None
    if amount is None or not amount.is_finite():
        raise BadAnswer("Facebook sent an amount that is no number")
    return amount


def _count(value: Any) -> int | None:
    if value.__class__ is not str and value.__class__ is not int:    # a bool is an int, and no count
        return None
    try:
        return int(value)
    except ValueError:
        return None


def _actions(value: Any) -> tuple[dict[str, str], ...]:
    # Types come and go, so the raw pairs are kept; leads are computed from them by a rule.
    if not isinstance(value, list):
        return ()
    return tuple([entry if _is_plain(entry) else
                  {_storable(str(name)): _storable(str(part)) for name, part in entry.items()}
                  for entry in value if isinstance(entry, dict)])


def _is_plain(entry: Mapping[str, Any]) -> bool:
    """Whether the pairs can be kept as they came: nearly all can, and there are millions of them."""
    for name, part in entry.items():
        if part.__class__ is not str or not part.isascii() or "\x00" in part or not name.isascii() or "\x00" in name:
            return False
    return True
