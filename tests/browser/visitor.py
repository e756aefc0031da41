"""A person in front of a browser: signs in, opens pages, reads figures, waits for what should happen."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.product import PASSWORD

PATIENCE = 30.0
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--lang=ru",
    "--window-size=1440,1000",
)


class Visitor:
    """One browser. Its console must stay empty, and it must never ask a foreign host."""

    def __init__(self, driver: webdriver.Chrome, url: str, downloads: Path) -> None:
        self.driver = driver
        self.url = url
        self.downloads = downloads
        self.expected_failures: set[str] = set()  # paths whose answer is meant to be an error
        self.expected_statuses: tuple[int, ...] = ()  # answers that are meant, whatever was asked

    # -- going somewhere

    def resize(self, width: int, height: int = 1000) -> None:
        """Give the window a size, phones included."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 768},
        )

    def open(self, path: str) -> None:
        """Type an address."""
        self.driver.get(self.url + path)

    def sign_in(self, name: str, password: str = PASSWORD, path: str = "/login") -> None:
        """Fill in the sign-in form, which stands before every page."""
        self.open(path)
        self.find("#email").send_keys(f"{name}@demo.local")
        self.find("#password").send_keys(password)
        self.find(".login-form button[type=submit]").click()

    def enter(self, name: str = "admin", path: str = "/login") -> None:
        """Ask for a page, sign in on the way, and wait until it stands; without a path: where the product leads."""
        self.sign_in(name, path=path)
        self.until(lambda: self.path != "/login")
        self.until_ready()

    @property
    def path(self) -> str:
        """The path of the address bar."""
        return urlsplit(self.driver.current_url).path

    @property
    def query(self) -> str:
        """The query of the address bar."""
        return urlsplit(self.driver.current_url).query

    # -- looking

    def find(self, selector: str) -> WebElement:
        """The first part that fits, as soon as it is there."""
        return self.until(lambda: next(iter(self.all(selector)), None))

    def all(self, selector: str) -> list[WebElement]:
        """All parts that fit now."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """The words of a part, with ordinary spaces."""
        return self.until(lambda: self.find(selector).get_attribute("textContent")).replace("\u00a0", " ")

    def metric(self, name: str) -> str:
        """The figure of a number card or a ratio, without its short form for phones."""
        return self.text(f'[data-metric="{name}"] .num').replace(" ", "")

    def column(self, grid: str, field: str) -> list[str]:
        """What the cells of a grid's column say, pinned rows left out, in the order of the screen."""
        return self.run(
            """
            const rows = [...document.querySelectorAll(`#${arguments[0]} .ag-row:not(.ag-row-pinned)`)]
            const seen = {}
            rows.forEach((row) => {
              const cell = row.querySelector(`[col-id="${arguments[1]}"]`)
              if (!cell || row.closest('.ag-floating-bottom')) { return }
              seen[row.getAttribute('row-index')] = cell.textContent
            })
            return Object.keys(seen).sort((a, b) => a - b).map((index) => seen[index].replaceAll('\\u00a0', ' '))
        """,
            grid,
            field,
        )

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)

    # -- waiting

    def until(self, condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """What ``condition`` answers, as soon as it is something."""
        waiting = WebDriverWait(self.driver, seconds, 0.05, [StaleElementReferenceException])
        return waiting.until(lambda _driver: condition())

    def until_ready(self) -> None:
        """Until no block waits for figures any more."""
        self.until(
            lambda: (
                self.all("main .card")
                and not self.all('main [aria-busy="true"]')
                and self.run("return document.readyState === 'complete'")
            )
        )

    def until_text(self, selector: str, words: str) -> None:
        """Until a part says something."""
        self.until(lambda: words in self.text(selector))

    # -- doing

    def choose(self, control: str, label: str) -> None:
        """Choose one of a group of radios by its words."""
        self.until(
            lambda: self.run(
                """
            const label = [...document.querySelectorAll(`#${arguments[0]} label`)]
              .find((one) => one.textContent.trim() === arguments[1])
            if (label) { label.parentElement.querySelector('input').click() }
            return Boolean(label)
        """,
                control,
                label,
            )
        )

    def click(self, selector: str) -> None:
        """Press a button or link."""
        self.find(selector)
        self.run("document.querySelector(arguments[0]).click()", selector)

    def downloaded(self, pattern: str) -> Path:
        """A file that arrived."""
        return self.until(lambda: next((path for path in self.downloads.glob(pattern) if path.stat().st_size), None))

    # -- what must never happen

    def complaints(self) -> list[str]:
        """What the console said, but for answers that the test asked for."""
        expected = tuple(f"{self.url}{path}{end}" for path in self.expected_failures for end in " ?")
        meant = tuple(f"status of {status} " for status in self.expected_statuses)
        return [
            entry["message"] for entry in self.driver.get_log("browser")
            if not entry["message"].startswith(expected) and not any(one in entry["message"] for one in meant)
        ]

    def foreign_requests(self) -> list[str]:
        """Addresses of other hosts that the pages asked."""
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        return [address for address in asked if not address.startswith((self.url, "data:", "blob:", "about:"))]


def start_browser() -> webdriver.Chrome:
    """A browser without cookies or memories."""
    options = ChromeOptions()
    options.binary_location = os.environ.get("BROWSER_PATH", "/usr/bin/chromium")
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options, ChromeService(os.environ.get("CHROMEDRIVER_PATH", "/usr/bin/chromedriver")))


def forget_everything(driver: webdriver.Chrome, url: str, downloads: Path) -> Visitor:
    """A visitor whom the browser has never seen; only the files of the pages stay in its cache."""
    driver.get("about:blank")
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})
    driver.get_log("browser")
    driver.get_log("performance")
    visitor = Visitor(driver, url, downloads)
    visitor.resize(1440)
    return visitor
