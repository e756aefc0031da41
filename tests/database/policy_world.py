"""Two teams and the rest, with a row of each in every table, for the tests of row level security."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from core.records import Role, Team
from data.engine import AUTH, INTAKE, SYSTEM, Database, Viewer
from data.people import User
from tests.factories import (
    insert,
    make_account,
    make_ad_day,
    make_alias,
    make_binding,
    make_campaign,
    make_connection,
    make_event,
    make_lead,
    make_rate,
    make_sale,
    make_stat,
    make_team,
    make_user,
    noon,
)

DAY = date(2026, 1, 15)
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Side:
    """A team and its targetologist."""

    team: Team
    user: User

    @property
    def viewer(self) -> Viewer:
        """The targetologist's eyes."""
        return Viewer("targetologist", self.user.id, self.team.id)


@dataclass(frozen=True)
class World:
    """Who is there. Team ``alpha`` looks; nothing of ``bravo`` may ever be seen."""

    alpha: Side
    bravo: Side
    admin: User
    analyst: User

    @property
    def viewers(self) -> dict[str, Viewer]:
        """Everybody who may open a transaction, by name."""
        return {"admin": Viewer("admin", self.admin.id), "analyst": Viewer("analyst", self.analyst.id),
                "targetologist": self.alpha.viewer, "auth": AUTH, "intake": INTAKE, "system": SYSTEM}


def make_world(jobs: Database, web: Database) -> World:
    """Fill an empty database: two teams, an admin, an analyst, and rows of nobody's team."""
    with jobs.transaction() as connection:
        sides = [_make_side(connection, slug, number) for number, slug in enumerate(("alpha", "bravo"), start=1)]
        admin, analyst = (make_user(connection, role) for role in (Role.ADMIN, Role.ANALYST))
        make_sale(connection, None, amount=None, deal_id=70)
        make_lead(connection, None, amocrm_lead_id=70)
        make_stat(connection, None, DAY)
        make_campaign(connection, None)
        make_event(connection)
        make_rate(connection, DAY)
        insert(connection, "currency_rates", currency="EUR", date=DAY, kzt_for_one=550, source="test")
        insert(connection, "amocrm_fields", target="utm_source", kind="id", value="434731")
        insert(connection, "attribution_rules_versions", rules={}, created_by=admin.id)
        insert(connection, "periods_closed", date_from=DAY, date_to=DAY, closed_by=admin.id)
        insert(connection, "stats_dirty_days", day=DAY)
        insert(connection, "job_ticks", job="rates", due_at=LATER)
        insert(connection, "installation", key="created_by", value="test")
        insert(connection, "team_merges", source_id=sides[0].team.id, target_id=sides[1].team.id, moved={},
               created_by=admin.id)
        insert(connection, "team_merges", source_id=sides[1].team.id, target_id=make_team(connection, "charlie").id,
               moved={}, created_by=admin.id)
        _make_amocrm(connection, admin)
        _make_import(connection, admin)
    with web.transaction(AUTH) as connection:
        for side in sides:
            _make_sign_in(connection, side)
    return World(sides[0], sides[1], admin, analyst)


def _make_amocrm(connection: Connection, admin: User) -> None:
    insert(connection, "amocrm_connection", base_url="https://example.amocrm.ru", account_id=1, access_token=b"sealed",
           refresh_token=b"sealed", expires_at=LATER)
    insert(connection, "amocrm_oauth_states", state_hash=b"state", user_id=admin.id)
    insert(connection, "amocrm_days_read", first_day=DAY, last_day=DAY, day=DAY, deals=1)
    insert(connection, "amocrm_reconciliations", first_day=DAY, last_day=DAY, deals=1, money=5000, deals_found=0,
           deals_left=0, money_left=0)
    run_id = insert(connection, "sync_runs", kind="attribution_preview", requested_by=admin.id)
    insert(connection, "attribution_previews", run_id=run_id, result={})
    insert(connection, "attribution_measures", kind="manual", pairs=3, given=2, correct=1)
    lead_id = make_lead(connection, None)
    insert(connection, "landing_lead_phones", lead_id=lead_id, phone="+77010000000")
    insert(connection, "people_to_join", kind="phone", value="+77010000000")


