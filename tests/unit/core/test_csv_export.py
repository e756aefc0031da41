import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.csv_export import safe_cell, write_csv

DANGEROUS = ["=1+1", "=HYPERLINK(\"http://x\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%0a=1",
             " =1", "\u00a0=cmd|' /C calc'!A0", "＝1", "+7 701 000 00 00"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_is_made_text(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "fb_kenesary", "5000", "-12.50", "+77010000000", "a=b", "Алматы", "'quoted"])
def test_harmless_text_stays(text: str) -> None:
    assert safe_cell(text) == text


def test_a_null_character_hides_no_formula() -> None:
    assert safe_cell("\0=1") == "'=1"


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = safe_cell(text)
    is_number = cell.lstrip("+-").replace(".", "", 1).isascii() and cell.lstrip("+-").replace(".", "", 1).isdigit()
    assert is_number or cell[:1] not in set("=+-@\t\r\0")


def test_values_are_written_plainly() -> None:
    content = write_csv(["day", "name", "spend", "roi", "at", "won"], [
        [date(2026, 7, 1), "=evil", Decimal("-1250000.50"), None, datetime(2026, 7, 1, 5, tzinfo=UTC), True],
    ])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows == [
        ["day", "name", "spend", "roi", "at", "won"],
        ["2026-07-01", "'=evil", "-1250000.50", "", "2026-07-01T05:00:00+00:00", "true"],
    ]


def test_commas_quotes_and_lines_stay_in_their_cell() -> None:
    content = write_csv(["name"], [['a,"b"\nc']])
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1] == ['a,"b"\nc']


def test_very_small_numbers_have_no_exponent() -> None:
    assert b"0.0000001" in write_csv(["x"], [[Decimal("1E-7")]])
