"""A row of an uploaded table becomes a record that tables of the product can take, or a list of what is wrong with it.

Invariant: pure and repeatable: the same row always gives the same key and the same record. A value that can be read
in two ways is refused with a sentence, never guessed; an absent one stays ``None``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import Any

from core.bodies import clean_mark
from core.business_time import BusinessCalendar
from core.import_fields import FIELDS, ImportKind
from core.import_files import MAX_CELL
from core.money import parse_amount
from core.phones import normalize_email, normalize_phone
from core.wire_values import read_id, read_time

EARLIEST = date(2000, 1, 1)
_MOST = Decimal(10) ** 11
_MARKS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id", "fbclid")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?")
_LOCAL = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_PRODUCTS: Mapping[str, frozenset[str]] = {
    "express": frozenset({"express", "экспресс", "экспресс курс", "express курс"}),
    "flagman": frozenset({"flagman", "флагман", "integrator", "интегратор", "flagship"}),
    "challenge3d": frozenset({"challenge3d", "challenge 3d", "трехдневник", "3d", "үш күндік"}),
    "intensive1d": frozenset({"intensive1d", "intensive 1d", "однодневник", "1d", "бір күндік"}),
}
_CHANNELS = {"facebook": "facebook", "meta": "facebook", "fb": "facebook", "instagram": "facebook"}


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with a row: the field (empty: the row), a key of the catalogues, and the value as written."""

    line: int
    field: str
    key: str
    value: str = ""


@dataclass(frozen=True)
class ImportRow:
    """A row that was understood; ``data`` is plain JSON, times in UTC, amounts as text."""

    line: int
    key: str
    data: dict[str, Any]


@dataclass(frozen=True)
class RowReading:
    """How the rows of a file are read: which column is which field, what holds for all rows, how dates are written."""

    kind: ImportKind
    columns: Mapping[str, int]
    constants: Mapping[str, str]
    calendar: BusinessCalendar
    today: date
    month_first: bool = False       # 03/04/2026 is the 4th of March
    decimal_comma: bool = False     # 1,234 is less than two

    def read(self, line: int, cells: Sequence[str]) -> tuple[ImportRow | None, tuple[RowProblem, ...]]:
        """The row, or ``None`` and what is wrong with it."""
        row = _Row(self, line, cells)
        data = _READERS[self.kind](row)
        if row.problems:
            return None, tuple(row.problems)
        return ImportRow(line, _key(self.kind, data), data), ()


class _Row:
    """The cells of one row by field, and the problems met while reading them."""

    def __init__(self, reading: RowReading, line: int, cells: Sequence[str]) -> None:
        self.reading, self.line, self.cells = reading, line, cells
        self.problems: list[RowProblem] = []
        for field in FIELDS[reading.kind]:
            if field.required and not self.raw(field.name):
                self.refuse(field.name, "imports.row.missing")
        if any(len(cell) > MAX_CELL for cell in cells):
            self.refuse("", "imports.row.too_long")

    def raw(self, name: str) -> str:
        place = self.reading.columns.get(name)
        written = self.cells[place] if place is not None and place < len(self.cells) else ""
        return written or self.reading.constants.get(name, "")

    def refuse(self, name: str, key: str) -> None:
        self.problems.append(RowProblem(self.line, name, key, self.raw(name)[:80] if name else ""))

    def text(self, name: str) -> str | None:
        return clean_mark(self.raw(name))

    def moment(self, name: str) -> str | None:
        """A local time of the business zone unless it names its own; a day alone stands for its noon."""
        written = self.raw(name)
        if not written:
            return None
        found = read_time(written) or self._local(written)
        if found is None:
            self.refuse(name, "imports.row.date")
            return None
        day = self.reading.calendar.day_of(found)
        if not EARLIEST <= day <= self.reading.today:
            self.refuse(name, "imports.row.date_range")
            return None
        return found.astimezone(UTC).isoformat()

    def _local(self, written: str) -> datetime | None:
        day = self._parts(written)
        if day is None:
            return None
        year, month, number, clock = day
        try:
            return datetime.combine(date(year, month, number), clock or time(12), tzinfo=self.reading.calendar.zone)
        except ValueError:
            return None

    def _parts(self, written: str) -> tuple[int, int, int, time | None] | None:
        iso, local = _ISO.fullmatch(written), _LOCAL.fullmatch(written)
        match = iso or local
        if match is None:
            return None
        first, second, third, *clock = (int(part) if part else None for part in match.groups())
        if first is None or second is None or third is None:
            return None
        try:
            at = time(clock[0], clock[1] or 0, clock[2] or 0) if clock[0] is not None else None
        except ValueError:
            return None
        if iso:
            return first, second, third, at
        return (third, first, second, at) if self.reading.month_first else (third, second, first, at)

    def day(self, name: str) -> str | None:
        found = self.moment(name)
        return None if found is None else self.reading.calendar.day_of(datetime.fromisoformat(found)).isoformat()

    def amount(self, name: str) -> str | None:
        written = self.raw(name)
        if not written:
            return None
        if self.reading.decimal_comma and written.count(",") == 1 and "." not in written:
            written = written.replace(",", ".")
        found = parse_amount(written)
        if found is None or not 0 <= found < _MOST:
            self.refuse(name, "imports.row.amount")
            return None
        return f"{found.normalize():f}"

    def count(self, name: str) -> int | None:
        written = "".join(self.raw(name).split())
        if not written:
            return None
        if not written.isascii() or not written.isdigit() or len(written) > 15:
            self.refuse(name, "imports.row.count")
            return None
        return int(written)

    def number(self, name: str) -> int | None:
        written = self.raw(name)
        found = read_id(written)
        if written and found is None:
            self.refuse(name, "imports.row.id")
        return found

    def currency(self, usual: str | None) -> str | None:
        written = self.raw("currency").upper() or usual or ""
        found = {"₸": "KZT", "ТГ": "KZT", "ТЕНГЕ": "KZT", "$": "USD", "€": "EUR"}.get(written, written)
        if not re.fullmatch(r"[A-Z]{3}", found):
            self.refuse("currency", "imports.row.currency" if written else "imports.row.missing")
            return None
        return found

    def person(self) -> dict[str, str | None]:
        phone, email = self.text("phone"), self.text("email")
        return {"name": self.text("name"), "phone": phone, "phone_norm": normalize_phone(phone), "email": email,
                "email_norm": normalize_email(email)}


