"""Every genuine amoCRM body is read exactly as its expectation says."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.phones import normalize_phone
from core.records import AmocrmBody, AmocrmEvent, Utm
from integrations.amocrm.mapping import FieldMap, UnreadableBody, parse_body, to_contacts, to_deal_events, utm_from_link

FIXTURES = Path(__file__).parents[3] / "fixtures" / "amocrm"
EXPECTED = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))
BODIES = sorted(path.name for path in FIXTURES.glob("*.form"))
FORM = "application/x-www-form-urlencoded"
RECEIVED = datetime.fromisoformat("2026-08-01T00:00:00+00:00")
ELEMENT_TYPES = {"contacts": 1, "leads": 2}


def read(name: str) -> AmocrmBody:
    return parse_body((FIXTURES / name).read_bytes(), FORM)


def seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def utm_of(utm: Utm) -> dict[str, str]:
    marks = ("source", "medium", "campaign", "content", "term", "id")
    return {f"utm_{mark}": getattr(utm, mark) for mark in marks if getattr(utm, mark)}


def shape(event: AmocrmEvent, keys: set[str]) -> dict[str, Any]:
    """The event as an expectation writes it, without what the body did not hold (unless the expectation names it)."""
    links = [value for field in event.custom_fields for value in field.values if "utm_" in value]
    whole = {
        "entity": event.entity, "action": event.action, "id": event.id, "type": event.type, "name": event.name,
        "status_id": event.status_id, "old_status_id": event.old_status_id, "pipeline_id": event.pipeline_id,
        "old_pipeline_id": event.old_pipeline_id,
        "price": None if event.price is None else int(event.price),
        "responsible_user_id": event.responsible_user_id, "old_responsible_user_id": event.old_responsible_user_id,
        "last_modified": None if event.action == "note" or event.entity == "unsorted" else seconds(event.last_modified),
        "account_id": event.account_id, "tags": list(event.tags),
        "custom_fields": [{"id": f.id, "name": f.name, "code": f.code, "values": list(f.values)}
                          for f in event.custom_fields],
        "utm_from_url": utm_of(utm_from_link(links[0])) if links else None,
        "linked_lead_ids": list(event.linked_lead_ids), "phones_raw": list(event.phones_raw),
        "element_id": event.element_id, "lead_id": event.lead_id, "uid": event.uid, "category": event.category,
    }
    found = {key: value for key, value in whole.items() if key in keys or value not in (None, [], {})}
    if "price" in keys:
        assert event.price_given
    else:
        assert not event.price_given
    if "phones" in keys:
        found["phones"] = [normalize_phone(phone) for phone in event.phones_raw]
    if "element_type" in keys:
        found["element_type"] = ELEMENT_TYPES[event.entity]
    return found


def without_times(expected: dict[str, Any], event: AmocrmEvent) -> dict[str, Any]:
    """Checks the doubled names of times and takes them out of the expectation."""
    rest = dict(expected)
    created = [rest.pop(key) for key in ("created_at", "date_create") if key in rest]
    numbers = [moment for moment in created if isinstance(moment, int)]
    assert all(moment == seconds(event.created_at) for moment in numbers)
    if "updated_at" in rest:
        assert rest.pop("updated_at") == seconds(event.last_modified)
    if not numbers:
        assert event.created_at is None
    return rest


@pytest.mark.parametrize("name", BODIES)
def test_genuine_body_is_read_as_expected(name: str) -> None:
    expected = EXPECTED[name]
    body = read(name)
    assert {"id": body.account_id, "subdomain": body.subdomain} == expected["account"]
    assert len(body.events) == len(expected["events"])
    for event, wanted in zip(body.events, expected["events"], strict=True):
        rest = without_times(wanted, event)
        found = shape(event, set(rest))
        if "account_id" not in rest:
            assert found.pop("account_id", None) == body.account_id
        assert found == rest


def test_every_expected_body_is_at_hand() -> None:
    assert {name for name in EXPECTED if name.endswith(".form")} == set(BODIES)


def test_a_page_link_gives_the_marks_of_a_genuine_sale() -> None:
    (sale,) = to_deal_events(read("g33-lead-status-won-2023.form"), RECEIVED, FieldMap.of())
    assert (sale.pipeline_id, sale.status_id, sale.price) == (4542166, 142, Decimal(1))
    assert utm_of(sale.utm) == EXPECTED["g33-lead-status-won-2023.form"]["events"][0]["utm_from_url"]


def test_fields_with_own_names_are_mapped_per_account() -> None:
    rows = [("utm_source", "name", "Источник", 0), ("utm_medium", "name", "тип трафика", 0),
            ("utm_campaign", "id", "1376333", 0), ("utm_term", "name", "Ключевое слово", 0)]
    (sale,) = to_deal_events(read("g33-lead-status-won-2023.form"), RECEIVED, FieldMap.of(rows))
    assert sale.utm == Utm(source="salid", medium="offer1234", campaign="wm112233", term="423432345654345423456743")


def test_a_digital_pipeline_body_takes_its_receipt_as_time() -> None:
    (event,) = to_deal_events(read("g24-dp-status-2025.form"), RECEIVED, FieldMap.of())
    assert (event.occurred_at, event.has_own_time, event.price_given) == (RECEIVED, False, False)


def test_an_incoming_chat_ties_its_contact_to_the_lead_and_is_no_deal() -> None:
    body = read("g37-unsorted-add-chat-2023.form")
    assert body.events[0].contact_ids == (93589657,)
    assert to_deal_events(body, RECEIVED, FieldMap.of()) == ()


def test_a_note_is_no_state_of_its_lead_but_tells_its_marks() -> None:
    (event,) = to_deal_events(read("g16-lead-note-utm-2020.form"), RECEIVED, FieldMap.of())
    assert (event.deal_id, event.action, seconds(event.occurred_at)) == (22060555, "note", 1601242011)
    assert (event.status_id, event.pipeline_id, event.price_given, event.created_at) == (None, None, False, None)
    assert event.utm == Utm(source="ig", medium="domagency", campaign="look-a-like_ new quiz",
                            content="23846024248070263")
    assert event.fbclid == "PAAaExampleExampleExampleExample"


def test_a_company_is_no_person() -> None:
    assert to_contacts(read("g09-company-delete-2016.form"), RECEIVED) == ()


def test_a_phone_only_in_the_contact_name_is_found() -> None:
    (contact,) = to_contacts(read("g13-contact-update-linked-2016.form"), RECEIVED)
    assert (contact.phone_norm, contact.deal_ids) == ("+77010203040", (40326593,))


def test_a_short_inner_number_stays_as_typed_and_unknown() -> None:
    (contact,) = to_contacts(read("g49-contact-add-phone-2026.form"), RECEIVED)
    assert (contact.phone, contact.phone_norm, contact.deal_ids) == ("2001", None, (35144366,))


def test_a_page_of_the_api_reads_like_status_events() -> None:
    body = parse_body((FIXTURES / "api-leads-page.json").read_bytes(), "application/json")
    (event,) = body.events
    assert (event.entity, event.action, event.id, event.status_id, event.price) == (
        "leads", "status", 9228191, 143, Decimal(124000))
    assert seconds(event.closed_at) == 1652194613
    codes = [field.code for field in event.custom_fields if field.code]
    assert codes == ["UTM_REFERRER", "SOURCE_PAGE", "SOURCE_DOMAIN"]


def test_a_page_of_contacts_gives_people_with_their_deals() -> None:
    body = parse_body((FIXTURES / "api-contacts-page.json").read_bytes(), "application/json")
    assert [normalize_phone(phone) for phone in body.events[0].phones_raw] == ["+77071234567", "+77071112233"]
    (contact,) = to_contacts(body, RECEIVED)
    assert (contact.phone_norm, contact.email_norm, contact.deal_ids) == (
        "+77071234567", "dana@example.kz", (9100001, 9100002))


@pytest.mark.parametrize("name", ["api-error-400.json", "api-403-html.html", "api-webhooks-list.json"])
def test_answers_that_are_no_events_say_nothing_about_deals(name: str) -> None:
    raw = (FIXTURES / name).read_bytes()
    try:
        body = parse_body(raw, "application/json")
    except UnreadableBody:
        return
    assert to_deal_events(body, RECEIVED, FieldMap.of()) == ()
