"""Spend in euro and yen: converted at the National Bank's rate of that currency on that day, else unknown."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from core.business_time import BusinessCalendar
from core.records import DateRange, DayRate
from data.engine import Database
from data.facebook_days import load_campaign_days
from demo.national_bank import NationalBankStandIn
from jobs.context import JobContext
from jobs.recalculate_stats import recalculate_stats
from jobs.sync_currencies import sync_currencies
from jobs.sync_rates import sync_rates
from tests.factories import make_account, make_ad_day, make_campaign, make_team

TODAY = date(2026, 11, 22)
DAY, SUNDAY = TODAY - timedelta(days=4), TODAY - timedelta(days=3)
RATES = [DayRate(TODAY - timedelta(days=back), Decimal(500 + back), "nationalbank.kz") for back in range(12)]
OTHERS = {DAY: {"EUR": Decimal("560.10"), "JPY": Decimal("3.25")}, TODAY: {"EUR": Decimal("570.00")}}


@pytest.fixture
def bank() -> Iterator[NationalBankStandIn]:
    stand_in = NationalBankStandIn(RATES, others=OTHERS)
    stand_in.server.start()
    yield stand_in
    stand_in.server.stop()


@pytest.fixture
def context(bank: NationalBankStandIn, db_jobs: Database) -> JobContext:
    settings: Any = SimpleNamespace(rates_url=bank.url)
    with db_jobs.transaction() as connection:
        team = make_team(connection)
        for currency, spend in (("EUR", "10.00"), ("JPY", "1000"), ("CHF", "5.00"), ("USD", "10.00")):
            account = make_account(connection, currency=currency)
            make_campaign(connection, team, campaign_id=f"1{ord(currency[0])}", account_id=account)
            for day in (DAY, SUNDAY):
                make_ad_day(connection, f"1{ord(currency[0])}", day, spend, account_id=account, currency=currency)
    return JobContext(settings, db_jobs, SimpleNamespace(), BusinessCalendar(),   # type: ignore[arg-type]
                      lambda: datetime(2026, 11, 22, 9, tzinfo=UTC))


def spend(context: JobContext) -> dict[tuple[str, date], tuple[Decimal | None, Decimal | None]]:
    with context.database.transaction() as connection:
        rows = load_campaign_days(connection, DateRange(DAY, SUNDAY), 100)
    return {(row.currency, row.day): (row.spend_kzt, row.spend_usd) for row in rows}


def test_every_currency_is_converted_at_the_rate_of_its_day(context: JobContext) -> None:
    assert sync_rates(context) > 0
    found = spend(context)
    assert found["EUR", DAY][0] == Decimal("5601.00")
    assert found["EUR", DAY][1] == pytest.approx(Decimal("5601.00") / 504)
    assert found["JPY", DAY][0] == Decimal("3250.00")
    assert found["EUR", SUNDAY][0] == Decimal("5601.00"), "a day without a rate takes the last one before it"
    assert found["CHF", DAY] == (None, None), "what the bank does not know stays unknown"
    recalculate_stats(context)
    with context.database.transaction() as connection:
        sums = {row[0]: row[1] for row in connection.execute(text(
            "SELECT c.campaign_id, sum(s.spend_kzt) FROM traffic_stats s JOIN ad_campaigns c ON c.id = s.campaign_id"
            " GROUP BY 1"))}
    assert (sums["169"], sums["174"], sums["167"]) == (Decimal(11202), Decimal(6500), None)


def test_a_rate_that_comes_later_makes_its_days_dirty_and_nothing_is_asked_twice(
        context: JobContext, bank: NationalBankStandIn) -> None:
    sync_rates(context)
    with context.database.transaction() as connection:
        connection.execute(text("DELETE FROM stats_dirty_days"))
    bank._others = {**OTHERS, SUNDAY: {"EUR": Decimal("600.00")}}
    assert sync_currencies(context) > 0
    with context.database.transaction() as connection:
        assert connection.execute(text("SELECT day FROM stats_dirty_days")).scalars().all() == [SUNDAY]
    assert spend(context)["EUR", SUNDAY][0] == Decimal("6000.00")
    with context.database.transaction() as connection:
        connection.execute(text("DELETE FROM ad_statistics WHERE currency IN ('CHF', 'JPY')"))
        connection.execute(text("UPDATE currency_rates SET is_carried = false"))
    bank.server.requests.clear()
    assert sync_currencies(context) == 0 and not bank.server.requests
