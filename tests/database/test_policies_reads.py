"""Who sees which rows: nobody without a viewer, a targetologist the own team, and never a trace of another."""

import json

import pytest
from sqlalchemy import text

from data.engine import APP_ROLE, Database, Viewer
from tests.database.policy_world import World, counts, make_world, rows, tables

ALL, NONE = "all", 0
# Whoever signs people in, and nobody else, an admin included.
OF_SIGN_IN_ONLY = {"second_factors", "recovery_codes", "sign_in_challenges", "account_links"}
# Rows visible to (targetologist of alpha, analyst, auth, system); the workers see all, an admin nearly, intake: below.
VISIBLE: dict[str, tuple[int | str, int | str, int | str, int | str]] = {
    "traffic_teams": (1, ALL, ALL, NONE),
    "traffic_users": (1, 1, ALL, NONE),
    "traffic_targetologist_settings": (1, NONE, ALL, NONE),
    "user_sessions": (1, NONE, ALL, NONE),
    "refresh_tokens": (1, NONE, ALL, NONE),
    "login_attempts": (NONE, NONE, ALL, NONE),
    **dict.fromkeys(OF_SIGN_IN_ONLY, (NONE, NONE, ALL, NONE)),
    "contact_confirmations": (1, NONE, ALL, NONE),
    "api_tokens": (NONE, NONE, ALL, NONE),
    "audit_log": (NONE, NONE, NONE, NONE),
    "audit_chain": (ALL, ALL, ALL, ALL),
    "webhook_events": (NONE, NONE, NONE, NONE),
    "landing_leads": (1, ALL, NONE, NONE),
    "lead_tracking": (1, ALL, NONE, NONE),
    "team_aliases": (1, ALL, NONE, NONE),
    "team_removal_effects": (1, ALL, NONE, NONE),
    "campaign_bindings": (1, ALL, NONE, NONE),
    "attribution_rules_versions": (NONE, ALL, NONE, NONE),
    "amocrm_pipelines": (ALL, ALL, ALL, ALL),
    "amocrm_fields": (ALL, ALL, ALL, ALL),
    "amocrm_events": (NONE, ALL, NONE, NONE),
    "amocrm_contacts": (NONE, ALL, NONE, NONE),
    "amocrm_deal_contacts": (NONE, ALL, NONE, NONE),
    "amocrm_contact_points": (NONE, ALL, NONE, NONE),
    "amocrm_reconciliations": (NONE, ALL, NONE, NONE),
    **dict.fromkeys(["amocrm_connection", "amocrm_oauth_states", "amocrm_pace", "amocrm_days_read",
                     "attribution_previews", "imports", "import_records", "import_changes",
                     "landing_sources", "attribution_measures"], (NONE, NONE, NONE, NONE)),
    "landing_lead_phones": (1, ALL, NONE, NONE),
    "person_points": (3, ALL, NONE, NONE),
    "people_to_join": (NONE, NONE, NONE, NONE),
    "amocrm_deals": (3, ALL, NONE, NONE),
    "express_course_sales": (1, ALL, NONE, NONE),
    "main_product_sales": (1, ALL, NONE, NONE),
    "other_product_sales": (1, ALL, NONE, NONE),
    "all_sales_tracking": (3, ALL, NONE, NONE),
    "sales_activity_log": (3, ALL, NONE, NONE),
    "ad_accounts": (2, ALL, NONE, NONE),
    "ad_campaigns": (1, ALL, NONE, NONE),
    "ad_statistics": (2, ALL, NONE, NONE),
    "ad_objects": (1, ALL, NONE, NONE),
    "ad_tag_errors": (1, ALL, NONE, NONE),
    "facebook_run_accounts": (1, ALL, NONE, NONE),
    "conversion_settings": (1, NONE, NONE, NONE),
    "conversion_events": (1, ALL, NONE, NONE),
    "currency_rates": (ALL, ALL, ALL, ALL),
    "ad_campaign_periods": (2, ALL, NONE, NONE),
    "ad_restatements": (1, ALL, NONE, NONE),
    "ad_reconciliations": (1, ALL, NONE, NONE),
    "facebook_connections": (1, NONE, ALL, NONE),
    "facebook_account_links": (1, NONE, NONE, NONE),
    "facebook_sign_ins": (NONE, NONE, ALL, NONE),
    "facebook_deletions": (NONE, NONE, ALL, NONE),
    "facebook_backfills": (1, ALL, NONE, NONE),
    "facebook_waits": (1, ALL, NONE, NONE),
    "exchange_rates": (ALL, ALL, ALL, ALL),
    "traffic_stats": (1, ALL, NONE, NONE),
    "stats_dirty_days": (ALL, ALL, ALL, ALL),
    "sync_runs": (2, NONE, NONE, NONE),
    "job_ticks": (ALL, ALL, ALL, ALL),
    "traffic_weekly_plans": (1, ALL, NONE, NONE),
    "notifications": (1, NONE, NONE, NONE),
    "sale_claims": (1, NONE, NONE, NONE),
    "team_merges": (NONE, NONE, NONE, NONE),
    "verdict_thresholds": (ALL, ALL, ALL, ALL),
    "periods_closed": (ALL, ALL, NONE, NONE),
    "data_version": (ALL, ALL, ALL, ALL),
    "installation": (ALL, ALL, ALL, ALL),
}


