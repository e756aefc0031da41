"""A won deal as an event: hashes as Facebook compares them, completed phones, a click id, nothing of the future."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.conversions import WonSale, is_too_old, person_keys, to_event

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SALE = WonSale("deal-4711", "Purchase", NOW - timedelta(hours=2), Decimal("150000.00"), "KZT", phone="8 701 123 45 67",
               email=" Buyer@Example.COM ", person_id="55", fbclid="AbC-1", clicked_at=NOW - timedelta(days=3))


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_an_event_holds_what_facebook_asks_for() -> None:
    event = to_event(SALE, NOW)
    assert event == {
        "event_name": "Purchase", "event_time": int(SALE.won_at.timestamp()), "action_source": "system_generated",
        "event_id": "deal-4711",
        "user_data": {"em": [sha("buyer@example.com")], "ph": [sha("77011234567")], "external_id": [sha("55")],
                      "fbc": f"fb.1.{int((NOW - timedelta(days=3)).timestamp() * 1000)}.AbC-1"},
        "custom_data": {"currency": "KZT", "value": 150000, "event_source": "crm", "lead_event_source": "amoCRM"}}
    assert "Buyer" not in json.dumps(event) and "701" not in json.dumps(event["custom_data"])


@pytest.mark.parametrize("phone", ["+7 701 123-45-67", "87011234567", "7011234567", "7 (701) 123 45 67"])
def test_a_phone_is_completed_before_it_is_hashed(phone: str) -> None:
    assert person_keys(replace(SALE, phone=phone))["ph"] == [sha("77011234567")]


def test_nobody_is_known_by_an_unreadable_phone_alone() -> None:
    assert person_keys(replace(SALE, phone="12", email=None, fbclid=None)) == {}


def test_a_deal_dated_in_the_future_happened_now() -> None:
    assert to_event(replace(SALE, won_at=NOW + timedelta(hours=3)), NOW)["event_time"] == int(NOW.timestamp())


def test_cents_stay() -> None:
    assert to_event(replace(SALE, value=Decimal("10.55")), NOW)["custom_data"]["value"] == 10.55


@pytest.mark.parametrize(("age", "is_old"), [(timedelta(days=6, hours=23), False), (timedelta(days=7), True)])
def test_seven_days_are_the_end(age: timedelta, is_old: bool) -> None:
    assert is_too_old(NOW - age, NOW) is is_old
