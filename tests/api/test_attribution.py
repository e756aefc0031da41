"""Rules as versioned data: what a preview tells is what applying does, and what a revert undoes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic
from typing import Any
from uuid import uuid4

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from data.deals import settle_deals
from data.engine import Database
from data.leads import settle_leads
from data.rules import load_rules
from demo.world import World
from jobs.context import JobContext
from jobs.rerun_attribution import rerun_attribution
from tests.api.demo_company import PASSWORD, drain, loaded_company

ROOT = "/api/traffic-admin"


@dataclass
class Company:
    world: World
    context: JobContext
    app: dash.Dash

    def browser(self, name: str) -> FlaskClient:
        browser = self.app.server.test_client()
        answer = browser.post("/login", data={"email": f"{name}@demo.local", "password": PASSWORD},
                              base_url="https://localhost")
        assert answer.status_code == 303
        return browser

    def call(self, method: str, path: str, body: Any = None, who: str = "admin") -> Any:
        return self.browser(who).open(f"{ROOT}/{path}", method=method, json=body, base_url="https://localhost",
                                      headers={"Origin": "https://traffic.example.com"})

    def sales(self) -> dict[int, tuple[Any, ...]]:
        with self.context.database.transaction() as connection:
            rows = connection.execute(text("""
                SELECT s.deal_id, t.slug, s.attribution_method, s.rule_id, s.reason, s.candidates, s.confidence,
                       s.campaign_id, s.landing_lead_id, s.lead_day, s.sale_day, s.sale_amount, s.is_reversed, s.locked
                FROM all_sales_tracking s LEFT JOIN traffic_teams t ON t.id = s.team_id""")).all()
        return {row.deal_id: tuple(row[1:]) for row in rows}

    def deals(self) -> set[tuple[Any, ...]]:
        with self.context.database.transaction() as connection:
            found = connection.execute(text("""
                SELECT deal_id, team_id, attribution_method, rule_id, reason, campaign_id, landing_lead_id
                FROM amocrm_deals"""))
            leads = connection.execute(text("SELECT lead_id, team_id, rule_id, reason, campaign_id FROM lead_tracking"))
            return {tuple(map(str, row)) for row in [*found, *leads]}


@pytest.fixture(scope="module")
def company(shared_app: dash.Dash, shared_jobs: Database) -> Iterator[Company]:
    with loaded_company(shared_app, shared_jobs, leads=1200) as (world, context):
        yield Company(world, context, shared_app)


def alias_id(company: Company, **wanted: str) -> str:
    rows = company.call("GET", "aliases").get_json()["rows"]
    return next(row["id"] for row in rows if all(row[name] == value for name, value in wanted.items()))


def the_changes(company: Company) -> list[dict[str, Any]]:
    by_medium = [alias_id(company, utm_medium=name) for name in ("altai_smm", "dala_stories")]
    by_source = [alias_id(company, utm_source=name) for name in ("sunkarfb", "tlp_ads")]
    token = alias_id(company, campaign_token="altai")
    binding = company.call("GET", "bindings").get_json()["rows"][0]["id"]
    return [
        {"remove_aliases": [*by_source, *by_medium]},
        {"aliases": [{"team": "dala", "utm_source": "instagram"}, {"team": "altai", "utm_source": "youtube"}]},
        {"remove_aliases": [token, alias_id(company, campaign_token="tulpar")], "remove_bindings": [binding]},
        {"look_back_days": 5},
        {"aliases": [{"team": "tulpar", "campaign_token": "lal", "valid_from": "2026-10-01",
                      "valid_to": "2026-10-31"}], "look_back_days": 30},
    ]


@pytest.mark.parametrize("number", range(5))
def test_a_preview_tells_what_applying_does_and_a_revert_undoes_it(company: Company, number: int) -> None:
    body = the_changes(company)[number]
    before, deals_before = company.sales(), company.deals()
    told = company.call("POST", "attribution/preview", body)
    assert told.status_code == 200, told.get_data(as_text=True)
    assert company.sales() == before
    former = told.get_json()["version"]
    done = company.call("POST", "attribution/apply", {**body, "note": "why"})
    assert done.status_code == 202
    drain(company.context)
    assert moves(before, company.sales()) == {
        (one["day"], one["from"], one["to"]): (one["sales"], Decimal(str(one["amount"])))
        for one in told.get_json()["moves"]}
    assert_settled(company)
    assert company.call("GET", f"sync-runs/{done.get_json()['run_id']}").get_json()["status"] == "done"
    versions = company.call("GET", "attribution/versions").get_json()["rows"]
    assert (versions[0]["version"], versions[0]["note"]) == (done.get_json()["version"], "why")
    assert versions[0]["created_by"] == "admin@demo.local"
    restored = versions[1]["version"] if former == 0 else former
    back = company.call("POST", f"attribution/versions/{restored}/revert")
    assert back.status_code == 202
    drain(company.context)
    assert company.sales() == before
    assert company.deals() == deals_before


def moves(before: dict[int, Any], after: dict[int, Any]) -> dict[tuple[str, Any, Any], tuple[int, Decimal]]:
    found: Counter[tuple[str, Any, Any]] = Counter()
    money: dict[tuple[str, Any, Any], Decimal] = {}
    for deal_id, old in before.items():
        new = after[deal_id]
        if old[0] != new[0] and not new[11]:
            key = (new[9].isoformat(), old[0], new[0])
            found[key] += 1
            money[key] = money.get(key, Decimal(0)) + (new[10] or 0)
    return {key: (count, money[key]) for key, count in found.items()}


def assert_settled(company: Company) -> None:
    """Settling everything once more changes nothing."""
    before, deals = company.sales(), company.deals()
    with company.context.database.transaction() as connection:
        rules = load_rules(connection)
        assert not settle_leads(connection, None, rules, company.context.calendar)
        settle_deals(connection, None, rules, company.context.calendar)
    assert (company.sales(), company.deals()) == (before, deals)


def test_a_preview_says_teams_and_days(company: Company) -> None:
    body = the_changes(company)[2]
    told = company.call("POST", "attribution/preview", body).get_json()
    assert told["totals"]["sales"] == sum(one["sales"] for one in told["moves"]) > 0
    assert sum(one["sales"] for one in told["teams"]) == sum(one["sales"] for one in told["days"]) == 0
    altai = next(one for one in told["teams"] if one["team"] == "altai")
    assert altai["name"] == "Алтай"
    assert altai["sales_in"] - altai["sales_out"] == altai["sales"] < 0
    one_day = company.call("POST", "attribution/preview", {**body, "from": told["moves"][0]["day"],
                                                           "to": told["moves"][0]["day"]}).get_json()
    assert one_day["moves"] == [one for one in told["moves"] if one["day"] == told["moves"][0]["day"]]
    queued = company.call("POST", "attribution/preview", {**body, "in_background": True})
    assert queued.status_code == 202
    run_id = queued.get_json()["run_id"]
    assert company.call("GET", f"attribution/previews/{run_id}").status_code == 404
    drain(company.context)
    assert company.call("GET", f"attribution/previews/{run_id}").get_json()["moves"] == told["moves"]
    run = company.call("GET", f"sync-runs/{run_id}").get_json()
    assert (run["status"], run["progress"]["done"]) == ("done", run["progress"]["total"])


def test_a_run_of_the_rules_changes_nothing_that_is_right(company: Company) -> None:
    before = company.sales(), company.deals()
    done = rerun_attribution(company.context)
    assert (done.campaigns, done.leads) == (0, 0)
    assert (company.sales(), company.deals()) == before


def test_an_alias_is_added_changed_and_removed(company: Company) -> None:
    added = company.call("POST", "aliases", {"team": "dala", "utm_source": " NewMark ", "note": "since May"})
    assert added.status_code == 201, added.get_data(as_text=True)
    alias = added.get_json()["alias"]
    assert (alias["utm_source"], alias["priority"], alias["valid_from"]) == ("newmark", 0, None)
    changed = company.call("PATCH", f"aliases/{alias['id']}", {"team": "altai", "valid_to": "2026-12-31"})
    assert changed.get_json()["alias"] == {**alias, "team": "altai", "valid_to": "2026-12-31"}
    assert changed.get_json()["version"] == added.get_json()["version"] + 1
    same = company.call("PATCH", f"aliases/{alias['id']}", {"team": "altai"}).get_json()
    assert (same["version"], same["run_id"]) == (changed.get_json()["version"], None)
    assert company.call("DELETE", f"aliases/{alias['id']}").status_code == 200
    assert alias["id"] not in {row["id"] for row in company.call("GET", "aliases").get_json()["rows"]}
    for method in ("PATCH", "DELETE"):
        assert company.call(method, f"aliases/{alias['id']}", {"note": "x"}).status_code == 404
    with company.context.database.transaction() as connection:
        entries = connection.execute(text(
            "SELECT before, after FROM audit_log WHERE action = 'rules.applied' ORDER BY id DESC LIMIT 3")).all()
    assert entries[0].before["aliases"][0]["utm_source"] == "newmark"
    assert entries[2].after["aliases"][0]["note"] == "since May"
    drain(company.context)


def test_a_binding_is_added_changed_and_removed(company: Company) -> None:
    added = company.call("POST", "bindings", {"team": "dala", "kind": "account", "external_id": "act_123"})
    binding = added.get_json()["binding"]
    assert (added.status_code, binding["external_id"]) == (201, "123")
    taken = company.call("POST", "bindings", {"team": "altai", "kind": "account", "external_id": "123"})
    assert taken.status_code == 422
    assert "Дала" in taken.get_json()["errors"][0]["message"]
    moved = company.call("PATCH", f"bindings/{binding['id']}", {"team": "altai"})
    assert moved.get_json()["binding"]["team"] == "altai"
    assert company.call("DELETE", f"bindings/{binding['id']}").status_code == 200
    drain(company.context)


@pytest.mark.parametrize(("body", "field"), [
    ({"team": "nobody", "utm_source": "x"}, "team"),
    ({"team": "dala"}, "utm_source"),
    ({"team": "dala", "utm_source": "fb_altai"}, "utm_source"),
    ({"team": "dala", "utm_source": "sunkarfb"}, "utm_source"),
    ({"team": "sunkar", "utm_source": "SUNKARFB "}, "utm_source"),
    ({"team": "dala", "campaign_token": "Sunkar"}, "campaign_token"),
    ({"team": "dala", "campaign_token": "—"}, "campaign_token"),
    ({"team": "dala", "utm_source": "x" * 300}, "utm_source"),
    ({"team": "dala", "utm_source": "x", "valid_from": "2026-02-02", "valid_to": "2026-02-01"}, "valid_to"),
    ({"team": "dala", "utm_source": "x", "priority": "high"}, "priority"),
    ({"team": "dala", "utm_source": "x", "other": 1}, "other"),
])
def test_a_wrong_alias_is_refused_with_a_sentence(company: Company, body: dict[str, Any], field: str) -> None:
    answer = company.call("POST", "aliases", body)
    assert answer.status_code == 422
    (problem, *_) = answer.get_json()["errors"]
    assert problem["field"] == field
    assert problem["message"][0].isupper() or field in ("priority", "other", "utm_source")


def test_a_change_is_all_or_nothing_and_for_one_version(company: Company) -> None:
    before = company.call("GET", "aliases").get_json()
    body = {"aliases": [{"team": "dala", "utm_source": "fine"}], "remove_aliases": [str(uuid4())]}
    answer = company.call("POST", "attribution/apply", body)
    assert answer.get_json()["errors"][0]["field"] == "remove_aliases.0"
    assert company.call("POST", "attribution/apply", {"look_back_days": 0}).status_code == 422
    assert company.call("POST", "attribution/apply", {"version": 10**6}).status_code == 409
    assert company.call("POST", "attribution/preview", {"version": 10**6}).status_code == 409
    assert company.call("GET", "aliases").get_json() == before
    assert company.call("POST", f"attribution/versions/{10**6}/revert").status_code == 404


def test_a_sale_is_assigned_by_hand_and_stays(company: Company) -> None:
    with company.context.database.transaction() as connection:
        row = connection.execute(text("""
            SELECT s.id, s.deal_id, t.slug FROM all_sales_tracking s JOIN traffic_teams t ON t.id = s.team_id
            WHERE t.slug = 'sunkar' AND NOT s.is_reversed LIMIT 1""")).one()
    before = company.sales()[row.deal_id]
    path = f"sales/{row.id}/assign"
    done = company.call("POST", path, {"team": "dala"})
    assert done.status_code == 200, done.get_data(as_text=True)
    assert done.get_json() == {
        "id": str(row.id), "deal_id": row.deal_id, "team": "dala", "method": "manual", "locked": True, "run_id": None,
        "undo": {"method": "POST", "path": f"/api/traffic-admin/{path}", "body": {}}}
    late = company.call("POST", path, {"team": "altai", "seen": {"team": "sunkar", "locked": False}})
    assert late.status_code == 409 and "admin@" in late.get_json()["detail"]
    assert company.call("POST", path, {"seen": {"team": "sunkar", "locked": False}}).status_code == 409
    rerun_attribution(company.context)
    assert_settled(company)
    assert company.sales()[row.deal_id][:2] == ("dala", "manual")
    nobody = company.call("POST", path, {"team": None, "lock": True, "seen": {"team": "dala", "locked": True}})
    assert nobody.get_json()["team"] is None
    assert nobody.get_json()["undo"]["body"] == {"team": "dala", "lock": True}
    rerun_attribution(company.context)
    assert company.sales()[row.deal_id][:4] == (None, None, None, "manual")
    released = company.call("POST", path, {})
    assert released.get_json()["run_id"]
    drain(company.context)
    assert company.sales()[row.deal_id] == before
    with company.context.database.transaction() as connection:
        log = connection.execute(text("SELECT action_type, user_id FROM sales_activity_log WHERE sale_id = :id"
                                      " AND user_id IS NOT NULL ORDER BY created_at"), {"id": row.id}).all()
        audit = connection.execute(text("SELECT action, before, after FROM audit_log WHERE object_id = :id"
                                        " ORDER BY id"), {"id": str(row.id)}).all()
    assert [one.action_type for one in log] == ["reassigned", "reassigned", "updated"]
    assert [one.action for one in audit] == ["sale.assigned", "sale.assigned", "sale.released"]
    assert (audit[0].before["team"], audit[0].after["team"]) == ("sunkar", "dala")


def test_a_wrong_assignment_is_refused(company: Company) -> None:
    assert company.call("POST", f"sales/{uuid4()}/assign", {"team": "dala"}).status_code == 404
    assert company.call("POST", f"sales/{uuid4()}/assign", {}).status_code == 404
    assert company.call("POST", f"sales/{uuid4()}/assign", {"team": "nobody"}).status_code == 422
    assert company.call("POST", "sales/x/assign", {"team": "dala"}).status_code == 422


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "aliases"), ("POST", "aliases"), ("PATCH", "aliases/x"), ("DELETE", "aliases/x"), ("GET", "bindings"),
    ("POST", "bindings"), ("PATCH", "bindings/x"), ("DELETE", "bindings/x"), ("POST", "attribution/preview"),
    ("POST", "attribution/apply"), ("GET", "attribution/versions"), ("GET", "attribution/versions/1"),
    ("POST", "attribution/versions/1/revert"), ("GET", "attribution/previews/x"), ("POST", "sales/x/assign"),
])
def test_rules_are_for_admins(company: Company, method: str, path: str) -> None:
    for name in ("analyst", "sunkar"):
        assert company.call(method, path, {}, who=name).status_code == 403, name


def test_a_preview_is_quick(company: Company) -> None:
    body = the_changes(company)[1]
    browser = company.browser("admin")
    started = monotonic()
    answer = browser.post(f"{ROOT}/attribution/preview", json=body, base_url="https://localhost",
                          headers={"Origin": "https://traffic.example.com"})
    assert answer.status_code == 200
    assert monotonic() - started < 3
