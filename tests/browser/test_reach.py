"""Everybody reaches everything: every width, the keyboard, names for readers of screens, little motion."""

import json
from importlib.resources import files

import pytest
from selenium.webdriver import ActionChains, Keys

from components.admin_page import SECTIONS

pytestmark = pytest.mark.browser

PAGES = ("/", "/analytics", "/teams/sunkar", "/settings")
WIDTHS = (2560, 1440, 1024, 768, 390, 360)
# Pages of forms and of places that are filled later: what only they have is looked at by axe too.
FORMS = ("/admin/imports", "/admin/rates", "/admin/landing", "/teams/nobody")
AXE = (files("axe_core_python") / "axe.min.js").read_text("utf-8")


def problems(visitor):
    """What axe objects to, minor things left out."""
    visitor.run(AXE)
    found = visitor.driver.execute_async_script(
        "axe.run(document, {resultTypes: ['violations']}).then(arguments[arguments.length - 1])"
    )
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]][:3])
        for one in found["violations"]
        if one["impact"] in ("moderate", "serious", "critical")
    ]


@pytest.mark.parametrize("path", PAGES)
def test_every_width_shows_everything_to_everybody(visitor, path):
    """No page scrolls sideways, and axe finds nothing to object to."""
    visitor.enter("admin", path)
    for width in WIDTHS:
        visitor.resize(width)
        visitor.until(lambda width=width: visitor.run("return document.documentElement.scrollWidth") <= width)
        if width in (390, 1440):
            assert problems(visitor) == [], width


def test_no_page_of_the_admin_panel_scrolls_sideways_on_a_phone(visitor):
    visitor.enter("admin", "/admin")
    visitor.resize(390)
    for path in (*SECTIONS.values(), "/profile", "/teams/nobody"):
        visitor.open(path)
        visitor.until(lambda: visitor.all("h1"))
        assert visitor.run("return document.documentElement.scrollWidth") <= 390, path
        if path in FORMS:
            assert problems(visitor) == [], path


def test_with_a_folded_bar_languages_still_have_their_names(visitor):
    visitor.enter("admin", "/settings")
    visitor.resize(1024)
    visitor.until(lambda: visitor.run("return document.documentElement.dataset.bar") == "folded")
    visitor.click(".top details.pick summary")
    assert [one.text for one in visitor.all(".top .menu button")] == ["Русский", "English", "Қазақша"]


def test_days_are_read_in_the_language_of_the_page(visitor):
    visitor.enter("admin", "/?from=2026-03-01&to=2026-03-09")
    visitor.until(lambda: visitor.run("return document.querySelector('#filter-from').dataset.day") == "01.03.2026")
    visitor.choose("filter-preset", "Вчера")
    visitor.until(lambda: visitor.run("return document.querySelector('#filter-from').dataset.day") != "01.03.2026")


@pytest.mark.parametrize("width", [360, 1440])
def test_the_sign_in_page_is_open_to_everybody(visitor, width):
    visitor.resize(width)
    visitor.open("/login")
    assert problems(visitor) == []
    assert visitor.run("return document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_menu_slides_in_and_out(visitor):
    visitor.resize(390, 844)
    visitor.enter("admin", "/settings")
    assert not visitor.find("#site").is_displayed()
    visitor.click('.top [data-menu="open"]')
    visitor.until(lambda: visitor.find("#site").is_displayed())
    visitor.click('#site a[href*="/analytics"]')
    visitor.until(lambda: visitor.path == "/analytics" and not visitor.find("#site").is_displayed())
    visitor.until_ready()


def test_on_a_phone_filters_open_and_work(visitor):
    visitor.resize(390, 844)
    visitor.enter()
    assert not visitor.find("#filter-preset").is_displayed()
    visitor.click('[data-toggle="filters"]')
    visitor.until(lambda: visitor.find("#filter-preset").is_displayed())
    visitor.choose("filter-preset", "7 дней")
    visitor.until(lambda: visitor.query == "preset=last_7_days")


def test_filters_can_be_used_with_the_keyboard_alone(visitor):
    visitor.enter()
    visitor.run("document.querySelector('#filter-currency input:checked').focus()")
    ActionChains(visitor.driver).send_keys(Keys.ARROW_RIGHT).perform()
    visitor.until(lambda: visitor.query == "currency=USD")
    visitor.run("document.querySelector('details.pick summary').focus()")
    ActionChains(visitor.driver).send_keys(Keys.ENTER).perform()
    visitor.until(lambda: visitor.run("return document.querySelector('details.pick').open"))
    ActionChains(visitor.driver).send_keys(Keys.ESCAPE).perform()
    visitor.until(lambda: not visitor.run("return document.querySelector('details.pick').open"))


def test_the_first_key_offers_to_skip_the_menu(visitor):
    visitor.enter("admin", "/settings")
    ActionChains(visitor.driver).send_keys(Keys.TAB).perform()
    assert visitor.run("return document.activeElement.className").endswith("skip")
    outline = visitor.run("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_those_who_want_no_motion_get_none(visitor):
    visitor.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    )
    visitor.enter("admin", "/settings")
    moving = json.loads(
        visitor.run("""
        return JSON.stringify([...document.querySelectorAll('.app, .nav, .btn')]
          .map((part) => getComputedStyle(part).transitionDuration).filter((time) => parseFloat(time) > 0))
    """)
    )
    assert moving == []
