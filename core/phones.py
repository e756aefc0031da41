"""Phones and e-mail addresses as keys of a person: the same person typed twice gives the same text.

Invariant: a result is E.164 (``+`` and 10 to 15 digits) or ``None``; what cannot be read stays unknown, the caller
keeps the text as typed. ``+7 6xx`` and ``+7 7xx`` are Kazakhstan, every other ``+7`` is Russia and kept as it is.
Fifteen digits beginning with ``+999``, which no country has, stand in place of a number that was erased.
"""

import re
import unicodedata

import phonenumbers

_EXTENSION = re.compile(
    r"(?:доб(?:авочный)?|вн(?:утр(?:енний)?)?|ext(?:ension)?|x)\s*[.:]?\s*\d{1,6}(?!\d)", re.IGNORECASE
)
# Digits with the marks people put between them; anything else (a letter, a comma, a slash) ends the number.
_RUN = re.compile(r"(?:\+|(?<!\d)00(?=[1-9]))?\s*\(?\d[\d\s().\-]*")
# The usual shape, needed when two numbers are parted by nothing but a space.
_SHAPE = re.compile(r"(?<!\d)(?:7|8)[\s().\-]*(?:\d[\s().\-]*){9}\d(?!\d)")
STAND_IN_PREFIX, _STAND_IN_LENGTH = "999", 15
_EMAIL = re.compile(r"[^@\s<>()\[\],;:\"]+@[^@\s<>()\[\],;:\"]+\.[^@\s<>()\[\],;:\".]{2,}")


def normalize_phone(text: str | None) -> str | None:
    """The first phone in a typed value as E.164; ``None`` when there is none.

    Eleven digits beginning with 8 or 7, and ten digits, are numbers of +7; other countries need a leading ``+``.
    """
    found = find_phones(text)
    return found[0] if found else None


def find_phones(text: str | None) -> list[str]:
    """Every phone in a text as E.164, in order, each once. Extensions and other digits are left out."""
    if not text:
        return []
    found: dict[str, None] = {}
    for run in _RUN.findall(_EXTENSION.sub(";", _readable(text))):
        for phone in _phones_of_run(run):
            found.setdefault(phone)
    return list(found)


def normalize_email(text: str | None) -> str | None:
    """The first e-mail address in a typed value, lower case; ``None`` when there is none."""
    if not text:
        return None
    found = _EMAIL.search(_readable(text).replace("mailto:", " "))
    return found.group().rstrip(".").lower() if found else None


def _readable(text: str) -> str:
    """Every kind of space and dash as the plain one, marks that nobody sees (zero width, direction) gone."""
    shown = (char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return "".join(
        " " if char.isspace() else "-" if unicodedata.category(char) == "Pd" else _plain_digit(char) for char in shown
    )


def _plain_digit(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def _phones_of_run(run: str) -> list[str]:
    whole = _to_e164(run)
    if whole is not None:
        return [whole]
    parts = (_to_e164(part) for part in _SHAPE.findall(run))
    return [part for part in parts if part is not None]


def _to_e164(run: str) -> str | None:
    digits = re.sub(r"\D", "", run)
    if run.lstrip().startswith("+"):
        return _international(digits)
    if digits.startswith("00"):
        return _international(digits[2:])
    if len(digits) == 11 and digits[0] in "78":
        return _seven(digits[1:])
    return _seven(digits) if len(digits) == 10 else None


def _international(digits: str) -> str | None:
    if len(digits) == 11 and digits.startswith("7"):
        return _seven(digits[1:])
    if digits.startswith(STAND_IN_PREFIX) and len(digits) == _STAND_IN_LENGTH:
        return f"+{digits}"
    if not 10 <= len(digits) <= 15 or digits.startswith("7"):
        return None
    number = phonenumbers.parse(f"+{digits}", None) if _has_country(digits) else None
    if number is not None and phonenumbers.is_possible_number(number):
        return f"+{digits}"
    # People write +8 701 … for the trunk prefix 8.
    return _seven(digits[1:]) if len(digits) == 11 and digits.startswith("8") else None


def _has_country(digits: str) -> bool:
    return any(int(digits[:length]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for length in (1, 2, 3))


def _seven(national: str) -> str | None:
    """A number of +7 from its ten national digits; outside the mobile and Kazakh ranges it must be a real one."""
    if national[0] in "679" or phonenumbers.is_valid_number(phonenumbers.parse(f"+7{national}", None)):
        return f"+7{national}"
    return None
