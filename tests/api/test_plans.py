"""Weekly plans and thresholds: set, changed by one admin at a time, copied, taken back, seen by whom they concern."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.plans import week_of
from data.engine import Database
from tests.api.conftest import People
from tests.factories import make_stat

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin"
WEEK = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def _afresh(shared_jobs: Database, people: People) -> Iterator[None]:
    yield
    with shared_jobs.transaction() as connection:
        connection.execute(text("DELETE FROM traffic_weekly_plans"))
        connection.execute(text("DELETE FROM traffic_stats"))


def plan(admin: FlaskClient, **values: Any) -> dict[str, Any]:
    answer = admin.post(f"{ROOT}/plans", json={"team": "north", "week_start": WEEK.isoformat(), "revenue": 1_000_000,
                                               "sales": 20, "roas": 2.5, **values})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return dict(answer.get_json())


def week(browser: FlaskClient, day: date = WEEK) -> dict[str, Any]:
    rows = browser.get(f"{ROOT}/plans?week={day}").get_json()["rows"]
    return {row["team"]: row for row in rows}


def lines(row: dict[str, Any]) -> dict[str, Any]:
    return {line["metric"]: line for line in row["lines"]}


def last_audit(database: Database) -> tuple[Any, ...]:
    with database.transaction() as connection:
        return tuple(connection.execute(text(
            "SELECT action, before, after FROM audit_log ORDER BY id DESC LIMIT 1")).one())


def undo(admin: FlaskClient, answer: dict[str, Any]) -> int:
    way = answer["undo"]
    return int(admin.open(way["path"], method=way["method"], json=way.get("body")).status_code)


def test_a_plan_is_set_and_compared_with_what_was_reached(
    signed_in: SignedIn, people: People, shared_jobs: Database
) -> None:
    admin = signed_in("admin")
    saved = plan(admin)
    with shared_jobs.transaction() as connection:
        make_stat(connection, people.north, WEEK, revenue_kzt=400_000, spend_kzt=100_000, express_sales=8)
    row = week(admin)["north"]
    assert lines(row)["revenue"] | {"expected": 0, "forecast": 0} == {
        "metric": "revenue", "fact": 400_000, "plan": 1_000_000, "completion": 40, "expected": 0, "forecast": 0,
        "pace": lines(row)["revenue"]["pace"]}
    assert (lines(row)["sales"]["fact"], lines(row)["roas"]["fact"], lines(row)["cpa"]["plan"]) == (8, 4, None)
    assert last_audit(shared_jobs)[0] == "plan.saved"
    assert undo(admin, saved) == 200
    assert week(admin)["north"]["id"] is None


def test_a_targetologist_sees_the_own_plan_only(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    plan(admin)
    plan(admin, team="south")
    assert set(week(signed_in("north"))) == {"north"}
    assert set(week(signed_in("analyst"))) == {"north", "south"}
    for who in ("north", "analyst"):
        assert signed_in(who).post(f"{ROOT}/plans", json={}).status_code == 403


@pytest.mark.parametrize(("values", "field"), [
    ({"week_start": "2026-11-17"}, "week_start"), ({"team": "nowhere"}, "team"), ({"revenue": -1}, "revenue"),
    ({"sales": 0}, "sales"), ({"sales": 1.5}, "sales"), ({"revenue": None, "sales": None, "roas": None}, "revenue"),
    ({"currency": "EUR"}, "currency"), ({"roas": 10_000}, "roas"), ({"goal": 1}, "goal"),
])
def test_a_wrong_plan_names_its_field(signed_in: SignedIn, values: dict[str, Any], field: str) -> None:
    answer = signed_in("admin").post(f"{ROOT}/plans", json={
        "team": "north", "week_start": WEEK.isoformat(), "revenue": 1, "sales": 1, "roas": 1, **values})
    assert answer.status_code == 422
    assert field in {one["field"] for one in answer.get_json()["errors"]}
    assert week(signed_in("admin"))["north"]["id"] is None


def test_a_week_has_one_plan_and_the_later_admin_is_refused(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    saved = plan(admin)
    again = admin.post(f"{ROOT}/plans", json={"team": "north", "week_start": WEEK.isoformat(), "revenue": 5})
    assert again.status_code == 409
    path = f"{ROOT}/plans/{saved['id']}"
    first = admin.patch(path, json={"version": saved["version"], "revenue": 2_000_000})
    assert first.status_code == 200
    late = admin.patch(path, json={"version": saved["version"], "revenue": 3})
    assert late.status_code == 409
    assert "admin@example.com" in late.get_json()["detail"]
    assert lines(week(admin)["north"])["revenue"]["plan"] == 2_000_000
    assert lines(week(admin)["north"])["sales"]["plan"] is None, "all figures anew"
    assert undo(admin, first.get_json()) == 200
    assert lines(week(admin)["north"])["sales"]["plan"] == 20


def test_last_weeks_plans_are_copied_where_there_is_none(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    plan(admin)
    plan(admin, team="south", revenue=7)
    following = week_of(date(2026, 11, 23)).first
    plan(admin, team="south", revenue=9, week_start=following.isoformat())
    answer = admin.post(f"{ROOT}/plan-copies", json={"week_start": following.isoformat()})
    assert (answer.status_code, answer.get_json()["copied"]) == (201, 1)
    rows = week(admin, following)
    assert (lines(rows["north"])["revenue"]["plan"], lines(rows["south"])["revenue"]["plan"]) == (1_000_000, 9)
    assert last_audit(shared_jobs)[0] == "plan.copied"
    assert admin.post(f"{ROOT}/plan-copies", json={"week_start": following.isoformat()}).status_code == 422
    assert undo(admin, answer.get_json()) == 204
    assert week(admin, following)["north"]["id"] is None
    assert week(admin, following)["south"]["id"] is not None


def test_a_removed_plan_comes_back(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    saved = plan(admin)
    before = week(admin)["north"]
    answer = admin.delete(f"{ROOT}/plans/{saved['id']}")
    assert last_audit(shared_jobs)[0] == "plan.deleted"
    assert undo(admin, answer.get_json()) == 201
    after = week(admin)["north"]
    assert [line["plan"] for line in after["lines"]] == [line["plan"] for line in before["lines"]]
    assert admin.delete(f"{ROOT}/plans/{saved['id']}").status_code == 404


def test_thresholds_change_for_everybody_and_go_back(signed_in: SignedIn, shared_jobs: Database) -> None:
    admin = signed_in("admin")
    now = admin.get(f"{ROOT}/thresholds").get_json()
    body = {"version": now["version"], "goal": 3, "pays_back": 1.2, "weak": 0.7}
    answer = admin.patch(f"{ROOT}/thresholds", json=body)
    assert answer.status_code == 200
    assert last_audit(shared_jobs)[0] == "thresholds.changed"
    assert signed_in("north").get(f"{ROOT}/thresholds").get_json()["goal"] == 3
    assert admin.patch(f"{ROOT}/thresholds", json=body).status_code == 409
    assert signed_in("analyst").patch(f"{ROOT}/thresholds", json=body).status_code == 403
    assert undo(admin, answer.get_json()) == 200
    assert admin.get(f"{ROOT}/thresholds").get_json()["goal"] == 2


@pytest.mark.parametrize(("values", "field"), [({"pays_back": 5}, "pays_back"), ({"weak": 1}, "weak"),
                                               ({"goal": 0}, "goal"), ({"goal": "many"}, "goal")])
def test_thresholds_out_of_order_are_refused(signed_in: SignedIn, values: dict[str, Any], field: str) -> None:
    answer = signed_in("admin").patch(f"{ROOT}/thresholds", json={
        "version": 1, "goal": 2, "pays_back": 1, "weak": 0.5, **values})
    assert answer.status_code == 422
    assert field in {one["field"] for one in answer.get_json()["errors"]}
