"""Reading a table and its rows: letters, separators, dates and amounts as people write them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.business_time import BusinessCalendar
from core.import_fields import FIELDS, ImportKind, guess_mapping, missing_fields
from core.import_files import MAX_BYTES, UnreadableFile, open_table
from core.import_rows import RowReading


def read(kind: ImportKind, header: str, row: str, **values: bool) -> tuple[dict[str, object] | None, list[str]]:
    """The record of one row, or the keys of its problems."""
    table = open_table(f"{header}\n{row}\n".encode())
    constants = {"currency": "USD", "channel": "x"} if kind is ImportKind.SPEND else {}
    reading = RowReading(kind, guess_mapping(kind, table.header), constants, BusinessCalendar(), date(2026, 6, 1),
                         **values)
    [(line, cells)] = list(table.rows())
    found, problems = reading.read(line, cells)
    return found.data if found else None, [problem.key for problem in problems]


@pytest.mark.parametrize(("content", "encoding", "separator"), [
    (b"a;b\n1;2\n", "utf-8", ";"), ("﻿a,b\n1,2\n".encode(), "utf-8", ","),
    ("Дата;Имя\n1;Аня\n".encode("cp1251"), "cp1251", ";"), ("a\tb\n1\t2\n".encode("utf-16"), "utf-16", "\t"),
    (b"sep=,\r\na,b\r\n1,2\r\n", "utf-8", ","), (b'a;b\n"1,5";"x;y"\n', "utf-8", ";"),
], ids=["utf-8", "BOM", "cp1251", "utf-16", "told", "quoted"])
def test_letters_and_separators_are_found(content: bytes, encoding: str, separator: str) -> None:
    table = open_table(content)
    assert (table.encoding, table.separator, len(table.header)) == (encoding, separator, 2)
    assert [len(cells) for _, cells in table.rows()] == [2]


@pytest.mark.parametrize(("content", "key"), [
    (b"", "empty"), (b"  \n", "empty"), (b"PK\x03\x04", "not_text"), (b"a\x00b", "not_text"),
    (b"x" * (MAX_BYTES + 1), "too_large"), (b",".join([b"a"] * 201), "too_many_columns"),
], ids=["nothing", "blank", "workbook", "nul", "large", "wide"])
def test_what_is_no_table_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        open_table(content)
    assert refused.value.key == f"imports.file.{key}"


def test_lines_are_those_of_the_file() -> None:
    table = open_table(b'a;b\n"two\nlines";2\n\n;\nlast;3\n')
    assert [line for line, _ in table.rows()] == [2, 6]
    with pytest.raises(UnreadableFile) as refused:
        open_table(b'a;b\n1;2\n"open;3\n').read_through()
    assert refused.value.values == {"line": 3}


def test_rows_are_counted_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.import_files.MAX_ROWS", 2)
    assert open_table(b"a;b\n1;2\n3;4\n").read_through() == 2
    with pytest.raises(UnreadableFile) as refused:
        open_table(b"a;b\n1;2\n3;4\n5;6\n").read_through()
    assert refused.value.key == "imports.file.too_many_rows"


@pytest.mark.parametrize(("written", "stored"), [
    ("2026-01-05", "2026-01-05T07:00:00+00:00"), ("05.01.2026 14:03", "2026-01-05T09:03:00+00:00"),
    ("5.1.2026, 14:03:09", "2026-01-05T09:03:09+00:00"), ("2026-01-05T14:03:00+05:00", "2026-01-05T09:03:00+00:00"),
    ("1767603780", "2026-01-05T09:03:00+00:00"), ("05/01/2026", "2026-01-05T07:00:00+00:00"),
])
def test_dates_of_every_form_are_times_of_the_business_zone(written: str, stored: str) -> None:
    data, problems = read(ImportKind.LEADS, "date;phone", f"{written};87010000001")
    assert data is not None and data["submitted_at"] == stored, problems


def test_the_order_of_day_and_month_is_said_not_guessed() -> None:
    assert read(ImportKind.LEADS, "date;phone", "03/14/2026;87010000001") == (None, ["imports.row.date"])
    data, _ = read(ImportKind.LEADS, "date;phone", "03/14/2026;87010000001", month_first=True)
    assert data is not None and str(data["submitted_at"]).startswith("2026-03-14")


@pytest.mark.parametrize(("written", "stored"), [
    ("5 000,50", "5000.5"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("490 000 ₸", "490000"), ("0,5", "0.5")])
def test_amounts_of_every_form(written: str, stored: str) -> None:
    data, problems = read(ImportKind.SPEND, "day;campaign;spend", f"2026-01-05;c;{written}")
    assert data is not None and data["spend"] == stored, problems


def test_a_comma_before_three_digits_is_what_the_admin_says() -> None:
    plain, _ = read(ImportKind.SPEND, "day;campaign;spend", "2026-01-05;c;1,234")
    small, _ = read(ImportKind.SPEND, "day;campaign;spend", "2026-01-05;c;1,234", decimal_comma=True)
    assert plain is not None and small is not None
    assert (plain["spend"], small["spend"]) == ("1234", "1.234")


@pytest.mark.parametrize(("kind", "header", "row", "keys"), [
    (ImportKind.LEADS, "date;phone", "2026-01-05;12", ["contact"]),
    (ImportKind.LEADS, "date;phone", "2027-01-05;87010000001", ["date_range"]),
    (ImportKind.SALES, "date;product;phone;currency", "2026-01-05;express;87010000001;EUR", ["only_tenge"]),
    (ImportKind.SALES, "date;product", "2026-01-05;express", ["nobody"]),
    (ImportKind.SALES, "date;product;deal_id", "2026-01-05;express;-4", ["id"]),
    (ImportKind.SPEND, "day;campaign;spend;currency;clicks", "2026-01-05;;-1;dollar;1.5",
     ["missing", "amount", "currency", "count"]),
], ids=["no contact", "future", "euro sale", "nobody", "deal", "spend"])
def test_each_problem_has_its_sentence(kind: ImportKind, header: str, row: str, keys: list[str]) -> None:
    assert read(kind, header, row) == (None, [f"imports.row.{key}" for key in keys])


def test_every_field_is_recognised_by_its_own_name_and_no_column_serves_twice() -> None:
    for kind in ImportKind:
        names = [field.name for field in FIELDS[kind]]
        assert guess_mapping(kind, names) == {name: place for place, name in enumerate(names)}
        synonyms = [title for field in FIELDS[kind] for title in field.names]
        assert len(set(guess_mapping(kind, synonyms).values())) == len(guess_mapping(kind, synonyms))
    assert missing_fields(ImportKind.SPEND, {"day": 0}, {"channel": "x"}) == ["spend", "currency", "campaign"]


@settings(max_examples=40)
@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=4), max_size=6), st.sampled_from(list(ImportKind)))
def test_no_text_breaks_the_reading(rows: list[list[str]], kind: ImportKind) -> None:
    text = "\n".join(";".join(row) for row in rows)
    try:
        table = open_table(text.encode("utf-8", "ignore"))
        for line, cells in table.rows():
            columns = {name: place for place, name in enumerate(["submitted_at", "day", "sold_at", "spend"])}
            row, problems = RowReading(kind, columns, {}, BusinessCalendar(), date(2026, 6, 1)).read(line, cells)
            assert (row is None) == bool(problems)
    except UnreadableFile as refused:
        assert refused.key.startswith("imports.file.")
