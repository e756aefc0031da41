"""Who changes which rows: everything not listed here is refused or touches nothing."""

import json

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from data.audit import save_entry
from data.engine import AUTH, INTAKE, Database, Viewer
from tests.database.policy_world import World, make_world, rows, tables

DENIED = "42501"
ANYONE_BUT_ADMIN = ["analyst", "targetologist", "auth", "intake", "system"]
# How many rows an UPDATE or a DELETE of the whole table touches, where it touches any.
UPDATES = {
    "analyst": {"traffic_users": 1},
    "targetologist": {"traffic_users": 1, "traffic_teams": 1, "traffic_targetologist_settings": 1, "user_sessions": 1,
                      "refresh_tokens": 1, "contact_confirmations": 1, "data_version": 1, "facebook_connections": 1,
                      "facebook_account_links": 1, "ad_accounts": 1, "conversion_settings": 1, "sync_runs": 2},
    "auth": {"traffic_users": 4, "user_sessions": 2, "refresh_tokens": 2, "facebook_connections": 2,
             "facebook_sign_ins": 2, "facebook_deletions": 2, "traffic_targetologist_settings": 2,
             **dict.fromkeys(["second_factors", "recovery_codes", "sign_in_challenges", "account_links",
                              "contact_confirmations", "api_tokens"], 2)},
    "intake": {}, "system": {},
}
DELETES = {"targetologist": {"traffic_targetologist_settings": 1, "facebook_connections": 1,
                             "facebook_account_links": 1, "contact_confirmations": 1, "conversion_settings": 1},
           "auth": dict.fromkeys(["user_sessions", "refresh_tokens", "facebook_connections", "facebook_sign_ins",
                                  "facebook_deletions", "second_factors", "recovery_codes", "sign_in_challenges",
                                  "account_links", "contact_confirmations", "api_tokens"], 2)}
# Where rows of the other team, written again, pass the policies (and then only meet their own unique keys).
INSERTS = {
    "auth": {"user_sessions", "refresh_tokens", "login_attempts", "audit_log", "notifications", "facebook_sign_ins",
             "facebook_deletions", "second_factors", "recovery_codes", "sign_in_challenges", "account_links",
             "contact_confirmations", "api_tokens", "traffic_targetologist_settings", "sale_claims"},
    "intake": {"webhook_events"},
}
ADMIN_INSERTS = {
    "traffic_teams", "traffic_users", "traffic_targetologist_settings", "team_aliases", "campaign_bindings",
    "attribution_rules_versions", "sales_activity_log", "amocrm_pipelines", "amocrm_fields", "traffic_weekly_plans",
    "sync_runs", "notifications", "periods_closed", "stats_dirty_days", "team_merges", "conversion_settings",
    "amocrm_connection", "amocrm_oauth_states", "exchange_rates", "contact_confirmations", "imports", "landing_sources",
}


@pytest.fixture(scope="module")
def world(shared_jobs: Database, shared_web: Database) -> World:
    return make_world(shared_jobs, shared_web)


def attempt(connection: Connection, statement: str, **values: object) -> int | str:
    """How many rows a statement touches, or the code of its error; nothing of it stays."""
    savepoint = connection.begin_nested()
    try:
        return connection.execute(text(statement), values).rowcount
    except DBAPIError as error:
        return getattr(error.orig, "sqlstate", None) or "?"
    finally:
        savepoint.rollback()


def changeable_column(connection: Connection, table: str) -> str | None:
    """A column the role may update, ``None`` when there is none."""
    return connection.execute(text("""
        SELECT attname FROM pg_attribute
        WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND attgenerated = '' AND attidentity = ''
          AND has_column_privilege(attrelid, attnum, 'UPDATE')
        ORDER BY attnum LIMIT 1"""), {"table": table}).scalar_one_or_none()


@pytest.mark.parametrize("name", ANYONE_BUT_ADMIN)
def test_an_update_touches_the_own_rows_at_most(name: str, world: World, shared_web: Database) -> None:
    touched = {}
    with shared_web.transaction(world.viewers[name]) as connection:
        for table in tables(connection):
            column = changeable_column(connection, table) or "ctid"
            result = attempt(connection, f"UPDATE {table} SET {column} = {column}")
            if result not in (0, DENIED, "0A000", "428C9"):
                touched[table] = result
    assert touched == UPDATES[name]


@pytest.mark.parametrize("name", ANYONE_BUT_ADMIN)
def test_a_delete_touches_the_own_rows_at_most(name: str, world: World, shared_web: Database) -> None:
    with shared_web.transaction(world.viewers[name]) as connection:
        results = {table: attempt(connection, f"DELETE FROM {table}") for table in tables(connection)}
    assert {table: result for table, result in results.items() if result not in (0, DENIED)} == DELETES.get(name, {})


