"""Callback requests: malformed ones are refused as such, pages obey rights, whoever posts them."""

import json

import dash
import pytest
from flask.testing import FlaskClient

from tests.api.test_sign_in_page import SignedIn

ROUTER = ".._pages_content.children..._pages_store.data.."
OUTPUTS = [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}]


def router_body(path: str, search: str = "") -> dict[str, object]:
    """What the browser sends to open a page."""
    return {
        "output": ROUTER, "outputs": OUTPUTS, "changedPropIds": ["_pages_location.pathname"],
        "inputs": [{"id": "_pages_location", "property": "pathname", "value": path},
                   {"id": "_pages_location", "property": "search", "value": search}],
    }


def open_page(browser: FlaskClient, path: str, search: str = "") -> str:
    """The layout and the title of a page, as text."""
    answer = browser.post("/_dash-update-component", json=router_body(path, search))
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


GOOD = router_body("/")
MALFORMED = [
    {}, [], None, "text", 1, True, {"output": "nothing.children"}, {"output": 1}, {"output": None}, {"output": []},
    {**GOOD, "output": "x"}, {**GOOD, "inputs": None}, {**GOOD, "inputs": {}}, {**GOOD, "inputs": []},
    {**GOOD, "inputs": [1, 2]}, {**GOOD, "inputs": [GOOD["inputs"][0]]}, {**GOOD, "inputs": GOOD["inputs"] * 2},
    {**GOOD, "inputs": list(reversed(GOOD["inputs"]))}, {**GOOD, "state": [1]}, {**GOOD, "state": "x"},
    {**GOOD, "inputs": [{"id": "_pages_location", "property": "value", "value": "/public"}, GOOD["inputs"][1]]},
    {**GOOD, "inputs": [{"id": {"a": 1}, "property": "pathname"}, GOOD["inputs"][1]]},
    {**GOOD, "outputs": OUTPUTS[:1]}, {**GOOD, "outputs": {"id": "_pages_content", "property": "children"}},
    {**GOOD, "outputs": [{"id": "other", "property": "children"}, OUTPUTS[1]]}, {**GOOD, "outputs": "x"},
    {**GOOD, "changedPropIds": None}, {**GOOD, "changedPropIds": [1]}, {**GOOD, "changedPropIds": "x"},
    {**GOOD, "output": "_pages_dummy.children"},
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_body_is_a_bad_request(signed_in: SignedIn, body: object) -> None:
    answer = signed_in("admin").post("/_dash-update-component", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("raw", [b"", b"{", b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b'{"output": "\\ud800"}'])
def test_an_unreadable_body_is_a_bad_request(signed_in: SignedIn, raw: bytes) -> None:
    answer = signed_in("admin").post("/_dash-update-component", data=raw, content_type="application/json")
    assert answer.status_code == 400


def test_a_deep_value_is_a_bad_request(signed_in: SignedIn) -> None:
    value: object = 1
    for _ in range(150):
        value = [value]
    body = {**GOOD, "inputs": [{**GOOD["inputs"][0], "value": value}, GOOD["inputs"][1]]}
    assert signed_in("admin").post("/_dash-update-component", json=body).status_code == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_only_json_is_a_callback(signed_in: SignedIn, content_type: str) -> None:
    answer = signed_in("admin").post("/_dash-update-component", data=b"{}", content_type=content_type)
    assert answer.status_code == 415


def test_every_callback_refuses_a_body_that_is_not_its_own(shared_app: dash.Dash, signed_in: SignedIn) -> None:
    browser = signed_in("south")
    for output in shared_app.callback_map:
        for extra in ({"inputs": [{"id": "x", "property": "y"}] * 50}, {"state": [{}] * 50}, {"inputs": "x"}):
            answer = browser.post("/_dash-update-component", json={"output": output, "changedPropIds": [], **extra})
            assert answer.status_code == 400, output


def test_a_closed_page_looks_like_a_missing_one(signed_in: SignedIn) -> None:
    analyst, north = signed_in("analyst"), signed_in("north")
    missing = open_page(north, "/nothing/here")
    assert open_page(analyst, "/nothing/here") == missing
    for path in ("/teams/south", "/teams/nobody", "/teams/SOUTH", "/teams/%73outh", "/teams/south/", "/teams/none",
                 "/teams/..%2fnorth"):
        answer = open_page(north, path)
        assert answer == missing, path
        assert "South marker" not in answer


def test_the_own_team_opens(signed_in: SignedIn) -> None:
    assert open_page(signed_in("north"), "/teams/north") != open_page(signed_in("north"), "/nothing")


def test_missing_and_closed_pages_are_404_and_open_ones_200(signed_in: SignedIn) -> None:
    north, admin = signed_in("north"), signed_in("admin")
    assert {north.get(path).status_code for path in ("/", "/teams/north", "/analytics")} == {200}
    closed = [north.get(path) for path in ("/teams/south", "/teams/nobody", "/admin", "/nothing")]
    assert {answer.status_code for answer in closed} == {404}
    assert admin.get("/teams/south").status_code == 200


@pytest.mark.parametrize("search", ["?fbclid=1", "?from=x&to=%00", "?team=" + "a" * 3000, "?%ff=%ff",
                                    "?team=north&team=south", "?preset=&currency=&interval=", "not a search"])
def test_strange_queries_open_the_page(signed_in: SignedIn, search: str) -> None:
    open_page(signed_in("north"), "/", search)
