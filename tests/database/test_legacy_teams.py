"""The former teams go out of use: marks kept as aliases first, a dry run, twice is once, and no past total moves."""

from datetime import date
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import text

import cli
from core.records import Role
from data.deals import settle_deals
from data.embedded import DatabaseUrls
from data.engine import Database
from data.leads import settle_leads
from data.rules import load_rules
from jobs.recalculate_stats import recalculate_days
from jobs.rerun_attribution import rerun_attribution
from tests.application import make_settings
from tests.factories import (
    insert,
    make_ad_day,
    make_alias,
    make_campaign,
    make_lead,
    make_rate,
    make_team,
    make_user,
    noon,
)
from tests.job_context import make_context

DAY = date(2026, 1, 5)
TOTALS = """
    SELECT stat_date, team, sum(leads) AS leads, sum(express_sales) AS sales, sum(revenue_kzt) AS revenue,
           sum(spend_kzt) AS spend, sum(registrations) AS registrations
    FROM traffic_stats GROUP BY 1, 2 ORDER BY 1, 2"""
# What says when something was done, not what it is.
WRITTEN = ("SELECT slug, is_active, archived_at, utm_source FROM traffic_teams ORDER BY slug",
           "SELECT utm_source, note FROM team_aliases ORDER BY 1", "SELECT count(*) FROM attribution_rules_versions",
           "SELECT email, is_active FROM traffic_users ORDER BY 1", TOTALS,
           "SELECT team_name, attribution_method FROM lead_tracking ORDER BY 1, 2",
           "SELECT count(*) FROM sales_activity_log", "SELECT count(*) FROM audit_log")


@pytest.fixture
def server(database_urls: DatabaseUrls) -> Flask:
    made = Flask("commands")
    cli.add_commands(made, make_settings(
        database_url=database_urls.web_url, database_jobs_url=database_urls.jobs_url,
        database_owner_url=database_urls.owner_url))
    return made


def purge(server: Flask, *options: str) -> str:
    result: click.testing.Result = server.test_cli_runner().invoke(args=["teams", "purge-legacy", *options])
    assert result.exit_code == 0, result.output
    return str(result.output)


def state(jobs: Database, *statements: str) -> list[Any]:
    with jobs.transaction() as connection:
        return [[tuple(row) for row in connection.execute(text(one))] for one in statements]


@pytest.fixture
def history(db_jobs: Database) -> None:
    """A former team with people, marks, leads, a sale and spend, beside a team of now."""
    context = make_context(db_jobs)
    with db_jobs.transaction() as connection:
        old = make_team(connection, "kenesary", name="Kenesary", utm_source="fb_kenesary")
        make_team(connection, "north", utm_source="fb_north")
        make_alias(connection, old, utm_source="kenjifb")
        make_rate(connection, DAY)
        person = make_user(connection, Role.TARGETOLOGIST, old, email="ken@example.com")
        make_user(connection, Role.ADMIN, email="boss@example.com")
        insert(connection, "traffic_targetologist_settings", user_id=person.id, utm_source="ken_own")
        insert(connection, "traffic_weekly_plans", team_id=old.id, week_start=date(2031, 1, 6), plan_sales=5)
        campaign = make_campaign(connection, None, campaign_id="91", name="fb_kenesary winter")
        make_ad_day(connection, "91", DAY)
        assert campaign
        for number, source in enumerate(("fb_kenesary", "fb_kenesary_17.12", "kenjifb", "fb_north", "other")):
            make_lead(connection, None, DAY, utm_source=source, phone_norm=f"+7701000000{number}")
        insert(connection, "amocrm_events", event_key="e", deal_id=7, action="status", occurred_at=noon(DAY),
               has_own_time=True, received_at=noon(DAY), payload={
                   "pipeline_id": 10350882, "status_id": 142, "price": "5000", "price_given": True,
                   "utm": {"source": "fb_kenesary"}})
        settle_leads(connection, None, load_rules(connection), context.calendar)
        settle_deals(connection, None, load_rules(connection), context.calendar)
    rerun_attribution(context)
    recalculate_days(context, None)


@pytest.mark.usefixtures("history")
def test_former_teams_go_out_of_use_and_no_total_moves(server: Flask, db_jobs: Database) -> None:
    before = state(db_jobs, TOTALS)
    untouched = state(db_jobs, *WRITTEN)
    shown = purge(server, "--dry-run")
    assert "marks to archive: fb_kenesary, fb_kenesary_17.12, ken_own" in shown and "Nothing was changed." in shown
    assert "leads 3, sales 1" in shown
    assert state(db_jobs, *WRITTEN) == untouched
    assert "Marks kept as aliases: 3." in purge(server)
    assert state(db_jobs, TOTALS) == before
    [[team], aliases, users, names] = state(
        db_jobs, "SELECT is_active, utm_source, archived_at IS NOT NULL FROM traffic_teams WHERE slug = 'kenesary'",
        "SELECT utm_source FROM team_aliases ORDER BY 1",
        "SELECT is_active FROM traffic_users WHERE email = 'ken@example.com'",
        "SELECT team_name, attribution_method FROM lead_tracking WHERE team_name = 'Kenesary'")
    assert team == (False, "legacy_kenesary", True), "archived like a team that an admin takes out of use"
    assert [row[0] for row in aliases] == ["fb_kenesary", "fb_kenesary_17.12", "ken_own", "kenjifb"]
    assert users == [(False,)]
    assert names == [("Kenesary", "alias")] * 3
    after = state(db_jobs, *WRITTEN)
    assert "There is nothing to do." in purge(server)
    assert state(db_jobs, *WRITTEN) == after


def test_without_former_teams_there_is_nothing_to_do(server: Flask) -> None:
    assert purge(server) == "There is nothing to do.\n"
