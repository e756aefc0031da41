"""What Facebook itself tells the product: signed, or not believed."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.business_time import BusinessCalendar
from data.engine import Database
from demo.facebook_graph import GraphStandIn
from demo.graph_sign_in import person_of
from tests.api.facebook_doors import (
    Sign,
    connect,
    status,
)
from tests.faults.graph_world import APP_SECRET, TOKEN


def sign(content: dict[str, Any], secret: str = APP_SECRET) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
    digest = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() + "." + payload


def said(user_id: str, **changes: Any) -> dict[str, Any]:
    return {"algorithm": "HMAC-SHA256", "issued_at": int(time.time()) + 1, "user_id": user_id, **changes}


@pytest.mark.parametrize("forged", [
    lambda good: good[1:], lambda good: good.split(".")[1], lambda good: good + "x", lambda good: "",
    lambda good: "a.b",
    lambda good: sign(said(person_of(TOKEN).id), "another secret"),
    lambda good: sign(said(person_of(TOKEN).id, algorithm="none")),
    lambda good: sign(said(person_of(TOKEN).id, issued_at=int(time.time()) + 4000)),
    lambda good: sign({"algorithm": "HMAC-SHA256", "issued_at": 1}), lambda good: good.upper()])
@pytest.mark.parametrize("door", ["deauthorize", "data-deletion"])
def test_forged_callbacks_change_nothing(door: str, forged: Any, graph: GraphStandIn, client: FlaskClient,
                                         signed_in: Sign) -> None:
    browser = signed_in("north")
    connect(browser)
    request = forged(sign(said(person_of(TOKEN).id)))
    assert client.post(f"/webhooks/facebook/{door}", data={"signed_request": request}).status_code == 400
    assert status(browser)["connections"][0]["state"] == "connected"


def test_a_person_who_removes_the_application_is_disconnected(graph: GraphStandIn, client: FlaskClient,
                                                              signed_in: Sign) -> None:
    browser = signed_in("north")
    connect(browser)
    # What was said before this connection was made does not end it.
    old = sign(said(person_of(TOKEN).id, issued_at=int(time.time()) - 3600))
    assert client.post("/webhooks/facebook/deauthorize", data={"signed_request": old}).status_code == 200
    assert status(browser)["connections"][0]["state"] == "connected"
    answer = client.post("/webhooks/facebook/deauthorize", data={"signed_request": sign(said(person_of(TOKEN).id))})
    assert answer.status_code == 200
    [one] = status(browser)["connections"]
    assert one["state"] == "removed" and one["problem"]


def test_a_person_who_wants_the_data_deleted_can_see_that_it_is(
        graph: GraphStandIn, client: FlaskClient, signed_in: Sign, shared_jobs: Database) -> None:
    browser = signed_in("north")
    connect(browser)
    answer = client.post("/webhooks/facebook/data-deletion",
                         data={"signed_request": sign(said(person_of(TOKEN).id))}).get_json()
    assert answer["url"] == f"https://traffic.example.com/webhooks/facebook/data-deletion/{answer['confirmation_code']}"
    assert status(browser)["connections"] == []
    page = client.get(urlsplit(answer["url"]).path)
    assert page.status_code == 200 and "Facebook" in page.get_data(as_text=True)
    with shared_jobs.transaction() as connection:
        done = connection.execute(text("SELECT done_at FROM facebook_deletions")).scalar_one()
    almaty = done.astimezone(BusinessCalendar("Asia/Almaty").zone)
    assert f"{almaty:%H:%M}" in page.get_data(as_text=True), "told by the clock on the wall"
    assert client.get("/webhooks/facebook/data-deletion/" + "x" * 32).status_code == 404
    assert client.get("/webhooks/facebook/deauthorize").status_code == 404
