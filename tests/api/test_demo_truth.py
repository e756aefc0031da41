"""A small demo company through the real pipeline: every number of the dashboard is the truth, to the last tenge.

The bodies go through the intake of the application, the inbox through the workers' code, the spend through the Graph
client from the stand-in, the days through the statistics; nothing is put into a table that the pipeline should fill.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from auth.encryption import Cipher, make_key
from auth.passwords import Passwords
from core.business_time import BusinessCalendar, each_day
from core.filters import Filters
from core.metrics import Sums
from core.records import DateRange, Role, Scope
from data.engine import Viewer
from data.people import load_users
from data.reports.analytics import load_analytics
from data.reports.dashboard import load_dashboard
from data.stats import load_days_with_figures, recalculate
from demo.deliveries import Delivery
from demo.facebook_graph import GraphStandIn
from demo.feeds import graph_data_of
from demo.truth import add_up
from demo.world import World, make_world
from demo_loading import DemoLoading
from jobs.context import JobContext
from jobs.process_inbox import process_inbox
from jobs.recalculate_stats import recalculate_stats
from jobs.sync_facebook import sync_facebook
from tests.application import AMOCRM_SECRET, LANDING_SECRET, make_settings

CALENDAR = BusinessCalendar()
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
DAYS = 112          # longer than the look-back
APP = {"facebook_app_id": "1000000000000000", "facebook_app_secret": "a-secret-of-the-tests"}
PERIODS = (
    "preset=all", "preset=today", "preset=yesterday", "preset=last_7_days", "preset=last_30_days",
    "preset=this_month", "preset=last_month", "from=2026-09-01&to=2026-10-11&interval=week",
    "from=2026-08-10&to=2026-11-22&interval=month",
)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(5, today=TODAY, now=NOW, days=DAYS, leads=900)


@pytest.fixture(scope="module")
def stand_in(world):
    server = GraphStandIn(graph_data_of(world.setting), APP["facebook_app_id"], APP["facebook_app_secret"])
    server.start()
    yield server
    server.server.stop()


@pytest.fixture(scope="module")
def context(shared_jobs, stand_in) -> JobContext:
    settings = make_settings(facebook_graph_url=stand_in.url, **APP)
    return JobContext(settings, shared_jobs, Cipher.from_ring(f"one:{make_key()}"), CALENDAR, clock=lambda: NOW)


@pytest.fixture(scope="module")
def company(world, context, shared_app, shared_jobs):
    """The company after its whole history arrived; answers its users by e-mail."""
    loading = DemoLoading(context, Passwords.cheap())
    with shared_jobs.transaction() as connection:
        loading.seed(connection, world.seed_rows(), "a password of the tests")
        users = {user.email: user for user in load_users(connection)}
    # Half of the history before the spend is known, half after it; the second half the newest first.
    half = len(world.deliveries) // 2
    browser = shared_app.server.test_client()
    stored = take_in(browser, world.deliveries[:half])
    drain(context)
    sync_facebook(context, DateRange(world.first_day, world.today))
    stored += take_in(browser, reversed(world.deliveries[half:]))
    drain(context)
    recalculate_stats(context)
    assert stored == world.stored_deliveries
    return users


def take_in(browser: FlaskClient, deliveries: Iterable[Delivery]) -> int:
    """Post deliveries in their order; answers how many of them were stored."""
    stored = 0
    for one in deliveries:
        path = f"amocrm/{AMOCRM_SECRET}" if one.path == "amocrm" else f"landing/{LANDING_SECRET}/{one.source}"
        answer = browser.post(f"/webhooks/{path}", data=one.body, content_type=one.content_type)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        stored += answer.get_json()["stored"]
    return stored


def drain(context: JobContext) -> None:
    while process_inbox(context):
        pass


@pytest.fixture(scope="module")
def admin(company) -> Scope:
    return Scope(company["admin@demo.local"].id, Role.ADMIN)


def read(database, scope, loader, query):
    with database.transaction(Viewer.of(scope), read_only=True) as connection:
        return loader(connection, Filters.from_query(query), scope, CALENDAR, now=NOW)


def test_nothing_was_left_in_the_inbox(company, shared_jobs):
    with shared_jobs.transaction() as connection:
        found = dict(connection.execute(text("SELECT status, count(*) FROM webhook_events GROUP BY status")).all())
    assert set(found) == {"processed"}


@pytest.mark.parametrize("currency", ["KZT", "USD"])
@pytest.mark.parametrize("query", PERIODS)
def test_every_figure_of_the_dashboard_is_true(world, shared_web, admin, query, currency):
    report = read(shared_web, admin, load_dashboard, f"{query}&currency={currency}")
    truth, period = world.truth, report.period
    assert report.totals == truth.totals(period, currency)
    assert report.unattributed == truth.totals(period, currency, team=None)
    assert report.previous == truth.totals(report.previous_period, currency)
    _check_teams(report, truth, currency)
    _check_campaigns(report, truth, currency)
    _check_days(report, truth, currency)
    assert [(stage.stage, stage.count, stage.money) for stage in report.funnel] == list(truth.funnel(period, currency))
    assert [stage.previous_count for stage in report.funnel] == [
        count for _, count, _ in truth.funnel(report.previous_period, currency)
    ]
    assert report.gaps.unattributed_reasons == truth.unattributed_reasons(period)
    assert report.gaps.sales_without_amount == truth.totals(period).sales_without_amount
    assert report.gaps.days_without_rate == 0


def _check_teams(report, truth, currency):
    shown = {row.team.slug: row for row in report.teams}
    meant = truth.by_team(report.period, currency)
    before = truth.by_team(report.previous_period, currency)
    assert {slug for slug, row in shown.items() if not row.sums.is_zero} == set(meant)
    for slug, row in shown.items():
        assert row.sums == meant.get(slug, Sums()), slug
        assert row.previous == before.get(slug, Sums()), slug
    cells = truth.by_day_and_team(report.period, currency)
    for heat in report.heat:
        for day, cell in zip(report.days, heat.cells, strict=True):
            assert cell == cells.get((day, heat.team.slug), Sums()), (day, heat.team.slug)
        assert heat.total == meant.get(heat.team.slug, Sums())


def _check_campaigns(report, truth, currency):
    meant = truth.by_campaign(report.period, currency)
    shown = {row.id: row.sums for row in report.campaigns}
    assert len(shown) == len(report.campaigns)
    assert shown == {key: sums for key, sums in meant.items() if not sums.is_zero}


def _check_days(report, truth, currency):
    meant = truth.by_day(report.period, currency)
    assert list(report.days) == list(each_day(report.period))
    for day, sums in zip(report.days, report.daily, strict=True):
        assert sums == meant.get(day, Sums()), day
    for point in report.points:
        inside = [sums for day, sums in meant.items() if point.start <= day <= point.end]
        assert point.sums == add_up(inside), point.start


@pytest.mark.parametrize("currency", ["KZT", "USD"])
@pytest.mark.parametrize("query", PERIODS[:6])
def test_every_figure_by_the_day_of_the_lead_is_true(world, shared_web, admin, query, currency):
    report = read(shared_web, admin, load_dashboard, f"{query}&currency={currency}&basis=lead")
    truth, period = world.truth, report.period
    assert to_micro(report.totals) == to_micro(truth.totals(period, currency, basis="lead"))
    for row in report.teams:
        meant = truth.by_team(period, currency, "lead").get(row.team.slug, Sums())
        assert to_micro(row.sums) == to_micro(meant), row.team.slug
    campaigns = truth.by_campaign(period, currency, "lead")
    assert {row.id: to_micro(row.sums) for row in report.campaigns} == {
        key: to_micro(sums) for key, sums in campaigns.items() if not sums.is_zero
    }
    assert report.gaps.unattributed_reasons == truth.unattributed_reasons(period, "lead")
    assert report.gaps.sales_without_lead == truth.sales_without_lead(period)


def to_micro(sums: Sums) -> Sums:
    """The sums with money to six decimals: dollars of single sales are quotients without an end."""
    money = {name: round(getattr(sums, name), 6) for name in ("spend", "revenue", "express_revenue", "main_revenue")}
    return replace(sums, **money)


@pytest.mark.parametrize("slug", ["sunkar", "altai", "tulpar", "zhetysu", "dala", "none"])
def test_a_filter_shows_the_truth_of_one_team(world, shared_web, admin, slug):
    report = read(shared_web, admin, load_dashboard, f"preset=all&team={slug}")
    meant = world.truth.totals(report.period, team=None if slug == "none" else slug)
    assert report.totals == meant


@pytest.mark.parametrize("slug", ["sunkar", "dala"])
def test_a_targetologist_sees_the_truth_of_the_own_team(world, shared_web, company, slug):
    user = company[f"{slug}@demo.local"]
    scope = Scope(user.id, Role.TARGETOLOGIST, user.team_id, slug)
    report = read(shared_web, scope, load_dashboard, "from=2026-08-03&to=2026-11-22")
    assert report.totals == world.truth.totals(report.period, team=slug)


def test_a_campaign_filter_shows_the_truth_of_the_campaign(world, shared_web, admin):
    for plan in world.campaigns[::6]:
        report = read(shared_web, admin, load_dashboard, f"preset=all&campaign={plan.id}")
        assert report.totals == world.truth.by_campaign(report.period)[plan.id]


def test_every_sale_has_its_true_explanation(world, company, shared_jobs):
    with shared_jobs.transaction() as connection:
        rows = connection.execute(text("""
            SELECT s.deal_id, s.product, s.sale_amount, s.sale_date, s.sale_day, s.lead_day, t.slug,
                   s.attribution_method, s.confidence, s.reason, s.candidates, c.campaign_id, s.is_reversed
            FROM all_sales_tracking s
            LEFT JOIN traffic_teams t ON t.id = s.team_id
            LEFT JOIN ad_campaigns c ON c.id = s.campaign_id""")).all()
    shown = {row.deal_id: tuple(row[1:]) for row in rows}
    assert len(shown) == len(rows)
    meant = {
        sale.deal_id: (
            sale.product, sale.amount, sale.sold_at, sale.sale_day, sale.lead_day, sale.team, sale.method,
            sale.confidence, sale.reason, list(sale.candidates), sale.campaign, sale.status == "reversed",
        )
        for sale in world.truth.sales
    }  # fmt: skip
    assert set(shown) == set(meant)
    for deal_id, sale in meant.items():
        if sale[-1]:
            # What a sale that was taken back was worth is history; that it does not count is the truth.
            assert (shown[deal_id][0], shown[deal_id][-1]) == (sale[0], True)
        else:
            assert shown[deal_id] == sale, deal_id


def test_every_lead_has_its_true_team(world, company, shared_jobs):
    with shared_jobs.transaction() as connection:
        rows = connection.execute(text("""
            SELECT t.slug, c.campaign_id, k.lead_day, count(*)
            FROM lead_tracking k
            LEFT JOIN traffic_teams t ON t.id = k.team_id
            LEFT JOIN ad_campaigns c ON c.id = k.campaign_id
            GROUP BY 1, 2, 3""")).all()
        reasons = dict(connection.execute(text(
            "SELECT reason, count(*) FROM lead_tracking WHERE team_id IS NULL GROUP BY reason")).all())
    shown = {(row[2], row[0], row[1]): row[3] for row in rows}
    meant = {
        (key.day, key.team, key.campaign): sums.leads
        for key, sums in world.truth.slices["KZT", "sale"].items()
        if sums.leads
    }
    assert shown == meant
    assert reasons == world.truth.lead_reasons(DateRange(world.first_day, TODAY))


def test_coverage_and_sales_of_the_analytics_page_are_true(world, shared_web, admin):
    report = read(shared_web, admin, load_analytics, "preset=last_30_days")
    sales = [
        sale for sale in world.truth.sales if report.period.first <= sale.sale_day <= report.period.last
    ]
    standing = [sale for sale in sales if sale.status == "won"]
    for row in report.coverage:
        mine = [sale for sale in standing if (sale.method, sale.reason) == (row.method, row.reason)]
        assert row.sales == len(mine)
        assert row.money == sum((sale.amount or Decimal(0) for sale in mine), Decimal(0))
    assert sum(row.sales for row in report.coverage) == len(standing)
    assert report.sales.total == len(sales)
    assert {row.deal_id: row.team.slug for row in report.sales.rows if row.status == "won"}.items() <= {
        sale.deal_id: sale.team for sale in standing
    }.items()
    assert report.totals == world.truth.totals(report.period)


def test_the_same_bodies_again_and_a_full_recalculation_change_nothing(
    world, company, context, shared_app, shared_jobs, shared_web, admin
):
    before = read(shared_web, admin, load_dashboard, "preset=all&currency=USD")
    late = [one for one in world.deliveries if b"last_modified" in one.body][:40]
    assert take_in(shared_app.server.test_client(), late) == 0
    drain(context)
    with shared_jobs.transaction() as connection:
        assert len(load_days_with_figures(connection)) == DAYS
        assert recalculate(connection) == 0
    after = read(shared_web, admin, load_dashboard, "preset=all&currency=USD")
    assert replace(after, data_version=before.data_version) == before


def test_the_history_begins_where_the_world_begins(world, shared_web, admin):
    report = read(shared_web, admin, load_dashboard, "preset=all")
    assert report.period == DateRange(world.first_day, TODAY)
    assert world.first_day == TODAY - timedelta(days=DAYS - 1)