def _make_import(connection: Connection, admin: User) -> None:
    import_id = insert(connection, "imports", kind="leads", file_name="a.csv", size=1, digest="d", encoding="utf-8",
                       separator=";", header=["a"], columns={}, created_by=admin.id)
    record_id = insert(connection, "import_records", kind="leads", row_key="k", data={})
    insert(connection, "landing_sources", slug="main", name="Main")
    insert(connection, "import_changes", import_id=import_id, record_id=record_id, line=2)


def _make_side(connection: Connection, slug: str, number: int) -> Side:
    team = make_team(connection, slug)
    user = make_user(connection, Role.TARGETOLOGIST, team, email=f"{slug}@example.com")
    insert(connection, "traffic_targetologist_settings", user_id=user.id, notification_email=user.email)
    make_alias(connection, team, utm_source=f"{slug}_old")
    make_binding(connection, team, "account", f"9{number}")
    account = make_account(connection, f"10{number}", owner_user_id=None)
    make_account(connection, f"20{number}", owner_user_id=user.id)
    make_connection(connection, user, slug.encode(), [f"20{number}"], name=f"{slug} person")
    campaign = make_campaign(connection, team, campaign_id=f"77{number}", account_id=account, name=f"{slug} campaign")
    # It was always the team's own; only which rule says so has changed.
    for first_day, last_day in ((date.min, DAY), (DAY + timedelta(days=1), date.max)):
        insert(connection, "ad_campaign_periods", campaign_id=campaign, first_day=first_day, last_day=last_day,
               team_id=team.id)
    insert(connection, "facebook_backfills", account_id=f"20{number}", done_from=DAY, wanted_from=DAY)
    insert(connection, "ad_restatements", account_id=f"20{number}", level="campaign", object_id=f"77{number}",
           stat_date=DAY, currency="USD", old_spend=1, new_spend=2)
    insert(connection, "ad_reconciliations", account_id=f"20{number}", stat_date=DAY, currency="USD",
           account_spend=2, campaigns_spend=1)
    insert(connection, "facebook_waits", scope="account", key=f"20{number}", until=LATER, reason="limit")
    _make_below(connection, team, user, number)
    for level in ("campaign", "ad"):
        make_ad_day(connection, f"77{number}", DAY, level=level, account_id=account, name=f"{slug} day")
    lead_id = make_lead(connection, team, DAY, name=f"{slug} lead")
    insert(connection, "landing_lead_phones", lead_id=lead_id, phone=f"+7701000000{number}")
    for deal_id, product in enumerate(("express", "flagman", "challenge3d"), start=1000 * number):
        sale = make_sale(connection, team, DAY, product=product, deal_id=deal_id, contact_name=f"{slug} person")
        insert(connection, "sales_activity_log", sale_id=sale, action_type="created", team_name=team.name)
        _make_deal(connection, team, deal_id)
    make_stat(connection, team, DAY)
    insert(connection, "team_removal_effects", team_id=team.id, effect="0.5", learned_at=noon(DAY))
    insert(connection, "traffic_weekly_plans", team_id=team.id, week_start=date(2026, 1, 12), plan_sales=5)
    insert(connection, "sale_claims", deal_id=1000 * number, team_id=team.id, user_id=user.id, reason=f"{slug} claim")
    insert(connection, "sync_runs", kind="facebook", requested_by=user.id)
    insert(connection, "notifications", message_key=f"{slug} report", user_id=user.id, channel="email",
           recipient=user.email, body=slug)
    return Side(team, user)