@pytest.mark.parametrize("name", ["admin", *ANYONE_BUT_ADMIN])
def test_rows_of_another_team_are_written_by_nobody_who_should_not(
    name: str, world: World, shared_jobs: Database, shared_web: Database
) -> None:
    """Every row there is, of the other team or of none, is written again as this viewer."""
    with shared_jobs.transaction() as connection:
        given = {table: [row for row in rows(connection, table) if "alpha" not in json.dumps(row)
                         and world.alpha.team.id not in json.dumps(row) and world.alpha.user.id not in json.dumps(row)]
                 for table in tables(connection)}
        columns = {table: list(connection.execute(text("""
            SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0
              AND NOT attisdropped AND attgenerated = '' AND attidentity = ''"""), {"table": table}).scalars())
            for table in given}
    passed = set()
    with shared_web.transaction(world.viewers[name]) as connection:
        for table, some in given.items():
            names = ", ".join(columns[table])
            assert some, table
            for row in some:
                result = attempt(connection, f"INSERT INTO {table} ({names}) SELECT {names} FROM"
                                             f" jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb))",
                                 row=json.dumps(row))
                if result != DENIED:
                    passed.add(table)
    assert passed == (ADMIN_INSERTS if name == "admin" else INSERTS.get(name, set()))


@pytest.mark.parametrize("name", ["admin", *ANYONE_BUT_ADMIN, "jobs"])
@pytest.mark.parametrize("statement", [
    "UPDATE audit_log SET action = 'nothing'", "DELETE FROM audit_log", "TRUNCATE audit_log",
    "SELECT * FROM audit_log FOR UPDATE",
])
def test_the_audit_log_only_grows(
    name: str, statement: str, world: World, shared_jobs: Database, shared_web: Database
) -> None:
    database, viewer = (shared_jobs, Viewer("system")) if name == "jobs" else (shared_web, world.viewers[name])
    with database.transaction(viewer) as connection:
        assert attempt(connection, statement) == DENIED


def test_nobody_writes_the_audit_log_in_anothers_name(world: World, shared_web: Database) -> None:
    for name, own in (("admin", world.admin.id), ("analyst", world.analyst.id), ("targetologist", world.alpha.user.id),
                      ("system", None)):
        with shared_web.transaction(world.viewers[name]) as connection:
            save_entry(connection, action="test", user_id=own)
        with pytest.raises(DBAPIError, match="row-level security"), shared_web.transaction(
                world.viewers[name]) as connection:
            save_entry(connection, action="test", user_id=world.bravo.user.id)
    with shared_web.transaction(AUTH) as connection:
        save_entry(connection, action="sign_in", user_id=world.bravo.user.id)
    with pytest.raises(DBAPIError, match="row-level security"), shared_web.transaction(INTAKE) as connection:
        save_entry(connection, action="test")


STORE = "INSERT INTO webhook_events (source, body, dedup_key) VALUES ('landing', 'x', :key)"


@pytest.mark.parametrize("conflict", ["ON CONFLICT (dedup_key) DO NOTHING", "ON CONFLICT DO NOTHING"])
def test_the_intake_stores_an_event_once_and_sees_no_other(
    conflict: str, world: World, shared_web: Database, shared_jobs: Database
) -> None:
    key = conflict
    for stored in (1, 0):
        with shared_web.transaction(INTAKE) as connection:
            assert connection.execute(text(f"{STORE} {conflict}"), {"key": key}).rowcount == stored
    with shared_web.transaction(INTAKE) as connection:
        assert connection.execute(text("SELECT count(*) FROM webhook_events")).scalar_one() == 0
    with shared_jobs.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM webhook_events WHERE dedup_key = :key"),
                                  {"key": key}).scalar_one() == 1


def test_an_admin_replays_an_event_but_cannot_rewrite_it(world: World, shared_web: Database) -> None:
    with shared_web.transaction(world.viewers["admin"]) as connection:
        assert attempt(connection, "UPDATE webhook_events SET status = 'received', next_attempt_at = now()") != 0
        assert attempt(connection, "UPDATE webhook_events SET body = ''") == DENIED
        assert attempt(connection, "DELETE FROM webhook_events") == DENIED


@pytest.mark.parametrize("statement", [
    "UPDATE team_aliases SET note = 'x'", "UPDATE lead_tracking SET locked = true",
    "UPDATE all_sales_tracking SET locked = true", "UPDATE ad_campaigns SET is_tracked = false",
    "UPDATE ad_accounts SET is_selected = false", "UPDATE traffic_weekly_plans SET plan_sales = 1",
    "UPDATE traffic_teams SET emoji = '!'", "DELETE FROM campaign_bindings", "DELETE FROM login_attempts",
])
def test_an_admin_arranges_all_teams(statement: str, world: World, shared_web: Database) -> None:
    with shared_web.transaction(world.viewers["admin"]) as connection:
        touched = attempt(connection, statement)
    assert isinstance(touched, int)
    assert touched >= 2


def test_a_lead_cannot_be_moved_into_the_own_team(world: World, shared_web: Database) -> None:
    with shared_web.transaction(world.alpha.viewer) as connection:
        for table in ("lead_tracking", "all_sales_tracking", "ad_campaigns", "team_aliases", "traffic_stats"):
            assert attempt(connection, f"UPDATE {table} SET team_id = :team", team=world.alpha.team.id) in (0, DENIED)
