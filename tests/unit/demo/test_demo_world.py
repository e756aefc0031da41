"""The demo world: the same for the same seed, of the promised size, adding up, and never in the future."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.business_time import BusinessCalendar
from core.metrics import ROI, Sums
from core.money import minor_units
from core.records import DateRange
from demo.rates import RateSeries
from demo.truth import BASES, add_up
from demo.world import make_setting, make_world

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
FIGURES = tuple(vars(Sums()))


@pytest.fixture(scope="module")
def full_world():
    return make_world(today=TODAY, now=NOW)


def test_the_same_seed_and_moment_give_the_same_world(small_world):
    again = make_world(7, today=TODAY, now=NOW, days=20, leads=300)
    assert again.deliveries == small_world.deliveries
    assert again.seed_rows() == small_world.seed_rows()
    assert again.truth.slices == small_world.truth.slices
    assert again.truth.sales == small_world.truth.sales
    other = make_world(8, today=TODAY, now=NOW, days=20, leads=300)
    assert other.deliveries != small_world.deliveries


def test_advertising_alone_is_that_of_the_world(small_world):
    setting = make_setting(7, today=TODAY, now=NOW, days=20, leads=300)
    assert setting.advertising == small_world.setting.advertising
    assert setting.rates == small_world.rates


def test_the_full_world_has_the_promised_size(full_world):
    period = DateRange(full_world.first_day, TODAY)
    assert period.days == 180
    assert len(full_world.visits) == full_world.truth.totals(period).leads == 20_000
    assert len(full_world.campaigns) == 40
    assert len(full_world.seed_rows().teams) == 5
    assert len({row.day for row in full_world.setting.advertising.days}) == 180
    assert len(full_world.deliveries) < 30_000
    assert {plan.record.effective_status for plan in full_world.campaigns} == {"ACTIVE", "PAUSED", "DELETED"}
    assert {plan.account.currency for plan in full_world.accounts} == {"USD", "KZT", "EUR", "JPY"}


@pytest.mark.parametrize("hour", [1, 13, 23])
def test_accounts_spend_in_the_digits_of_their_currency_on_days_that_have_begun_there(hour):
    now = BusinessCalendar().start_of(TODAY) + timedelta(hours=hour)
    setting = make_setting(7, today=TODAY, now=now, days=20, leads=300)
    accounts = {plan.account.id: plan.account for plan in setting.advertising.accounts}
    assert {one.timezone for one in accounts.values()} == {"Asia/Almaty", "America/Los_Angeles", "Asia/Tokyo"}
    begun = {key: BusinessCalendar(one.timezone).day_of(now) for key, one in accounts.items()}
    last = {key: max(row.day for row in setting.advertising.days if row.account_id == key) for key in accounts}
    for row in setting.advertising.days:
        assert row.currency == accounts[row.account_id].currency and row.day <= begun[row.account_id]
        assert row.spend > 0 and row.spend == round(row.spend, minor_units(row.currency))
    assert last == {key: min(day, TODAY) for key, day in begun.items()}
    assert (min(last.values()) < TODAY) == (hour < 12), "a day begins later in the west"


def test_other_currencies_are_told_on_the_days_of_the_dollar():
    setting = make_setting(7, today=TODAY, now=NOW, days=20, leads=300)
    assert {rate.day for rate in setting.rates} == set(setting.other_rates)
    assert all(500 < told["EUR"] < 620 and 3 < told["JPY"] < 4 for told in setting.other_rates.values())
    assert setting.series.of("KZT", TODAY) == 1
    with pytest.raises(LookupError):
        setting.series.of("EUR", setting.clock.first_day - timedelta(days=60))


def test_the_full_world_is_believable(full_world):
    period = DateRange(full_world.first_day, TODAY)
    kzt, usd = full_world.truth.totals(period), full_world.truth.totals(period, "USD")
    assert 100 < ROI.value(kzt) < 200
    assert Decimal("1.7") < usd.spend / usd.leads < Decimal("2.4")
    teams = full_world.truth.by_team(period)
    roi = {slug: ROI.value(sums) for slug, sums in teams.items()}
    assert roi["sunkar"] > roi["tulpar"] > roi["dala"]
    assert roi["sunkar"] > 150 and roi["dala"] < 0
    assert 0.4 < kzt.registrations / kzt.leads < 0.6
    assert kzt.leads > kzt.registrations > kzt.express_sales > kzt.main_sales > 50
    today = full_world.truth.totals(DateRange(TODAY, TODAY))
    assert today.leads > 20 and today.sales > 0 and today.spend > 0


@pytest.mark.parametrize("hour", [0, 6, 23])
def test_nothing_lies_in_the_future(hour):
    calendar = BusinessCalendar()
    now = calendar.start_of(TODAY) + timedelta(hours=hour, minutes=9)
    world = make_world(3, today=TODAY, now=now, days=12, leads=200)
    assert max(delivery.at for delivery in world.deliveries) <= now
    assert max(visit.at for visit in world.visits) < now
    assert max(change.at for deal in world.deals for change in deal.story.changes) < now
    assert all(world.first_day <= visit.day <= TODAY for visit in world.visits)
    assert all(calendar.day_of(visit.at) == visit.day for visit in world.visits)


def test_a_moment_on_another_day_is_refused():
    with pytest.raises(ValueError, match="is not on"):
        make_world(1, today=TODAY, now=NOW + timedelta(days=1), days=5, leads=50)


def test_colours_and_slugs_of_the_teams_differ():
    seeds = make_setting(1, today=TODAY, now=NOW, days=5, leads=50).seed_rows()
    assert len({team.slug for team in seeds.teams}) == len({team.color for team in seeds.teams}) == 5
    assert {user.team_slug for user in seeds.users if user.team_slug} == {team.slug for team in seeds.teams}
    emails = {user.email for user in seeds.users}
    assert all(account.owner_email in emails for account in seeds.accounts)


def test_rates_are_served_as_the_bank_does(full_world):
    published = {rate.day: rate.usd_to_kzt for rate in full_world.rates}
    everyday = [full_world.first_day + timedelta(days=number) for number in range(180)]
    missing = [day for day in everyday if day not in published]
    assert 1 <= len(missing) <= 5 and TODAY in published
    assert all(Decimal(300) < rate < Decimal(800) for rate in published.values())
    series = RateSeries(full_world.rates)
    assert all(series.on(day) == series.on(day - timedelta(days=1)) for day in missing)
    for day in everyday:
        if day.weekday() == 6 and day in published and day - timedelta(days=1) in published:
            assert published[day] == published[day - timedelta(days=1)]
    with pytest.raises(LookupError):
        series.on(full_world.first_day - timedelta(days=60))


def _any_period(world, one, other):
    first, last = sorted((one, other))
    return DateRange(world.first_day + timedelta(days=first), world.first_day + timedelta(days=last))


@given(st.integers(0, 149), st.integers(0, 149), st.sampled_from(("KZT", "USD")), st.sampled_from(BASES))
@settings(max_examples=40, deadline=None)
def test_parts_add_up_to_the_total_on_either_basis(middle_world, one, other, currency, basis):
    period, truth = _any_period(middle_world, one, other), middle_world.truth
    total = truth.totals(period, currency, basis=basis)
    for split in (truth.by_team, truth.by_campaign, truth.by_day, truth.by_day_and_team):
        assert add_up(split(period, currency, basis).values()) == total
    named = add_up(sums for slug, sums in truth.by_team(period, currency, basis).items() if slug is not None)
    assert add_up((named, truth.totals(period, currency, team=None, basis=basis))) == total


@given(st.integers(0, 149), st.integers(0, 149), st.sampled_from(("KZT", "USD")))
@settings(max_examples=40, deadline=None)
def test_counts_are_those_of_the_lists(middle_world, one, other, currency):
    period, truth = _any_period(middle_world, one, other), middle_world.truth
    total = truth.totals(period, currency)
    sales = [sale for sale in truth.sales if sale.status == "won" and period.first <= sale.sale_day <= period.last]
    assert len(sales) == total.sales
    if currency == "KZT":
        assert sum((sale.amount or Decimal(0) for sale in sales), Decimal(0)) == total.revenue
    assert sum(truth.unattributed_reasons(period).values()) == truth.totals(period, currency, team=None).sales
    assert sum(truth.lead_reasons(period).values()) == truth.totals(period, currency, team=None).leads
    assert [count for _, count, _ in truth.funnel(period, currency)] == [
        total.leads, total.registrations, total.express_sales, total.main_sales,
    ]  # fmt: skip


def test_spend_is_the_rows_at_the_rate_of_their_day(middle_world):
    rates = middle_world.setting.series
    period = DateRange(middle_world.first_day, TODAY)
    spend = sum(row.spend * rates.of(row.currency, row.day) for row in middle_world.setting.advertising.days)
    assert middle_world.truth.totals(period).spend == spend


def test_the_two_bases_tell_of_the_same_sales(middle_world):
    ever = DateRange(middle_world.first_day, TODAY)
    by_sale, by_lead = (middle_world.truth.totals(ever, basis=basis) for basis in BASES)
    assert by_sale.sales == by_lead.sales + middle_world.truth.sales_without_lead(ever)
    for figure in ("spend", "leads", "registrations", "impressions", "clicks"):
        assert getattr(by_sale, figure) == getattr(by_lead, figure)
