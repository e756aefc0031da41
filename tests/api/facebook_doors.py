"""Going through the doors to Facebook as a browser does, against the Graph stand-in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from flask.testing import FlaskClient

from tests.faults.graph_world import make_graph_data

BASE = "/api/traffic-admin/facebook"
SECOND_TOKEN = "EAABsecondTokenThatMustNeverBeSeen"
DATA = make_graph_data(accounts=7, campaigns=2, days=12)
ALL_IDS = tuple(account.id for account in DATA.accounts)
LOCAL = {"base_url": "https://localhost"}
Sign = Callable[[str], FlaskClient]


def post(browser: FlaskClient, path: str, body: dict[str, Any] | None = None) -> Any:
    return browser.post(f"{BASE}{path}", json=body or {}, **LOCAL)


def dialog(browser: FlaskClient, **body: Any) -> str:
    """Go through the dialog; the address Facebook sends the browser back to."""
    answer = post(browser, "/oauth-url", body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    back = requests.get(answer.get_json()["url"], allow_redirects=False, timeout=5)
    assert back.status_code == 302
    return back.headers["Location"]


def come_back(browser: FlaskClient, location: str) -> str:
    """The notice the person reads."""
    parts = urlsplit(location)
    answer = browser.get(f"{parts.path}?{parts.query}", **LOCAL)
    assert answer.status_code == 303
    target = urlsplit(answer.headers["Location"])
    assert target.path == "/settings"
    return parse_qs(target.query)["notice"][0]


def connect(browser: FlaskClient) -> str:
    return come_back(browser, dialog(browser))


def status(browser: FlaskClient) -> dict[str, Any]:
    return browser.get(f"{BASE}/status", **LOCAL).get_json()
