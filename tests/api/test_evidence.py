"""Why a sale belongs to its team: told to whoever may see the sale, and to nobody else."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import dash
import pytest
from sqlalchemy import text

from core.touch_models import MODELS
from data.engine import Database
from jobs.learn_effects import learn_removal_effects
from tests.api.demo_company import loaded_company
from tests.api.test_attribution import Company
from tests.factories import make_lead

ROOT = "/api/analytics/sales"


@pytest.fixture(scope="module")
def company(shared_app: dash.Dash, shared_jobs: Database) -> Iterator[Company]:
    with loaded_company(shared_app, shared_jobs, leads=900) as (world, context):
        yield Company(world, context, shared_app)


def ask(company: Company, sale_id: object, who: str = "admin") -> Any:
    return company.browser(who).get(f"{ROOT}/{sale_id}/evidence", base_url="https://localhost")


def sales(company: Company, condition: str = "true") -> list[Any]:
    with company.context.database.transaction() as connection:
        return list(connection.execute(text(f"""
            SELECT s.id, s.deal_id, s.attribution_method AS method, s.reason, s.rule_id, t.slug
            FROM all_sales_tracking s LEFT JOIN traffic_teams t ON t.id = s.team_id
            WHERE NOT s.is_reversed AND {condition} ORDER BY s.sale_date""")).all())


def test_every_sale_is_explained_as_it_was_decided(company: Company) -> None:
    browser = company.browser("admin")
    found = sales(company)
    assert len(found) > 20
    for sale in found:
        answer = browser.get(f"{ROOT}/{sale.id}/evidence", base_url="https://localhost")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        told = answer.get_json()
        assert (told["team"], told["method"], told["reason"]) == (sale.slug, sale.method, sale.reason)
        deciding = [step for step in told["steps"] if step["outcome"] in ("decided", "ambiguous")]
        if sale.method:
            assert [(step["method"], step["teams"]) for step in deciding] == [(sale.method, [sale.slug])], sale
            assert told["rule"]["id"] == sale.rule_id
        if sale.method == "person_match":
            (touch,) = [one for one in told["touches"] if one["outcome"] == "decided"]
            assert (touch["team"], touch["gap_seconds"]) == (sale.slug, told["gap_seconds"])
            assert touch["gap_seconds"] > -1
        else:
            assert all(one["outcome"] != "decided" for one in told["touches"])


def test_the_version_of_a_rule_is_told(company: Company) -> None:
    (sale, *_) = sales(company, "s.attribution_method = 'alias'")
    assert ask(company, sale.id).get_json()["rule"]["version"] == 0
    added = company.call("POST", "aliases", {"team": "dala", "utm_source": "somewhere"}).get_json()
    rule = ask(company, sale.id).get_json()["rule"]
    assert (rule["kind"], rule["version"], rule["since"]) == ("alias", added["version"], 1)
    noted = company.call("PATCH", f"aliases/{sale.rule_id}", {"note": "looked at"}).get_json()
    assert ask(company, sale.id).get_json()["rule"]["since"] == noted["version"]


def test_an_alias_that_just_missed_is_named(company: Company) -> None:
    (sale, *_) = sales(company, "s.utm_source = 'facebook' AND s.attribution_method IS DISTINCT FROM 'alias'")
    step = next(one for one in ask(company, sale.id).get_json()["steps"] if one["method"] == "alias")
    assert {"team": "altai", "unmet": ["medium"]} in step["near"]


def test_an_assignment_by_hand_is_told_with_what_lost(company: Company) -> None:
    (sale, *_) = sales(company, "s.attribution_method = 'utm_exact' AND t.slug = 'sunkar'")
    company.call("POST", f"sales/{sale.id}/assign", {"team": "dala"})
    told = ask(company, sale.id).get_json()
    assert (told["team"], told["method"], told["locked"], told["rule"]) == ("dala", "manual", True, None)
    steps = {one["method"]: (one["outcome"], one["teams"]) for one in told["steps"]}
    assert (steps["manual"], steps["utm_exact"]) == (("decided", ["dala"]), ("lost", ["sunkar"]))
    assert (told["history"][-1]["action"], told["history"][-1]["user"]) == ("reassigned", "admin@demo.local")


def test_a_targetologist_sees_own_sales_only(company: Company) -> None:
    mine = sales(company, "t.slug = 'altai'")[0]
    told = ask(company, mine.id, "altai").get_json()
    assert told["team"] == "altai"
    assert {one["team"] for one in told["touches"]} <= {"altai"}
    text_of = ask(company, mine.id, "altai").get_data(as_text=True)
    assert not any(slug in text_of for slug in ("sunkar", "tulpar", "zhetysu"))
    missing = ask(company, uuid4(), "altai")
    for foreign in (sales(company, "t.slug = 'tulpar'")[0], sales(company, "s.team_id IS NULL")[0]):
        answer = ask(company, foreign.id, "altai")
        assert (answer.status_code, answer.get_data()) == (404, missing.get_data())
    assert ask(company, mine.id, "analyst").status_code == 200


def test_bad_ids_and_strangers_are_refused(company: Company) -> None:
    assert ask(company, "x").status_code == 422
    assert company.app.server.test_client().get(f"{ROOT}/{uuid4()}/evidence").status_code == 401


LEADS = "/api/analytics/leads"


def leads(company: Company, condition: str = "true") -> list[Any]:
    with company.context.database.transaction() as connection:
        return list(connection.execute(text(f"""
            SELECT l.id, k.attribution_method AS method, k.reason, k.rule_id, t.slug
            FROM landing_leads l JOIN lead_tracking k ON k.lead_id = l.id LEFT JOIN traffic_teams t ON t.id = k.team_id
            WHERE {condition} ORDER BY l.created_at""")).all())


def ask_lead(company: Company, lead_id: object, who: str = "admin") -> Any:
    return company.browser(who).get(f"{LEADS}/{lead_id}/evidence", base_url="https://localhost")


def test_every_lead_is_explained_as_it_was_decided(company: Company) -> None:
    browser = company.browser("admin")
    found = leads(company)[::8]
    assert len(found) > 100
    for lead in found:
        told = browser.get(f"{LEADS}/{lead.id}/evidence", base_url="https://localhost").get_json()
        assert (told["team"], told["method"], told["reason"]) == (lead.slug, lead.method, lead.reason)
        deciding = [step for step in told["steps"] if step["outcome"] in ("decided", "ambiguous")]
        if lead.method:
            assert [(step["method"], step["teams"]) for step in deciding] == [(lead.method, [lead.slug])], lead
            assert told["rule"]["id"] == lead.rule_id
        assert str(lead.id) not in [touch["lead_id"] for touch in told["touches"]]


def test_a_lead_names_the_sale_it_brought_and_the_other_touches_of_its_person(company: Company) -> None:
    (sale, *_) = sales(company, "s.attribution_method = 'person_match' AND s.landing_lead_id IS NOT NULL")
    told = ask_lead(company, sale.rule_id.removeprefix("lead:")).get_json()
    (brought,) = [one for one in told["sales"] if one["id"] == str(sale.id)]
    assert (brought["is_brought"], brought["team"]) == (True, sale.slug)
    assert brought["gap_seconds"] == ask(company, sale.id).get_json()["gap_seconds"]
    twice = leads(company, """l.phone_norm IN (SELECT phone_norm FROM landing_leads GROUP BY phone_norm
                                               HAVING count(*) > 1)""")
    others = [one["lead_id"] for one in ask_lead(company, twice[0].id).get_json()["touches"]]
    assert set(others) & {str(one.id) for one in twice}


def test_a_lead_of_another_team_is_like_none(company: Company) -> None:
    (foreign, *_) = leads(company, "t.slug = 'dala'")
    (own, *_) = leads(company, "t.slug = 'sunkar'")
    assert ask_lead(company, foreign.id, "sunkar").status_code == 404
    assert ask_lead(company, uuid4(), "sunkar").status_code == 404
    told = ask_lead(company, own.id, "sunkar").get_json()
    assert told["team"] == "sunkar"
    assert {touch["team"] for touch in told["touches"]} <= {"sunkar"}


def test_other_models_share_exactly_one_sale(company: Company) -> None:
    for sale in sales(company)[:15]:
        models = ask(company, sale.id).get_json()["models"]
        assert set(models) == {"last", "first", "linear", "position", "time_decay", "data_driven"}
        for shares in models.values():
            assert round(sum(one["share"] for one in shares), 6) == 1
        if sale.method == "person_match":
            assert models["last"] == [{"team": sale.slug, "share": 1}]


def test_the_data_driven_model_shares_by_what_was_learned(company: Company) -> None:
    met = _meet_another_team(company)
    several = [sale for sale in sales(company) if sale.id in met]
    before = ask(company, several[0].id).get_json()
    assert before["learned_at"] is None and before["models"]["data_driven"] == before["models"]["linear"]
    assert learn_removal_effects(company.context) > 1
    with company.context.database.transaction() as connection:
        effects = {row.slug: row.effect for row in connection.execute(text(
            "SELECT t.slug, e.effect FROM team_removal_effects e JOIN traffic_teams t ON t.id = e.team_id"))}
    for sale in several:
        told = ask(company, sale.id).get_json()
        met = _teams_met(company, sale.id)
        assert told["learned_at"] is not None
        shares = {one["team"]: one["share"] for one in told["models"]["data_driven"]}
        for team in met:
            assert abs(shares[team] - float(effects[team] / sum(effects[one] for one in met))) < 2e-6


def test_the_models_of_a_period_are_the_sums_of_its_sales(company: Company) -> None:
    told = company.browser("admin").get("/api/analytics/attribution?preset=all", base_url="https://localhost").get_json()
    assert told["learned_at"] is not None
    sums: dict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    for sale in sales(company, "s.payment_of IS NULL"):
        for model, shares in ask(company, sale.id).get_json()["models"].items():
            for one in shares:
                sums[model, one["team"]] += Decimal(str(one["share"]))
    found = {(row["model"], row["team"]): row["sales"] for row in told["rows"]}
    assert {key: float(value) for key, value in sums.items()} == pytest.approx(found)
    totals = company.browser("admin").get("/api/analytics/overview?preset=all", base_url="https://localhost").get_json()
    for model in MODELS:
        rows = [row for row in told["rows"] if row["model"] == model]
        assert sum(Decimal(str(row["sales"])) for row in rows) == totals["totals"]["sales"]
        assert float(sum(Decimal(str(row["revenue"])) for row in rows)) == totals["totals"]["revenue"]


def test_a_model_and_teams_are_chosen_and_a_targetologist_sees_the_own_team(company: Company) -> None:
    def rows(query: str, who: str = "admin") -> list[Any]:
        answer = company.browser(who).get(f"/api/analytics/attribution?preset=all{query}", base_url="https://localhost")
        assert answer.status_code == 200
        return list(answer.get_json()["rows"])

    assert {row["model"] for row in rows("&model=data_driven")} == {"data_driven"}
    assert {row["model"] for row in rows("&model=what")} == set(MODELS)
    chosen = rows("&team=sunkar&team=none&model=linear")
    assert [row["team"] for row in chosen] == ["sunkar", None]
    assert chosen[0] in rows("&model=linear")
    own = rows("", "sunkar")
    assert {row["team"] for row in own} <= {"sunkar", None} and {row["model"] for row in own} == set(MODELS)
    text_form = company.browser("admin").get(
        "/api/analytics/attribution?preset=all&format=csv&model=first", base_url="https://localhost").get_data(True)
    assert text_form.lstrip("\ufeff").startswith("model") and "first" in text_form


def _meet_another_team(company: Company) -> list[object]:
    """One more lead of the person of three sales, three days before each, of another team; the sales."""
    with company.context.database.transaction() as connection:
        rows = connection.execute(text("""
                SELECT s.id, s.contact_phone AS phone, s.sale_day, o.id AS team_id
                FROM all_sales_tracking s
                JOIN amocrm_deals d USING (deal_id)
                JOIN person_points p ON p.kind = 'phone' AND p.value = s.contact_phone AND p.person_key = d.person_key
                JOIN LATERAL (SELECT id FROM traffic_teams WHERE id <> s.team_id ORDER BY slug LIMIT 1) o ON true
                WHERE s.attribution_method = 'person_match' AND NOT s.is_reversed AND s.payment_of IS NULL
                ORDER BY s.sale_date DESC LIMIT 3""")).all()
        for row in rows:
            lead_id = make_lead(connection, None, row.sale_day - timedelta(days=3), phone_norm=row.phone)
            connection.execute(text("UPDATE lead_tracking SET team_id = :team_id WHERE lead_id = :lead_id"),
                               {"team_id": row.team_id, "lead_id": lead_id})
    return [row.id for row in rows]


def _teams_met(company: Company, sale_id: object) -> set[str]:
    return {one["team"] for one in ask(company, sale_id).get_json()["models"]["linear"] if one["team"]}
