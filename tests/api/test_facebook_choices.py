"""What is chosen of Facebook is never lost to an older page: versions, changes instead of wholes, the way back."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from auth.viewer import acting_as
from callbacks.facebook_campaigns import show_campaigns
from core.business_time import now
from core.records import Role
from data.engine import Database
from data.facebook_choices import AccountChoice, reading_version, selection_version
from data.sessions import SignedInUser
from tests.api.conftest import People
from tests.api.facebook_doors import BASE, LOCAL, Sign, post
from tests.factories import insert, make_account, make_ad_day, make_campaign

WISH = {"track_new": False, "look_back_days": 7, "reads_ads": False, "tells_failure": True}
ACCOUNTS = ("501", "502")
CAMPAIGNS = ("9001", "9002", "9003")
_TABLES = ("facebook_connections", "ad_statistics", "ad_campaigns", "ad_accounts", "sync_runs")
LOOK = AccountChoice("1", "", "USD", "UTC", "active", True, True, None, None, None, False)
LOOKS = st.builds(
    lambda number, selected, new, back, ads, tells: replace(
        LOOK, id=str(number), is_selected=selected, track_new=new, look_back_days=back, reads_ads=ads,
        tells_failure=tells),
    st.integers(1, 3), st.booleans(), st.booleans(), st.sampled_from((3, 7)), st.booleans(), st.booleans())


@pytest.fixture
def browser(signed_in: Sign, people: People, shared_jobs: Database) -> FlaskClient:
    """North, who reaches two accounts with three campaigns; south reaches the second account as well."""
    with shared_jobs.transaction() as connection:
        for table in _TABLES:
            connection.execute(text(f"DELETE FROM {table}"))
        for one in ACCOUNTS:
            make_account(connection, one, name=f"Cabinet {one}")
        for name, own in (("north", ACCOUNTS), ("south", ACCOUNTS[1:])):
            user_id = connection.execute(text("SELECT id FROM traffic_users WHERE email = :email"),
                                         {"email": people.emails[name]}).scalar_one()
            link = insert(connection, "facebook_connections", user_id=user_id, token=b"sealed", name=name,
                          facebook_user_id=f"6{name}", scopes=["ads_read"], listed_at=now())
            for account in own:
                insert(connection, "facebook_account_links", connection_id=link, user_id=user_id, account_id=account,
                       is_selected=True)
        for number, one in enumerate(CAMPAIGNS):
            make_campaign(connection, people.north, one, ACCOUNTS[number % 2], name=f"Осень {one}")
        make_ad_day(connection, CAMPAIGNS[0], date(2026, 1, 5), account_id=ACCOUNTS[0])
    return signed_in("north")


def get(browser: FlaskClient, path: str) -> Any:
    return browser.get(f"{BASE}{path}", **LOCAL)


def tracked(browser: FlaskClient) -> set[str]:
    return {row["id"] for row in get(browser, "/campaigns").get_json()["rows"] if row["tracked"]}


def chosen(browser: FlaskClient, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = post(browser, "/campaigns/select", body)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def undo(browser: FlaskClient, answer: dict[str, Any]) -> Any:
    back = answer["undo"]
    done = browser.open(back["path"], method=back["method"], json=back["body"], **LOCAL)
    assert done.status_code == 200, done.get_data(as_text=True)
    return done.get_json()


def audited(database: Database, action: str) -> Any:
    with database.transaction() as connection:
        return connection.execute(text("SELECT before, after FROM audit_log WHERE action = :action"
                                       " ORDER BY id DESC LIMIT 1"), {"action": action}).one()


def new_campaign(database: Database, people: People, campaign_id: str = "9100") -> str:
    """One that the hourly reading brings: it counts by itself."""
    with database.transaction() as connection:
        make_campaign(connection, people.north, campaign_id, ACCOUNTS[0], name="Новая")
    return campaign_id


def test_a_campaign_that_came_after_the_page_was_drawn_goes_on_counting(
        browser: FlaskClient, shared_jobs: Database, people: People) -> None:
    drawn = get(browser, "/campaigns").get_json()
    came = new_campaign(shared_jobs, people)
    refused = chosen(browser, {"campaign_ids": [CAMPAIGNS[0]], "version": drawn["version"]}, 409)
    assert "somebody else" in refused["detail"] or "изменили" in refused["detail"]
    assert tracked(browser) == {*CAMPAIGNS, came}, "nothing of a late choice is kept"
    chosen(browser, {"untrack": list(CAMPAIGNS[1:])})
    assert tracked(browser) == {CAMPAIGNS[0], came}, "changes leave alone what they do not name"
    chosen(browser, {"campaign_ids": [CAMPAIGNS[0]], "version": get(browser, "/campaigns").get_json()["version"]})
    assert tracked(browser) == {CAMPAIGNS[0]}, "exactly these, once the new one was seen"


def test_changes_are_undone_without_undoing_what_others_chose_since(
        browser: FlaskClient, shared_jobs: Database, people: People) -> None:
    answer = chosen(browser, {"untrack": [CAMPAIGNS[0], CAMPAIGNS[1]]})
    assert (answer["selected"], answer["changed"]) == (1, 2) and answer["run_id"]
    before, after = audited(shared_jobs, "facebook.campaigns_selected")
    assert sorted(before["tracked"]) == sorted(after["untracked"]) == list(CAMPAIGNS[:2])
    assert before["untracked"] == after["tracked"] == []
    again = chosen(browser, {"untrack": [CAMPAIGNS[0]]})
    assert (again["changed"], again["undo"], again["run_id"]) == (0, None, None), "as wanted already: no conflict"
    came = new_campaign(shared_jobs, people)
    undo(browser, answer)
    assert tracked(browser) == {*CAMPAIGNS, came}
    told = chosen(browser, {"campaign_ids": [], "track_new": False})
    assert told["undo"] is None, "whether new ones count would not come back"
    assert audited(shared_jobs, "facebook.campaigns_selected").after["track_new"] is False


@pytest.mark.parametrize(("found", "left"), [
    ({"search": "осень", "wanted": False}, set()), ({"search": "9002", "wanted": False}, {"9001", "9003"}),
    ({"search": "act_502", "wanted": False}, {"9001", "9003"}), ({"account": "501", "wanted": False}, {"9002"}),
    ({"search": "%", "wanted": False}, set(CAMPAIGNS)), ({"tracked": False, "wanted": True}, set(CAMPAIGNS))])
def test_all_that_a_search_finds_is_chosen_at_once_and_comes_back(
        browser: FlaskClient, found: dict[str, Any], left: set[str]) -> None:
    version = get(browser, "/campaigns").get_json()["version"]
    answer = chosen(browser, {"found": found, "version": version})
    assert tracked(browser) == left and answer["changed"] == len(CAMPAIGNS) - len(left)
    if answer["undo"]:
        chosen(browser, {"found": {**found, "wanted": True}, "version": version}, 409)
        assert undo(browser, answer)["version"] == version, "the same choice is the same version"
    assert tracked(browser) == set(CAMPAIGNS)


@pytest.mark.parametrize(("body", "at"), [
    ({}, "body"), ({"campaign_ids": [], "track": ["9001"]}, "body"),
    ({"track": ["9001"], "untrack": ["9001"]}, "body"),
    ({"found": {}}, "found.wanted"), ({"track": ["9001", "7"]}, "track.1"), ({"untrack": ["7"]}, "untrack.0"),
    ({"campaign_ids": ["9001", "7"]}, "campaign_ids.1"), ({"track": [9001]}, "track.0")])
def test_what_cannot_be_chosen_is_told_at_its_place(browser: FlaskClient, body: dict[str, Any], at: str) -> None:
    refused = chosen(browser, body, 422)
    assert [error["field"] for error in refused["errors"]] == [at] and refused["errors"][0]["message"]
    assert tracked(browser) == set(CAMPAIGNS)


def test_what_was_handed_to_another_team_is_theirs_to_choose(
        browser: FlaskClient, shared_jobs: Database, people: People) -> None:
    with shared_jobs.transaction() as connection:
        key = connection.execute(text(
            "UPDATE ad_campaigns SET team_id = :team WHERE campaign_id = '9001' RETURNING id"),
            {"team": people.south.id}).scalar_one()
        insert(connection, "ad_campaign_periods", campaign_id=key, team_id=people.north.id,
               first_day=date(2025, 1, 1), last_day=date(2026, 1, 6))
    assert CAMPAIGNS[0] in tracked(browser), "its past days are seen"
    assert [one["field"] for one in chosen(browser, {"untrack": [CAMPAIGNS[0]]}, 422)["errors"]] == ["untrack.0"]
    assert chosen(browser, {"found": {"wanted": False}})["changed"] == 2
    assert tracked(browser) == {CAMPAIGNS[0]}


def test_accounts_of_an_older_list_are_refused_and_a_choice_comes_back(
        browser: FlaskClient, shared_jobs: Database) -> None:
    listed = get(browser, "/ad-accounts")
    version = int(listed.get_etag()[0])
    refused = post(browser, "/ad-accounts/select", {"account_ids": [], "version": version + 1})
    assert refused.status_code == 409 and refused.get_json()["detail"]
    assert get(browser, "/ad-accounts").get_etag()[0] == str(version), "nothing was kept"
    saved = post(browser, "/ad-accounts/select", {"account_ids": [ACCOUNTS[0]], "version": version}).get_json()
    assert get(browser, "/ad-accounts").get_etag()[0] == str(saved["version"]) != str(version)
    assert audited(shared_jobs, "facebook.accounts_selected") == (
        {"account_ids": list(ACCOUNTS)}, {"account_ids": [ACCOUNTS[0]]})
    assert undo(browser, saved)["version"] == version
    same = post(browser, "/ad-accounts/select", {"account_ids": list(ACCOUNTS)}).get_json()
    assert same["undo"] is None, "nothing to take back"


def test_what_is_read_is_not_overwritten_by_whoever_else_reaches_the_accounts(
        browser: FlaskClient, signed_in: Sign, shared_jobs: Database) -> None:
    south = signed_in("south")
    drawn = get(south, "/reading").get_json()
    first = post(browser, "/reading", {**WISH, "version": get(browser, "/reading").get_json()["version"]}).get_json()
    late = post(south, "/reading", {**WISH, "look_back_days": 28, "version": drawn["version"]})
    assert late.status_code == 409 and late.get_json()["detail"]
    seen = get(south, "/reading").get_json()
    assert seen["look_back_days"] == 7 and seen["tells_failure"] is False, "the wish to be told is each one's own"
    assert post(south, "/reading", {**WISH, "version": seen["version"]}).status_code == 200
    assert undo(browser, first)["look_back_days"] == 3
    assert get(browser, "/reading").get_json()["version"] != first["version"]
    changed = audited(shared_jobs, "facebook.reading_arranged")
    assert (changed.before["look_back_days"], changed.after["look_back_days"]) == (7, 3)
    post(south, "/reading", {**WISH, "look_back_days": 28})
    assert post(browser, "/reading", WISH).get_json()["undo"] is None, "two accounts were read in two ways"


def test_of_two_at_once_one_is_late(browser: FlaskClient, signed_in: Sign) -> None:
    """Both were drawn from the same state; whoever comes second waits, sees what was saved, and is refused."""
    browsers = [browser, signed_in("north"), signed_in("north")]
    for path, bodies in (
            ("/reading", [{**WISH, "look_back_days": days} for days in (7, 14, 28)]),
            ("/ad-accounts/select", [{"account_ids": ids} for ids in ([], ["501"], ["502"])]),
            ("/campaigns/select", [{"campaign_ids": ids} for ids in ([], ["9001"], ["9002"])])):
        version = {"/reading": lambda: get(browser, "/reading").get_json()["version"],
                   "/ad-accounts/select": lambda: int(get(browser, "/ad-accounts").get_etag()[0]),
                   "/campaigns/select": lambda: get(browser, "/campaigns").get_json()["version"]}[path]()
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda pair, to=path, of=version: post(
                pair[0], to, {**pair[1], "version": of}).status_code, zip(browsers, bodies, strict=True)))
        assert sorted(answers) == [200, 409, 409], path


@given(st.lists(LOOKS, max_size=3, unique_by=lambda one: one.id), st.lists(
    LOOKS, max_size=3, unique_by=lambda one: one.id))
def test_versions_differ_just_when_the_choice_does(one: list[AccountChoice], other: list[AccountChoice]) -> None:
    def read(rows: list[AccountChoice]) -> set[tuple[Any, ...]]:
        return {(row.id, row.track_new, row.look_back_days, row.reads_ads, row.tells_failure) for row in rows}

    assert (reading_version(one) == reading_version(other)) == (read(one) == read(other))
    assert (selection_version(one) == selection_version(other)) == (
        {(row.id, row.is_selected) for row in one} == {(row.id, row.is_selected) for row in other})


def test_a_page_of_ten_thousand_campaigns_is_a_page(
        browser: FlaskClient, shared_app: dash.Dash, shared_jobs: Database, people: People) -> None:
    with shared_jobs.transaction() as connection:
        connection.execute(text("DELETE FROM ad_campaigns"))
        connection.execute(text("""
            INSERT INTO ad_accounts (platform, account_id, name, currency, timezone)
            SELECT 'facebook', CAST(600 + n AS text), 'Кабинет ' || n, 'USD', 'UTC' FROM generate_series(1, 50) n"""))
        connection.execute(text("""
            INSERT INTO facebook_account_links (platform, account_id, connection_id, user_id, is_selected)
            SELECT a.platform, a.account_id, c.id, c.user_id, true FROM ad_accounts a, facebook_connections c
            WHERE a.name LIKE 'Кабинет %' AND c.name = 'north'"""))
        connection.execute(text("""
            INSERT INTO ad_campaigns (platform, campaign_id, account_id, name, team_id)
            SELECT 'facebook', CAST(800000 + n AS text), CAST(601 + n % 50 AS text), 'Кампания ' || n, :team
            FROM generate_series(1, 10000) n"""), {"team": people.north.id})
        connection.execute(text("ANALYZE ad_campaigns"))
        user_id = str(connection.execute(text("SELECT user_id FROM facebook_connections"
                                              " WHERE name = 'north'")).scalar_one())
    viewer = SignedInUser(user_id, "", "", Role.TARGETOLOGIST, "en", people.north.id, "north", "North")

    def page(**asked: Any) -> str:
        with shared_app.server.test_request_context(), acting_as(viewer):
            return json.dumps(show_campaigns(asked, None), default=lambda part: part.to_plotly_json())

    took = []
    for asked in ({}, {"page": 100}, {"search": "кампания 77"}, {"account": "601", "state": "tracked"}):
        page(**asked)
        begun = time.perf_counter()
        assert page(**asked).count('"data-campaign"') == 50
        took.append(time.perf_counter() - begun)
    assert min(took) < 1, "a page costs a page, on however busy a machine"
    assert '"data-campaign"' in page(page=9_999), "the last page there is"
    answer = chosen(browser, {"found": {"wanted": False}})
    assert answer["changed"] == 10_000
    assert undo(browser, answer)["selected"] == 10_000
