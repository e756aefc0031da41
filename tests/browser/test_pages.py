"""Analytics, a team's page, settings, languages, files: what a person does besides looking at the dashboard."""

import csv
import io

import pytest

from core.texts import LOCALES

pytestmark = pytest.mark.browser


def test_a_table_is_saved_as_csv_with_the_filters_of_the_page(visitor):
    visitor.enter("admin", "/?currency=USD&preset=last_7_days")
    link = "a[href*='/api/analytics/teams']"
    visitor.until(lambda: "currency=USD&preset=last_7_days" in visitor.find(link).get_attribute("href"))
    visitor.click(link)
    text = visitor.downloaded("teams*.csv").read_text("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {"team", "revenue", "roi"} <= set(rows[0])
    assert {row["team"] for row in rows} >= {"sunkar", "altai"}


def test_a_targetologists_csv_holds_the_own_team_only(visitor):
    visitor.enter("sunkar")
    link = "a[href*='/api/analytics/campaigns']"
    visitor.until(lambda: "team=sunkar" in visitor.find(link).get_attribute("href"))
    visitor.open("/analytics")
    visitor.until_ready()
    visitor.click("a[href*='/api/analytics/sales']")
    rows = list(csv.DictReader(io.StringIO(visitor.downloaded("sales*.csv").read_text("utf-8-sig"))))
    assert rows and {row["team"] for row in rows} == {"sunkar"}


def test_tables_without_an_address_are_saved_as_well(visitor):
    visitor.enter("sunkar", "/analytics?preset=last_7_days")
    visitor.click("#analytics-utm-csv")
    rows = list(csv.DictReader(io.StringIO(visitor.downloaded("utm*.csv").read_text("utf-8-sig"))))
    assert {row["mark"] for row in rows} >= {"utm_source", "utm_campaign"}
    assert all(row["spend"] == "" for row in rows)
    visitor.click("#analytics-coverage-csv")
    assert "sales" in visitor.downloaded("coverage*.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("picture", ["series", "funnel", "heatmap"])
def test_a_figure_is_saved_as_a_picture(visitor, picture):
    visitor.enter()
    visitor.click(f'[data-picture="{picture}"]')
    assert visitor.downloaded(f"{picture}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("code", "word"), [("en", "Revenue"), ("kk", "Түсім"), ("ru", "Выручка")])
def test_the_language_is_kept_for_the_user(visitor, code, word):
    visitor.enter("dala")
    visitor.click(f'.top form button[value="{code}"]')
    visitor.until(lambda: visitor.run("return document.documentElement.lang") == code)
    visitor.until_ready()
    assert word in visitor.text("main")
    visitor.open("/analytics")
    visitor.until_ready()
    assert visitor.run("return document.documentElement.lang") == code
    assert code in LOCALES


def test_analytics_narrows_marks_and_campaigns_while_one_types(visitor):
    visitor.enter("admin", "/analytics")
    marks = visitor.until(lambda: visitor.column("analytics-utm-figure", "value"))
    assert "fb_sunkar" in marks
    visitor.choose("analytics-utm-mark", "utm_medium")
    visitor.until(lambda: (now := visitor.column("analytics-utm-figure", "value")) and "fb_sunkar" not in now)
    visitor.until(lambda: len(visitor.column("analytics-campaigns-figure", "name")) > 2)
    visitor.find("#analytics-campaign-search").send_keys("flagman")
    visitor.until(
        lambda: (
            (names := visitor.column("analytics-campaigns-figure", "name")) and all("flagman" in name for name in names)
        )
    )


def test_more_sales_are_shown_on_demand(visitor):
    visitor.enter("admin", "/analytics?preset=all")
    footer = "#analytics-sales-shown"
    visitor.until_text(footer, "Показаны 50 из")
    visitor.click("#analytics-sales-more")
    visitor.until(lambda: "Показаны 50 из" not in visitor.text(footer))
    whys = visitor.column("analytics-sales-figure", "why")
    assert whys and all(whys)


def test_the_page_of_a_team_has_its_figures_only(visitor):
    visitor.enter("admin", "/teams/sunkar")
    assert "место из" in visitor.text("#team-head")
    own = visitor.metric("leads")
    visitor.open("/")
    visitor.until_ready()
    assert int(own) < int(visitor.metric("leads"))


def test_other_sign_ins_can_be_ended(visitor, product):
    """The same person signs in from a program first; afterwards that token is worth nothing."""
    token = product.sign_in_by_api("tulpar")
    assert product.asks_who_am_i(token) == 200
    visitor.enter("tulpar", "/profile")
    visitor.until_text("#profile-sessions", "Программа (API)")
    visitor.click("#profile-sessions .sessions-foot button")
    visitor.click('dialog [data-say="yes"]')
    visitor.until_text("#profile-sessions", "Других входов нет")
    assert product.asks_who_am_i(token) == 401


def test_the_folded_bar_is_remembered(visitor):
    visitor.enter("admin", "/settings")
    wide = visitor.find("#site").size["width"]
    visitor.click('[data-menu="fold"]')
    visitor.until(lambda: visitor.find("#site").size["width"] < wide / 2)
    visitor.driver.refresh()
    visitor.until_ready()
    visitor.until(lambda: visitor.find("#site").size["width"] < wide / 2)
    assert visitor.find('[data-menu="fold"]').get_attribute("aria-expanded") == "false"


def test_an_address_without_a_page_says_so(visitor):
    visitor.enter("admin", "/settings")
    visitor.expected_failures.add("/no-such-page")
    visitor.open("/no-such-page")
    assert "Такой страницы нет" in visitor.text("main")
