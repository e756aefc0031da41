"""Every word a person reads, and how figures and dates are written in their language.

Invariant: texts live only in the catalogues ``core/locale/<code>/<area>.po``; a key is a meaning
(``metric.roi``), never a sentence, and a key without a text is an error, not a blank.
The language of the moment is a context variable: one viewer's choice never reaches another's page.
"""

import gettext
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from babel.dates import format_date
from babel.messages.pofile import read_po

from core.records import DateRange

LocaleCode = Literal["ru", "en", "kk"]
LOCALES: tuple[LocaleCode, ...] = get_args(LocaleCode)
DEFAULT_LOCALE = "ru"
UNKNOWN = "—"
MINUS = "\u2212"
NO_BREAK = "\u00a0"
CURRENCY_SIGNS = {"KZT": "₸", "USD": "$"}

_CATALOGUES = Path(__file__).parent / "locale"
_MILLION = Decimal(1_000_000)
_THOUSAND = Decimal(1000)
_current: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)


class MissingText(KeyError):
    """A key that a catalogue does not have."""


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language: plain ones, plural ones, and which form a number takes."""

    plain: dict[str, str]
    plural: dict[str, tuple[str, ...]]
    form_of: Callable[[int], int]


@dataclass(frozen=True)
class _Marks:
    group: str
    decimal: str
    sign_first: bool


# English writes 1,234.50 with the sign before it; Russian and Kazakh 1 234,50 with the sign after.
_MARKS = {
    "ru": _Marks(NO_BREAK, ",", sign_first=False),
    "kk": _Marks(NO_BREAK, ",", sign_first=False),
    "en": _Marks(",", ".", sign_first=True),
}


@dataclass(frozen=True)
class Written:
    """A figure in parts, so that its unit may be drawn smaller: ``before`` + ``digits`` + ``after``."""

    digits: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        gap = NO_BREAK if self.after else ""
        return f"{self.before}{self.digits}{gap}{self.after}"


def set_locale(code: str) -> Token[str]:
    """Choose the language of this request; an unknown code means the default. Answers the token to go back."""
    return _current.set(code if code in LOCALES else DEFAULT_LOCALE)


def current_locale() -> str:
    """The code of the language being written."""
    return _current.get()


@contextmanager
def locale(code: str) -> Iterator[None]:
    """Write in another language inside a ``with`` block."""
    token = set_locale(code)
    try:
        yield
    finally:
        _current.reset(token)


@lru_cache(maxsize=len(LOCALES))
def load_catalogue(code: str) -> Catalogue:
    """All areas of a language as one catalogue.

    Raises ``ValueError`` when two areas own one key or the language is unknown.
    """
    if code not in LOCALES:
        raise ValueError(f"unknown language: {code}")
    plain: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    form_of: Callable[[int], int] = int
    for path in sorted((_CATALOGUES / code).glob("*.po")):
        with path.open("rb") as file:
            area = read_po(file, locale=code)
        form_of = gettext.c2py(area.plural_expr)
        for message in area:
            if not message.id:
                continue
            key = str(message.id if isinstance(message.id, str) else message.id[0])
            if key in plain or key in plural:
                raise ValueError(f"{path.name}: {key} is already a key of another area")
            if isinstance(message.string, str):
                plain[key] = message.string
            else:
                plural[key] = tuple(message.string or ())
    return Catalogue(plain, plural, form_of)


def t(key: str, /, **values: object) -> str:
    """The text of a key with its ``{values}`` filled in. Raises ``MissingText``."""
    text = load_catalogue(current_locale()).plain.get(key)
    if not text:
        raise MissingText(f"{key} ({current_locale()})")
    return text.format(**values) if values else text


def tn(key: str, number: int, /, **values: object) -> str:
    """The text of a counted thing; ``{n}`` is the number as written. Raises ``MissingText``."""
    catalogue = load_catalogue(current_locale())
    forms = catalogue.plural.get(key)
    if not forms or not all(forms):
        raise MissingText(f"{key} ({current_locale()})")
    return forms[catalogue.form_of(abs(number))].format(n=format_number(number), **values)


def has_text(key: str) -> bool:
    """True when the language of the moment knows a plain key; for keys made from data, such as reasons."""
    return bool(load_catalogue(current_locale()).plain.get(key))


def round_half_up(value: Decimal | int, digits: int) -> Decimal:
    """A figure rounded as people round it: a half goes away from zero."""
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def format_number(value: Decimal | int | None, digits: int = 0, signed: bool = False) -> str:
    """A plain figure; groups of thousands never break over lines. Unknown is a dash.

    ``signed`` puts a plus before a rise; what rounds to zero has no sign at all.
    """
    if value is None:
        return UNKNOWN
    marks = _MARKS[current_locale()]
    rounded: Decimal = round_half_up(value, digits)
    whole, point, part = f"{abs(rounded):,.{digits}f}".partition(".")
    text = whole.replace(",", marks.group) + (marks.decimal if point else "") + part
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if signed and rounded > 0 else text


def format_percent(value: Decimal | int | None, signed: bool = False, digits: int = 2) -> str:
    """A figure that is already in percent, with its sign."""
    if value is None:
        return UNKNOWN
    gap = "" if current_locale() == "en" else NO_BREAK
    return f"{format_number(value, digits, signed)}{gap}%"


def write_money(
    value: Decimal | int | None,
    currency: str,
    compact: bool = False,
    digits: int | None = None,
) -> Written:
    """An amount in parts. ``digits`` decides how exact; by default whole tenge and cents of dollars.

    ``compact`` writes millions and thousands with one digit after the point, as cards on phones need it.
    """
    if value is None:
        return Written(UNKNOWN)
    sign = CURRENCY_SIGNS.get(currency, currency)
    amount, scale = Decimal(value), ""
    if compact and abs(amount) >= _MILLION / 10:
        amount, scale, digits = amount / _MILLION, t("unit.million"), 1 if abs(amount) >= _MILLION * 10 else 2
    elif compact and abs(amount) >= _THOUSAND * 10:
        amount, scale, digits = amount / _THOUSAND, t("unit.thousand"), 1
    elif digits is None:
        digits = money_digits(amount, currency)
    text = format_number(amount, digits)
    if _MARKS[current_locale()].sign_first:
        minus, text = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
        return Written(text, before=minus + sign, after=scale)
    return Written(text, after=f"{scale}{NO_BREAK}{sign}" if scale else sign)


def money_digits(amount: Decimal | int, currency: str) -> int:
    """Digits after the point: dollars have cents; tenge only when the amount is so small that they matter."""
    return 2 if currency != "KZT" or 0 < abs(Decimal(amount)) < 10 else 0


def format_money(
    value: Decimal | int | None,
    currency: str,
    compact: bool = False,
    digits: int | None = None,
) -> str:
    """An amount with the sign of its currency, in one piece."""
    return str(write_money(value, currency, compact, digits))


def format_day(day: date, long: bool = False, year: bool | None = None) -> str:
    """A business day: ``24 окт`` or, ``long``, ``24 октября 2026``. ``year`` forces it in or out."""
    with_year = long if year is None else year
    pattern = ("d MMMM" if long else "d MMM") + (" y" if with_year else "")
    return format_date(day, pattern, locale=current_locale()).replace(".", "").replace(" ", NO_BREAK)


def format_month(day: date, long: bool = False) -> str:
    """The month of a day: ``окт 2026`` or, ``long``, ``октябрь 2026``."""
    pattern = "LLLL y" if long else "LLL y"
    return format_date(day, pattern, locale=current_locale()).replace(".", "").replace(" ", NO_BREAK)


def format_weekday(day: date) -> str:
    """The short name of the weekday."""
    return (
        format_date(day, "EEEEEE", locale=current_locale())
        if current_locale() == "en"
        else format_date(
            day,
            "EEE",
            locale=current_locale(),
        )
    )


def format_period(period: DateRange) -> str:
    """Both ends of a period in full; the year and the month once when they are the same."""
    if period.first == period.last:
        return format_day(period.last, long=True)
    if (period.first.year, period.first.month) == (period.last.year, period.last.month):
        return f"{period.first.day}–{format_day(period.last, long=True)}"
    same_year = period.first.year == period.last.year
    return f"{format_day(period.first, long=True, year=not same_year)} – {format_day(period.last, long=True)}"


def format_time(moment: datetime | None) -> str:
    """Hours and minutes of a moment that is already in the zone of the business."""
    return UNKNOWN if moment is None else f"{moment:%H:%M}"


def format_moment(moment: datetime | None) -> str:
    """Day and time of a moment that is already in the zone of the business: ``22.11 14:02``."""
    return UNKNOWN if moment is None else f"{moment:%d.%m}{NO_BREAK}{moment:%H:%M}"
