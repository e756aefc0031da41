"""The bank over real HTTP: a rate, "none published", or an exception; never one taken for another."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import stamina

from core.records import DayRate
from demo.loopback import Answer, Cut, LoopbackServer, Request
from integrations.rates.client import RatesClient, RatesUnavailable

FIXTURES = Path(__file__).parents[1] / "fixtures" / "nbk"
ANSWERS = {"01.08.2026": "get_rates-2026-08-01.xml", "31.07.2026": "get_rates-2026-07-31.xml",
           "01.01.2035": "get_rates-no-data.xml", "02.08.2026": "get_rates-2026-08-01.xml",
           "26.02.2023": "get_rates-2023-02-26-sunday.xml"}
DAY = date(2026, 8, 1)
RATE = DayRate(DAY, Decimal("473.59"), "nationalbank.kz")


def answer(request: Request) -> Answer:
    return Answer(200, (FIXTURES / ANSWERS[request.query["fdate"]]).read_bytes(), content_type="text/xml")


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def bank() -> Iterator[LoopbackServer]:
    with LoopbackServer(answer, timeout_seconds=3) as server:
        yield server


@pytest.fixture
def client(bank: LoopbackServer) -> RatesClient:
    return RatesClient(f"{bank.url}/rss/get_rates.cfm", timeout=(1, 0.5))


def test_the_dollar_of_a_day(client: RatesClient, bank: LoopbackServer) -> None:
    assert client.fetch_dollar(DAY) == RATE
    assert client.fetch_dollar(date(2026, 7, 31)) == DayRate(date(2026, 7, 31), Decimal("474.20"), "nationalbank.kz")
    assert [request.query for request in bank.requests] == [{"fdate": "01.08.2026"}, {"fdate": "31.07.2026"}]


def test_no_rates_for_a_day_is_none(client: RatesClient) -> None:
    assert client.fetch_dollar(date(2035, 1, 1)) is None
    assert client.fetch_dollar(date(2023, 2, 26)) is None, "a feed without the dollar"


def test_an_answer_for_another_day_is_not_believed(client: RatesClient) -> None:
    with pytest.raises(RatesUnavailable, match="answered for 2026-08-01"):
        client.fetch_dollar(date(2026, 8, 2))


@pytest.mark.parametrize("fault", [Answer(500), Answer(503), Answer(429), Cut.RESET, Cut.TIMEOUT])
def test_a_passing_fault_is_waited_out(client: RatesClient, bank: LoopbackServer, fault: Answer | Cut) -> None:
    bank.faults.plan("get_rates", fault, times=2)
    assert client.fetch_dollar(DAY) == RATE
    assert len(bank.requests) == 3


@pytest.mark.parametrize("fault", [Answer(500), Cut.RESET])
def test_a_lasting_fault_is_told_after_a_few_tries(
    client: RatesClient, bank: LoopbackServer, fault: Answer | Cut
) -> None:
    bank.faults.plan("get_rates", fault, times=99)
    with pytest.raises(RatesUnavailable):
        client.fetch_dollar(DAY)
    assert len(bank.requests) == 4


@pytest.mark.parametrize(
    "fault",
    [Answer(404), Answer(403, b"<html/>"), Answer(302, headers={"Location": "https://example.com/"}),
     Answer(200, b"<html>maintenance</html>"), Answer(200)],
)
def test_a_refusal_and_a_strange_answer_are_told_at_once(
    client: RatesClient, bank: LoopbackServer, fault: Answer
) -> None:
    bank.faults.plan("get_rates", fault, times=99)
    with pytest.raises(RatesUnavailable):
        client.fetch_dollar(DAY)
    assert len(bank.requests) == 1


def test_nobody_there_is_told() -> None:
    with pytest.raises(RatesUnavailable, match="no answer"):
        RatesClient("http://127.0.0.1:9/", timeout=(1, 1)).fetch_dollar(DAY)
