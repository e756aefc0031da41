"""The calculated statistics equal what their sources say, incrementally and as a whole."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.records import DayRate
from data.engine import Database
from data.rates import save_rates
from data.stats import become_writer, load_days_with_figures, mark_days, recalculate, take_dirty_days
from tests.database.stats_world import assert_ratios, change, make_deal, stored, undone
from tests.factories import (
    make_ad_day,
    make_campaign,
    make_lead,
    make_rate,
    make_sale,
    make_team,
)

DAY = date(2026, 1, 15)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def connection(shared_jobs: Database) -> Iterator[Connection]:
    """A transaction of the worker that leaves nothing behind."""
    with undone(shared_jobs) as given_connection:
        yield given_connection


def only_row(connection: Connection) -> dict[str, Any]:
    return dict(connection.execute(text("SELECT * FROM traffic_stats")).mappings().one())


def test_all_sources_meet_in_one_slice(connection: Connection) -> None:
    team = make_team(connection, "altai")
    campaign = make_campaign(connection, team, "1201")
    make_rate(connection, DAY, "500")
    make_ad_day(connection, "1201", DAY, "10.00")
    make_lead(connection, team, DAY)
    make_deal(connection, 1, DAY, team_id=team.id)
    make_sale(connection, team, DAY, "5000", campaign_id=campaign)
    make_sale(connection, team, DAY, "490000", "flagman", campaign_id=campaign)
    make_sale(connection, team, DAY, None, "intensive1d", campaign_id=campaign)
    change(connection, "UPDATE lead_tracking SET campaign_id = :campaign", campaign=campaign)
    change(connection, "UPDATE amocrm_deals SET campaign_id = :campaign", campaign=campaign)
    assert recalculate(connection, [DAY]) > 0
    row = only_row(connection)
    assert (row["team"], row["leads"], row["registrations"]) == ("Altai", 1, 1)
    assert (row["express_sales"], row["main_sales"], row["other_sales"], row["sales_without_amount"]) == (1, 1, 1, 1)
    assert (row["spend_usd"], row["spend_kzt"], row["usd_to_kzt_rate"]) == (10, 5000, 500)
    assert (row["revenue_kzt"], row["revenue_express_kzt"], row["revenue_main_kzt"]) == (495000, 5000, 490000)
    assert (row["revenue_usd"], row["profit_kzt"], row["profit_usd"]) == (990, 490000, 980)
    assert (row["impressions"], row["clicks"], row["rate_is_carried"]) == (1000, 20, False)


@pytest.mark.parametrize(
    ("spend", "currency", "rate", "usd", "kzt"),
    [
        ("10", "USD", "505.16", "10", "5051.6"),
        ("5051.6", "KZT", "505.16", "10", "5051.6"),
        ("10", "USD", None, "10", None),
        ("5000", "KZT", None, None, "5000"),
        ("10", "EUR", "505.16", None, None),
        ("0", "USD", None, "0", "0"),
        ("0", "EUR", None, "0", "0"),
    ],
)
def test_spend_is_converted_at_the_rate_of_its_day(
    connection: Connection, spend: str, currency: str, rate: str | None, usd: str | None, kzt: str | None
) -> None:
    if rate is not None:
        make_rate(connection, DAY, rate)
    make_ad_day(connection, "1201", DAY, spend, currency=currency)
    recalculate(connection, [DAY])
    row = only_row(connection)
    assert (row["spend_usd"], row["spend_kzt"]) == tuple(value and Decimal(value) for value in (usd, kzt))
    assert (row["team_id"], row["campaign_id"]) == (None, None)


def test_one_unknown_part_makes_the_sum_unknown_and_nothing_else(connection: Connection) -> None:
    make_rate(connection, DAY)
    make_ad_day(connection, "1201", DAY, "10", clicks=None)
    make_ad_day(connection, "1202", DAY, "10", currency="EUR")
    recalculate(connection, [DAY])
    row = only_row(connection)
    assert (row["spend_usd"], row["spend_kzt"], row["clicks"], row["impressions"]) == (None, None, None, 2000)
    assert row["roi"] is row["roas"] is row["cpa"] is None


def test_ad_sets_and_ads_are_not_counted_twice(connection: Connection) -> None:
    make_ad_day(connection, "1201", DAY, "10")
    make_ad_day(connection, "77", DAY, "10", level="adset")
    make_ad_day(connection, "88", DAY, "10", level="ad")
    recalculate(connection)
    assert only_row(connection)["spend_usd"] == 10


def test_an_earlier_rate_is_carried_and_a_later_one_is_never_used(connection: Connection) -> None:
    make_rate(connection, DAY, "500")
    make_rate(connection, DAY + timedelta(days=2), "600")
    for day in (DAY - timedelta(days=1), DAY, NEXT, DAY + timedelta(days=2)):
        make_sale(connection, None, day, "6000")
    recalculate(connection)
    rows = connection.execute(text(
        "SELECT usd_to_kzt_rate, rate_is_carried, revenue_usd FROM traffic_stats ORDER BY stat_date")).all()
    assert rows == [(None, False, None), (500, False, 12), (500, True, 12), (600, False, 10)]
    sales = connection.execute(text(
        "SELECT usd_to_kzt_rate, amount_usd FROM all_sales_tracking ORDER BY sale_day")).all()
    assert sales == [(None, None), (500, 12), (500, 12), (600, 10)]


def test_a_rate_stored_as_carried_is_marked(connection: Connection) -> None:
    make_rate(connection, DAY, "500", is_carried=True)
    make_lead(connection, None, DAY)
    recalculate(connection)
    assert only_row(connection)["rate_is_carried"] is True


def test_reversed_sales_and_repeated_deals_do_not_count(connection: Connection) -> None:
    make_sale(connection, None, DAY, is_reversed=True)
    make_deal(connection, 1, DAY, is_registration=False)
    recalculate(connection)
    assert stored(connection) == {}


def test_an_amount_in_another_currency_is_not_taken_for_tenge(connection: Connection) -> None:
    make_rate(connection, DAY)
    make_sale(connection, None, DAY, "100", currency="USD")
    recalculate(connection)
    row = only_row(connection)
    assert (row["express_sales"], row["sales_without_amount"], row["revenue_kzt"]) == (1, 1, 0)


def test_what_is_no_longer_there_goes_and_what_did_not_change_stays_untouched(connection: Connection) -> None:
    team, other = make_team(connection), make_team(connection)
    lead = make_lead(connection, team, DAY)
    make_lead(connection, other, DAY)
    recalculate(connection)
    change(connection, "UPDATE traffic_stats SET calculated_at = '2020-01-01Z'")
    assert recalculate(connection) == 0
    change(connection, "UPDATE lead_tracking SET team_id = NULL WHERE lead_id = CAST(:lead AS uuid)", lead=lead)
    assert recalculate(connection, [DAY]) == 2
    rows = connection.execute(text(
        "SELECT team, leads, calculated_at < '2021-01-01' AS is_old FROM traffic_stats ORDER BY team")).all()
    assert rows == [(other.name, 1, True), (None, 1, False)]


def test_other_days_are_left_alone(connection: Connection) -> None:
    make_lead(connection, None, DAY)
    make_lead(connection, None, NEXT)
    recalculate(connection, [NEXT])
    assert [key[0] for key in stored(connection)] == [NEXT]
    assert load_days_with_figures(connection) == [DAY, NEXT]


def test_dirty_days_are_taken_once_the_newest_first(connection: Connection) -> None:
    change(connection, "DELETE FROM stats_dirty_days")
    mark_days(connection, [DAY, NEXT, DAY])
    mark_days(connection, [])
    assert take_dirty_days(connection, 1) == [NEXT]
    assert take_dirty_days(connection) == [DAY]
    assert take_dirty_days(connection) == []


def test_a_new_rate_makes_the_days_that_live_on_it_dirty(connection: Connection) -> None:
    days = [DAY + timedelta(days=number) for number in range(5)]
    for day in days:
        make_lead(connection, None, day)
    save_rates(connection, [DayRate(days[3], Decimal(500), "bank")])
    take_dirty_days(connection)
    assert save_rates(connection, [DayRate(days[1], Decimal(510), "bank")]) == {days[1]}
    assert take_dirty_days(connection) == [days[2], days[1]]
    assert save_rates(connection, [DayRate(days[1], Decimal(510), "bank")]) == frozenset()
    assert save_rates(connection, [DayRate(days[1], Decimal(9), "x", is_carried=True)]) == frozenset()
    assert take_dirty_days(connection) == []


def test_ratios_of_a_row_are_those_of_the_core(connection: Connection) -> None:
    make_rate(connection, DAY, "505.16")
    make_ad_day(connection, "1201", DAY, "268.93")
    for amount, product in (("5000", "express"), ("490000", "flagman"), ("25000", "intensive1d")):
        make_sale(connection, None, DAY, amount, product, campaign_id=None)
    recalculate(connection)
    rows = connection.execute(text("SELECT * FROM traffic_stats")).mappings().all()
    assert len(rows) == 1
    assert_ratios(rows[0])


class TestSeveralWorkers:
    def test_only_one_writes_at_a_time(self, shared_jobs: Database) -> None:
        with undone(shared_jobs) as first, undone(shared_jobs) as second:
            assert become_writer(first, wait=False)
            assert not become_writer(second, wait=False)
        with undone(shared_jobs) as third:
            assert become_writer(third, wait=False)

    def test_a_day_somebody_is_just_marking_stays_dirty(self, db_jobs: Database) -> None:
        with db_jobs.transaction() as connection:
            mark_days(connection, [DAY, NEXT])
        with db_jobs.transaction() as saving:
            mark_days(saving, [DAY])
            with db_jobs.transaction() as writing:
                assert take_dirty_days(writing) == [NEXT]
        with db_jobs.transaction() as connection:
            assert take_dirty_days(connection) == [DAY]

    def test_a_sale_somebody_is_just_saving_is_converted_later(self, db_jobs: Database) -> None:
        with db_jobs.transaction() as connection:
            make_rate(connection, DAY)
            make_sale(connection, None, DAY, "5000")
            take_dirty_days(connection)
        with db_jobs.transaction() as saving:
            change(saving, "UPDATE all_sales_tracking SET contact_name = 'x'")
            with db_jobs.transaction() as writing:
                recalculate(writing, [DAY])
        with db_jobs.transaction() as connection:
            assert take_dirty_days(connection) == [DAY]
            recalculate(connection, [DAY])
            assert connection.execute(text("SELECT amount_usd FROM all_sales_tracking")).scalar_one() == 10
