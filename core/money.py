"""Money: ``Decimal`` in major units of a named currency, rounded only to be shown.

Invariant: nothing here guesses. A text that is not clearly one amount is ``None``, and so is every amount not known.
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

_CENT = Decimal("0.01")
# ISO 4217: everything else that may come along has two digits.
_NO_DIGITS = frozenset({
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
    "VND", "VUV", "XAF", "XOF", "XPF",
})
_THREE_DIGITS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_CURRENCY_MARK = re.compile(r"(?i)₸|\$|€|₽|тг\.?|тенге|руб\.?|kzt|usd|eur|rub")
_SPACED_GROUPS = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_PLAIN = re.compile(r"-?\d{1,15}(\.\d{1,8})?")


class Currency(StrEnum):
    """The currencies a report may be shown in."""

    KZT = "KZT"
    USD = "USD"


def minor_units(currency: str) -> int:
    """How many digits of a currency stand after the point (ISO 4217)."""
    code = currency.upper()
    return 0 if code in _NO_DIGITS else 3 if code in _THREE_DIGITS else 2


def round_money(amount: Decimal) -> Decimal:
    """An amount as people read it: two digits, half up (away from zero)."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def parse_amount(text: str | None) -> Decimal | None:
    """An amount as people, forms and systems write it: ``490 000 ₸``, ``1,234.56``, ``1.234,56``, ``12,5``, ``35000``.

    A single comma before exactly three digits groups thousands, a single point always parts the fraction, as machines
    write it. ``None`` when the text is not one amount.
    """
    if not text:
        return None
    written = _CURRENCY_MARK.sub("", unicodedata.normalize("NFKC", text)).replace("−", "-").strip()
    plain = _point_decimal(_SPACED_GROUPS.sub("", written))
    return Decimal(plain) if plain.isascii() and _PLAIN.fullmatch(plain) else None


def _point_decimal(text: str) -> str:
    """The same number with a point before its fraction and no groups; a strange one is returned as it is."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    fraction_mark = max(",.", key=digits.rfind)
    group_mark = "," if fraction_mark == "." else "."
    whole, mark, fraction = digits.rpartition(fraction_mark)
    if not mark:
        return text
    if group_mark not in digits and (fraction_mark in whole or (mark == "," and len(fraction) == 3)):
        return sign + digits.replace(mark, "") if _is_grouped(digits, mark) else text
    if group_mark in whole and not _is_grouped(whole, group_mark):
        return text
    return f"{sign}{whole.replace(group_mark, '')}.{fraction}"


def _is_grouped(digits: str, mark: str) -> bool:
    first, *rest = digits.split(mark)
    return 1 <= len(first) <= 3 and all(len(group) == 3 for group in rest)
