"""What an uploaded file would do, row by row, before anything is changed; and its rows, for applying it.

Invariant: reading and checking change nothing; a row with a problem is never applied, and every problem names its line.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.import_fields import ImportKind
from core.import_files import open_table
from core.import_rows import ImportRow, RowProblem, RowReading
from data.import_rows import classify_rows
from data.imports import Import
from data.settling import chunks

INLINE_BYTES = 512 * 1024       # a smaller file is checked while its owner waits
_AT_ONCE = 1_000
_KEPT_PROBLEMS, _KEPT_ROWS = 500, 20
_DAY_FIELDS = {ImportKind.LEADS: "submitted_at", ImportKind.SALES: "sold_at", ImportKind.SPEND: "day"}


@dataclass(frozen=True)
class ReadRow:
    """A row of the file as it was understood, or what is wrong with it."""

    row: ImportRow | None
    problems: tuple[RowProblem, ...]


def read_rows(found: Import, content: bytes, calendar: BusinessCalendar, today: date) -> Iterator[ReadRow]:
    """Every row of the file. Raises: core.import_files.UnreadableFile."""
    table = open_table(content, found.separator)
    reading = RowReading(found.kind, found.columns, found.constants, calendar, today, found.month_first,
                         found.decimal_comma)
    first_lines: dict[str, int] = {}
    for line, cells in table.rows():
        row, problems = reading.read(line, cells)
        if any(cells[len(table.header):]):
            row, problems = None, (*problems, RowProblem(line, "", "imports.row.too_many_cells"))
        if row is not None:
            first = first_lines.setdefault(row.key, line)
            if first != line:
                row, problems = None, (RowProblem(line, "", "imports.row.repeated", str(first)),)
        yield ReadRow(row, problems)


def check_file(
    connection: Connection, found: Import, content: bytes, calendar: BusinessCalendar, today: date,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """The preview, as plain JSON: ``rows`` and how many are ``new``, ``changed``, ``unchanged``, ``known``, ``wrong``;
    ``problems`` (the first ones, and ``problem_counts`` of all), ``sample`` rows, ``money`` by currency and the days.

    ``progress`` is told how many rows were looked at. Raises: core.import_files.UnreadableFile.
    """
    counts: Counter[str] = Counter()
    problem_counts: Counter[str] = Counter()
    problems: list[dict[str, Any]] = []
    sample: list[dict[str, Any]] = []
    money: dict[str, Decimal] = {}
    days: list[date] = []
    for chunk in chunks(read_rows(found, content, calendar, today), _AT_ONCE):
        counts["rows"] += len(chunk)
        for one in chunk:
            counts["wrong"] += one.row is None
            problem_counts.update(problem.key for problem in one.problems)
            problems += [asdict(problem) for problem in one.problems if len(problems) < _KEPT_PROBLEMS]
        rows = [one.row for one in chunk if one.row is not None]
        for row, verdict in classify_rows(connection, found.kind, rows, calendar):
            counts[verdict] += 1
            if len(sample) < _KEPT_ROWS:
                sample.append({"line": row.line, "verdict": verdict, "data": row.data})
            _add_money(money, found.kind, row)
            days = _span(days, _day(found.kind, row, calendar))
        progress(counts["rows"])
    return {
        **{name: counts[name] for name in ("rows", "new", "changed", "unchanged", "known", "wrong")},
        "problems": problems[:_KEPT_PROBLEMS], "problem_counts": dict(problem_counts), "sample": sample,
        "money": {currency: str(amount) for currency, amount in sorted(money.items())},
        "first_day": days[0].isoformat() if days else None, "last_day": days[-1].isoformat() if days else None}


def _add_money(money: dict[str, Decimal], kind: ImportKind, row: ImportRow) -> None:
    data: Mapping[str, Any] = row.data
    amount = data.get("amount") if kind is ImportKind.SALES else data.get("spend")
    currency = "KZT" if kind is ImportKind.SALES else data.get("currency")
    if amount is not None and currency is not None:
        money[currency] = money.get(currency, Decimal(0)) + Decimal(amount)


def _day(kind: ImportKind, row: ImportRow, calendar: BusinessCalendar) -> date:
    written = row.data[_DAY_FIELDS[kind]]
    return date.fromisoformat(written) if len(written) == 10 else calendar.day_of(datetime.fromisoformat(written))


def _span(days: list[date], day: date) -> list[date]:
    return [min([day, *days[:1]]), max([day, *days[-1:]])]
