"""What went wrong at Facebook, as exceptions that say what to do about it.

Invariant: decided by ``code`` and ``error_subcode`` of the answer, never by its HTTP status alone; no exception holds
a token, an address or the exception of the HTTP library (its text quotes the whole address).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from integrations.facebook.usage import NO_USAGE, Usage


@dataclass(frozen=True)
class ErrorBody:
    """The ``error`` object of an answer. ``trace`` is ``fbtrace_id``: Facebook's support asks for it."""

    code: int | None
    subcode: int | None
    message: str
    user_text: str = ""
    trace: str | None = None
    is_transient: bool | None = None
    http_status: int | None = None


class FacebookError(Exception):
    """Any failure of a call to Facebook; ``body`` is what Facebook said, ``None`` when it said nothing readable."""

    def __init__(self, message: str, body: ErrorBody | None = None) -> None:
        super().__init__(message)
        self.body = body


class Remedy(StrEnum):
    """What makes a dead token alive again."""

    RECONNECT = "reconnect"
    LOG_IN_AT_FACEBOOK = "log_in_at_facebook"


class TokenInvalid(FacebookError):
    """The connection is dead until its owner acts; never retried."""

    def __init__(self, message: str, body: ErrorBody | None = None, remedy: Remedy = Remedy.RECONNECT) -> None:
        super().__init__(message, body)
        self.remedy = remedy


class PermissionMissing(FacebookError):
    """This account may not be read; the connection and its other accounts stand."""


class ObjectMissing(FacebookError):
    """The object is gone, or this token cannot see it."""


class Throttled(FacebookError):
    """Calls are refused for a while: calling meanwhile prolongs it. ``wait_seconds`` is ``None`` when not told."""

    def __init__(self, message: str, body: ErrorBody | None = None, wait_seconds: float | None = None) -> None:
        super().__init__(message, body)
        self.wait_seconds = wait_seconds


class AccountThrottled(Throttled):
    """This ad account has to wait; others go on."""


class ApplicationThrottled(Throttled):
    """Every account of the application has to wait."""


class TooMuchData(FacebookError):
    """No waiting helps: ask for fewer days, then for shorter pages."""


class Blocked(FacebookError):
    """Facebook blocked the person or the application for its policy: stop and tell the owner."""


class HistoryTooOld(FacebookError):
    """The range begins before the 37 months that Facebook keeps."""


class VersionGone(FacebookError):
    """The version of the API is no longer served: the product must be upgraded."""


class BadRequest(FacebookError):
    """The request itself is wrong: a fault of ours, never retried."""


class Transient(FacebookError):
    """A passing fault of Facebook or of the line: worth another try."""


class BadAnswer(Transient):
    """What came is no answer of Graph: another format, cut, empty, or of another shape."""


_ACCOUNT_LIMITS = frozenset({17, 32, 613, *range(80000, 80015)})
_DEAD_TOKEN = frozenset({190, 102})
_LOG_IN_FIRST = frozenset({459, 464})
_SHRINK_SUBCODES = frozenset({(100, 1487534), (100, 1504018), (2, 1504038)})
_PERMISSIONS = frozenset({3, 10, *range(200, 300)})
_REFUSED_FOR_GOOD = (1, 2853001)
_PASSING = frozenset({1, 2, 960})
_VOLUME_ANOMALY = (613, 1996)
_LONG_PAUSE_SECONDS = 15 * 60.0     # these two name no time, and asking soon makes them last
_MAX_TEXT = 300


def read_error_body(error: Mapping[str, Any], http_status: int | None = None) -> ErrorBody:
    """The error object of an answer; members of another type count as absent."""
    user_text = " ".join(str(error[name]) for name in ("error_user_title", "error_user_msg") if error.get(name))
    transient = error.get("is_transient")
    return ErrorBody(
        code=_whole(error.get("code")), subcode=_whole(error.get("error_subcode")),
        message=str(error.get("message") or "no message")[:_MAX_TEXT], user_text=user_text[:_MAX_TEXT],
        trace=str(error["fbtrace_id"]) if error.get("fbtrace_id") else None,
        is_transient=transient if isinstance(transient, bool) else None, http_status=http_status)


def to_error(body: ErrorBody, usage: Usage = NO_USAGE) -> FacebookError:
    """The exception for an error body. ``usage`` of the same answer tells how long a refusal lasts."""
    text = _describe(body)
    if _asks_for_less(body):
        return TooMuchData(text, body)
    if body.code in _DEAD_TOKEN:
        return _token_error(text, body)
    if body.code == 341 or (body.code, body.subcode) == _VOLUME_ANOMALY:
        return ApplicationThrottled(text, body, max(usage.wait_seconds or 0, _LONG_PAUSE_SECONDS))
    if body.code == 4:
        return ApplicationThrottled(text, body, usage.wait_seconds)
    if body.code in _ACCOUNT_LIMITS:
        return AccountThrottled(text, body, usage.wait_seconds)
    if body.code in _PERMISSIONS:
        return PermissionMissing(text, body)
    if body.code == 100:
        return _parameter_error(text, body)
    special = {368: Blocked, 2635: VersionGone, 3018: HistoryTooOld}.get(body.code or 0)
    if special is not None:
        return special(text, body)
    if (body.code, body.subcode) == _REFUSED_FOR_GOOD:
        return BadRequest(text, body)
    if body.code is None:
        return BadAnswer(text, body)
    return Transient(text, body) if body.code in _PASSING or body.is_transient else BadRequest(text, body)


def _asks_for_less(body: ErrorBody) -> bool:
    # One refusal in three shapes: in the message, in the text for people only, or as a subcode.
    said = f"{body.message} {body.user_text}".lower()
    return (body.code, body.subcode) in _SHRINK_SUBCODES or (
        body.code in (1, 2, 100, None) and "reduce the amount" in said)


def _token_error(text: str, body: ErrorBody) -> FacebookError:
    if "impersonating a user's page" in body.message.lower():
        return PermissionMissing(text, body)   # a page permission under the code of a dead token
    remedy = Remedy.LOG_IN_AT_FACEBOOK if body.subcode in _LOG_IN_FIRST else Remedy.RECONNECT
    return TokenInvalid(text, body, remedy)


def _parameter_error(text: str, body: ErrorBody) -> FacebookError:
    if body.subcode == 33:
        return ObjectMissing(text, body)
    said = body.message.lower()
    if "missing permissions" in said:
        return PermissionMissing(text, body)
    if "cannot include" in said and "summary param" in said:
        return Transient(text, body)
    return BadRequest(text, body)


def _describe(body: ErrorBody) -> str:
    code = "?" if body.code is None else str(body.code)
    subcode = "" if body.subcode is None else f"/{body.subcode}"
    trace = f" [{body.trace}]" if body.trace else ""
    return f"Facebook {code}{subcode}: {body.message}{trace}"


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
