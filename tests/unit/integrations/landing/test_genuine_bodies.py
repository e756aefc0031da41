"""Every genuine landing body is read exactly as its expectation says."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.records import LandingLead
from integrations.landing.mapping import Ping, parse_lead

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tilda"
EXPECTED = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))
RECEIVED = datetime(2026, 8, 1, tzinfo=UTC)
MARKS = ("source", "medium", "campaign", "content", "term", "id")


def content_type(name: str) -> str:
    return "application/json" if name.endswith(".json") else "application/x-www-form-urlencoded"


def read(name: str) -> LandingLead | Ping:
    return parse_lead((FIXTURES / name).read_bytes(), content_type(name), RECEIVED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_genuine_body_is_read_as_expected(name: str) -> None:
    wanted = {key: value for key, value in EXPECTED[name].items() if key not in ("content_type", "rule")}
    lead = read(name)
    if wanted.pop("ping", False):
        assert lead == Ping()
        return
    assert isinstance(lead, LandingLead)
    found = {
        "name": lead.name, "email": lead.email_norm, "phone": lead.phone_norm, "submission_id": lead.submission_id,
        "form_id": lead.form_id, "form_name": lead.form_name, "order_id": lead.order_id,
        "order_amount": None if lead.order_amount is None else str(lead.order_amount),
        "products": lead.products, "fbc": lead.fbc, "fbp": lead.fbp, "extra": lead.extra,
        "utm": {f"utm_{mark}": getattr(lead.utm, mark) for mark in MARKS if getattr(lead.utm, mark)},
        "created_at_ms": int(lead.submitted_at.timestamp() * 1000),
    }
    if "utm" not in wanted:
        assert found["utm"] == {}
    assert {key: found[key] for key in wanted} == wanted


def test_every_expected_body_is_at_hand() -> None:
    files = {path.name for path in FIXTURES.iterdir() if path.name not in ("expected.json", "index.md")}
    assert files == set(EXPECTED)


def test_other_cookies_are_never_kept() -> None:
    assert "secret" not in repr(read("t11-utm-cookies-second.form"))


def test_a_cart_keeps_its_order_and_not_its_goods() -> None:
    lead = read("t09-cart-order.form")
    assert isinstance(lead, LandingLead)
    assert (lead.order_id, lead.order_amount, lead.products) == ("1557604691", Decimal(24450), 2)
    assert lead.extra["city"] == "Алматы"
    assert not any("products" in key for key in lead.extra)
