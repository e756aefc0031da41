"""What the catalogue of a migrated database must say about roles, rights and row level security."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from data.embedded import DatabaseUrls
from data.engine import Database, Viewer
from tests.conftest import opened
from tests.factories import make_team

# Tables without row level security, each with its reason.
EXEMPT = {"alembic_version": "one row naming the revision; nothing of a team or a person"}
PERSONAL = ("team_id", "team_name", "team", "user_id", "owner_user_id", "requested_by", "created_by", "closed_by",
            "email", "email_norm", "phone", "phone_norm", "contact_id", "contact_name", "recipient", "person_key")
ROLES = ("traffic_app", "traffic_jobs", "traffic_web", "traffic_worker")
READ, ADD, ALL = (frozenset(rights.split()) for rights in ("SELECT", "SELECT INSERT", "SELECT INSERT UPDATE DELETE"))
CHANGE, CLEAN = frozenset({"SELECT", "UPDATE"}), frozenset({"SELECT", "DELETE"})
RIGHTS = "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER"
# Whole-table rights of the web role; what is not here it may only read.
APP_RIGHTS = {
    **dict.fromkeys(["traffic_teams", "traffic_users", "traffic_targetologist_settings", "user_sessions",
                     "refresh_tokens", "second_factors", "recovery_codes", "sign_in_challenges", "account_links",
                     "team_aliases", "campaign_bindings", "amocrm_pipelines", "amocrm_fields",
                     "traffic_weekly_plans", "periods_closed", "facebook_connections", "facebook_account_links",
                     "facebook_sign_ins", "facebook_deletions", "amocrm_connection", "amocrm_oauth_states",
                     "imports", "landing_sources", "conversion_settings", "contact_confirmations", "api_tokens"], ALL),
    "ad_accounts": ADD, "verdict_thresholds": CHANGE,
    **dict.fromkeys(["sale_claims", "team_merges", "facebook_waits"], ADD | CHANGE),
    **dict.fromkeys(["audit_log", "audit_chain", "webhook_events", "attribution_rules_versions", "sync_runs",
                     "notifications", "stats_dirty_days", "sales_activity_log"], ADD),
    "login_attempts": ADD | CLEAN,
    "data_version": CHANGE, "amocrm_pace": CHANGE, "exchange_rates": ALL,
}
JOBS_RIGHTS = {
    "traffic_users": ADD | CHANGE,
    **dict.fromkeys(["user_sessions", "refresh_tokens", "login_attempts", "recovery_codes",
                     "sign_in_challenges", "account_links", "api_tokens"], CLEAN),
    "second_factors": CHANGE, "contact_confirmations": CHANGE | CLEAN,
    "audit_log": ADD, "audit_chain": ADD, "data_version": CHANGE, "alembic_version": READ,
}


def column(connection: Connection, statement: str, **values: object) -> list[str]:
    """The only column of a catalogue query."""
    return list(connection.execute(text(statement), values).scalars())


def all_tables(connection: Connection) -> list[str]:
    """Every table in the schema."""
    return column(connection, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                              " AND relkind IN ('r', 'p')")


def test_row_security_is_enabled_and_forced_on_every_table(shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        open_tables = column(connection, """
            SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
              AND NOT (relrowsecurity AND relforcerowsecurity)""")
        personal = column(connection, """
            SELECT DISTINCT table_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_name = ANY(:names)""", names=list(PERSONAL))
    assert set(open_tables) == set(EXEMPT)
    assert set(personal) & set(EXEMPT) == set()
    assert len(personal) > 15


def test_an_admin_is_asked_nothing_row_by_row(shared_jobs: Database) -> None:
    """Of several policies any may be asked first: what looks rows up stands behind the question that costs nothing."""
    with shared_jobs.transaction() as connection:
        slow = column(connection, """
            SELECT tablename || '.' || policyname FROM pg_policies
            WHERE 'traffic_app' = ANY(roles) AND cmd IN ('SELECT', 'ALL') AND qual LIKE '%EXISTS%'
              AND qual !~ '^[(]+ *SELECT viewer_sees_all[(][)]'""")
    assert slow == []


def test_policies_compute_their_viewer_once_a_statement(shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        policies = connection.execute(text(
            "SELECT tablename, policyname, coalesce(qual, '') || coalesce(with_check, '') AS code, roles::text[]"
            " FROM pg_policies WHERE schemaname = 'public'")).all()
    assert len(policies) > 70
    for table, name, code, roles in policies:
        assert roles in (["traffic_app"], ["traffic_jobs"]), (table, name)
        if roles == ["traffic_app"]:
            assert "viewer" in code, (table, name)
        bare = re.sub(r"\( SELECT (viewer\w*|now)\(\) AS \w+\)", "", code)
        assert "viewer" not in bare and "current_setting" not in bare, (table, name, bare)


def test_views_run_with_the_rights_of_the_reader(shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        views = column(connection, """
            SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
              AND (relkind = 'm'
                   OR relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY(reloptions), false))""")
        functions = column(connection, "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                                       " AND prosecdef")
    assert views == [], "an ordinary view shows its owner's rows, a materialised one everybody's"
    assert functions == [], "a function with its owner's rights steps around the policies"


def test_roles_own_nothing_and_may_not_step_around_the_policies(shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        roles = connection.execute(text("""
            SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS is_mighty,
                   rolcanlogin, rolinherit
            FROM pg_roles WHERE rolname = ANY(:roles)"""), {"roles": list(ROLES)}).all()
        owned = column(connection, """
            SELECT relname FROM pg_class WHERE relowner::regrole::text = ANY(:roles)
            UNION ALL SELECT proname FROM pg_proc WHERE proowner::regrole::text = ANY(:roles)
            UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner::regrole::text = ANY(:roles)
            UNION ALL SELECT datname FROM pg_database WHERE datdba::regrole::text = ANY(:roles)""", roles=list(ROLES))
        may_create = column(connection, "SELECT r FROM unnest(CAST(:roles AS text[])) r"
                                        " WHERE has_schema_privilege(r, 'public', 'CREATE')", roles=list(ROLES))
    assert sorted(row.rolname for row in roles) == sorted(ROLES)
    assert not any(row.is_mighty for row in roles)
    assert {row.rolname: row.rolcanlogin for row in roles} == dict(zip(ROLES, (False, False, True, True), strict=True))
    assert not any(row.rolinherit for row in roles if row.rolcanlogin), "a login without its group's role can nothing"
    assert owned == []
    assert may_create == []


@pytest.mark.parametrize(("role", "rights", "otherwise"), [("traffic_app", APP_RIGHTS, READ),
                                                           ("traffic_jobs", JOBS_RIGHTS, ALL)])
def test_each_role_has_exactly_its_rights(
    role: str, rights: dict[str, frozenset[str]], otherwise: frozenset[str], shared_jobs: Database
) -> None:
    with shared_jobs.transaction() as connection:
        for table in all_tables(connection):
            has = set(column(connection, """
                SELECT wanted FROM unnest(string_to_array(:rights, ' ')) wanted
                WHERE has_table_privilege(:role, :table, wanted)""", role=role, table=table, rights=RIGHTS))
            assert has == rights.get(table, otherwise), table
        everybody = column(connection, "SELECT table_name FROM information_schema.role_table_grants"
                                       " WHERE grantee = 'PUBLIC' AND table_schema = 'public'")
        columns = column(connection, """
            SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
              AND has_any_column_privilege(:role, oid, 'UPDATE')
              AND NOT has_table_privilege(:role, oid, 'UPDATE')""", role=role)
    assert everybody == []
    assert set(columns) == ({"webhook_events", "lead_tracking", "all_sales_tracking", "ad_accounts", "ad_campaigns",
                             "stats_dirty_days", "sync_runs"}
                            if role == "traffic_app" else {"user_sessions", "refresh_tokens", "api_tokens"})


@pytest.fixture
def many_days(database_urls: DatabaseUrls, db_jobs: Database) -> str:
    """40,000 rows of statistics over 20 teams; the id of one of them."""
    with db_jobs.transaction() as connection:
        teams = [make_team(connection) for _ in range(20)]
        connection.execute(text("""
            INSERT INTO traffic_stats (stat_date, team_id, spend_kzt)
            SELECT date '2021-01-01' + day, t.id, 1
            FROM traffic_teams t CROSS JOIN generate_series(0, 1999) AS day"""))
    with opened(database_urls.owner_url, "none") as owner, owner.engine.connect() as connection:
        connection.execute(text("ANALYZE traffic_stats"))
        connection.commit()
    return teams[0].id


def plan_of(connection: Connection, statement: str, **values: object) -> str:
    """The plan with what really happened."""
    return "\n".join(connection.execute(text(f"EXPLAIN (ANALYZE, TIMING OFF) {statement}"), values).scalars())


@pytest.mark.parametrize("kind", ["admin", "targetologist"])
def test_policies_leave_the_indexes_in_use(kind: str, many_days: str, db_web: Database) -> None:
    viewer = Viewer(kind, team_id=many_days if kind == "targetologist" else None)
    with db_web.transaction(viewer) as connection:
        plan = plan_of(connection, "SELECT sum(spend_kzt) FROM traffic_stats WHERE team_id = :team"
                                   " AND stat_date BETWEEN '2021-03-01' AND '2021-03-30'", team=many_days)
        total = connection.execute(text("SELECT sum(spend_kzt) FROM traffic_stats")).scalar_one()
    assert re.search(r"Index Cond: .*team_id = ", plan), plan
    assert "Seq Scan" not in plan, plan
    assert total == Decimal(2000 if kind == "targetologist" else 40_000)
