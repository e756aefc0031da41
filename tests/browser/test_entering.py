"""Signing in as each role, what each may see, and leaving."""

import pytest

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def links(visitor: Visitor) -> set[str]:
    return set(visitor.run("return [...document.querySelectorAll('#site a.nav')].map((a) => new URL(a.href).pathname)"))


@pytest.mark.parametrize("name", ["admin", "analyst"])
def test_those_who_see_all_teams_begin_on_the_dashboard(visitor, product, name):
    visitor.enter(name)
    assert visitor.path == "/"
    teams = {f"/teams/{team.slug}" for team in product.world.seed_rows().teams}
    panel = {"/admin", "/admin/teams"} if name == "admin" else set()
    assert links(visitor) == {"/", "/analytics", "/settings", *panel, *teams}
    visitor.until(lambda: visitor.run("return document.querySelector('#site [aria-current=page]')?.pathname === '/'"))


def test_a_targetologist_begins_on_the_own_team_and_sees_no_other(visitor, product):
    visitor.enter("sunkar")
    assert visitor.path == "/teams/sunkar"
    assert links(visitor) == {"/teams/sunkar", "/analytics", "/settings"}
    others = [team.name for team in product.world.seed_rows().teams if team.slug != "sunkar"]
    for path in ("/teams/sunkar", "/analytics"):
        visitor.open(path)
        visitor.until_ready()
        page = visitor.text("main")
        assert not [name for name in others if name in page]


def test_the_dashboard_leads_a_targetologist_to_the_own_team(visitor):
    visitor.enter("altai")
    visitor.open("/")
    visitor.until(lambda: visitor.path == "/teams/altai")
    visitor.until_ready()


def test_a_foreign_team_looks_like_one_that_does_not_exist(visitor):
    visitor.enter("altai")
    visitor.expected_failures |= {"/teams/sunkar", "/teams/nobody"}
    said = []
    for slug in ("sunkar", "nobody"):
        visitor.open(f"/teams/{slug}")
        said.append(visitor.text("main .empty"))
    assert said[0] == said[1]
    assert "Сункар" not in said[0]


def test_every_link_of_the_site_bar_leads_to_a_page(visitor):
    visitor.enter("admin")
    for path in sorted(links(visitor), reverse=True):
        visitor.click(f'#site a.nav[href="{path}"]')
        visitor.until(lambda path=path: visitor.path == path)
        visitor.until_ready()
        assert visitor.text("main h1")


def test_a_wrong_password_is_said_and_opens_nothing(visitor):
    visitor.expected_failures.add("/login")
    visitor.sign_in("admin", "not the password")
    assert visitor.text("[role=alert]")
    visitor.open("/analytics")
    assert visitor.path == "/login"


def test_after_signing_out_the_way_back_is_closed(visitor):
    visitor.enter("analyst")
    visitor.click('form[action="/logout"] button')
    visitor.until(lambda: visitor.path == "/login")
    visitor.open("/")
    assert visitor.path == "/login"


def test_an_ended_session_leads_to_the_sign_in_page_by_itself(visitor):
    visitor.enter("analyst")
    visitor.driver.delete_all_cookies()
    visitor.expected_failures.add("/_dash-update-component")
    visitor.choose("filter-currency", "$ USD")
    visitor.until(lambda: visitor.path == "/login")
