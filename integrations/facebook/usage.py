"""How much of its allowance a connection has used, read from the headers that come with every answer.

Invariant: percentages run to 100 (throttled); a header that cannot be read counts as absent, never as zero use.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SLOW_FROM_PERCENT = 75.0
STOP_FROM_PERCENT = 95.0


@dataclass(frozen=True)
class Usage:
    """Percent used by the application and by the ad account, and how long a refusal lasts (seconds)."""

    application_percent: float | None = None
    account_percent: float | None = None
    wait_seconds: float | None = None


NO_USAGE = Usage()


def read_usage(headers: Mapping[str, str]) -> Usage:
    """The usage an answer reports. ``headers`` is looked up as given: pass a case-insensitive mapping."""
    application = _object(headers.get("x-app-usage"))
    account = _object(headers.get("x-ad-account-usage"))
    insights = _object(headers.get("x-fb-ads-insights-throttle"))
    cases = list(_business_cases(headers.get("x-business-use-case-usage")))
    minutes = max((_number(case.get("estimated_time_to_regain_access")) or 0.0 for case in cases), default=0.0)
    reset = _number(account.get("reset_time_duration")) or 0.0
    return Usage(
        application_percent=_highest(*_calls(application), insights.get("app_id_util_pct")),
        account_percent=_highest(account.get("acc_id_util_pct"), insights.get("acc_id_util_pct"),
                                 *(part for case in cases for part in _calls(case))),
        wait_seconds=minutes * 60 or reset or None)


def _calls(usage: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return usage.get("call_count"), usage.get("total_cputime"), usage.get("total_time")


def _business_cases(header: str | None) -> Iterator[Mapping[str, Any]]:
    # One list per business or account, one entry in it per kind of call.
    for cases in _object(header).values():
        for case in cases if isinstance(cases, list) else ():
            if isinstance(case, dict):
                yield case


def _object(header: str | None) -> Mapping[str, Any]:
    try:
        value = json.loads(header) if header else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _highest(*values: Any) -> float | None:
    return max((number for number in map(_number, values) if number is not None), default=None)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
