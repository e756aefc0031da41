"""Joins that look wrong and rates set by hand are the business of admins."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.records import DateRange, DayRate
from data.engine import Database
from data.rates import load_rates, save_rates
from tests.application import PUBLIC_URL
from tests.factories import make_sale

SignedIn = Callable[[str], FlaskClient]
DAY = date(2026, 1, 15)


def call(browser: FlaskClient, method: str, path: str, body: object = None) -> Any:
    return browser.open(f"/api/traffic-admin/{path}", method=method, json=body, base_url="https://localhost",
                        headers={"Origin": PUBLIC_URL})


def test_a_rate_set_by_hand_stands_and_is_written_down(signed_in: SignedIn, shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        save_rates(connection, [DayRate(DAY, Decimal("505.16"), "nbk")])
        make_sale(connection, day=DAY)
        connection.execute(text("DELETE FROM stats_dirty_days"))
    answer = call(signed_in("admin"), "PUT", "rates", {"day": "2026-01-15", "usd_to_kzt": 510.25})
    told = answer.get_json()
    assert (told["day"], told["usd_to_kzt"], told["source"]) == ("2026-01-15", 510.25, "manual")
    with shared_jobs.transaction() as connection:
        save_rates(connection, [DayRate(DAY, Decimal("505.99"), "nbk")])
        kept = load_rates(connection, DateRange(DAY, DAY))[DAY]
        dirty = connection.execute(text("SELECT day FROM stats_dirty_days")).scalars().all()
        entry = connection.execute(text("SELECT before, after FROM audit_log WHERE action = 'rate.set'")).one()
    assert (kept.usd_to_kzt, kept.source, dirty) == (Decimal("510.2500"), "manual", [DAY])
    assert (entry.before, entry.after) == ({"usd_to_kzt": "505.1600", "source": "nbk", "is_carried": False},
                                           {"usd_to_kzt": "510.25", "source": "manual"})


@pytest.mark.parametrize("body", [
    {}, {"day": "2026-01-15"}, {"day": "2026-01-15", "usd_to_kzt": 0}, {"day": "2099-01-01", "usd_to_kzt": 500},
    {"day": "15.01.2026", "usd_to_kzt": 500}, {"day": "2026-01-15", "usd_to_kzt": "many"}])
def test_a_wrong_rate_is_refused(signed_in: SignedIn, body: dict[str, Any]) -> None:
    assert call(signed_in("admin"), "PUT", "rates", body).status_code == 422


def test_joins_are_listed_for_admins(signed_in: SignedIn, shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        connection.execute(text("""
            INSERT INTO amocrm_contacts (contact_id, name, phone_norm, modified_at)
            VALUES (1, 'A', '+77010000000', now()), (2, 'B', '+77010000000', now())"""))
    (row,) = call(signed_in("admin"), "GET", "identity/joins").get_json()["rows"]
    assert (row["why"], row["contacts"], row["told"]) == ("phone_of_several_people", [1, 2], ["A", "B"])
    for name in ("analyst", "north"):
        assert call(signed_in(name), "GET", "identity/joins").status_code == 403
        assert call(signed_in(name), "PUT", "rates", {}).status_code == 403
