"""Reads the texts of request bodies as numbers, times and links; what cannot be read is ``None``, never an error."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.bodies import as_text, clean_mark
from core.records import Utm

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_ISO_WITH_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$")
_FIRST_SECOND = 946_684_800        # 2000-01-01: anything earlier is an empty date, not a moment
_LAST_SECOND = 4_102_444_800       # 2100-01-01
_LARGEST_PRICE = Decimal(10) ** 12  # numeric(14, 2)
_MARKS = ("source", "medium", "campaign", "content", "term", "id")


def read_int(value: Any) -> int | None:
    """A whole number of at most 18 digits, from a number or its text."""
    text = (as_text(value) or "").strip()
    return int(text) if _INTEGER.fullmatch(text) else None


def read_id(value: Any) -> int | None:
    """The id of an object: a whole number above zero."""
    number = read_int(value)
    return number if number is not None and number > 0 else None


def read_price(value: Any) -> Decimal | None:
    """A price in whole or decimal units of the account currency; not negative, at most 12 digits."""
    text = (as_text(value) or "").strip()
    if not text or len(text) > 30:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation:
        return None
    if not price.is_finite() or not 0 <= price < _LARGEST_PRICE:
        return None
    return price


def read_time(value: Any) -> datetime | None:
    """A moment from unix seconds or milliseconds, or from ISO 8601 with a zone. Local text times are no moments."""
    text = (as_text(value) or "").strip()
    seconds = read_int(text)
    if seconds is None:
        return _read_iso(text)
    if seconds >= _FIRST_SECOND * 1000:
        whole, rest = divmod(seconds, 1000)
        if _FIRST_SECOND <= whole < _LAST_SECOND:
            return datetime.fromtimestamp(whole, UTC).replace(microsecond=rest * 1000)
        return None
    if _FIRST_SECOND <= seconds < _LAST_SECOND:
        return datetime.fromtimestamp(seconds, UTC)
    return None


def _read_iso(text: str) -> datetime | None:
    if not _ISO_WITH_ZONE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_SECOND <= moment.timestamp() < _LAST_SECOND else None


def link_marks(link: str) -> dict[str, str]:
    """The query of a page link, keys in lower case, values trimmed; the first of a repeated key counts."""
    text = clean_mark(link) or ""
    try:
        query = urlsplit(text).query
        pairs = parse_qsl(query.partition("#")[0], max_num_fields=200)
    except ValueError:
        return {}
    marks: dict[str, str] = {}
    for key, value in pairs:
        name = key.strip().lower().removeprefix("amp;")
        mark = (clean_mark(value) or "").replace("\x00", "").strip()
        if mark:
            marks.setdefault(name, mark)
    return marks


def utm_from_link(link: str) -> Utm:
    """The UTM marks in the query of a page link; HTML escapes (``&amp;``) are undone first."""
    marks = link_marks(link)
    return Utm(**{mark: marks.get(f"utm_{mark}") for mark in _MARKS})


def bare_link(link: str) -> str:
    """A page link with nothing but its UTM marks: other parameters may name the visitor. Empty when unreadable."""
    try:
        parts = urlsplit(clean_mark(link) or "")
        page = f"{parts.scheme}://{parts.hostname or ''}{parts.path}" if parts.scheme else parts.path
    except ValueError:
        return ""
    known = {f"utm_{mark}" for mark in _MARKS}
    marks = {name: mark for name, mark in link_marks(link).items() if name in known}
    return f"{page}?{urlencode(marks)}" if marks else page
