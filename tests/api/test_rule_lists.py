"""Aliases and bindings looked through page by page, drafted, and changed by two people at once."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from data.engine import Database
from tests.api.conftest import People
from tests.factories import make_alias, make_binding

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin"


@pytest.fixture(scope="module")
def rules(shared_jobs: Database, people: People) -> None:
    with shared_jobs.transaction() as connection:
        for number in range(1000):
            make_alias(connection, people.north if number % 2 else people.south, utm_source=f"mark_{number:04}",
                       note="100% sure" if number == 7 else "")
        make_alias(connection, people.north, campaign_token="northern lights")
        make_binding(connection, people.south, "account", "424242")


def test_a_thousand_aliases_are_paged_and_searched(signed_in: SignedIn, rules: None) -> None:
    browser, seen, cursor = signed_in("admin"), [], ""
    while True:
        page = browser.get(f"{ROOT}/aliases?limit=300&cursor={cursor}").get_json()
        seen += [row["utm_source"] or row["campaign_token"] for row in page["rows"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == 1001
    assert seen == sorted(seen)

    def sources(query: str) -> list[str]:
        return [row["utm_source"] for row in browser.get(f"{ROOT}/aliases?{query}").get_json()["rows"]]

    assert sources("q=MARK_0012") == ["mark_0012"]
    assert sources("q=100%25") == ["mark_0007"]
    assert len(sources("team=south&kind=source&limit=500")) == 500
    assert sources("kind=token") == [None]
    assert browser.get(f"{ROOT}/bindings?q=4242&kind=account").get_json()["rows"][0]["team"] == "south"


def test_pages_cost_the_same_at_the_end(shared_jobs: Database, rules: None) -> None:
    """The whole list of a thousand is one scan of a small table, whichever page is asked for."""
    with shared_jobs.transaction() as connection:
        size = connection.execute(text("SELECT pg_relation_size('team_aliases')")).scalar_one()
    assert size < 1024 * 1024


def test_a_draft_says_what_is_wrong_or_what_to_apply(signed_in: SignedIn, rules: None) -> None:
    browser = signed_in("admin")
    bad = browser.post(f"{ROOT}/attribution/drafts/alias", json={"team": "north", "utm_source": "fb_south"})
    assert bad.status_code == 422
    assert bad.get_json()["errors"][0]["field"] == "utm_source"
    assert browser.post(f"{ROOT}/attribution/drafts/look-back", json={"look_back_days": 0}).status_code == 422
    assert browser.post(f"{ROOT}/attribution/drafts/binding",
                        json={"team": "north", "kind": "ad", "external_id": "x"}).status_code == 422
    assert browser.post(f"{ROOT}/attribution/drafts/removal",
                        json={"alias": "00000000-0000-4000-8000-000000000000"}).status_code == 422
    told = browser.post(f"{ROOT}/attribution/drafts/alias",
                        json={"team": "north", "utm_source": "drafted", "note": "why"}).get_json()["change"]
    assert browser.post(f"{ROOT}/attribution/preview", json=told).status_code in (200, 202)
    assert browser.post(f"{ROOT}/attribution/apply", json=told).status_code == 202
    again = browser.post(f"{ROOT}/attribution/apply", json=told)
    assert again.status_code == 409
    assert "admin@example.com" in again.get_json()["detail"]
    assert signed_in("analyst").post(f"{ROOT}/attribution/drafts/alias", json={}).status_code == 403


def test_two_people_at_one_rule_are_told_and_at_two_rules_are_not(signed_in: SignedIn, rules: None) -> None:
    browser = signed_in("admin")
    first, second = browser.get(f"{ROOT}/aliases?q=mark_001&limit=2").get_json()["rows"]
    added = browser.post(f"{ROOT}/aliases", json={"team": "north", "utm_source": "for a version"})
    version = added.get_json()["version"]
    given = {"priority": 5, "version": version}
    assert browser.patch(f"{ROOT}/aliases/{first['id']}", json=given).status_code == 200
    assert browser.patch(f"{ROOT}/aliases/{second['id']}", json=given).status_code == 200
    refused = browser.patch(f"{ROOT}/aliases/{first['id']}", json={"priority": 9, "version": version})
    assert refused.status_code == 409
    assert browser.delete(f"{ROOT}/aliases/{first['id']}?version={version}").status_code == 409
    assert browser.get(f"{ROOT}/aliases?q={first['utm_source']}").get_json()["rows"][0]["priority"] == 5
    draft = {"id": first["id"], "team": "north", "utm_source": first["utm_source"], "version": version}
    assert browser.post(f"{ROOT}/attribution/drafts/alias", json=draft).status_code == 409


def test_a_removed_rule_can_be_put_back(signed_in: SignedIn, rules: None) -> None:
    browser = signed_in("admin")
    row = browser.get(f"{ROOT}/aliases?q=mark_0500").get_json()["rows"][0]
    undo = browser.delete(f"{ROOT}/aliases/{row['id']}").get_json()["undo"]
    assert browser.get(f"{ROOT}/aliases?q=mark_0500").get_json()["rows"] == []
    assert browser.open(undo["path"], method=undo["method"], json=undo["body"]).status_code == 201
    back = browser.get(f"{ROOT}/aliases?q=mark_0500").get_json()["rows"][0]
    assert {**back, "id": ""} == {**row, "id": ""}
