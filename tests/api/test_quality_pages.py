"""Data quality and the overview: figures against known rows, for admins only, absent where nothing is known."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dash
import pytest
from sqlalchemy import text

from components.overview_page import create_overview
from core.attribution import REASONS
from core.business_time import now
from core.overview import Level
from data.engine import Database
from data.reports.overview import load_undelivered
from data.rightness import load_measures
from jobs.measure_attribution import measure_attribution
from tests.api.demo_company import NOW, loaded_company
from tests.api.test_attribution import Company
from tests.factories import insert


@pytest.fixture(scope="module")
def company(shared_app: dash.Dash, shared_jobs: Database) -> Iterator[Company]:
    with loaded_company(shared_app, shared_jobs, leads=400) as (world, context):
        yield Company(world, context, shared_app)


def lines(company: Company, kind: str) -> list[dict[str, Any]]:
    return [one for one in company.call("GET", "data-quality").get_json()["lines"] if one["kind"] == kind]


def count(company: Company, sql: str) -> Any:
    with company.context.database.transaction() as connection:
        return connection.execute(text(sql)).scalar()


def test_each_line_counts_what_is_wrong_and_leads_to_where_it_is_mended(company: Company) -> None:
    standing = "FROM all_sales_tracking WHERE NOT is_reversed AND payment_of IS NULL"
    unattributed = lines(company, "unattributed")
    homeless = f"{standing} AND team_id IS NULL"
    assert sum(one["how_many"] for one in unattributed) == count(company, f"SELECT count(*) {homeless}")
    assert sum(one["amount"] for one in unattributed) == float(
        count(company, f"SELECT coalesce(sum(sale_amount), 0) {homeless}"))
    for one in unattributed:
        assert one["name"] in REASONS and one["place"] == f"/admin/attribution?reason={one['name']}"
        queue = company.call("GET", f"unattributed?reason={one['name']}").get_json()
        assert len(queue["rows"]) == one["how_many"], "the list it leads to holds what was counted"
    (amount,) = lines(company, "sales_without_amount")
    assert amount["how_many"] == count(company, f"SELECT count(*) {standing} AND sale_amount IS NULL")
    assert amount["place"] == "/admin/amocrm"
    (accounts,) = lines(company, "accounts_stale")
    assert accounts["of_all"] == count(company, "SELECT count(*) FROM ad_accounts WHERE is_selected")
    (events,) = lines(company, "events_in_error")
    assert events["how_many"] == count(
        company, "SELECT count(*) FROM webhook_events WHERE status IN ('failed', 'dead')")
    coverage = lines(company, "coverage")
    assert {one["name"] for one in coverage} == {team.slug for team in company.world.seed_rows().teams}
    assert all(0 <= one["how_many"] <= one["of_all"] for one in coverage)
    # Never compared with amoCRM: nothing is known, so nothing is said.
    assert lines(company, "reconciliation") == []


def test_attribution_is_measured_on_confirmed_sales(company: Company) -> None:
    assert company.call("GET", "data-quality").get_json()["rightness"] == []
    with company.context.database.transaction() as connection:
        sales = connection.execute(text("""
            SELECT s.id, t.slug FROM all_sales_tracking s JOIN traffic_teams t ON t.id = s.team_id
            WHERE NOT s.is_reversed AND s.payment_of IS NULL AND NOT s.locked ORDER BY s.deal_id LIMIT 2""")).all()
    wrong = next(slug for slug in ("altai", "dala") if slug != sales[1].slug)
    for sale, team in zip(sales, (sales[0].slug, wrong), strict=True):
        assert company.call("POST", f"sales/{sale.id}/assign", {"team": team, "lock": True}).status_code == 200
    pairs = measure_attribution(company.context)
    found = {one["kind"]: one for one in company.call("GET", "data-quality").get_json()["rightness"]}
    assert (found["manual"]["pairs"], found["manual"]["given"], found["manual"]["correct"]) == (2, 2, 1)
    assert (found["manual"]["precision"], found["manual"]["recall"]) == (50, 50)
    marks = found["marks"]
    assert pairs == 2 + marks["pairs"]
    assert 0 < marks["correct"] <= marks["given"] <= marks["pairs"]
    with company.context.database.transaction() as connection:
        assert len(load_measures(connection)) == 2
    asked = company.call("POST", "data-quality/measure")
    assert asked.status_code == 202
    assert count(company, "SELECT count(*) FROM sync_runs WHERE kind = 'attribution_measure'") == 1


def test_the_overview_tells_the_next_step_of_what_is_not_well(company: Company) -> None:
    items = {(one["key"], one["name"]): one for one in company.call("GET", "overview").get_json()["items"]}
    # No worker runs beside the test.
    leader = items["leader", None]
    assert leader["level"] == Level.BAD
    assert "python -m jobs" in leader["next_step"]
    assert items["schema", None]["level"] == Level.GOOD
    assert items["database", None]["number"] == pytest.approx(
        count(company, "SELECT pg_database_size(current_database())"), rel=0.2)
    assert items["inbox_dead", None]["number"] == count(
        company, "SELECT count(*) FROM webhook_events WHERE status = 'dead'")
    assert items["amocrm", None]["at"] is not None
    assert {one["group"] for one in items.values()} == {"sources", "queues", "schedules", "versions", "storage"}
    for one in items.values():
        assert (one["next_step"] is None) == (one["level"] == Level.GOOD)


def test_a_broken_job_and_a_kept_lock_are_seen(company: Company) -> None:
    with company.context.database.transaction() as connection:
        connection.execute(text("INSERT INTO job_ticks (job, due_at, last_run_at, last_error)"
                                " VALUES ('sync_rates', :at, :at, 'The bank is closed')"), {"at": NOW})
    with company.context.database.engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(hashtextextended('traffic-dashboard timetable', 7))"))
        items = {(one["key"], one["name"]): one for one in company.call("GET", "overview").get_json()["items"]}
        holder.execute(text("SELECT pg_advisory_unlock_all()"))
    assert items["leader", None]["level"] == Level.GOOD
    assert items["job", "sync_rates"]["level"] == Level.BAD
    assert items["job", "sync_rates"]["text"] == "The bank is closed"


def test_messages_that_never_arrive_are_red_and_named_and_quiet_ones_are_not_late(company: Company) -> None:
    hour = now().astimezone(company.context.calendar.zone).hour
    with company.context.database.transaction() as connection:
        person = connection.execute(text("SELECT id FROM traffic_users WHERE role = 'targetologist' LIMIT 1")).scalar()
        connection.execute(text("""
            INSERT INTO traffic_targetologist_settings (user_id, quiet_from, quiet_to) VALUES (:id, :first, :last)
            ON CONFLICT (user_id) DO UPDATE SET quiet_from = :first, quiet_to = :last"""),
            {"id": person, "first": hour, "last": (hour + 2) % 24})
        for key, state, quiet in (("quiet", "queued", True), ("lost", "dead", False)):
            insert(connection, "notifications", message_key=key, user_id=person, channel="email", recipient="a@b.kz",
                   subject="Report", body="", status=state, keeps_quiet=quiet, last_error="550 no such person",
                   next_attempt_at=now() - timedelta(hours=1))
    items = {one["key"]: one for one in company.call("GET", "overview").get_json()["items"]}
    assert items["outbox_waiting"]["number"] >= 1 and items["outbox_waiting"]["level"] == Level.GOOD
    dead = items["outbox_dead"]
    assert (dead["number"], dead["level"], dead["place"]) == (1, Level.BAD, "/admin#undelivered")
    with company.context.database.transaction() as connection:
        [lost] = load_undelivered(connection, company.context.calendar, now())
    assert (lost.user_id, lost.recipient, lost.reason) == (str(person), "a@b.kz", "550 no such person")
    said = create_overview([], [lost])
    [card] = [one for one in said._traverse() if getattr(one, "id", None) == "undelivered"]
    assert f"/admin/users?edit={person}" in str(card) and "550 no such person" in str(card)


@pytest.mark.parametrize(("method", "path"), [("GET", "data-quality"), ("GET", "overview"),
                                              ("POST", "data-quality/measure")])
def test_both_are_for_admins(company: Company, method: str, path: str) -> None:
    for name in ("analyst", "sunkar"):
        assert company.call(method, path, who=name).status_code == 403, name
