"""Rows as CSV bytes that a spreadsheet opens in the right letters and never executes.

Invariant: no cell that is not a plain number begins with a character from which a spreadsheet starts a formula.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | float | Decimal | date | datetime | bool | None

BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = frozenset("=+-@|%\t\r\n\0＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A comma-separated table in UTF-8 with a byte order mark and CRLF lines; unknown values are empty cells."""
    text = io.StringIO(newline="")
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(title) for title in header])
    for row in rows:
        writer.writerow([to_cell(value) for value in row])
    return text.getvalue().encode("utf-8", errors="replace")


def to_cell(value: Cell) -> str:
    """One value as the text of its cell: numbers plain with a point, days and times in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):  # a datetime is a date as well
        return value.isoformat()
    return safe_cell(value)


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before it unless it is a plain number."""
    text = text.replace("\0", "")
    shown = text.lstrip(" \u00a0\ufeff\u200b")
    if shown[:1] in _FORMULA_STARTS and shown and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text
