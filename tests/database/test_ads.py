"""Windows of spend are replaced whole, campaigns find their team, and only what changed becomes dirty."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.attribution_rules import Alias, Binding, Rules
from core.records import AdAccount, AdCampaign, AdDay, DateRange, Team
from data.ad_campaigns import load_deals_naming, load_leads_naming, save_campaigns, settle_campaigns
from data.ads import (
    link_accounts,
    load_selected_accounts,
    record_failure,
    record_success,
    replace_window,
    save_accounts,
    select_accounts,
    settle_selection,
)
from data.engine import Database
from data.facebook_connections import end_connections_of, note_problem, remove_connection
from data.rule_rows import hand_over
from data.rules import load_rules
from data.stats import recalculate, take_dirty_days
from tests.factories import make_connection, make_lead, make_team, make_user

ACCOUNT = AdAccount("361744628296290", "Recorded", "USD", "Asia/Almaty", 1)
FIRST = date(2026, 3, 1)
VERSIONS = text("SELECT id, xmin::text, synced_at FROM ad_statistics ORDER BY id")
WEEK = DateRange(FIRST, FIRST + timedelta(days=6))


def ad_day(number: int = 0, offset: int = 0, spend: str | None = "10.50", **values: Any) -> AdDay:
    given: dict[str, Any] = {"impressions": 100, "clicks": 5, "actions": ({"action_type": "lead", "value": "1"},)}
    return AdDay(ACCOUNT.id, "campaign", f"12024{number}", f"campaign {number}", FIRST + timedelta(days=offset),
                 None if spend is None else Decimal(spend), "USD", **{**given, **values})


def stored(connection: Connection) -> dict[tuple[str, date], Decimal | None]:
    return {(row.object_id, row.stat_date): row.spend for row in connection.execute(
        text("SELECT object_id, stat_date, spend FROM ad_statistics"))}


def dirty(connection: Connection) -> set[date]:
    return set(connection.execute(text("SELECT day FROM stats_dirty_days")).scalars())


def expected(rows: Iterable[AdDay]) -> dict[tuple[str, date], Decimal | None]:
    return {(row.object_id, row.day): row.spend for row in rows}


@pytest.fixture
def accounts(db_jobs: Database) -> Database:
    with db_jobs.transaction() as connection:
        save_accounts(connection, [ACCOUNT])
    return db_jobs


def test_a_window_holds_what_came_and_nothing_else(accounts: Database) -> None:
    first = [ad_day(number, offset) for number in range(3) for offset in range(7)]
    with accounts.transaction() as connection:
        assert replace_window(connection, ACCOUNT, "campaign", WEEK, first) == {row.day for row in first}
        assert stored(connection) == expected(first)
    restated = [replace(row, spend=Decimal("10.51")) if row.day == FIRST else row for row in first
                if not (row.object_id == "120242" and row.day > FIRST + timedelta(days=4))]
    with accounts.transaction() as connection:
        connection.execute(text("DELETE FROM stats_dirty_days"))
        changed = replace_window(connection, ACCOUNT, "campaign", WEEK, restated)
        assert stored(connection) == expected(restated)
        assert changed == dirty(connection) == {FIRST, FIRST + timedelta(days=5), FIRST + timedelta(days=6)}


def test_the_same_window_again_changes_nothing(accounts: Database) -> None:
    rows = [ad_day(number, offset) for number in range(3) for offset in range(7)]
    with accounts.transaction() as connection:
        replace_window(connection, ACCOUNT, "campaign", WEEK, rows)
        connection.execute(text("DELETE FROM stats_dirty_days"))
        before = connection.execute(VERSIONS).all()
    with accounts.transaction() as connection:
        again = [replace(row, spend=Decimal("10.500")) for row in reversed(rows)]
        assert replace_window(connection, ACCOUNT, "campaign", WEEK, again) == frozenset()
        assert dirty(connection) == set()
        assert connection.execute(VERSIONS).all() == before


def test_an_empty_answer_empties_the_window_and_nothing_outside(accounts: Database) -> None:
    with accounts.transaction() as connection:
        rows = [ad_day(0, offset) for offset in range(7)]
        replace_window(connection, ACCOUNT, "campaign", WEEK, rows)
        middle = DateRange(FIRST + timedelta(days=2), FIRST + timedelta(days=4))
        assert len(replace_window(connection, ACCOUNT, "campaign", middle, [])) == 3
        assert sorted(day for _, day in stored(connection)) == [FIRST + timedelta(days=n) for n in (0, 1, 5, 6)]


def test_other_accounts_and_levels_are_left_alone(accounts: Database) -> None:
    other = replace(ACCOUNT, id="999")
    with accounts.transaction() as connection:
        save_accounts(connection, [other])
        replace_window(connection, other, "campaign", WEEK, [replace(ad_day(5), account_id="999")])
        replace_window(connection, ACCOUNT, "ad", WEEK, [replace(ad_day(7), level="ad")])
        replace_window(connection, ACCOUNT, "campaign", WEEK, [])
        assert {object_id for object_id, _ in stored(connection)} == {"120245", "120247"}


def test_what_facebook_left_out_is_null_and_the_rest_stands(accounts: Database) -> None:
    with accounts.transaction() as connection:
        replace_window(connection, ACCOUNT, "campaign", WEEK,
                       [ad_day(0, 0, spend=None), ad_day(1, 0, impressions=None, clicks=None, actions=())])
        rows = connection.execute(text("SELECT spend, impressions, clicks, reach, actions FROM ad_statistics"
                                       " ORDER BY object_id")).all()
        assert [tuple(row) for row in rows] == [
            (None, 100, 5, None, [{"action_type": "lead", "value": "1"}]), (Decimal("10.50"), None, None, None, None)]


def test_a_row_from_outside_the_window_is_refused(accounts: Database) -> None:
    with accounts.transaction() as connection:
        for wrong in (ad_day(0, 7), replace(ad_day(), account_id="1"), replace(ad_day(), level="ad")):
            with pytest.raises(ValueError, match="not of this window"):
                replace_window(connection, ACCOUNT, "campaign", WEEK, [wrong])
        with pytest.raises(LookupError):
            replace_window(connection, replace(ACCOUNT, id="404"), "campaign", WEEK, [])


ALL_DAYS = DateRange(FIRST, FIRST + timedelta(days=29))
WINDOWS = st.lists(st.builds(lambda start, length: DateRange(FIRST + timedelta(days=start), min(
    FIRST + timedelta(days=start + length), ALL_DAYS.last)), st.integers(0, 29), st.integers(0, 20)), max_size=10)
ROWS = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 29)), st.decimals(0, 999, places=2), max_size=40)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=ROWS, before=ROWS, windows=WINDOWS, order=st.randoms(use_true_random=False))
def test_windows_in_any_order_end_in_the_same_rows(
        accounts: Database, told: dict[tuple[int, int], Decimal], before: dict[tuple[int, int], Decimal],
        windows: list[DateRange], order: random.Random) -> None:
    """Whatever stood there, and whatever windows brought the truth in whatever order: it is what stands there."""
    truth = [ad_day(number, offset, str(spend)) for (number, offset), spend in told.items()]
    stale = [ad_day(number, offset, str(spend)) for (number, offset), spend in before.items()]
    covering = [DateRange(FIRST, FIRST + timedelta(days=14)), DateRange(FIRST + timedelta(days=12), ALL_DAYS.last)]
    shuffled = [*windows, *covering, *windows[:2]]
    order.shuffle(shuffled)
    with accounts.transaction() as connection:
        replace_window(connection, ACCOUNT, "campaign", ALL_DAYS, stale)
        for window in shuffled:
            replace_window(connection, ACCOUNT, "campaign", window,
                           [row for row in truth if window.first <= row.day <= window.last])
        assert stored(connection) == expected(truth)


def test_an_account_that_two_people_reach_is_stored_once(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        first, second = make_user(connection), make_user(connection)
        one, two = make_connection(connection, first, b"one"), make_connection(connection, second, b"two")
        assert link_accounts(connection, one, first.id, [ACCOUNT]) == 1
        assert link_accounts(connection, two, second.id, [replace(ACCOUNT, name="Seen by the second")]) == 1
        save_accounts(connection, [replace(ACCOUNT, name="New name", status=2)], second.id)
        assert connection.execute(text("SELECT count(*) FROM ad_accounts")).scalar_one() == 1
        assert load_selected_accounts(connection) == ()
        assert select_accounts(connection, make_user(connection).id, [ACCOUNT.id]) == 0
        assert select_accounts(connection, second.id, [ACCOUNT.id, "unknown"]) == 1
        [selected] = load_selected_accounts(connection)
        assert (selected.account.name, selected.account.status) == ("New name", 2)
        assert [token.token for token in selected.tokens] == [b"two", b"one"]
        # What the first wants read is read on when the second does not want it any more.
        select_accounts(connection, first.id, [ACCOUNT.id])
        select_accounts(connection, second.id, [])
        assert settle_selection(connection) == 0 and len(load_selected_accounts(connection)) == 1
        select_accounts(connection, first.id, [])
        assert settle_selection(connection) == 1 and load_selected_accounts(connection) == ()


def test_an_account_is_read_on_when_the_only_one_who_chose_it_disconnects(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        first, second = make_user(connection), make_user(connection)
        one, two = make_connection(connection, first, b"one"), make_connection(connection, second, b"two")
        for made, person in ((one, first), (two, second)):
            link_accounts(connection, made, person.id, [ACCOUNT])
        select_accounts(connection, first.id, [ACCOUNT.id])
        assert remove_connection(connection, one, first.id)
        # The second reaches it and never said that it be read no longer: nothing stops without a word.
        assert settle_selection(connection) == 0
        assert [token.token for token in load_selected_accounts(connection)[0].tokens] == [b"two"]
        select_accounts(connection, second.id, [])
        assert settle_selection(connection) == 1 and load_selected_accounts(connection) == ()


def test_a_new_connection_of_the_same_person_brings_the_choice_back(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        owner = make_user(connection)
        first = make_connection(connection, owner, b"one")
        link_accounts(connection, first, owner.id, [ACCOUNT, replace(ACCOUNT, id="2")])
        select_accounts(connection, owner.id, [ACCOUNT.id])
        remove_connection(connection, first, owner.id)
        settle_selection(connection)
        [selected] = load_selected_accounts(connection)
        assert selected.tokens == ()
    with db_jobs.transaction() as connection:
        link_accounts(connection, make_connection(connection, owner, b"two"), owner.id,
                      [ACCOUNT, replace(ACCOUNT, id="2")])
        settle_selection(connection)
        [selected] = load_selected_accounts(connection)
        assert (selected.account.id, [one.token for one in selected.tokens]) == (ACCOUNT.id, [b"two"])


def test_the_columns_of_before_follow_the_newest_connection(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        owner = make_user(connection)

        def followed() -> Any:
            return connection.execute(text("SELECT fb_access_token FROM traffic_targetologist_settings")).scalar()

        one = make_connection(connection, owner, b"one")
        assert followed() == b"one"
        make_connection(connection, owner, b"two", connected_at=datetime(2030, 1, 1, tzinfo=UTC))
        assert followed() == b"two"
        assert end_connections_of(connection, "nobody", datetime(2031, 1, 1, tzinfo=UTC)) == 0
        connection.execute(text("DELETE FROM facebook_connections WHERE token = 'two'"))
        assert followed() == b"one"
        note_problem(connection, one, "reconnect", "facebook.problem.expired")
        assert followed() is None


def test_the_token_of_a_person_who_left_is_not_used(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        owner = make_user(connection)
        save_accounts(connection, [ACCOUNT], owner.id)
        made = make_connection(connection, owner, b"sealed", [ACCOUNT.id])
        select_accounts(connection, owner.id, [ACCOUNT.id])
        assert [one.connection_id for one in load_selected_accounts(connection)[0].tokens] == [made]
        connection.execute(text("UPDATE traffic_users SET is_active = false"))
        [selected] = load_selected_accounts(connection)
        assert selected.tokens == ()


def test_a_campaign_handed_on_is_split_at_the_day(accounts: Database) -> None:
    with accounts.transaction() as connection:
        one, two = make_team(connection, "kenesary"), make_team(connection, "muha")
        save_campaigns(connection, [campaign(1, "nobody's name")])
        hand_over(connection, one.id, "campaign", "120241", None)
        hand_over(connection, two.id, "campaign", "120241", FIRST + timedelta(days=3))
        settle_campaigns(connection, load_rules(connection), FIRST)
        assert team_of(connection, "120241") == "kenesary"
        replace_window(connection, ACCOUNT, "campaign", WEEK, [ad_day(1, day) for day in range(7)])
        settle_campaigns(connection, load_rules(connection), FIRST + timedelta(days=5))
        assert team_of(connection, "120241") == "muha"
        recalculate(connection)
        spend = dict(connection.execute(text(
            "SELECT t.slug, array_agg(s.stat_date ORDER BY s.stat_date) FROM traffic_stats s"
            " JOIN traffic_teams t ON t.id = s.team_id GROUP BY t.slug")).all())
        days = [FIRST + timedelta(days=day) for day in range(7)]
        assert spend == {"kenesary": days[:3], "muha": days[3:]}
        # Given back for all of time, the periods go and nothing of the other team is left.
        hand_over(connection, one.id, "campaign", "120241", None)
        assert len(settle_campaigns(connection, load_rules(connection), FIRST)) == 1
        recalculate(connection, take_dirty_days(connection))
        assert connection.execute(text("SELECT count(DISTINCT team_id) FROM traffic_stats")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM ad_campaign_periods")).scalar_one() == 0


def test_a_failure_keeps_rows_and_the_last_success(accounts: Database) -> None:
    with accounts.transaction() as connection:
        replace_window(connection, ACCOUNT, "campaign", WEEK, [ad_day()])
        record_success(connection, ACCOUNT.id)
    with accounts.transaction() as connection:
        record_failure(connection, ACCOUNT.id, "Facebook 190/463: expired " + "x" * 2000)
        row = connection.execute(text("SELECT last_synced_at, last_attempt_at, last_error FROM ad_accounts")).one()
        assert row.last_synced_at < row.last_attempt_at
        assert row.last_error.startswith("Facebook 190/463") and len(row.last_error) == 1000
        assert stored(connection) == {("120240", FIRST): Decimal("10.50")}
        record_success(connection, ACCOUNT.id)
        assert connection.execute(text("SELECT last_error FROM ad_accounts")).scalar_one() is None


def campaign(number: int, name: str, **values: Any) -> AdCampaign:
    return AdCampaign(f"12024{number}", ACCOUNT.id, name, **values)


def test_new_and_renamed_campaigns_are_told(accounts: Database) -> None:
    with accounts.transaction() as connection:
        new = save_campaigns(connection, [campaign(1, "one", objective="LEADS", status="ACTIVE"), campaign(2, "two")])
        assert [(change.external_id, change.name, change.old_name) for change in new] == [
            ("120241", "one", None), ("120242", "two", None)]
        assert save_campaigns(connection, [campaign(1, "one", status="PAUSED"), campaign(2, "two")]) == ()
        [renamed] = save_campaigns(connection, [campaign(1, "ONE"), campaign(2, "")])
        assert (renamed.id, renamed.name, renamed.old_name) == (new[0].id, "ONE", "one")
        row = connection.execute(text("SELECT objective, status FROM ad_campaigns WHERE name = 'ONE'")).one()
        assert tuple(row) == ("LEADS", "PAUSED")


def team_of(connection: Connection, external_id: str) -> str | None:
    return connection.execute(text("SELECT t.slug FROM ad_campaigns c LEFT JOIN traffic_teams t ON t.id = c.team_id"
                                   " WHERE c.campaign_id = :id"), {"id": external_id}).scalar_one()


def rules_of(teams: Iterable[Team], **values: Any) -> Rules:
    return Rules(teams=tuple(teams), **values)


def test_campaigns_find_their_team_and_their_days_become_dirty(accounts: Database) -> None:
    with accounts.transaction() as connection:
        one, two = make_team(connection, "kenesary"), make_team(connection, "muha")
        save_campaigns(connection, [campaign(1, "fb_kenesary winter"), campaign(2, "optimal timak"),
                                    campaign(3, "tima sale"), campaign(4, "nobody's")])
        replace_window(connection, ACCOUNT, "campaign", WEEK, [ad_day(1, 0), ad_day(3, 2), ad_day(4, 4)])
        connection.execute(text("DELETE FROM stats_dirty_days"))
        aliases = (Alias("a1", "muha", campaign_token="tima"),)
        moved = settle_campaigns(connection, rules_of((one, two), aliases=aliases))
        assert len(moved) == 2
        assert [team_of(connection, f"12024{n}") for n in range(1, 5)] == ["kenesary", None, "muha", None]
        assert dirty(connection) == {FIRST, FIRST + timedelta(days=2)}
        assert settle_campaigns(connection, rules_of((one, two), aliases=aliases)) == ()
        bound = (Binding("b1", "muha", "account", ACCOUNT.id),)
        assert len(settle_campaigns(connection, rules_of((one, two), aliases=aliases, bindings=bound))) == 2
        assert [team_of(connection, f"12024{n}") for n in range(1, 5)] == ["kenesary", "muha", "muha", "muha"]


def test_a_campaign_assigned_by_hand_stays(accounts: Database) -> None:
    with accounts.transaction() as connection:
        one, two = make_team(connection, "kenesary"), make_team(connection, "muha")
        save_campaigns(connection, [campaign(1, "fb_kenesary winter")])
        connection.execute(text("UPDATE ad_campaigns SET team_id = CAST(:team AS uuid), locked = true,"
                                " attribution_method = 'manual'"), {"team": two.id})
        assert settle_campaigns(connection, rules_of((one, two))) == ()
        save_campaigns(connection, [campaign(1, "fb_kenesary spring")])
        assert settle_campaigns(connection, rules_of((one, two))) == ()
        assert team_of(connection, "120241") == "muha"


def test_ambiguity_keeps_the_candidates_and_gives_no_team(accounts: Database) -> None:
    with accounts.transaction() as connection:
        one, two = make_team(connection, "kenesary"), make_team(connection, "muha")
        save_campaigns(connection, [campaign(1, "fb_kenesary and fb_muha")])
        settle_campaigns(connection, rules_of((one, two)))
        row = connection.execute(text("SELECT team_id, reason, candidates FROM ad_campaigns")).one()
        assert tuple(row) == (None, "ambiguous", ["kenesary", "muha"])


def test_leads_and_deals_that_name_a_changed_campaign_are_found(accounts: Database) -> None:
    with accounts.transaction() as connection:
        by_name = make_lead(connection, utm_campaign=" Winter Sale ")
        by_old_name = make_lead(connection, utm_campaign="autumn sale")
        by_id = make_lead(connection, utm_content="120241")
        make_lead(connection, utm_campaign="another")
        connection.execute(text("INSERT INTO amocrm_deals (deal_id, created_at, modified_at, person_key, utm_campaign,"
                                " created_day) VALUES (7, now(), now(), 'p', 'WINTER SALE', current_date),"
                                " (8, now(), now(), 'p', 'x', current_date)"))
        save_campaigns(connection, [campaign(1, "Autumn Sale")])
        changes = save_campaigns(connection, [campaign(1, "Winter Sale")])
        assert load_leads_naming(connection, changes) == {by_name, by_old_name, by_id}
        assert load_deals_naming(connection, changes) == {7}
        assert load_leads_naming(connection, ()) == frozenset()
