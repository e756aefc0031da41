"""The tab of the settings page and its callbacks, as each role gets them."""

import json
from collections.abc import Callable
from dataclasses import replace

import dash
import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import Forbidden

from auth.viewer import acting_as
from callbacks.facebook_campaigns import show_campaigns
from callbacks.facebook_settings import show_accounts, show_facebook, show_facebook_runs, show_reading
from core.ad_accounts import account_state
from core.records import Role
from core.texts import LOCALES, locale, set_locale, t
from data.engine import Database
from data.sessions import SignedInUser
from tests.api.conftest import People
from tests.factories import insert, make_account, make_campaign, make_connection, make_user


@pytest.fixture
def owner(people: People, shared_jobs: Database) -> SignedInUser:
    with shared_jobs.transaction() as connection:
        user = make_user(connection, Role.TARGETOLOGIST, people.north)
        account = make_account(connection, timezone="America/Los_Angeles", last_error="Facebook 200: no permission")
        make_connection(connection, user, accounts=[account])
        make_campaign(connection, people.north, name="Own campaign", account_id=account)
        make_campaign(connection, people.south, name="Campaign of the south", account_id=account)
        run_id = insert(connection, "sync_runs", kind="facebook", status="running", requested_by=user.id)
        for place, one in enumerate([account, make_account(connection, name="Account of the south")]):
            insert(connection, "facebook_run_accounts", run_id=run_id, account_id=one, position=place,
                   is_scheduled=False, status="running", step="details")
    return SignedInUser(user.id, user.email, "", Role.TARGETOLOGIST, "en", people.north.id, "north", "North")


def layout_of(**query: object) -> object:
    page = next(page for page in dash.page_registry.values() if page["path"] == "/settings")
    return page["layout"](**query)


def drawn(app: dash.Dash, user: SignedInUser, draw: Callable[[], object]) -> str:
    with app.server.test_request_context(), acting_as(user):
        set_locale(user.locale)
        return json.dumps(draw(), default=lambda part: part.to_plotly_json())


def test_the_tab_shows_what_is_connected_and_nothing_of_another_team(
        shared_app: dash.Dash, owner: SignedInUser) -> None:
    body = drawn(shared_app, owner, lambda: [
        show_facebook(None), show_accounts(None), show_reading(None), show_campaigns({}, None)])
    for words in ("Own campaign", "America/Los_Angeles", "another day", "Facebook 200: no permission", "ads_read",
                  "1 of 1 marked", "1 campaign found", '"id": "facebook-reading"'):
        assert words in body, words
    assert "sealed" not in body and "Campaign of the south" not in body
    runs = drawn(shared_app, owner, lambda: show_facebook_runs(0))
    assert "1 of 1" in runs and "Ad sets and ads" in runs and "Stop" in runs
    assert "Account of the south" not in runs


def test_the_tab_is_open_to_those_who_connect(shared_app: dash.Dash, owner: SignedInUser,
                                              signed_in: Callable[[str], FlaskClient]) -> None:
    page = drawn(shared_app, owner, lambda: layout_of(tab="facebook", notice="refused", fbclid="1"))
    assert "You declined" in page and "/settings?tab=facebook" in page
    odd = drawn(shared_app, owner, lambda: layout_of(tab="facebook", notice=["<script>", "x"]))
    assert "script" not in odd
    analyst = SignedInUser(owner.id, owner.email, "", Role.ANALYST, "en")
    assert "tab=facebook" not in drawn(shared_app, analyst, lambda: layout_of(tab="facebook"))
    with shared_app.server.test_request_context(), acting_as(analyst), pytest.raises(Forbidden):
        show_facebook("x")
    assert signed_in("north").get("/settings?tab=facebook&notice=connected").status_code == 200


NOTICES = ("refused", "permissions", "state", "state_expired", "code", "wrong_app", "unavailable", "not_configured",
           "not_allowed", "clock")


@pytest.mark.parametrize("notice", [*NOTICES, "connected"])
def test_what_went_wrong_at_facebook_is_a_sentence_in_each_language(
        shared_app: dash.Dash, owner: SignedInUser, notice: str) -> None:
    said = set()
    for code in LOCALES:
        with locale(code):
            sentence = t(f"facebook.notice.{notice}")
        user = replace(owner, locale=code)
        page = drawn(shared_app, user, lambda: layout_of(tab="facebook", notice=notice))
        assert json.dumps(sentence)[1:-1] in page
        assert ("banner inf facebook-said" in page) == (notice == "connected")
        said.add(sentence)
    assert len(said) == len(LOCALES)


@pytest.mark.parametrize("status", [2, 3, 7, 8, 9, 100, 101])
def test_an_account_that_cannot_run_says_what_to_do_and_keeps_its_past(
        shared_app: dash.Dash, people: People, shared_jobs: Database, status: int) -> None:
    with shared_jobs.transaction() as connection:
        user = make_user(connection, Role.TARGETOLOGIST, people.north)
        make_connection(connection, user, accounts=[make_account(connection, status=status)])
    viewer = SignedInUser(user.id, user.email, "", Role.TARGETOLOGIST, "en", people.north.id, "north", "North")
    body = drawn(shared_app, viewer, lambda: show_accounts(None))
    state = account_state(status)
    with locale("en"):
        for words in (t(f"facebook.account.{state}"), t(f"facebook.hint.{state}")):
            assert json.dumps(words)[1:-1] in body
