"""The reports: sums that add up, filters that select, scopes that hold."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.business_time import BusinessCalendar
from core.filters import Filters
from core.metrics import ROI, Sums, total
from core.records import Role, Scope
from data.engine import Viewer
from data.reports.analytics import load_analytics
from data.reports.choices import load_choices
from data.reports.dashboard import load_dashboard
from data.reports.sales import load_sales
from tests.factories import make_campaign, make_lead, make_rate, make_sale, make_stat, make_team, make_user

CALENDAR = BusinessCalendar()
NOW = datetime(2026, 1, 31, 7, tzinfo=UTC)          # noon of 31 January in Almaty
TODAY = date(2026, 1, 31)
MONTH = "from=2026-01-01&to=2026-01-31"


class World:
    """Two teams, one campaign each, figures on a few days."""

    def __init__(self, connection) -> None:
        self.sunkar, self.dala = make_team(connection, "sunkar"), make_team(connection, "dala")
        self.admin = Scope(make_user(connection).id, Role.ADMIN)
        self.analyst = Scope(make_user(connection, Role.ANALYST).id, Role.ANALYST)
        owner = make_user(connection, Role.TARGETOLOGIST, self.sunkar)
        self.targetologist = Scope(owner.id, Role.TARGETOLOGIST, self.sunkar.id, self.sunkar.slug)
        self.campaign = make_campaign(connection, self.sunkar, "111", name="sunkar_one")
        make_rate(connection, date(2025, 12, 1), "500")
        make_rate(connection, date(2026, 1, 10), "510")
        make_stat(connection, self.sunkar, date(2026, 1, 10), campaign_id=self.campaign, spend_usd=Decimal(100),
                  spend_kzt=Decimal(51000), leads=50, registrations=20, express_sales=6, main_sales=1,
                  revenue_express_kzt=30000, revenue_main_kzt=490000, revenue_kzt=520000,
                  revenue_express_usd=Decimal("58.823529"), revenue_main_usd=Decimal("960.784314"),
                  revenue_usd=Decimal("1019.607843"), impressions=10000, clicks=200)
        make_stat(connection, self.dala, date(2026, 1, 11), spend_usd=Decimal(50), spend_kzt=Decimal(25500), leads=10,
                  registrations=4, express_sales=1, revenue_express_kzt=5000, revenue_kzt=5000,
                  revenue_express_usd=Decimal("9.803922"), revenue_main_usd=0, revenue_usd=Decimal("9.803922"),
                  impressions=4000, clicks=50)
        make_stat(connection, None, date(2026, 1, 12), spend_usd=0, spend_kzt=0, leads=4, express_sales=1,
                  revenue_express_kzt=5000, revenue_kzt=5000, revenue_express_usd=Decimal("9.803922"),
                  revenue_main_usd=0, revenue_usd=Decimal("9.803922"), impressions=0, clicks=0)
        make_stat(connection, self.sunkar, date(2025, 12, 20), spend_usd=Decimal(80), spend_kzt=Decimal(40000),
                  leads=30, impressions=1, clicks=1, revenue_usd=0, revenue_express_usd=0, revenue_main_usd=0)


@pytest.fixture(scope="module")
def world(shared_jobs) -> World:
    with shared_jobs.transaction() as connection:
        return World(connection)


def read(database, scope, loader, query="", **extra):
    with database.transaction(Viewer.of(scope), read_only=True) as connection:
        return loader(connection, Filters.from_query(query), scope, CALENDAR, **extra)


def dashboard(database, scope, query=MONTH):
    return read(database, scope, load_dashboard, query, now=NOW)


def test_totals_are_the_sum_of_teams_days_and_campaigns(world, shared_web):
    report = dashboard(shared_web, world.admin)
    assert report.totals.revenue == 530000
    assert report.totals.leads == 64
    assert total(row.sums for row in report.teams) == report.totals
    assert total(report.daily) == report.totals
    assert total(row.sums for row in report.campaigns) == report.totals
    assert total(point.sums for point in report.points) == report.totals
    assert [row.team.slug for row in report.teams] == ["sunkar", "dala", None]
    assert report.unattributed.leads == 4


def test_previous_period_is_as_long_and_directly_before(world, shared_web):
    report = dashboard(shared_web, world.admin)
    assert (report.previous_period.first, report.previous_period.last) == (date(2025, 12, 1), date(2025, 12, 31))
    assert report.previous.spend == 40000
    assert report.teams[0].previous.leads == 30


def test_a_month_is_compared_with_the_same_days_of_the_month_before(db_jobs, db_web):
    with db_jobs.transaction() as connection:
        team = make_team(connection, "altai")
        scope = Scope(make_user(connection).id, Role.ADMIN)
        make_stat(connection, team, date(2026, 3, 10), leads=7)
        make_stat(connection, team, date(2026, 2, 10), leads=5)
        make_stat(connection, team, date(2026, 2, 11), leads=100)
    report = read(db_web, scope, load_dashboard, "preset=this_month", now=datetime(2026, 3, 10, 7, tzinfo=UTC))
    assert (report.totals.leads, report.previous.leads) == (7, 5)


def test_money_is_in_the_currency_asked_for(world, shared_web):
    report = dashboard(shared_web, world.admin, MONTH + "&currency=USD")
    assert report.totals.spend == 150
    assert report.totals.revenue == Decimal("1039.215687")
    assert (report.rate_min, report.rate_max) == (500, 510)


def test_funnel_rates_come_from_its_counts(world, shared_web):
    funnel = {stage.stage: stage for stage in dashboard(shared_web, world.admin).funnel}
    assert [stage.count for stage in funnel.values()] == [64, 24, 8, 1]
    assert funnel["registrations"].step_rate == Decimal("37.5")
    assert funnel["flagman"].total_rate == Decimal(100) / 64
    assert funnel["flagman"].money == 490000


@pytest.mark.parametrize("query, leads", [
    ("team=sunkar", 50), ("team=none", 4), ("team=sunkar&team=none", 54), ("team=nobody", 0),
    ("campaign=111", 50), ("campaign=999", 0), ("team=dala&campaign=111", 0),
])
def test_filters_select_and_a_filter_without_a_match_shows_nothing(world, shared_web, query, leads):
    report = dashboard(shared_web, world.admin, f"{MONTH}&{query}")
    assert report.totals.leads == leads
    assert total(row.sums for row in report.teams) == report.totals


@pytest.mark.parametrize("query", ["", "team=dala", "team=none", "team=sunkar", "campaign=111"])
def test_a_targetologist_never_sees_another_team(world, shared_web, query):
    report = dashboard(shared_web, world.targetologist, f"{MONTH}&{query}")
    assert {row.team.slug for row in report.teams} <= {"sunkar"}
    assert report.totals.leads == (0 if "dala" in query or "none" in query else 50)
    assert report.unattributed == Sums()
    assert report.team_rank is None


def test_the_rank_is_for_those_who_see_all_teams(world, shared_web):
    report = dashboard(shared_web, world.analyst, MONTH + "&team=dala")
    assert (report.team_rank, report.team_count) == (2, 2)


def test_a_week_is_cut_at_the_ends_of_the_period(world, shared_web):
    points = dashboard(shared_web, world.admin, MONTH + "&interval=week").points
    assert (points[0].start, points[0].end) == (date(2026, 1, 1), date(2026, 1, 4))
    assert points[-1].end == TODAY
    assert [point.is_complete for point in points] == [True, True, True, True, False]


def test_all_begins_with_the_first_figure(world, shared_web):
    report = dashboard(shared_web, world.admin, "preset=all")
    assert report.period.first == date(2025, 12, 20)
    assert report.totals.leads == 94


def test_rates_carried_over_days_are_counted(world, shared_web):
    report = dashboard(shared_web, world.admin)
    assert report.gaps.days_with_carried_rate == 30
    assert report.points[8].rate == 500
    assert report.points[9].rate_is_carried is False


def test_a_filter_change_costs_two_statements_beside_the_viewer(world, shared_web):
    with shared_web.recorded_statements() as statements:
        dashboard(shared_web, world.admin)
    assert len([one for one in statements if not one.startswith(("BEGIN", "SET"))]) <= 2


def test_unknown_spend_stays_unknown_in_every_sum(db_jobs, db_web):
    with db_jobs.transaction() as connection:
        team = make_team(connection, "altai")
        scope = Scope(make_user(connection).id, Role.ADMIN)
        make_stat(connection, team, date(2026, 1, 5), spend_usd=Decimal(3), spend_kzt=None, revenue_usd=None)
    report = dashboard(db_web, scope)
    assert report.totals.spend is None
    assert ROI.value(report.totals) is None
    assert report.gaps.days_without_rate == 1
    assert dashboard(db_web, scope, MONTH + "&currency=USD").totals.spend == 3


def test_on_the_basis_of_leads_a_sale_stands_on_the_day_of_its_lead(db_jobs, db_web):
    with db_jobs.transaction() as connection:
        team = make_team(connection, "altai")
        scope = Scope(make_user(connection).id, Role.ADMIN)
        make_sale(connection, team, date(2026, 1, 20), "5000", lead_day=date(2026, 1, 3), usd_to_kzt_rate=500)
        make_sale(connection, team, date(2026, 1, 20), "490000", "flagman", usd_to_kzt_rate=500)
        make_sale(connection, team, date(2026, 1, 20), None, lead_day=date(2026, 1, 3))
        make_sale(connection, team, date(2026, 1, 20), "7000", lead_day=date(2026, 1, 4), is_reversed=True)
    report = dashboard(db_web, scope, MONTH + "&basis=lead")
    assert report.daily[2].revenue == 5000
    assert report.daily[2].express_sales == 2
    assert report.totals.sales_without_amount == 1
    assert report.totals.main_sales == 0
    assert report.gaps.sales_without_lead == 1
    assert dashboard(db_web, scope, MONTH + "&basis=lead&currency=USD").totals.revenue == 10


def test_sales_are_paged_to_the_end_without_gaps_or_repeats(db_jobs, db_web):
    with db_jobs.transaction() as connection:
        team = make_team(connection, "altai")
        scope = Scope(make_user(connection).id, Role.ADMIN)
        made = {make_sale(connection, team, date(2026, 1, 10) + timedelta(number % 3)) for number in range(23)}
        make_sale(connection, None, date(2026, 1, 9), reason="ambiguous", candidates=["altai", "dala"])
        make_sale(connection, team, date(2026, 2, 9))
    seen, cursor = [], None
    while True:
        page = read(db_web, scope, load_sales, MONTH, limit=5, cursor=cursor)
        seen += page.rows
        cursor = page.next_cursor
        if cursor is None:
            break
    assert page.total == 24
    assert {row.id for row in seen[:-1]} == made
    assert len(seen) == 24
    assert (seen[-1].team.slug, seen[-1].reason, seen[-1].candidates) == (None, "ambiguous", ("altai", "dala"))
    assert [row.sold_at for row in seen] == sorted((row.sold_at for row in seen), reverse=True)


@pytest.mark.parametrize("cursor", ["x", "====", "MjAyNg", "é", "a" * 500])
def test_an_unreadable_cursor_starts_from_the_first_page(world, shared_web, cursor):
    assert read(shared_web, world.admin, load_sales, MONTH, cursor=cursor).total == 0


def test_analytics_counts_marks_coverage_and_campaigns(db_jobs, db_web):
    with db_jobs.transaction() as connection:
        team = make_team(connection, "altai")
        scope = Scope(make_user(connection).id, Role.ADMIN)
        lead = make_lead(connection, team, utm_source="fb_altai", utm_campaign="spring")
        make_lead(connection, None)
        make_sale(connection, team, landing_lead_id=lead, attribution_method="person_match")
        make_sale(connection, team, utm_source="fb_altai", attribution_method="utm_exact")
        make_sale(connection, None, reason="unknown_source", utm_source="facebook", amount=None)
        make_sale(connection, team, is_reversed=True, attribution_method="utm_exact")
    report = read(db_web, scope, load_analytics, MONTH, now=NOW)
    sources = {row.value: row for row in report.utm if row.mark == "utm_source"}
    assert (sources["fb_altai"].sums.leads, sources["fb_altai"].sums.sales) == (1, 2)
    assert sources["fb_altai"].sums.revenue == 10000
    assert [look.slug for look in sources["fb_altai"].teams] == ["altai"]
    assert (sources[None].sums.leads, sources["facebook"].sums.sales) == (1, 1)
    for mark in ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"):
        of_mark = total(row.sums for row in report.utm if row.mark == mark)
        assert (of_mark.leads, of_mark.sales) == (2, 3)
    coverage = {(row.method, row.reason): (row.sales, row.money) for row in report.coverage}
    assert coverage == {("person_match", None): (1, 5000), ("utm_exact", None): (1, 5000),
                        (None, "unknown_source"): (1, 0)}
    assert report.sales.total == 4


def test_choices_are_those_the_viewer_may_see(world, shared_web):
    def slugs(scope):
        with shared_web.transaction(Viewer.of(scope)) as connection:
            return [team.slug for team in load_choices(connection, scope).teams]
    assert slugs(world.admin) == ["sunkar", "dala"]
    assert slugs(world.targetologist) == ["sunkar"]


amounts = st.integers(0, 10**6).map(Decimal)
stat_rows = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([None, "one", "two"]), st.sampled_from([None, 1, 2]),
                               amounts, amounts, st.integers(0, 50)), max_size=25,
                     unique_by=lambda row: row[:3])


@pytest.fixture
def stage(db_jobs):
    """Two teams and two campaigns on an otherwise empty database, and an admin."""
    with db_jobs.transaction() as connection:
        teams = {None: None, "one": make_team(connection, "one"), "two": make_team(connection, "two")}
        campaigns = {None: None, 1: make_campaign(connection), 2: make_campaign(connection)}
        return teams, campaigns, Scope(make_user(connection).id, Role.ADMIN)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=stat_rows, interval=st.sampled_from(["day", "week", "month"]), currency=st.sampled_from(["KZT", "USD"]))
def test_teams_and_the_rest_always_add_up_to_the_total(stage, db_jobs, db_web, rows, interval, currency):
    teams, campaigns, scope = stage
    with db_jobs.transaction() as connection:
        connection.execute(text("DELETE FROM traffic_stats"))
        for offset, team, campaign, spend, revenue, leads in rows:
            make_stat(connection, teams[team], TODAY - timedelta(offset), campaign_id=campaigns[campaign],
                      spend_kzt=spend, spend_usd=spend, revenue_kzt=revenue, revenue_usd=revenue, leads=leads,
                      impressions=leads, clicks=leads, revenue_express_usd=0, revenue_main_usd=0)
    report = dashboard(db_web, scope, f"interval={interval}&currency={currency}")
    inside = [row for row in rows if row[0] <= 29]
    assert report.totals.spend == sum((row[3] for row in inside), Decimal(0))
    assert report.totals.leads == sum(row[5] for row in inside)
    assert report.previous.leads == sum(row[5] for row in rows if 30 <= row[0] <= 59)
    for parts in (report.teams, report.campaigns, report.points):
        assert total(part.sums for part in parts) == report.totals
