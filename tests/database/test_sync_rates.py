"""The rate of every day that needs one: fetched, carried, corrected, and never invented."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import stamina
from sqlalchemy import text
from structlog.testing import capture_logs

from core.records import DateRange, DayRate
from data.engine import Database
from data.freshness import current
from data.rates import load_rates
from data.stats import take_dirty_days
from demo.loopback import Answer, LoopbackServer, Request
from jobs.context import JobContext
from jobs.sync_rates import RatesUnavailable, sync_rates, sync_todays_rate
from tests.factories import make_ad_day, make_rate, make_sale
from tests.job_context import make_context, make_job_settings

TODAY = date(2026, 8, 10)
NOW = datetime(2026, 8, 10, 4, tzinfo=UTC)
EVENING = datetime(2026, 8, 9, 20, tzinfo=UTC)    # already the 10th in Almaty


def back(days: int) -> date:
    return TODAY - timedelta(days=days)


class Bank:
    """A bank with the rates a test gives it."""

    def __init__(self) -> None:
        self.rates: dict[date, str] = {}
        self.asked: list[date] = []
        self.server = LoopbackServer(self.answer)

    def answer(self, request: Request) -> Answer:
        day = datetime.strptime(request.query["fdate"], "%d.%m.%Y").replace(tzinfo=UTC).date()
        self.asked.append(day)
        rate = self.rates.get(day)
        item = "<info>нет</info>" if rate is None else (
            f"<item><title>USD</title><description>{rate}</description><quant>1</quant></item>")
        return Answer(200, f"<rates><date>{day:%d.%m.%Y}</date>{item}</rates>".encode(), content_type="text/xml")


@pytest.fixture
def bank() -> Iterator[Bank]:
    found = Bank()
    with found.server, stamina.set_testing(True, attempts=1):
        yield found


@pytest.fixture
def context(db_jobs: Database, bank: Bank) -> JobContext:
    return context_of(db_jobs, bank)


def context_of(database: Database, bank: Bank, **values: Any) -> JobContext:
    return make_context(database, make_job_settings(rates_url=bank.server.url), **{"clock": lambda: NOW, **values})


def stored(database: Database, days: int = 30) -> dict[date, tuple[str, bool]]:
    with database.transaction() as connection:
        rates = load_rates(connection, DateRange(back(days), TODAY))
    return {day: (str(rate.usd_to_kzt.normalize()), rate.is_carried) for day, rate in rates.items()}


def test_without_any_money_today_is_asked_for(context: JobContext, bank: Bank, db_jobs: Database) -> None:
    bank.rates = {TODAY: "473.59"}
    assert sync_rates(context) == 1
    assert stored(db_jobs) == {TODAY: ("473.59", False)}


def test_today_is_the_day_of_almaty(db_jobs: Database, bank: Bank) -> None:
    bank.rates = {TODAY: "473.59"}
    sync_rates(context_of(db_jobs, bank, clock=lambda: EVENING))
    assert bank.asked == [TODAY]


def test_every_day_from_the_first_money_is_filled_and_marked(
    context: JobContext, bank: Bank, db_jobs: Database
) -> None:
    with db_jobs.transaction() as connection:
        make_ad_day(connection, "1201", back(9))
        make_sale(connection, None, back(3))
    bank.rates = {back(days): f"{480 + days}.5" for days in range(12)}
    assert sync_rates(context) == 10
    assert stored(db_jobs) == {back(days): (f"{480 + days}.5", False) for days in range(10)}
    with db_jobs.transaction() as connection:
        assert take_dirty_days(connection) == [back(3), back(9)]
        assert current(connection) == 1
    assert sync_rates(context) == 0
    assert len(bank.asked) == 10, "a published rate does not change and is not asked for again"


def test_days_without_a_rate_carry_the_earlier_one_and_are_asked_again(
    context: JobContext, bank: Bank, db_jobs: Database
) -> None:
    with db_jobs.transaction() as connection:
        make_ad_day(connection, "1201", back(3))
    bank.rates = {back(3): "500", TODAY: "510"}
    sync_rates(context)
    assert stored(db_jobs) == {back(3): ("5E+2", False), back(2): ("5E+2", True), back(1): ("5E+2", True),
                               TODAY: ("5.1E+2", False)}
    bank.rates[back(2)] = "505"
    assert sync_rates(context) == 2
    assert stored(db_jobs)[back(2)] == ("505", False)
    assert stored(db_jobs)[back(1)] == ("505", True)


def test_a_first_day_without_a_rate_takes_the_nearest_before_it(
    context: JobContext, bank: Bank, db_jobs: Database
) -> None:
    with db_jobs.transaction() as connection:
        make_ad_day(connection, "1201", back(1))
    bank.rates = {back(4): "499", TODAY: "510"}
    sync_rates(context)
    assert stored(db_jobs) == {back(4): ("499", False), back(1): ("499", True), TODAY: ("5.1E+2", False)}


def test_without_any_rate_nothing_is_invented(context: JobContext, bank: Bank, db_jobs: Database) -> None:
    assert sync_rates(context) == 0
    assert stored(db_jobs) == {}
    assert bank.asked == [TODAY, *(back(days) for days in range(1, 11))]


def test_a_bank_that_falls_silent_leaves_the_days_open(context: JobContext, bank: Bank, db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        make_ad_day(connection, "1201", back(3))
    bank.rates = {back(3): "500", back(2): "501", back(1): "502", TODAY: "503"}
    calls = iter(range(99))
    answer = bank.answer
    bank.server._answer = lambda request: answer(request) if next(calls) < 2 else Answer(503)
    with pytest.raises(RatesUnavailable):
        sync_rates(context)
    assert sorted(stored(db_jobs)) == [back(3), back(2)]
    bank.server._answer = answer
    assert sync_rates(context) == 2
    assert [is_carried for _, is_carried in stored(db_jobs).values()] == [False] * 4


def test_old_carried_days_are_left_in_peace(context: JobContext, bank: Bank, db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        make_ad_day(connection, "1201", back(20))
        make_rate(connection, back(20), "500")
        for days in range(19):
            make_rate(connection, back(days + 1), "500", is_carried=days >= 9)
    bank.rates = {TODAY: "510"}
    sync_rates(context)
    assert bank.asked == [TODAY]


def test_a_strange_rate_warns_and_is_kept(context: JobContext, bank: Bank, db_jobs: Database) -> None:
    bank.rates = {TODAY: "4735.9"}
    with capture_logs() as logs:
        sync_rates(context)
    assert [entry["event"] for entry in logs] == ["rate_out_of_range"]
    assert stored(db_jobs)[TODAY] == ("4735.9", False)


def test_the_hourly_question_ends_when_today_is_published(
    context: JobContext, bank: Bank, db_jobs: Database
) -> None:
    bank.rates = {back(1): "500"}
    assert sync_todays_rate(context) == 2
    assert stored(db_jobs)[TODAY] == ("5E+2", True)
    bank.rates[TODAY] = "510"
    assert sync_todays_rate(context) == 1
    asked = len(bank.asked)
    assert sync_todays_rate(context) == 0
    assert len(bank.asked) == asked


def test_a_process_that_ends_stops_asking_and_keeps_what_it_has(db_jobs: Database, bank: Bank) -> None:
    with db_jobs.transaction() as connection:
        make_ad_day(connection, "1201", back(20))
    bank.rates = {back(days): "500" for days in range(21)}
    stop = threading.Event()
    stop.set()
    assert sync_rates(context_of(db_jobs, bank, stop=stop)) == 1
    assert list(stored(db_jobs)) == [back(20)]


def test_a_rate_of_a_day_is_stored_as_published(context: JobContext, bank: Bank, db_jobs: Database) -> None:
    bank.rates = {TODAY: "473.59"}
    sync_rates(context)
    with db_jobs.transaction() as connection:
        assert load_rates(connection, DateRange(TODAY, TODAY)) == {
            TODAY: DayRate(TODAY, Decimal("473.5900"), "nationalbank.kz")}
        assert connection.execute(text("SELECT count(*) FROM exchange_rates")).scalar_one() == 1