@pytest.fixture(scope="module")
def world(shared_jobs: Database, shared_web: Database) -> World:
    return make_world(shared_jobs, shared_web)


@pytest.fixture(scope="module")
def everything(world: World, shared_jobs: Database) -> dict[str, int]:
    """How many rows there are, as the workers see them."""
    with shared_jobs.transaction() as connection:
        return counts(connection)


def test_every_table_has_a_row_and_an_expectation(everything: dict[str, int]) -> None:
    assert set(everything) == set(VISIBLE)
    assert min(everything.values()) > 0, everything


def test_an_admin_sees_everything(world: World, everything: dict[str, int], shared_web: Database) -> None:
    with shared_web.transaction(world.viewers["admin"]) as connection:
        assert counts(connection) == {table: 0 if table in OF_SIGN_IN_ONLY else count
                                      for table, count in everything.items()}


@pytest.mark.parametrize(("place", "name"), list(enumerate(["targetologist", "analyst", "auth", "system"])))
def test_a_viewer_sees_what_is_his(
    place: int, name: str, world: World, everything: dict[str, int], shared_web: Database
) -> None:
    expected = {table: everything[table] if row[place] == ALL else row[place] for table, row in VISIBLE.items()}
    with shared_web.transaction(world.viewers[name]) as connection:
        assert counts(connection) == expected


def test_the_intake_reads_settings_only(world: World, everything: dict[str, int], shared_web: Database) -> None:
    open_to_all = {table for table, row in VISIBLE.items() if row[3] == ALL}
    with shared_web.transaction(world.viewers["intake"]) as connection:
        assert counts(connection) == {table: count if table in open_to_all else 0
                                      for table, count in everything.items()}


@pytest.mark.parametrize("viewer", [None, "", "owner"])
def test_without_a_viewer_there_is_nothing(
    viewer: str | None, world: World, everything: dict[str, int], shared_web: Database
) -> None:
    with shared_web.engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT set_config('role', :role, true)"), {"role": APP_ROLE})
        if viewer is not None:
            connection.execute(text("SELECT set_config('app.viewer', :viewer, true)"), {"viewer": viewer})
        assert counts(connection) == dict.fromkeys(everything, 0)


def test_without_its_groups_role_a_login_reads_nothing(world: World, shared_web: Database) -> None:
    with shared_web.engine.connect() as connection:
        readable = [table for table in tables(connection)
                    if connection.execute(text("SELECT has_table_privilege(:table, 'SELECT')"),
                                          {"table": table}).scalar_one()]
    assert readable == []


def test_a_targetologist_without_a_team_sees_no_team(world: World, shared_web: Database) -> None:
    open_to_him = {table for table, row in VISIBLE.items() if row[0] == ALL}
    with shared_web.transaction(Viewer("targetologist")) as connection:
        assert {table for table, count in counts(connection).items() if count} == open_to_him


def test_no_trace_of_another_team_reaches_a_targetologist(world: World, shared_web: Database) -> None:
    """Every id and name of the other team is looked for in every row the viewer gets."""
    traces = {world.bravo.team.id, world.bravo.user.id, "bravo", "Bravo"}
    with shared_web.transaction(world.viewers["admin"]) as connection:
        for table in ("landing_leads", "all_sales_tracking", "ad_campaigns"):
            traces |= {str(row["id"]) for row in rows(connection, table) if "bravo" in json.dumps(row)}
    with shared_web.transaction(world.alpha.viewer) as connection:
        seen = {table: json.dumps(rows(connection, table)) for table in tables(connection)}
    assert "alpha" in seen["traffic_teams"]
    leaks = [(table, trace) for table, text_of in seen.items() for trace in traces if trace in text_of]
    assert leaks == []


def test_a_query_for_another_team_finds_nothing(world: World, shared_web: Database) -> None:
    with shared_web.transaction(world.alpha.viewer) as connection:
        for table in ("traffic_stats", "all_sales_tracking", "lead_tracking", "ad_campaigns", "team_aliases"):
            found = connection.execute(text(f"SELECT count(*) FROM {table} WHERE team_id = :team"),
                                       {"team": world.bravo.team.id}).scalar_one()
            assert found == 0, table