def _make_below(connection: Connection, team: Team, user: User, number: int) -> None:
    # Only the ad's own row names its campaign.
    insert(connection, "ad_objects", kind="ad", object_id=f"77{number}", account_id=f"10{number}",
           campaign_id=f"77{number}", name=f"{team.slug} ad")
    insert(connection, "ad_tag_errors", ad_id=f"77{number}", fault="missing", tag="utm_source")
    run_id = insert(connection, "sync_runs", kind="facebook", requested_by=user.id)
    insert(connection, "facebook_run_accounts", run_id=run_id, account_id=f"20{number}", position=1,
           is_scheduled=False)
    insert(connection, "conversion_settings", team_id=team.id, dataset_id="1234567", token=team.slug.encode())
    insert(connection, "conversion_events", team_id=team.id, deal_id=number, event_id=f"{team.slug} deal",
           event_name="Purchase", event_time=LATER, value=5000, currency="KZT")


def _make_deal(connection: Connection, team: Team, deal_id: int) -> None:
    insert(connection, "amocrm_deals", deal_id=deal_id, name=f"{team.slug} deal", created_at=noon(DAY), team_id=team.id,
           modified_at=noon(DAY), person_key=f"{team.slug} {deal_id}", created_day=DAY)
    insert(connection, "amocrm_events", event_key=f"{team.slug} {deal_id}", deal_id=deal_id, action="add",
           occurred_at=noon(DAY), has_own_time=True, received_at=noon(DAY), payload={})
    insert(connection, "amocrm_contacts", contact_id=deal_id, name=f"{team.slug} person", modified_at=noon(DAY))
    insert(connection, "amocrm_contact_points", contact_id=deal_id, kind="email", value=f"{team.slug}@example.com")
    insert(connection, "amocrm_deal_contacts", deal_id=deal_id, contact_id=deal_id)
    insert(connection, "person_points", kind="contact", value=str(deal_id), person_key=f"{team.slug} {deal_id}")


def _make_sign_in(connection: Connection, side: Side) -> None:
    secret = side.team.slug.encode()
    insert(connection, "user_sessions", token_hash=secret, user_id=side.user.id, expires_at=LATER)
    insert(connection, "facebook_sign_ins", state_hash=secret, user_id=side.user.id, session_id="s", expires_at=LATER)
    insert(connection, "facebook_deletions", code_hash=secret)
    insert(connection, "refresh_tokens", token_hash=secret, family=uuid.uuid4(), user_id=side.user.id, expires_at=LATER)
    insert(connection, "second_factors", user_id=side.user.id, secret=secret)
    insert(connection, "recovery_codes", user_id=side.user.id, code_hash=secret)
    insert(connection, "sign_in_challenges", token_hash=secret, user_id=side.user.id, expires_at=LATER)
    insert(connection, "account_links", kind="reset", token_hash=secret, user_id=side.user.id, expires_at=LATER)
    insert(connection, "contact_confirmations", user_id=side.user.id, channel="email", address=side.user.email,
           token_hash=secret, expires_at=LATER)
    insert(connection, "api_tokens", user_id=side.user.id, name=side.team.slug, token_hash=secret, beginning="td_",
           scopes=["analytics:report:read"], expires_at=LATER)
    insert(connection, "login_attempts", email=side.user.email, succeeded=True)
    connection.execute(text("INSERT INTO audit_log (user_id, action) VALUES (:user_id, 'sign_in')"),
                       {"user_id": side.user.id})


def tables(connection: Connection) -> list[str]:
    """Every table of the product."""
    return list(connection.execute(text(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND relname <> 'alembic_version' ORDER BY relname")).scalars())


def counts(connection: Connection) -> dict[str, int]:
    """How many rows of each table this transaction sees."""
    return {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in tables(connection)}


def rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    """The rows of a table this transaction sees, as JSON."""
    return list(connection.execute(text(f"SELECT to_jsonb(t) FROM {table} t")).scalars())
