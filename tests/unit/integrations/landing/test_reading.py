"""Forms beside the genuine ones: any names, any nesting, three places for UTM, any bytes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bodies import UnreadableBody
from core.records import LandingLead, Utm
from integrations.landing.mapping import Ping, parse_lead

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
RECEIVED = datetime(2026, 8, 1, 12, tzinfo=UTC)


def by_form(source: str | None = None, **fields: str) -> LandingLead:
    lead = parse_lead(urlencode(fields).encode(), FORM, RECEIVED, source)
    assert isinstance(lead, LandingLead)
    return lead


def by_json(tree: Any) -> LandingLead:
    lead = parse_lead(json.dumps(tree).encode(), JSON, RECEIVED)
    assert isinstance(lead, LandingLead)
    return lead


@pytest.mark.parametrize(
    "key", ["phone", "PHONE", " Phone ", "Phone_2", "tel", "Телефон", "phone-number", "Input_3", "q7"])
def test_a_phone_is_found_by_name_in_any_case_or_by_value(key: str) -> None:
    lead = by_form(**{key: "8 (701) 000-00-01", "name": "А"})
    assert (lead.phone, lead.phone_norm) == ("8 (701) 000-00-01", "+77010000001")


def test_ids_are_not_taken_for_phones() -> None:
    assert by_form(name="А", email="a@b.kz", userId="77010000001", tranid="77010000002").phone is None


def test_a_phone_that_cannot_be_read_stays_as_typed() -> None:
    lead = by_form(phone="12-34", name="А")
    assert (lead.phone, lead.phone_norm) == ("12-34", None)


def test_an_email_is_found_by_value() -> None:
    lead = by_form(Input_1="Dana@Example.KZ")
    assert (lead.email, lead.email_norm, lead.extra) == ("Dana@Example.KZ", "dana@example.kz", {})


def test_nested_json_is_read_like_a_form() -> None:
    lead = by_json({"event": "lead", "data": {"contact": {"Name": "Дана", "Phone": 77010000001, "e-mail": "d@e.kz"}},
                    "utm": {"source": "fb_muha", "utm_campaign": "X"}, "page": {"url": "https://a.kz"}})
    assert (lead.name, lead.phone_norm, lead.email_norm) == ("Дана", "+77010000001", "d@e.kz")
    assert lead.utm == Utm(source="fb_muha", campaign="X")


def test_first_and_last_name_are_joined() -> None:
    assert by_form(first_name="Дана", last_name="Серик", phone="+77010000001").name == "Дана Серик"


def test_marks_come_from_fields_then_cookie_then_link_and_are_never_mixed() -> None:
    cookie = "TILDAUTM=" + quote("utm_source=cookie|||utm_medium=cpc|||")
    link = "https://a.kz/?utm_source=link&utm_term=t&fbclid=CLICK"
    assert by_form(phone="1", utm_source="body", COOKIES=cookie, page=link).utm == Utm(source="body")
    assert by_form(phone="1", utm_source="", COOKIES=cookie, page=link).utm == Utm(source="cookie", medium="cpc")
    found = by_form(phone="1", COOKIES="_ga=GA1.2.3", page=link)
    assert (found.utm, found.fbclid) == (Utm(source="link", term="t"), "CLICK")
    assert "GA1" not in repr(found)


def test_marks_as_one_text_are_read() -> None:
    assert by_form(phone="1", utm="utm_source=a&utm_medium=b").utm == Utm(source="a", medium="b")


@pytest.mark.parametrize(("sent", "expected"), [
    ("2026-07-31T10:00:00+05:00", datetime(2026, 7, 31, 5, tzinfo=UTC)),
    ("2026-07-31T05:00:00Z", datetime(2026, 7, 31, 5, tzinfo=UTC)),
    (1785474000, datetime(2026, 7, 31, 5, tzinfo=UTC)),
    (1785474000000, datetime(2026, 7, 31, 5, tzinfo=UTC)),
    ("2026-08-01T12:00:01Z", RECEIVED),
    ("2026-07-31 10:00:00", RECEIVED),
    ("yesterday", RECEIVED),
])
def test_the_own_time_counts_when_it_is_a_moment_of_the_past(sent: Any, expected: datetime) -> None:
    for key in ("created_at", "submitted_at"):
        assert by_json({key: sent, "phone": "+77010000001"}).submitted_at == expected
    assert by_json({"payload": {"created_at": sent, "data": {"phone": "1"}}}).submitted_at == expected


def test_the_address_names_the_funnel_unless_the_body_does() -> None:
    assert by_form("proftest", phone="1").funnel == "proftest"
    assert by_form("proftest", phone="1", funnel="express").funnel == "express"


def test_a_deal_made_by_the_landing_page_is_kept() -> None:
    assert by_form(phone="1", amocrm_lead_id="123").amocrm_lead_id == 123
    assert by_form(phone="1", amocrm_lead_id="x").amocrm_lead_id is None


@pytest.mark.parametrize(
    ("body", "kind"), [(b"test=test", FORM), (b'{"test": "test"}', JSON), (b"TEST=Test&formid=1", FORM)])
def test_the_connection_check_is_no_lead(body: bytes, kind: str) -> None:
    assert parse_lead(body, kind, RECEIVED) == Ping()


def test_a_person_called_test_is_a_lead() -> None:
    assert by_form(test="test", phone="+77010000001").phone_norm == "+77010000001"


def test_secrets_of_the_sender_are_not_kept() -> None:
    assert by_form(phone="1", api_key="S", token="S", city="Алматы").extra == {"city": "Алматы"}


def test_payment_as_one_json_text_is_opened() -> None:
    lead = by_form(phone="1", payment='{"orderid": "7", "amount": "100.50", "products": [{"name": "a"}]}')
    assert (lead.order_id, str(lead.order_amount), lead.products, lead.extra) == ("7", "100.50", 1, {})


KEYS = st.sampled_from(["phone", "email", "name", "utm", "utm_source", "COOKIES", "payment", "products", "created_at",
                        "test", "payload", "form", "page", "x", "amocrm_lead_id", "TILDAUTM", "0"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=30), st.just("{"),
                    st.just("TILDAUTM=%ff|||"), st.just("http://[x"), st.just("9999-12-31T23:59:59-23:59"))
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
                     max_leaves=15)
FORMS = st.dictionaries(KEYS, st.text(max_size=30), max_size=6).map(lambda f: urlencode(f, errors="replace").encode())


@given(st.one_of(st.dictionaries(KEYS, TREES, max_size=5).map(lambda tree: json.dumps(tree).encode()), FORMS,
                 st.binary(max_size=200)), st.sampled_from([FORM, JSON]))
def test_any_body_gives_a_lead_or_a_reason(body: bytes, content_type: str) -> None:
    try:
        lead = parse_lead(body, content_type, RECEIVED)
    except UnreadableBody:
        return
    assert isinstance(lead, Ping) or lead.submitted_at <= RECEIVED + timedelta(0)
