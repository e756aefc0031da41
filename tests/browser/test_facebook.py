"""Connecting Facebook as a person does: dialog, accounts, the reading with its progress, the numbers."""

import pytest
from sqlalchemy import text

from jobs.requested_runs import run_next

pytestmark = pytest.mark.browser
DISCONNECT = "#facebook-body button[data-api$=disconnect]"


def test_from_the_dialog_to_the_numbers(visitor, product):
    owner = product.world.setting.advertising.accounts[0].owner_slug
    visitor.enter(owner)
    spend = visitor.metric("spend")
    visitor.open("/settings?tab=facebook")
    visitor.click(DISCONNECT)
    visitor.until(lambda: visitor.find("dialog.confirm").is_displayed())
    asked = visitor.text("dialog.confirm .dialog-words")
    assert all(words in asked for words in ("отозван у Facebook", "затраты останутся", "никто больше не видит")), asked
    visitor.click("dialog.confirm [data-say=no]")
    assert visitor.all(DISCONNECT), "asked, not done"
    visitor.click(DISCONNECT)
    visitor.until(lambda: visitor.find("dialog.confirm").is_displayed())
    visitor.click("dialog.confirm [data-say=yes]")
    visitor.until(lambda: not visitor.all(DISCONNECT) and visitor.all("[data-facebook=connect]"))
    visitor.click("[data-facebook=connect]")
    # Facebook's dialog sends the browser straight back: this person has agreed before.
    visitor.until(lambda: "notice=connected" in visitor.query)
    assert "Facebook" in visitor.text("#facebook-said")
    assert [address for address in visitor.foreign_requests() if "/dialog/oauth?" not in address] == []
    boxes = visitor.until(lambda: visitor.all("#facebook-accounts-form input[type=checkbox]"))
    visitor.click("[data-facebook=all]")
    assert all(box.is_selected() for box in boxes)
    visitor.click("#facebook-accounts-form button[type=submit]")
    visitor.until(lambda: "Выбор кабинетов сохранён" in visitor.text(".toasts"))
    visitor.until(lambda: visitor.all("[role=progressbar]"))
    assert visitor.find("#facebook-progress button[data-api$=sync-stats]").get_attribute("disabled")
    while run_next(product.context):
        pass
    visitor.until(lambda: not visitor.all("[role=progressbar]"))
    assert visitor.all("#facebook-history .badge.good")
    product.work()
    visitor.open("/")
    visitor.until_ready()
    assert visitor.metric("spend") == spend
    with product.context.database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM ad_accounts WHERE last_error IS NOT NULL")).scalar() == 0


def test_the_tab_fits_a_phone(visitor):
    visitor.resize(390)
    visitor.enter("admin", "/settings?tab=facebook")
    visitor.until(lambda: visitor.all("[data-facebook=connect]"))
    assert visitor.run("return document.documentElement.scrollWidth <= window.innerWidth")


def test_a_campaign_opens_down_to_its_ads_and_wrong_tags_are_named(visitor, product):
    visitor.enter("sunkar", "/analytics")
    choices = visitor.until(lambda: visitor.all("#analytics-below-campaign option:not([disabled]):not([value=''])"))
    western = next(plan.account.id for plan in product.world.accounts if plan.account.timezone == "America/Los_Angeles")
    there = {plan.id for plan in product.world.campaigns if plan.record.account_id == western}
    next(one for one in choices if one.get_attribute("value") in there).click()
    visitor.until(lambda: visitor.all("#analytics-below tr[data-level=ad]"))
    assert "America/Los_Angeles" in visitor.text("#analytics-below"), "the account's day is not the company's"
    assert visitor.all("#analytics-below tr[data-level=adset]")
    file = visitor.find("#analytics-below-csv").get_attribute("href")
    told = visitor.run("return (async () => (await fetch(arguments[0])).text())()", file)
    assert told.count("\r\n") == 1 + len(visitor.all("#analytics-below tr[data-level]"))
    visitor.open("/settings?tab=facebook")
    visitor.until(lambda: visitor.all(".fault-line"))
    assert "campain.name" in visitor.text("#facebook-body")
    [foreign] = visitor.all("#facebook-body tr[data-search] .badge.weak[title]")
    row = foreign.find_element("xpath", "ancestor::tr").text
    assert "America/Los_Angeles" in row and "EUR" in row
    visitor.open("/teams/sunkar")
    visitor.until(lambda: visitor.all("#team-tag-faults .fault-line"))
    assert not visitor.all("button[data-api$=stop]")
