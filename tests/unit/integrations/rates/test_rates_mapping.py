"""The genuine answers of the bank, and answers that are not its feed."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from integrations.rates.mapping import UnreadableRates, parse_rates

FIXTURES = Path(__file__).parents[3] / "fixtures" / "nbk"


@pytest.mark.parametrize(
    ("name", "day", "rates"),
    [
        ("get_rates-2026-08-01.xml", date(2026, 8, 1),
         {"USD": "473.59", "RUB": "5.94", "UZS": "0.0396", "AMD": "1.305", "IRR": "0.001124"}),
        ("get_rates-2026-07-31.xml", date(2026, 7, 31), {"USD": "474.2", "EUR": "544.5"}),
        ("get_rates-2024-05-06-monday.xml", date(2024, 5, 6), {"AUD": "291.85", "IRR": "0.0105"}),
        ("get_rates-2023-02-26-sunday.xml", date(2023, 2, 26), {"AUD": "303.7"}),
        ("rates_all-2026-06-27.xml", date(2026, 6, 27), {"USD": "486.47", "AMD": "1.323"}),
    ],
)
def test_genuine_answers(name: str, day: date, rates: dict[str, str]) -> None:
    published = parse_rates((FIXTURES / name).read_bytes())
    assert published.day == day
    assert {code: published.kzt_for_one[code] for code in rates} == {
        code: Decimal(rate) for code, rate in rates.items()}


def test_a_day_without_rates_is_an_answer() -> None:
    published = parse_rates((FIXTURES / "get_rates-no-data.xml").read_bytes())
    assert (published.day, dict(published.kzt_for_one)) == (date(2035, 1, 1), {})


def feed(item: str = "<title>USD</title><description>473.59</description><quant>1</quant>",
         day: str = "<date>01.08.2026</date>") -> bytes:
    return f"<rates>{day}<item>{item}</item></rates>".encode()


def test_a_short_year_and_blanks_are_understood() -> None:
    item = "<title> usd </title><description> 473.59 </description><quant> 1 </quant><pubDate>01.08.26</pubDate>"
    body = feed(item, day="")
    assert parse_rates(body).day == date(2026, 8, 1)
    assert parse_rates(body).kzt_for_one == {"USD": Decimal("473.59")}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html><body>maintenance</body></html>", b"not xml", b"<rates>", b'{"rates": []}', b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="no-such"?><rates/>',
        b'<!DOCTYPE rates [<!ENTITY a "aaaa">]><rates><date>01.08.2026</date></rates>',
        feed(day=""), feed(day="<date>2026-08-01</date>"), feed(day="<date>31.02.2026</date>"),
        feed(day="<date>01.08.2026</date><date>02.08.2026</date>"),
        feed("<title>USD</title><description>473,59</description><quant>1</quant>"),
        feed("<title>USD</title><description></description><quant>1</quant>"),
        feed("<title>USD</title><description>473.59</description>"),
        feed("<title>USD</title><description>473.59</description><quant>0</quant>"),
        feed("<title>USD</title><description>-1</description><quant>1</quant>"),
        feed("<title>USD</title><description>NaN</description><quant>1</quant>"),
        feed("<title>USD</title><description>Infinity</description><quant>1</quant>"),
        feed("<description>473.59</description><quant>1</quant>"),
    ],
)
def test_what_is_not_the_feed_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableRates):
        parse_rates(body)
