"""Finds Chromium and its driver for the browser tests, or installs them.

Standard library only. A browser and a driver of different major versions do not work together and count as missing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts import system_packages
from scripts.console import Trouble, run_patiently

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
DRIVERS = ("chromedriver", "/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver",
           "/usr/lib64/chromium-browser/chromedriver")
PACKAGES = {"apt-get": ["chromium", "chromium-driver"], "dnf": ["chromium", "chromedriver"],
            "zypper": ["chromium", "chromedriver"], "pacman": ["chromium"],
            "brew": ["--cask", "chromium", "chromedriver"]}


@dataclass(frozen=True)
class Browser:
    """Paths of a browser and the driver that fits it."""

    path: str
    driver: str


def find_browser() -> Browser | None:
    """The pair named by BROWSER_PATH and CHROMEDRIVER_PATH, else the first pair of one version on this machine."""
    drivers = [(driver, _major_version(driver)) for driver in _existing("CHROMEDRIVER_PATH", DRIVERS)]
    for path in _existing("BROWSER_PATH", BROWSERS):
        version = _major_version(path)
        for driver, driver_version in drivers:
            if version is not None and version == driver_version:
                return Browser(path, driver)
    return None


def ensure_browser(python: Path) -> Browser:
    """Find the pair or install it: by the system's package manager, else by Selenium's own manager.

    ``python`` is the interpreter that has Selenium. Raises: Trouble.
    """
    found = find_browser()
    if found:
        return found
    reason = system_packages.install(PACKAGES, "Chromium for the browser tests")
    found = find_browser() or _fetch_with_selenium(python)
    if found:
        return found
    raise Trouble("The browser tests need Chromium and chromedriver of one version, and none were found or installed. "
                  f"{reason or 'What the package manager installed does not work here.'}\n"
                  "If they are elsewhere, name them: BROWSER_PATH=… CHROMEDRIVER_PATH=… make test")


def _fetch_with_selenium(python: Path) -> Browser | None:
    """Let Selenium's manager download a pair into its cache; it knows systems without a Chromium package."""
    script = ("import json; from selenium.webdriver.common.selenium_manager import SeleniumManager; "
              "print(json.dumps(SeleniumManager().binary_paths(['--browser', 'chrome'])))")
    code, output = run_patiently([str(python), "-c", script], "Fetching Chrome through Selenium …")
    if code:
        return None
    paths = json.loads(output.strip().splitlines()[-1])
    pair = Browser(paths["browser_path"], paths["driver_path"])
    return pair if _major_version(pair.path) is not None else None


def _existing(variable: str, names: tuple[str, ...]) -> list[str]:
    named = os.environ.get(variable)
    return [found for name in ((named,) if named else names) if (found := shutil.which(name))]


def _major_version(program: str) -> int | None:
    """First number of ``--version``; ``None`` for a program that does not start (a stub package, a missing library)."""
    try:
        result = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"(\d+)\.\d+\.\d+", result.stdout)
    return int(match[1]) if result.returncode == 0 and match else None
