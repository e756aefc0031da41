"""Settings and profile in the browser: each form with a right, a wrong and a late answer."""

import pyotp
import pytest
from selenium.webdriver.common.keys import Keys
from sqlalchemy import text

from core.business_time import now
from tests.browser.product import PASSWORD
from tests.browser.test_reach import problems

pytestmark = pytest.mark.browser
API = "/api/traffic-admin/settings"


@pytest.fixture(autouse=True)
def _as_before(product):
    yield
    with product.context.database.transaction() as connection:
        for table in ("traffic_targetologist_settings", "contact_confirmations", "api_tokens", "login_attempts"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("UPDATE second_factors SET confirmed_at = NULL"))


def write(visitor, selector, words):
    field = visitor.find(selector)
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(words)


def said_at(visitor, form, name):
    return visitor.find(f'#{form} [data-field="{name}"] .field-said').text


def test_a_link_is_built_judged_and_kept_as_a_template(visitor):
    visitor.enter("sunkar", "/settings?tab=utm")
    visitor.until_text("#utm-result", "Вставьте адрес страницы")
    write(visitor, "#utm-base", "https://example.com/proftest")
    visitor.until_text("#utm-result", "Продажа останется без команды")
    visitor.click("#utm-take-own")
    visitor.until_text("#utm-result", "Продажа придёт вам")
    visitor.until_text("#utm-result", "https://example.com/proftest?utm_source=fb_sunkar&utm_medium=cpc")
    assert visitor.all("#utm-result img.qr")
    write(visitor, "#utm-source", "fb_altai")
    visitor.until_text("#utm-result", "Продажа придёт другой команде")
    write(visitor, "#utm-ads", "video; lal3\nreel; broad; camp; facebook\nstory; broad; ; fb_sunkar")
    visitor.until_text("#utm-ads-result", "3 объявления · 2 не попадут к вам")
    write(visitor, "#utm-source", "fb_sunkar")
    visitor.until_text("#utm-ads-result", "3 объявления · 1 не попадёт к вам")
    visitor.click("#utm-ads-mend")
    visitor.until(lambda: "не попад" not in visitor.text("#utm-ads-result"))
    visitor.click("#utm-ads-csv")
    file = visitor.downloaded("utm_links*.csv").read_text("utf-8-sig")
    assert file.count("utm_source=fb_sunkar") == 6 and "facebook" not in file
    write(visitor, '#utm-form [data-field$=".name"] input', "Холодная")
    write(visitor, "#utm-mark-campaign", "{{campaign.name}}")
    visitor.click("#utm-form button[type=submit]")
    visitor.until_text(".utm-templates", "Холодная")


def test_the_look_is_seen_while_typing_and_a_dark_colour_is_refused(visitor):
    visitor.enter("sunkar", "/settings?tab=team")
    visitor.find("#look-name")
    visitor.run("""
        const control = document.querySelector('#look-colour')
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(control, '#101020')
        control.dispatchEvent(new Event('input', { bubbles: true }))
        control.dispatchEvent(new Event('change', { bubbles: true }))
    """)
    visitor.until_text("#look-preview", "Слишком тёмный")
    visitor.driver.refresh()
    visitor.until_ready()
    write(visitor, "#look-name", "Сұңқар плюс")
    visitor.until_text("#look-preview", "Сұңқар плюс")
    visitor.click("#look-form button[type=submit]")
    visitor.until_text(".toasts", "Вид команды сохранён")
    visitor.until(lambda: next((one for one in visitor.all(".toasts .btn") if one.text == "Отменить"), None)).click()
    visitor.until(lambda: visitor.find("#look-name").get_attribute("value") == "Сункар")


def test_the_profile_changes_name_factor_and_tokens(visitor, product):
    visitor.enter("altai", "/profile")
    visitor.expected_failures |= {"/api/auth/tokens", "/api/auth/second-factor", "/api/auth/second-factor/confirm"}
    visitor.find("#token-form")
    visitor.click(".token-new summary")
    write(visitor, '#token-form [data-field="name"] input', "Таблица")
    write(visitor, '#token-form [data-field="current_password"] input', "wrong password")
    visitor.click("#token-form button[type=submit]")
    visitor.until(lambda: "хотя бы одно" in said_at(visitor, "token-form", "scopes"))
    visitor.click('#token-form input[type="checkbox"]')
    visitor.click("#token-form button[type=submit]")
    visitor.until(lambda: said_at(visitor, "token-form", "current_password"))
    write(visitor, '#token-form [data-field="current_password"] input', PASSWORD)
    visitor.click("#token-form button[type=submit]")
    visitor.until(lambda: "tdp_" in visitor.text("#token-shown"))
    visitor.click("#token-shown [data-refresh-now]")
    visitor.until_text("#profile-body", "ещё не использован")
    write(visitor, '#factor-form [data-field="current_password"] input', PASSWORD)
    visitor.click("#factor-form button[type=submit]")
    secret = visitor.until(lambda: visitor.text("#factor-step code"))
    assert not visitor.find("#factor-form").is_displayed(), "one button that turns it on, not two"
    visitor.until(lambda: visitor.run("return Boolean(document.activeElement.closest('#factor-code-form'))"))
    write(visitor, "#factor-code-form input", "000000")
    visitor.click("#factor-code-form button[type=submit]")
    visitor.until(lambda: said_at(visitor, "factor-code-form", "code"))
    write(visitor, "#factor-code-form input", pyotp.TOTP(secret).at(now()))
    visitor.click("#factor-code-form button[type=submit]")
    visitor.until(lambda: len(visitor.all(".codes li")) == 10)
    visitor.click("#factor-step [data-refresh-now]")
    visitor.until_text("#profile-body", "Осталось 10")
    visitor.expected_failures |= {"/api/auth/second-factor/recovery-codes", "/api/auth/second-factor/disable"}
    for form in ("factor-codes-form", "factor-form"):
        for password in ("wrong password", PASSWORD):
            write(visitor, f'#{form} [data-field="current_password"] input', password)
            visitor.click(f"#{form} button[type=submit]")
            visitor.click("dialog.confirm [data-say=yes]")
            if password != PASSWORD:
                visitor.until(lambda form=form: said_at(visitor, form, "current_password"))
        if form == "factor-codes-form":
            visitor.until(lambda: len(visitor.all(".codes li")) == 10)
            visitor.click("#factor-step [data-refresh-now]")
            visitor.until(lambda: not visitor.all(".codes li"))
            visitor.run("document.querySelector('#factor-form').closest('details').open = true")
    visitor.until_text("#profile-body", "Пароля достаточно")


@pytest.mark.parametrize("width", [360, 1440])
def test_every_tab_is_for_everybody(visitor, width):
    """No tab scrolls sideways, and axe finds nothing to object to."""
    visitor.enter("sunkar", "/profile")
    visitor.resize(width)
    for path in ("/settings?tab=utm", "/settings?tab=notifications", "/settings?tab=team", "/profile"):
        visitor.open(path)
        visitor.until_ready()
        visitor.until(lambda: visitor.run("return document.documentElement.scrollWidth") <= width)
        assert problems(visitor) == [], path
