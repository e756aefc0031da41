"""The state of a dashboard as one value, and its only reader and writer: the query string of the address.

Invariant: a ``Filters`` is always canonical. Whatever it is made from, two that mean the same are equal and give the
same address; what cannot be read falls back to the default, and an unknown key says nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

from core.business_time import INTERVALS
from core.records import DateRange

PRESETS = ("today", "yesterday", "last_7_days", "last_30_days", "this_month", "last_month", "this_year", "all")
CURRENCIES = ("KZT", "USD")
BASES = ("sale", "lead")
MODELS = ("last",)
NO_TEAM = "none"          # the unattributed rest, as a value of ``teams``
DEFAULT_PRESET = "last_30_days"
LONGEST_DAYS = 3653       # ten years

FIRST_YEAR, LAST_YEAR = 2000, 2099

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAME = re.compile(r"[\w.\-]{1,64}")
_MOST_VALUES = 100


@dataclass(frozen=True)
class Filters:
    """What a viewer asks for. Either ``date_from`` and ``date_to`` (both included) or ``preset`` is set, never both.

    ``teams`` are slugs, ``none`` for the unattributed rest; ``campaigns`` are the platform's ids; empty means all. An
    unknown slug or id is kept and matches nothing. ``default_currency`` is the installation's and no part of the state.
    """

    preset: str | None = DEFAULT_PRESET
    date_from: date | None = None
    date_to: date | None = None
    teams: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    currency: str = ""
    interval: str = "day"
    basis: str = "sale"
    model: str = "last"
    default_currency: str = field(default="KZT", compare=False, repr=False)

    def __post_init__(self) -> None:
        has_dates = _is_period(self.date_from, self.date_to)
        default = self.default_currency if self.default_currency in CURRENCIES else CURRENCIES[0]
        canonical: dict[str, Any] = {
            "preset": None if has_dates else _one_of(self.preset, PRESETS, DEFAULT_PRESET),
            "date_from": self.date_from if has_dates else None,
            "date_to": self.date_to if has_dates else None,
            "teams": _names(value.lower() for value in self.teams),
            "campaigns": _names(self.campaigns),
            "currency": _one_of(self.currency.upper(), CURRENCIES, default),
            "interval": _one_of(self.interval, INTERVALS, "day"),
            "basis": _one_of(self.basis, BASES, "sale"),
            "model": _one_of(self.model, MODELS, "last"),
            "default_currency": default,
        }
        for name, value in canonical.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_query(cls, query: str | Mapping[str, Any] | None, default_currency: str = "KZT") -> "Filters":
        """Read a query string (with or without ``?``) or decoded arguments (a value or a list of values each)."""
        values = _parse(query)
        return cls(
            preset=_last(values, "preset"), date_from=_day(_last(values, "from")), date_to=_day(_last(values, "to")),
            teams=tuple(values.get("team", ())), campaigns=tuple(values.get("campaign", ())),
            currency=_last(values, "currency"), interval=_last(values, "interval"), basis=_last(values, "basis"),
            model=_last(values, "model"), default_currency=default_currency,
        )

    @classmethod
    def from_query_args(cls, default_currency: str = "KZT", **arguments: Any) -> "Filters":
        """Read the arguments that a page's layout is called with; unknown ones are ignored."""
        return cls.from_query(arguments, default_currency)

    def to_query(self) -> str:
        """The canonical query string, without ``?``: keys sorted, defaults left out."""
        pairs: list[tuple[str, str]] = [("team", slug) for slug in self.teams]
        pairs += [("campaign", campaign) for campaign in self.campaigns]
        if self.date_from is not None and self.date_to is not None:
            pairs += [("from", self.date_from.isoformat()), ("to", self.date_to.isoformat())]
        named = {
            "preset": (self.preset, DEFAULT_PRESET), "currency": (self.currency, self.default_currency),
            "interval": (self.interval, "day"), "basis": (self.basis, "sale"), "model": (self.model, "last"),
        }
        pairs += [(key, value) for key, (value, default) in named.items() if value is not None and value != default]
        return urlencode(sorted(pairs))

    def with_preset(self, preset: str) -> "Filters":
        """The same view over a named period."""
        return replace(self, preset=preset, date_from=None, date_to=None)

    def with_dates(self, date_from: date, date_to: date) -> "Filters":
        """The same view over chosen days, both included."""
        return replace(self, date_from=date_from, date_to=date_to)

    def period(self, today: date, first_day: date | None = None) -> DateRange:
        """The days asked for. ``first_day`` is the earliest day with any figure, where ``all`` begins.

        "Last 7 days" are today and the six before. ``all`` reaches back ten years at most.
        """
        if self.date_from is not None and self.date_to is not None:
            return DateRange(self.date_from, self.date_to)
        match self.preset:
            case "today":
                return DateRange(today, today)
            case "yesterday":
                return DateRange(today - timedelta(days=1), today - timedelta(days=1))
            case "last_7_days":
                return DateRange(today - timedelta(days=6), today)
            case "this_month":
                return DateRange(today.replace(day=1), today)
            case "last_month":
                last = today.replace(day=1) - timedelta(days=1)
                return DateRange(last.replace(day=1), last)
            case "this_year":
                return DateRange(today.replace(month=1, day=1), today)
            case "all":
                earliest = today - timedelta(days=LONGEST_DAYS - 1)
                return DateRange(min(max(first_day or today, earliest), today), today)
            case _:
                return DateRange(today - timedelta(days=29), today)

    def previous_period(self, period: DateRange) -> DateRange:
        """What a period is compared with: as many days directly before it.

        For this month the same days of the month before (as many as it has), for the last month the whole one before.
        """
        if self.preset in ("this_month", "last_month"):
            end = period.first - timedelta(days=1)
            same_day = end.replace(day=min(period.last.day, end.day))
            return DateRange(end.replace(day=1), end if self.preset == "last_month" else same_day)
        return DateRange(period.first - timedelta(days=period.days), period.first - timedelta(days=1))


def _parse(query: str | Mapping[str, Any] | None) -> dict[str, list[str]]:
    """Every key with its values as text."""
    if not query:
        return {}
    if isinstance(query, str):
        try:
            return parse_qs(query.removeprefix("?"), errors="replace", max_num_fields=10 * _MOST_VALUES)
        except ValueError:
            return {}
    return {
        str(key): [str(one) for one in value] if isinstance(value, list | tuple | set) else [str(value)]
        for key, value in query.items() if value is not None
    }


def _last(values: Mapping[str, list[str]], key: str) -> str:
    found = values.get(key)
    return found[-1].strip() if found else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:
        return None


def _is_period(first: date | None, last: date | None) -> bool:
    if first is None or last is None or first.year < FIRST_YEAR or last.year > LAST_YEAR:
        return False
    return 0 <= (last - first).days < LONGEST_DAYS


def _one_of(value: str | None, allowed: tuple[str, ...], default: str) -> str:
    return value if value in allowed else default


def _names(values: Iterable[str]) -> tuple[str, ...]:
    """Slugs or ids, sorted, each once; what cannot be one is left out."""
    trimmed = (value.strip() for value in values)
    return tuple(sorted({value for value in trimmed if _NAME.fullmatch(value)})[:_MOST_VALUES])
