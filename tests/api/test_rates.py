"""Rates by day at the API: published, carried, by hand and missing; a gap is named; missing ones are asked for."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from core.business_time import BusinessCalendar, now
from core.records import DayRate
from data.currency_rates import CurrencyRate, save_currency_rates
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


def shown(browser: FlaskClient, **subject: str) -> str:
    """The body of the page with the month and the currency of its address, as text."""
    answer = browser.post("/_dash-update-component", base_url="https://localhost", json={
        "output": "..rates-body.children...rates-tick.disabled..",
        "outputs": [{"id": "rates-body", "property": "children"}, {"id": "rates-tick", "property": "disabled"}],
        "changedPropIds": ["rates-refresh.data"],
        "inputs": [{"id": "rates-refresh", "property": "data", "value": 0},
                   {"id": "rates-tick", "property": "n_intervals", "value": 0}],
        "state": [{"id": "rates-subject", "property": "data", "value": subject}]})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return json.dumps(answer.get_json(), ensure_ascii=False)


def test_the_page_shows_the_rates_of_another_currency(signed_in: SignedIn, shared_jobs: Database) -> None:
    first = date(2025, 3, 10)
    with shared_jobs.transaction() as connection:
        save_currency_rates(connection, [
            CurrencyRate("EUR", first, Decimal("561.11"), "nbk"),
            CurrencyRate("EUR", first + timedelta(days=1), Decimal("561.11"), "nbk", is_carried=True),
            CurrencyRate("EUR", first + timedelta(days=3), Decimal("565.5"), "nbk")])
    admin = signed_in("admin")
    page = shown(admin, month="2025-03", currency="EUR")
    assert page.count("561,11") == 2 and page.count("565,50") == 1
    assert page.count("badge good") == 2 and page.count("badge weak") == 1
    assert page.count("badge loss") == 22 - 3, "the days from the first one on that lack a rate"
    assert "month=2025-02" not in page and "month=2025-04&currency=EUR" in page
    assert "rates-form" not in page, "only the dollar is set by hand"
    earlier = shown(admin, month="2025-01", currency="EUR")
    assert earlier.count("565,50") == 1, "before the first day there is nothing to look at"
    for subject in ({"currency": "XXX"}, {"currency": "eur"}, {"month": "x"}, {}):
        assert "rates-form" in shown(admin, **subject)


def test_a_rate_by_hand_is_taken_back_and_never_overwrites_a_later_one(
    signed_in: SignedIn, shared_jobs: Database
) -> None:
    admin, published, missing = signed_in("admin"), date(2024, 5, 6), date(2024, 5, 7)

    def ask(method: str, path: str, **body: object) -> Any:
        return admin.open(f"{ROOT}{path}", method=method, base_url="https://localhost", json=body)

    def stands(day: date) -> tuple[str, float | None]:
        row = admin.get(f"{ROOT}?from={day}&to={day}", base_url="https://localhost").get_json()["rows"][0]
        return row["state"], row["usd_to_kzt"]

    with shared_jobs.transaction() as connection:
        make_rate(connection, published, "440.5", source="nbk")
    seen = now().isoformat()
    for day, before in ((published, ("published", 440.5)), (missing, ("missing", None))):
        done = ask("PUT", "", day=day.isoformat(), usd_to_kzt=450, seen_at=seen)
        assert done.status_code == 200, done.get_json()
        late = ask("PUT", "", day=day.isoformat(), usd_to_kzt=999, seen_at=seen)
        assert late.status_code == 409 and "admin@example.com" in late.get_json()["detail"]
        assert ask("POST", "/take-back", day=day.isoformat(), seen_at=seen).status_code == 409
        assert stands(day) == ("manual", 450)
        undo = done.get_json()["undo"]
        assert ask(undo["method"], undo["path"].removeprefix(ROOT), **undo["body"]).status_code == 200
        assert stands(day) == before
        nothing = ask("POST", "/take-back", day=day.isoformat())
        assert (nothing.status_code, bool(nothing.get_json()["detail"])) == (404, True)
    with shared_jobs.transaction() as connection:
        assert connection.execute(text("SELECT before, after FROM audit_log WHERE action = 'rate.taken_back'"
                                       " ORDER BY id")).all()[1].after is None
