"""What is held of a person is told to admins, and each telling is written down without saying whose it was."""

from collections.abc import Callable

from flask.testing import FlaskClient

from data.engine import Database
from tests.api.conftest import People
from tests.database.policy_world import DAY
from tests.factories import insert, make_lead, make_sale, noon

SignedIn = Callable[[str], FlaskClient]
PATH = "/api/traffic-admin/persons/export"


def test_a_person_is_found_by_phone_and_by_mail(signed_in: SignedIn, people: People, shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        make_lead(connection, people.north, phone="8 701 555 66 77", phone_norm="+77015556677", name="Planted Person",
                  email="Planted@example.com", email_norm="planted@example.com")
        make_lead(connection, people.south, name="Somebody Else")
        insert(connection, "amocrm_contacts", contact_id=5, name="Planted Person", phone="+77015556677",
               phone_norm="+77015556677", modified_at=noon(DAY))
        make_sale(connection, people.north, deal_id=77, contact_id=5, contact_name="Planted Person")
    browser = signed_in("admin")
    by_phone = browser.post(PATH, json={"phone": "+7 (701) 555-66-77"})
    assert by_phone.status_code == 200, by_phone.get_json()
    assert {table: len(rows) for table, rows in by_phone.get_json()["tables"].items()} == {
        "amocrm_contacts": 1, "landing_leads": 1, "lead_tracking": 1, "all_sales_tracking": 1}
    assert "Somebody Else" not in by_phone.get_data(as_text=True)
    by_mail = browser.post(PATH, json={"email": "PLANTED@example.com"})
    assert by_mail.get_json() == by_phone.get_json(), "the contact shares the phone of the lead"
    assert browser.post(PATH, json={"email": "nobody@example.com"}).get_json() == {"tables": {}}
    entries = browser.get("/api/traffic-admin/audit?action=person.exported").get_data(as_text=True)
    assert entries.count("person.exported") == 3
    assert "5556677" not in entries and "planted" not in entries.lower()


def test_nobody_in_particular_is_a_problem(signed_in: SignedIn) -> None:
    for body in ({}, {"phone": "x"}, {"email": ""}, {"phone": None, "email": None}, {"name": "x"}):
        assert signed_in("admin").post(PATH, json=body).status_code == 422
    for name in ("analyst", "north"):
        assert signed_in(name).post(PATH, json={"email": "planted@example.com"}).status_code == 403
