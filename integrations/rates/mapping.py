"""The bank's feed as rates: KZT for one unit of each currency, on the day the feed names.

Invariant: a rate is ``description ÷ quant``, in decimals; ``quant`` differs by currency and by year. A feed without
items is an answer ("no rates for that day"), not an error; a feed that cannot be read is never taken for one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from xml.etree import ElementTree

_DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4}|\d{2})")


class UnreadableRates(Exception):
    """The bank answered something that is not its feed."""


@dataclass(frozen=True)
class PublishedRates:
    """What the bank published for a day (``None``: it named none): KZT for one unit, by ISO code."""

    day: date | None
    kzt_for_one: Mapping[str, Decimal]


def parse_rates(body: bytes) -> PublishedRates:
    """Read either feed: the one by date (``rates``) or the one of today (``rss``).

    Raises: UnreadableRates.
    """
    root = _to_root(body)
    if root.tag not in ("rates", "rss"):
        raise UnreadableRates(f"the feed begins with {root.tag[:40]!r}")
    rates: dict[str, Decimal] = {}
    days = {_to_day(found.text) for found in root.iterfind("date")}
    for item in root.iter("item"):
        code = (item.findtext("title") or "").strip().upper()
        rates[code] = _to_rate(code, item.findtext("description"), item.findtext("quant"))
        days.update(_to_day(found.text) for found in item.iterfind("pubDate"))
    if len(days) > 1 or (rates and not days):
        raise UnreadableRates("the feed does not say for which day its rates are")
    return PublishedRates(next(iter(days), None), MappingProxyType(rates))


def _to_root(body: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise UnreadableRates("the feed defines entities")
    try:
        return ElementTree.fromstring(body)  # nosec B314 - no document type, and expat bounds what expands
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnreadableRates("the feed is not XML") from error


def _to_day(written: str | None) -> date:
    found = _DAY.fullmatch((written or "").strip())
    if found is None:
        raise UnreadableRates("the feed names a day that cannot be read")
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError as error:
        raise UnreadableRates("the feed names a day that does not exist") from error


def _to_rate(code: str, description: str | None, quant: str | None) -> Decimal:
    try:
        amount, units = Decimal((description or "").strip()), Decimal((quant or "").strip())
    except InvalidOperation as error:
        raise UnreadableRates(f"the rate of {code[:10]!r} is not a number") from error
    if not (code and amount.is_finite() and units.is_finite() and amount > 0 and units > 0):
        raise UnreadableRates(f"the rate of {code[:10]!r} is not a rate")
    return amount / units
