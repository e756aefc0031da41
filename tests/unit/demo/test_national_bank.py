"""The stand-in speaks the bank's protocol: the product's own client reads it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import requests

from core.records import DayRate
from demo.national_bank import NationalBankStandIn
from integrations.rates.client import RatesClient

DAY = date(2026, 11, 20)


@pytest.fixture
def bank() -> Iterator[NationalBankStandIn]:
    stand_in = NationalBankStandIn([DayRate(DAY, Decimal("501.27"), "nationalbank.kz")])
    with stand_in.server:
        yield stand_in


def test_a_published_day_is_read(bank: NationalBankStandIn) -> None:
    assert RatesClient(bank.url).fetch_dollar(DAY) == DayRate(DAY, Decimal("501.27"), "nationalbank.kz")


def test_a_day_without_rates_is_no_error(bank: NationalBankStandIn) -> None:
    published = RatesClient(bank.url).fetch_rates(date(2026, 11, 21))
    assert published.kzt_for_one == {}


@pytest.mark.parametrize("address", ["/rss/get_rates.cfm", "/rss/get_rates.cfm?fdate=2026-11-20",
                                     "/other?fdate=20.11.2026"])
def test_anything_else_is_not_found(bank: NationalBankStandIn, address: str) -> None:
    assert requests.get(bank.server.url + address, timeout=5).status_code == 404
