"""``make test``: everything the tests need, then every test. Arguments go to pytest.

Standard library only.
"""

from __future__ import annotations

import os
import sys

from scripts.bootstrap import ROOT, prepare
from scripts.browser import ensure_browser
from scripts.console import ending_well, say

WORKERS = "2"


def main() -> int:
    """Prepare, then become pytest, so that its last line and exit code are this script's."""
    python = prepare(dev=True)
    browser = ensure_browser(python)
    say(f"Browser: {browser.path}")
    os.chdir(ROOT)
    environment = {**os.environ, "BROWSER_PATH": browser.path, "CHROMEDRIVER_PATH": browser.driver}
    command = [str(python), "-m", "pytest", "-n", os.environ.get("TEST_WORKERS", WORKERS)]
    os.execve(python, [*command, *sys.argv[1:]], environment)


if __name__ == "__main__":
    ending_well(main)
