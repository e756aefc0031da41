"""The amoCRM account through the API: connecting it, its structure, its meaning, its history and the proofs."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from auth.sign_in import EXTENSION, AuthParts
from data.engine import Database
from demo.amocrm_api import AmocrmStandIn
from demo.crm_data import CrmData
from demo.crm_oauth import CrmOauth
from tests.application import PUBLIC_URL, make_settings

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin/amocrm"
ACCOUNT, CLIENT, SECRET = 28805383, "client-id", "client-secret"
STAGES = [{"id": 142, "name": "Успешно реализовано"}, {"id": 143, "name": "Закрыто"}]
PIPELINES = [{"id": 10350882, "name": "Экспресс", "is_main": True, "_embedded": {"statuses": STAGES}}]
LEAD = {"id": 1, "name": "Deal", "price": 5,
        "status_id": 142, "pipeline_id": 10350882, "created_at": 1, "updated_at": 1,
        "closed_at": 1, "account_id": ACCOUNT, "custom_fields_values": [
            {"field_id": 434731, "field_name": "utm_source", "field_code": "UTM_SOURCE", "field_type": "tracking_data",
             "values": [{"value": "x"}]}]}


@pytest.fixture(scope="module")
def crm(shared_app: dash.Dash) -> Iterator[AmocrmStandIn]:
    oauth = CrmOauth(CLIENT, SECRET)
    with AmocrmStandIn(CrmData(ACCOUNT, "example", [LEAD], [], PIPELINES, "other"), oauth=oauth) as stand_in:
        parts = shared_app.server.extensions[EXTENSION]
        settings = make_settings(amocrm_client_id=CLIENT, amocrm_client_secret=SECRET, amocrm_rate_limit=100,
                                 amocrm_account_url=stand_in.url)
        shared_app.server.extensions[EXTENSION] = AuthParts(settings, parts.passwords, parts.tokens)
        yield stand_in
        shared_app.server.extensions[EXTENSION] = parts


def call(browser: FlaskClient, method: str, path: str = "", body: object = None) -> Any:
    return browser.open(f"{ROOT}{path}", method=method, json=body, base_url="https://localhost",
                        headers={"Origin": PUBLIC_URL})


def state_of(browser: FlaskClient) -> str:
    url = call(browser, "POST", "/oauth-url", {}).get_json()["url"]
    asked = parse_qs(urlsplit(url).query)
    assert asked["client_id"] == [CLIENT]
    return asked["state"][0]


def test_an_account_is_connected_by_a_code_and_a_state_that_work_once(
    signed_in: SignedIn, crm: AmocrmStandIn, shared_jobs: Database
) -> None:
    admin = signed_in("admin")
    assert call(admin, "GET").get_json()["mode"] == "none"
    assert call(admin, "GET", "/structure").status_code == 409
    assert crm.oauth is not None
    state, code = state_of(admin), crm.oauth.new_code()
    for query, outcome in ((f"?state=other&code={code}", "refused"), (f"?state={state}&code={code}", "connected"),
                           (f"?state={state}&code={code}", "refused"), ("", "refused")):
        answer = call(admin, "GET", f"/callback{query}")
        assert (answer.status_code, answer.location) == (302, f"/admin/amocrm?notice={outcome}")
    assert call(admin, "GET", f"/callback?state={state_of(admin)}&code=wrong").location.endswith("failed")
    shown = call(admin, "GET").get_json()
    assert (shown["mode"], shown["account_id"], shown["address"]) == ("oauth", ACCOUNT, crm.url)
    assert "token" not in str(shown)
    with shared_jobs.transaction() as connection:
        entry = connection.execute(text("SELECT after FROM audit_log WHERE action = 'amocrm.connected'")).scalar_one()
    assert entry == {"address": crm.url, "account_id": ACCOUNT}


def test_the_structure_of_the_account_is_shown(signed_in: SignedIn, crm: AmocrmStandIn) -> None:
    admin = signed_in("admin")
    shown = call(admin, "GET", "/structure").get_json()
    assert shown["pipelines"] == [{"id": 10350882, "name": "Экспресс", "stages": STAGES}]
    assert shown["fields"] == [{"id": 434731, "name": "utm_source", "code": "UTM_SOURCE", "kind": "tracking_data"}]
    assert crm.oauth is not None
    crm.oauth.end_access()
    assert call(admin, "GET", "/structure").status_code == 200
    crm.fail_next("pipelines", "tariff")
    assert call(admin, "GET", "/structure").status_code == 502


def test_a_mapping_says_what_it_leaves_out_before_it_is_saved(
    signed_in: SignedIn, crm: AmocrmStandIn, shared_jobs: Database
) -> None:
    admin = signed_in("admin")
    mapping = call(admin, "GET", "/mapping").get_json()
    assert {one["pipeline_id"] for one in mapping["pipelines"]} >= {10350882, 10418746}
    with shared_jobs.transaction() as connection:
        connection.execute(text("""
            INSERT INTO amocrm_events (event_key, deal_id, action, occurred_at, has_own_time, received_at, payload)
            SELECT 'k' || i, i, 'add', now(), true, now(),
                   jsonb_build_object('pipeline_id', CASE WHEN i < 4 THEN 10350882 ELSE 555 END)
            FROM generate_series(1, 5) i"""))
    other = {"pipelines": [one for one in mapping["pipelines"] if one["pipeline_id"] != 10350882]
             + [{"pipeline_id": 555, "product": "express", "counts_as_sale": True, "list_price": 5000}],
             "fields": [{"target": "utm_source", "kind": "name", "value": "Источник", "position": 0}]}
    told = call(admin, "POST", "/mapping/preview", other).get_json()
    assert len(told.pop("mapping")["pipelines"]) == len(other["pipelines"])
    assert told == {"deals_left_out": 3, "events_skipped": 3, "changes": [
        {"pipeline_id": 555, "deals": 2, "events": 2, "change": "taken_in"},
        {"pipeline_id": 10350882, "deals": 3, "events": 3, "change": "left_out"}],
        "fields": {"events": 0, "with_marks_before": 0, "with_marks_after": 0, "changed": 0, "lost": 0, "deals": []}}
    assert call(admin, "GET", "/mapping").get_json() == mapping
    saved = call(admin, "PUT", "/mapping", other)
    assert saved.status_code == 202
    shown = call(admin, "GET", "/mapping").get_json()
    assert shown["fields"] == other["fields"]
    assert {one["pipeline_id"] for one in shown["pipelines"]} == {one["pipeline_id"] for one in other["pipelines"]}
    conflict = call(admin, "PUT", "/mapping", mapping)
    assert conflict.status_code == 409 and "Admin" in conflict.get_json()["detail"]
    assert call(admin, "PUT", "/mapping", {**mapping, "version": shown["version"]}).status_code == 202


def test_the_largest_prepayment_is_kept_changed_and_taken_away(signed_in: SignedIn, crm: AmocrmStandIn) -> None:
    admin = signed_in("admin")
    mapping = call(admin, "GET", "/mapping").get_json()

    def limits() -> set[float | None]:
        rows = call(admin, "GET", "/mapping").get_json()["pipelines"]
        return {one["prepayment_limit"] for one in rows if one["product"] == "challenge3d"}

    def save(**more: float | None) -> None:
        pipelines = [{**{name: value for name, value in one.items() if name != "prepayment_limit"},
                      **(more if one["product"] == "challenge3d" else {})} for one in mapping["pipelines"]]
        body = {"pipelines": pipelines, "fields": mapping["fields"]}
        told = call(admin, "POST", "/mapping/preview", body).get_json()
        assert told["mapping"]["pipelines"] == pipelines, "what a preview saves is what it was asked about"
        assert call(admin, "PUT", "/mapping", body).status_code == 202

    assert limits() == {5000}
    save()
    assert limits() == {5000}, "whoever does not know the field changes nothing"
    save(prepayment_limit=7500.5)
    assert limits() == {7500.5}
    save(prepayment_limit=None)
    assert limits() == {None}
    save(prepayment_limit=5000)


def test_fields_are_tried_on_stored_events_beside_sample_deals(
    signed_in: SignedIn, crm: AmocrmStandIn, shared_jobs: Database
) -> None:
    admin = signed_in("admin")
    assert call(admin, "GET", "/samples").get_json()["source"] == "account"
    with shared_jobs.transaction() as connection:
        for number, field in enumerate((b"434731", b"999", b"7")):
            body = (b"leads[status][0][id]=%d&leads[status][0][name]=D%%26quot;"
                    b"&leads[status][0][custom_fields][0][id]=%s"
                    b"&leads[status][0][custom_fields][0][name]=Mark"
                    b"&leads[status][0][custom_fields][0][values][0][value]=fb_x" % (number + 1, field))
            connection.execute(text("""
                INSERT INTO webhook_events (source, content_type, body, dedup_key)
                VALUES ('amocrm', 'application/x-www-form-urlencoded', :body, :key)"""),
                {"body": body, "key": str(field)})
    mapping = call(admin, "GET", "/mapping").get_json()
    fields = {**mapping, "fields": [{"target": "utm_source", "kind": "id", "value": "999"}]}
    told = call(admin, "POST", "/mapping/preview", fields).get_json()["fields"]
    assert {name: told[name] for name in ("events", "with_marks_before", "with_marks_after", "changed", "lost")} == {
        "events": 3, "with_marks_before": 1, "with_marks_after": 1, "changed": 2, "lost": 1}
    assert {one["deal_id"]: (one["before"], one["after"]) for one in told["deals"]} == {
        1: ({"source": "fb_x"}, {}), 2: ({}, {"source": "fb_x"})}
    samples = call(admin, "GET", "/samples").get_json()
    assert samples["source"] == "stored" and {row["deal_id"] for row in samples["rows"]} == {1, 2, 3}
    assert {row["name"] for row in samples["rows"]} == {'D"'}, "amoCRM escapes what it sends"


def test_the_subscription_is_shown_and_made(signed_in: SignedIn, crm: AmocrmStandIn) -> None:
    admin = signed_in("admin")
    assert call(admin, "GET", "/hook").get_json() == {"state": "absent"}
    assert call(admin, "POST", "/hook", {}).get_json() == {"state": "subscribed"}
    assert call(admin, "GET", "/hook").get_json() == {"state": "ok"}
    crm.hooks[0]["disabled"] = True
    assert call(admin, "GET", "/hook").get_json() == {"state": "disabled"}
    assert call(admin, "POST", "/hook", {}).get_json() == {"state": "subscribed"}


@pytest.mark.parametrize(("body", "field"), [
    ({"pipelines": [{"pipeline_id": 1, "product": "express"}] * 2}, "pipelines.1.pipeline_id"),
    ({"pipelines": [{"pipeline_id": 1, "product": "book"}]}, "pipelines.0.product"),
    ({"pipelines": [{"pipeline_id": 1, "product": "proftest"}]}, "pipelines.0.counts_as_sale"),
    ({"pipelines": [], "fields": [{"target": "utm_source", "kind": "id", "value": "x"}]}, "fields.0.value"),
    ({"pipelines": [], "fields": [{"target": "other", "kind": "id", "value": "1"}]}, "fields.0.target"),
    ({}, "pipelines"),
])
def test_a_wrong_mapping_is_refused(
    signed_in: SignedIn, crm: AmocrmStandIn, body: dict[str, Any], field: str
) -> None:
    for method, path in (("PUT", "/mapping"), ("POST", "/mapping/preview")):
        answer = call(signed_in("admin"), method, path, body)
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, field)


def test_history_and_comparison_are_runs(signed_in: SignedIn, crm: AmocrmStandIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    days = {"from": "2026-01-01", "to": "2026-01-31"}
    assert call(admin, "POST", "/backfill", days).status_code == 202
    assert call(admin, "POST", "/backfill", {}).status_code == 422
    assert call(admin, "POST", "/reconcile", {}).status_code == 202
    with shared_jobs.transaction() as connection:
        connection.execute(text("""
            INSERT INTO amocrm_reconciliations (checked_at, first_day, last_day, deals, money, deals_found, deals_left,
                                                money_left, hook)
            VALUES ('2026-11-22 09:05+00', '2026-10-19', '2026-11-22', 120, 600000, 3, 0, 0, 'ok')"""))
    (row,) = call(signed_in("analyst"), "GET", "/reconciliations").get_json()["rows"]
    assert (row["is_proof"], row["deals"], row["deals_found"], row["hook"]) == (True, 120, 3, "ok")
    assert row["proof"].replace("\xa0", " ") == "0 сделок, 0 ₸, 14:05"


def test_the_connection_is_forgotten(signed_in: SignedIn, crm: AmocrmStandIn) -> None:
    admin = signed_in("admin")
    assert call(admin, "POST", "/disconnect", {}).status_code == 204
    assert call(admin, "GET").get_json()["mode"] == "none"


@pytest.mark.parametrize(("method", "path"), [
    ("GET", ""), ("POST", "/oauth-url"), ("GET", "/callback"), ("POST", "/disconnect"), ("GET", "/structure"),
    ("GET", "/mapping"), ("PUT", "/mapping"), ("POST", "/mapping/preview"), ("GET", "/samples"),
    ("GET", "/hook"), ("POST", "/hook"), ("POST", "/backfill"),
    ("POST", "/reconcile")])
def test_the_account_is_the_business_of_admins(signed_in: SignedIn, method: str, path: str) -> None:
    for name in ("analyst", "north"):
        assert call(signed_in(name), method, path, {}).status_code == 403
    assert call(signed_in("north"), "GET", "/reconciliations").status_code == 403