def _read_lead(row: _Row) -> dict[str, Any]:
    person = row.person()
    if not person["phone_norm"] and not person["email_norm"]:
        name = "phone" if person["phone"] else "email" if person["email"] else ""
        row.refuse(name, "imports.row.contact")
    return {"submitted_at": row.moment("submitted_at"), **person, "source": row.text("source") or "import",
            "funnel": row.text("funnel"), **{mark: row.text(mark) for mark in _MARKS},
            "client_id": row.text("client_id"), "deal_id": row.number("deal_id"), "id": row.text("id")}


def _read_sale(row: _Row) -> dict[str, Any]:
    written = " ".join(row.raw("product").lower().replace("ё", "е").replace("-", " ").split())
    product = next((name for name, names in _PRODUCTS.items() if written in names), None)
    if written and product is None:
        row.refuse("product", "imports.row.product")
    if row.currency("KZT") not in (None, "KZT"):
        row.refuse("currency", "imports.row.only_tenge")
    amount = row.amount("amount")
    if not any(row.raw(name) for name in ("deal_id", "id", "phone", "email", "name")):
        row.refuse("", "imports.row.nobody")
    return {"sold_at": row.moment("sold_at"), "product": product,
            "amount": amount if amount is not None and Decimal(amount) > 0 else None, **row.person(),
            **{mark: row.text(mark) for mark in _MARKS}, "deal_id": row.number("deal_id"), "id": row.text("id")}


def _read_spend(row: _Row) -> dict[str, Any]:
    written = "-".join((row.text("channel") or "").lower().split())
    if not written:
        row.refuse("channel", "imports.row.missing")
    elif not re.fullmatch(r"[\w.-]{1,40}", written):
        row.refuse("channel", "imports.row.channel")
    campaign, campaign_id = row.text("campaign"), row.text("campaign_id")
    if not campaign and not campaign_id:
        row.refuse("campaign", "imports.row.missing")
    return {"day": row.day("day"), "channel": _CHANNELS.get(written, written), "campaign": campaign,
            "campaign_id": campaign_id, "account_id": (row.text("account_id") or "").removeprefix("act_") or None,
            "spend": row.amount("spend"), "currency": row.currency(None), "impressions": row.count("impressions"),
            "clicks": row.count("clicks")}


_READERS = {ImportKind.LEADS: _read_lead, ImportKind.SALES: _read_sale, ImportKind.SPEND: _read_spend}


def _key(kind: ImportKind, data: Mapping[str, Any]) -> str:
    """What makes two rows the same thing: an id when the file has one, else who, what and when."""
    person = data.get("phone_norm") or data.get("email_norm") or (data.get("name") or "").lower()
    if kind is ImportKind.SPEND:
        campaign = data["campaign_id"] or (data["campaign"] or "").lower()
        return _digest(data["channel"], data["account_id"] or "", campaign, data["day"])
    if kind is ImportKind.SALES:
        if data["deal_id"] or data["id"]:
            return _digest("deal" if data["deal_id"] else "id", str(data["deal_id"] or data["id"]), data["product"])
        return _digest(person, data["product"], data["sold_at"])
    return _digest("id", data["id"]) if data["id"] else _digest(person, data["submitted_at"])


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()
