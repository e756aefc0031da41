"""What names or reaches a person never leaves a body; the rest stays readable."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.masking import mask_body, mask_text

FIXTURES = Path(__file__).parents[2] / "fixtures"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@pytest.mark.parametrize("phone", ["+77011234567", "8 701 123 45 67", "8(701)123-45-67", "+7 (701) 123-45-67",
                                   "77011234567", "+998 90 123 45 67", "7 701 123 4567"])
@pytest.mark.parametrize("place", ["{}", "call {} please", "tel:{}.", "a={}&b=1"])
def test_a_phone_is_blotted_out_in_any_text(phone: str, place: str) -> None:
    assert phone not in mask_text(place.format(phone))


@pytest.mark.parametrize("kept", ["1767225600", "12345678", "120210000000000123", "fb_north", "2026-01-15",
                                  "490000.00", "10350882", "2026-01-15 12:00:00"])
def test_ids_times_and_amounts_stay(kept: str) -> None:
    assert mask_text(kept) == kept


@given(st.sampled_from(["name", "Name", "first_name", "lastName", "ФИО", "Имя", "contact_name", "your-name"]),
       st.from_regex(r"[A-ZА-Я][a-zа-я]{4,12}", fullmatch=True), st.sampled_from([FORM, JSON]))
def test_a_name_is_blotted_out(field: str, name: str, kind: str) -> None:
    fields = {field: name, "utm_source": "fb_north"}
    body = (json.dumps(fields) if kind == JSON else urlencode(fields)).encode()
    shown = mask_body(body, kind)
    assert name not in shown
    assert "fb_north" in shown


@given(st.from_regex(r"[a-z]{3,10}\.[a-z]{2,8}@[a-z]{3,8}\.(kz|com)", fullmatch=True), st.text(max_size=20),
       st.from_regex(r"87\d{9}", fullmatch=True))
def test_addresses_and_phones_are_blotted_out_under_any_field(email: str, field: str, phone: str) -> None:
    for body, kind in ((json.dumps({"x": {field or "k": email, "deep": [phone]}}), JSON),
                       (urlencode({"a": f"mail {email} tel {phone}"}), FORM)):
        shown = mask_body(body.encode("utf-8", "replace"), kind)
        assert email not in shown
        assert phone not in shown


def test_a_custom_field_hides_its_values_and_keeps_what_it_is_called() -> None:
    body = json.dumps({"custom_fields_values": [
        {"field_id": 5, "field_name": "Телефон", "field_code": "PHONE", "values": [{"value": "701 123"}]},
        {"field_id": 6, "field_name": "utm_source", "values": [{"value": "fb_north"}]},
        {"field_id": 7, "field_name": "ФИО клиента", "values": [{"value": "Aigul Marker"}]}]}).encode()
    shown = mask_body(body, JSON)
    assert "701 123" not in shown and "Aigul" not in shown
    assert "Телефон" in shown and "fb_north" in shown and "utm_source" in shown


@pytest.mark.parametrize("body", [b'{"name": "Aigul', b"\xff\xfe Aigul +77011234567", b"", b"   "])
def test_a_body_nobody_can_read_shows_no_word(body: bytes) -> None:
    shown = mask_body(body, "text/plain" if not body.startswith(b"{") else JSON)
    assert "Aigul" not in shown and "7701" not in shown


def test_genuine_bodies_keep_their_ids() -> None:
    body = (FIXTURES / "amocrm" / "g33-lead-status-won-2023.form").read_bytes()
    shown = json.loads(mask_body(body, FORM))
    deal = shown["leads"]["status"]["0"]
    assert deal["id"].isdigit() and deal["status_id"].isdigit()
