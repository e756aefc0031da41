"""The script of the landing pages in a browser: marks are kept from page to page and filled into forms."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By

from demo.loopback import Answer, LoopbackServer, Request
from scripts.browser import find_browser

SCRIPT = Path(__file__).parents[2] / "api" / "public" / "landing.js"
PAGE = b"""<!doctype html><title>Landing</title><script src="/landing.js" defer></script>
<form id="one"><input name="phone"><input type="hidden" name="utm_source"><input type="hidden" name="first_utm_source">
<input name="utm_campaign" value="typed"></form><form id="two"><input name="email"></form>"""

pytestmark = pytest.mark.browser


def answer(request: Request) -> Answer:
    if request.path == "/landing.js":
        return Answer(200, SCRIPT.read_bytes(), content_type="text/javascript")
    return Answer(200, PAGE, content_type="text/html; charset=utf-8")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with LoopbackServer(answer) as server:
        yield server.url


@pytest.fixture
def chrome() -> Iterator[Chrome]:
    found = find_browser()
    assert found is not None
    options = ChromeOptions()
    options.binary_location = found.path
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = Chrome(options=options, service=ChromeService(found.driver))
    yield driver
    driver.quit()


def fields(chrome: Chrome, form: str) -> dict[str, str]:
    found = chrome.find_elements(By.CSS_SELECTOR, f"#{form} input")
    return {one.get_attribute("name"): one.get_attribute("value") for one in found}


def test_first_and_last_marks_are_kept_and_filled(chrome: Chrome, site: str) -> None:
    chrome.get(f"{site}/")
    assert fields(chrome, "two") == {"email": ""}
    chrome.get(f"{site}/?utm_source=fb_altai&utm_campaign=one&fbclid=abc&utm_term=%7B%7Badset.name%7D%7D")
    assert fields(chrome, "one") == {
        "phone": "", "utm_source": "fb_altai", "first_utm_source": "fb_altai", "utm_campaign": "typed", "fbclid": "abc"}
    chrome.get(f"{site}/other?utm_source=fb_dala")
    chrome.get(f"{site}/thanks")
    assert fields(chrome, "one")["utm_source"] == "fb_dala"
    assert fields(chrome, "one")["first_utm_source"] == "fb_altai"
    assert fields(chrome, "two") == {"email": "", "utm_source": "fb_dala"}


def test_marks_older_than_thirty_days_and_foreign_values_are_forgotten(chrome: Chrome, site: str) -> None:
    chrome.get(f"{site}/?utm_source=fb_altai")
    kept = json.loads(chrome.execute_script("return localStorage.getItem('td_touches')"))
    kept["first"]["at"] = kept["last"]["at"] = kept["last"]["at"] - 31 * 24 * 3600 * 1000
    chrome.execute_script("localStorage.setItem('td_touches', arguments[0])", json.dumps(kept))
    chrome.get(f"{site}/")
    assert fields(chrome, "one")["utm_source"] == ""
    for foreign in ("not json", "null", '{"last": 5, "first": {"at": "x"}}'):
        chrome.execute_script("localStorage.setItem('td_touches', arguments[0])", foreign)
        chrome.get(f"{site}/?utm_source=fb_dala")
        assert fields(chrome, "one")["utm_source"] == "fb_dala"
