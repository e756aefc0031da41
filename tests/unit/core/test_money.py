"""Amounts read as written, rounded as people expect."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Currency, minor_units, parse_amount, round_money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("35000", "35000"), ("0", "0"), ("490 000", "490000"), ("490\u00a0000 ₸", "490000"),
        ("490 000,00 тг.", "490000"), ("1 490 000.5", "1490000.5"), (" 5000\n", "5000"),
        ("5000 тенге", "5000"), ("5 000 KZT", "5000"), ("1,234.56", "1234.56"), ("1.234,56", "1234.56"),
        ("1.234.567,8", "1234567.8"), ("1,234,567", "1234567"), ("1.234.567", "1234567"), ("12,5", "12.5"),
        ("12.50", "12.50"), ("1,234", "1234"), ("1.234", "1.234"), ("$268.93", "268.93"), ("-5", "-5"), ("−5", "-5"),
        ("0.000001", "0.000001"), ("1'000'000", "1000000"),
    ],
)
def test_amounts(text, amount):
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "-", "abc", "NaN", "Infinity", "1e9", "1,2,3", "1.2.3", "12,34,567", "1-2",
     "5000 5000", "12 34", "1 2345", "5000 x", ".", ",5",
     "1,23,4.5", "9" * 20, "0x10", "5%"],
)
def test_what_is_not_one_amount_is_unknown(text):
    assert parse_amount(text) is None


@given(st.decimals(-10**9, 10**9, places=2))
def test_a_written_number_is_read_back(amount):
    assert parse_amount(str(amount)) == amount


@given(st.text())
def test_any_text_is_an_amount_or_unknown(text):
    amount = parse_amount(text)
    assert amount is None or amount.is_finite()


@pytest.mark.parametrize(
    ("exact", "shown"), [("0.005", "0.01"), ("0.0049", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("1", "1.00")]
)
def test_rounding_is_half_up(exact, shown):
    assert str(round_money(Decimal(exact))) == shown


def test_minor_units():
    assert [minor_units(code) for code in ("KZT", "USD", "JPY", "kwd")] == [2, 2, 0, 3]
    assert list(Currency) == ["KZT", "USD"]
