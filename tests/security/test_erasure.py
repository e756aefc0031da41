"""Somebody who asks to be forgotten is: in rows and in raw bodies, for good, without moving a figure."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import unquote_plus, urlencode

import click
import dash
import pytest
from flask import Flask
from flask.testing import FlaskClient

import cli
from core.business_time import BusinessCalendar
from core.settings import SettingsError
from data.embedded import DatabaseUrls
from data.engine import Database
from data.persons import find_person
from jobs.erase_person import erase_idle_people
from jobs.recalculate_stats import recalculate_days
from jobs.requested_runs import run_next
from tests.api.conftest import People
from tests.application import make_settings
from tests.database.inbox_world import FORM, WON, Company, at, contact, deal, hook
from tests.job_context import make_context
from tests.security.test_rights import SignedIn
from tests.security.test_secrets import dump_of

PHONE, SECOND, EMAIL = "+77015556677", "+77479998811", "planted.person@example.com"
MARKS = ("Plantedname", "5556677", "555-66-77", "9998811", "planted.person", "planted comment", "planted-click")
DERIVED = ("sales_activity_log", "all_sales_tracking", "express_course_sales", "main_product_sales",
           "other_product_sales", "amocrm_deals", "amocrm_events", "amocrm_deal_contacts", "amocrm_contact_points",
           "amocrm_contacts", "lead_tracking", "landing_lead_phones", "landing_leads")
FIGURES = {
    "sales": """SELECT deal_id, product, sale_amount, team_name, attribution_method, confidence, reason, candidates,
                       is_reversed, sale_day, lead_day, landing_lead_id IS NULL AS unled FROM all_sales_tracking""",
    "deals": """SELECT deal_id, pipeline_id, status_id, price, team_id, attribution_method, created_day,
                       is_registration, landing_lead_id IS NULL AS unled FROM amocrm_deals""",
    "leads": """SELECT t.utm_source, t.utm_campaign, t.team_name, t.attribution_method, t.lead_day, l.created_at
                FROM lead_tracking t JOIN landing_leads l ON l.id = t.lead_id""",
    "ties": "SELECT deal_id, contact_id, is_main FROM amocrm_deal_contacts",
    "stats": """SELECT stat_date, team, leads, registrations, express_sales, main_sales, revenue_kzt
                FROM traffic_stats""",
}


def fill(company: Company) -> None:
    """The person by two forms, a contact with two phones, a sale found by the phone; somebody else in between."""
    company.send_lead(at(-60), Phone="8 (701) 555-66-77", Email=EMAIL, Name="Plantedname Surname",
                      Comment="planted comment", page="https://x.kz/a?utm_source=fb_muha&fbclid=planted-click",
                      COOKIES="TILDAUTM=utm_source%3Dfb_kenesary%7C%7C%7C; _fbp=planted-click; sid=planted-click",
                      tranid="1:1", formid="form7", payment='{"amount": "5000", "delivery": "planted comment"}')
    company.send(urlencode({"tel": "+7 701 555 66 77", "fio": "Plantedname", "utm_source": "fb_muha",
                            "utm_campaign": "spring", "tranid": "1:2", "about": "planted comment"}).encode(), at(-30),
                 "landing", FORM, source_name="quiz")
    company.send_lead(at(-20), Phone="+77010000001", Name="Other Person", utm_source="fb_kenesary", tranid="1:3")
    person = contact(500, at(1), "8 701 555-66-77", EMAIL, (900, 901, 903), name="Plantedname +7 701 555 66 77")
    person[2]["custom_fields"][0]["values"].append({"value": "8 747 999 88 11", "enum": 2})
    person[2]["custom_fields"].append({"id": 9, "name": "Notes", "values": [{"value": "planted comment"}]})
    other = contact(501, at(1), "+77010000001", None, (902,), name="Other Person")
    company.send(hook(person, other), at(2))
    company.send(hook(deal(900, at(3), WON, price=5000, name="Order of Plantedname"),
                      deal(902, at(3), WON, price=7000, name="Order of Other")), at(4))
    company.send(hook(deal(901, at(5), WON, price=9000, name="Plantedname again", source="fb_muha",
                           created=at(4))), at(6))
    company.send(hook(("leads", "note", {"note": {"id": 7, "element_id": 900, "text": "planted comment"}})), at(7))
    company.send(hook(deal(903, at(6), WON, price=900, name="Plantedname too"), ("leads", "note", {"note": {
        "id": 8, "element_id": 903, "text": "planted comment\nUTM-метки:\nsource: fb_muha"}})), at(7))
    company.send(hook(("message", "add", {"id": "x", "contact_id": 500, "text": "planted comment"})), at(7))
    company.send(b"leads[status][0][id]=abc&name=Plantedname&phone=%2B77015556677&account[id]=31415926", at(8))
    company.work()


def figures(company: Company) -> dict[str, list[str]]:
    """Everything numbers are made of, in an order of its own."""
    recalculate_days(make_context(company.database, calendar=BusinessCalendar()), None)
    return {name: sorted(map(repr, company.rows(query))) for name, query in FIGURES.items()}


def left_of_person(urls: DatabaseUrls, company: Company) -> list[str]:
    """Marks of the person that still stand anywhere."""
    bodies = [unquote_plus(bytes(row["body"]).decode("utf-8", "replace"))
              for row in company.rows("SELECT body FROM webhook_events")]
    everything = dump_of(urls) + "\n".join(bodies)
    return [mark for mark in MARKS if mark in everything or mark.encode().hex() in everything]


def invoke(urls: DatabaseUrls, *arguments: str, given: str | None = None) -> click.testing.Result:
    server = Flask("persons")
    cli.add_commands(server, make_settings(database_url=urls.web_url, database_jobs_url=urls.jobs_url))
    return server.test_cli_runner().invoke(args=["persons", *arguments], input=given)


@pytest.fixture
def company(db_jobs: Database) -> Company:
    made = Company(db_jobs)
    fill(made)
    return made


def replay(company: Company) -> None:
    company.run("UPDATE webhook_events SET status = 'received', attempts = 0, next_attempt_at = now()")
    company.work()


def test_the_person_goes_and_every_figure_stays(database_urls: DatabaseUrls, company: Company) -> None:
    before = figures(company)
    assert {row["deal_id"]: row["attribution_method"] for row in company.rows(
        "SELECT deal_id, attribution_method FROM all_sales_tracking")}[900] == "person_match", "tied by the phone"
    assert set(left_of_person(database_urls, company)) == set(MARKS), "the marks would be found"
    refused = invoke(database_urls, "erase", "--phone", "8 701 555 66 77", given="+7 701 555 66 78\n")
    assert refused.exit_code == 1 and figures(company) == before
    assert set(left_of_person(database_urls, company)) == set(MARKS), "nothing is erased without the confirmation"
    done = invoke(database_urls, "erase", "--phone", "8 701 555 66 77", given="8 (701) 555-66-77\n")
    assert done.exit_code == 0, (done.output, done.exception)
    assert "Erased: 1 contacts, 2 leads, names of 3 deals, 9 raw bodies." in done.output
    assert left_of_person(database_urls, company) == []
    assert figures(company) == before
    assert company.sale(902)["contact_name"] == "Other Person"
    audit = company.rows("SELECT after FROM audit_log WHERE action = 'person.erased'")
    assert audit == [{"after": {"rows": {"contacts": 1, "leads": 2, "deals": 3, "bodies": 9}}}]
    assert invoke(database_urls, "erase", "--phone", PHONE, "--confirm", PHONE).output == "Nobody is known by it.\n"


def test_everything_can_be_rebuilt_without_the_person(database_urls: DatabaseUrls, company: Company) -> None:
    before = figures(company)
    assert invoke(database_urls, "erase", "--email", EMAIL, "--confirm", EMAIL).exit_code == 0
    replay(company)
    assert (figures(company), left_of_person(database_urls, company)) == (before, []), "each delivery once more"
    for table in DERIVED:
        company.run(f"DELETE FROM {table}")
    replay(company)
    assert (figures(company), left_of_person(database_urls, company)) == (before, []), "and from nothing"


def test_what_amocrm_tells_of_the_person_later_is_not_kept(database_urls: DatabaseUrls, company: Company) -> None:
    assert invoke(database_urls, "erase", "--phone", SECOND, "--confirm", SECOND).exit_code == 0
    told = contact(500, at(900), "8 701 555-66-77", EMAIL, (900,), name="Plantedname")
    event = company.tell(told, deal(900, at(900), WON, price=5000, name="Order of Plantedname"), received_at=at(901))
    company.run("UPDATE amocrm_events SET webhook_id = NULL")
    company.run("DELETE FROM webhook_events WHERE id = CAST(:id AS uuid)", id=event)  # the next erasure takes it
    assert left_of_person(database_urls, company) == []


def test_everything_held_is_exported(database_urls: DatabaseUrls, company: Company) -> None:
    told = invoke(database_urls, "export", "--email", EMAIL.upper())
    assert told.exit_code == 0, told.output
    for mark in ("Plantedname", PHONE, SECOND, EMAIL, "planted comment", "planted-click", "Order of Plantedname"):
        assert mark in told.output
    assert "Other Person" not in told.output and "7010000001" not in told.output
    assert company.rows("SELECT count(*) AS n FROM audit_log WHERE action = 'person.exported'") == [{"n": 1}]
    assert invoke(database_urls, "export").exit_code == 1


def test_a_phone_of_many_people_is_nobodys(database_urls: DatabaseUrls, company: Company) -> None:
    for number in range(12):
        company.send_lead(at(number), Phone=PHONE, Email=f"guest{number}@example.com", tranid=f"2:{number}")
    company.work()
    for command in ("export", "erase"):
        confirmed = ("--confirm", PHONE) if command == "erase" else ()
        refused = invoke(database_urls, command, "--phone", PHONE, *confirmed)
        assert refused.exit_code == 1 and "nobody's own" in refused.output
    assert EMAIL in dump_of(database_urls)


def test_people_of_whom_nothing_is_heard_any_more_are_erased(database_urls: DatabaseUrls, company: Company) -> None:
    before = figures(company)
    clock = SimpleNamespace(now=at(0) + timedelta(days=179))
    settings = make_settings(personal_data_days=180)
    context = make_context(company.database, settings, calendar=BusinessCalendar(), clock=lambda: clock.now)
    assert erase_idle_people(context) == 0
    clock.now += timedelta(days=2)
    assert erase_idle_people(make_context(company.database, make_settings(), clock=lambda: clock.now)) == 0, "kept"
    assert erase_idle_people(context) == 2
    assert left_of_person(database_urls, company) == []
    assert "Other Person" not in dump_of(database_urls)
    assert figures(company) == before
    assert erase_idle_people(context) == 0, "nobody is erased twice"
    with pytest.raises(SettingsError, match="PERSONAL_DATA_DAYS"):
        make_settings(personal_data_days=90)


@pytest.fixture
def shared_company(shared_jobs: Database, people: People) -> Company:
    made = Company.__new__(Company)
    made.database, made.account_id, made.teams = shared_jobs, None, {"north": people.north}
    return made


@pytest.fixture
def asked(shared_app: dash.Dash, shared_company: Company) -> Company:
    shared_company.send_lead(datetime.now(UTC), Phone=PHONE, Email=EMAIL, Name="Plantedname", utm_source="fb_north",
                             tranid="9:1")
    shared_company.work()
    return shared_company


def test_an_admin_erases_over_the_api(
    asked: Company, signed_in: SignedIn, shared_jobs: Database, client: FlaskClient
) -> None:
    path, body = "/api/traffic-admin/persons/erase", {"phone": "8 701 555 66 77"}
    browser = signed_in("admin")
    for wrong in ({}, {"confirm": ""}, {"confirm": "ERASE"}, {"confirm": "+77015556678"}, {"confirm": EMAIL}):
        refused = browser.post(path, json={**body, **wrong})
        assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, "confirm")
    others = [signed_in(name).post(path, json={**body, "confirm": PHONE}) for name in ("analyst", "north")]
    assert {answer.status_code for answer in others} == {403}
    answer = browser.post(path, json={**body, "confirm": "+7 (701) 555-66-77"})
    assert answer.status_code == 202, answer.get_json()
    assert run_next(make_context(shared_jobs, calendar=BusinessCalendar()))
    run = browser.get(f"/api/traffic-admin/sync-runs/{answer.get_json()['run_id']}").get_json()
    assert (run["status"], run["counts"]) == ("done", {"contacts": 0, "leads": 1, "deals": 0, "bodies": 1})
    with shared_jobs.transaction() as connection:
        assert not find_person(connection, phone=PHONE, email=EMAIL).is_known
    entries = browser.get("/api/traffic-admin/audit?object_type=person").get_json()["rows"]
    me = browser.get("/api/auth/me").get_json()["id"]
    assert [(row["action"], row["user_id"]) for row in entries] == [("person.erased", me)]
    assert asked.rows("SELECT DISTINCT parameters FROM sync_runs") == [{"parameters": {}}]
    assert left_in_log(asked) == []


def left_in_log(company: Company) -> list[str]:
    """Marks of the person in the audit log."""
    written = repr(company.rows("SELECT * FROM audit_log"))
    return [mark for mark in MARKS if mark in written]
