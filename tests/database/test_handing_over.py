"""Accounts and campaigns handed from team to team, back and forth and in any order: each day's spend finds its team."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.records import AdAccount, AdCampaign, AdDay, DateRange
from data.ad_campaigns import save_campaigns, settle_campaigns
from data.ads import replace_window, save_accounts
from data.engine import Database
from data.rule_rows import hand_over
from data.rules import load_rules
from data.stats import recalculate, take_dirty_days
from tests.factories import make_team

ACCOUNT = AdAccount("361744628296290", "Handed about", "USD", "Asia/Almaty", 1)
FIRST, DAYS = date(2026, 3, 1), 6
IDS = {"account": ACCOUNT.id, "campaign": "120241"}
Steps = list[tuple[str, str | None, int | None]]
# What is handed over, to whom (None: to nobody), and from which day on (None: for all of time).
HAND_OVERS = st.lists(st.tuples(st.sampled_from(["account", "campaign"]), st.sampled_from(["kenesary", "muha", None]),
                                st.none() | st.integers(0, DAYS - 1)), min_size=1, max_size=6)


def whose(steps: Steps) -> dict[date, str | None]:
    """Whose each day is: the campaign's team, else the account's; a later word counts from its day on."""
    teams: dict[str, list[str | None]] = {kind: [None] * DAYS for kind in IDS}
    for kind, team, since in steps:
        for day in range(since or 0, DAYS):
            teams[kind][day] = team
    return {FIRST + timedelta(days=day): teams["campaign"][day] or teams["account"][day] for day in range(DAYS)}


def counted(connection: Connection) -> dict[date, str | None]:
    return {row.stat_date: row.slug for row in connection.execute(text(
        "SELECT s.stat_date, t.slug FROM traffic_stats s LEFT JOIN traffic_teams t ON t.id = s.team_id"
        " WHERE s.spend_usd <> 0"))}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=HAND_OVERS)
def test_every_day_goes_to_whom_it_was_handed(db_jobs: Database, steps: Steps) -> None:
    with db_jobs.transaction() as connection:
        nothing_stays = connection.begin_nested()
        teams = {slug: make_team(connection, slug).id for slug in ("kenesary", "muha")}
        save_accounts(connection, [ACCOUNT])
        save_campaigns(connection, [AdCampaign(IDS["campaign"], ACCOUNT.id, "nobody's name")])
        window = DateRange(FIRST, FIRST + timedelta(days=DAYS - 1))
        replace_window(connection, ACCOUNT, "campaign", window, [
            AdDay(ACCOUNT.id, "campaign", IDS["campaign"], "nobody's name", FIRST + timedelta(days=day), Decimal(1),
                  "USD", impressions=1, clicks=1) for day in range(DAYS)])
        for kind, team, since in steps:
            day = None if since is None else FIRST + timedelta(days=since)
            hand_over(connection, teams[team] if team else None, kind, IDS[kind], day)
            settle_campaigns(connection, load_rules(connection), FIRST + timedelta(days=DAYS))
            recalculate(connection, take_dirty_days(connection))
        assert counted(connection) == whose(steps)
        nothing_stays.rollback()
