"""Rates by day at the API: published, carried, by hand and missing; a gap is named; missing ones are asked for."""

from collections.abc import Callable
from datetime import date, timedelta

from flask.testing import FlaskClient

from core.business_time import BusinessCalendar, now
from core.records import DayRate
from data.engine import Database
from data.rates import save_rates
from tests.factories import make_rate, make_sale

ROOT = "/api/traffic-admin/rates"
SignedIn = Callable[[str], FlaskClient]


def test_each_day_says_where_its_rate_is_from_and_gaps_are_loud(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin, today = signed_in("admin"), BusinessCalendar().today(now())
    days = [today - timedelta(days=back) for back in (4, 3, 2)]
    with shared_jobs.transaction() as connection:
        make_sale(connection, None, days[0], deal_id=1)
        make_rate(connection, days[0], "500.1", source="nbk")
        save_rates(connection, [DayRate(days[1], 500, "nbk", is_carried=True)])
    answer = admin.get(f"{ROOT}?from={days[0]}&to={days[2]}", base_url="https://localhost").get_json()
    assert [(row["day"], row["state"], row["usd_to_kzt"]) for row in answer["rows"]] == [
        (days[0].isoformat(), "published", 500.1), (days[1].isoformat(), "carried", 500.0),
        (days[2].isoformat(), "missing", None)]
    assert answer["gaps"] == [{"first_day": days[2].isoformat(), "last_day": today.isoformat(), "days": 3,
                               "money_days": 0, "taken_from": days[1].isoformat()}]
    put = admin.put(ROOT, json={"day": days[2].isoformat(), "usd_to_kzt": 501.5}, base_url="https://localhost")
    assert put.status_code == 200, put.get_json()
    answer = admin.get(f"{ROOT}?from={days[2]}&to={days[2]}", base_url="https://localhost").get_json()
    assert answer["rows"][0]["state"] == "manual" and answer["gaps"][0]["days"] == 2


def test_missing_rates_are_asked_for_in_a_run_by_admins_only(signed_in: SignedIn) -> None:
    assert signed_in("admin").post(f"{ROOT}/sync", base_url="https://localhost").status_code == 202
    for name in ("analyst", "north"):
        client = signed_in(name)
        assert client.post(f"{ROOT}/sync", base_url="https://localhost").status_code == 403
        assert client.get(f"{ROOT}?from=2026-01-01&to=2026-01-02", base_url="https://localhost").status_code == 403


def test_days_must_be_in_order_and_a_year_at_most(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    for query in ("from=2026-02-01&to=2026-01-01", "from=2020-01-01&to=2026-01-01", f"from={date(2026, 1, 1)}"):
        assert admin.get(f"{ROOT}?{query}", base_url="https://localhost").status_code == 422
