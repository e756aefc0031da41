"""Renames, archives and merges leave every figure of the past where it was; a merge is told before and taken back."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.records import DateRange
from data.attribution_preview import load_days
from data.engine import Database
from data.people import load_teams
from data.team_merge_preview import Torn, preview_torn
from jobs.context import JobContext
from jobs.rerun_attribution import rerun_attribution
from tests.api.demo_company import PASSWORD, drain, loaded_company

ROOT = "/api/traffic-admin"
NAMES = ("sales", "leads", "registrations", "revenue_kzt", "spend_kzt", "impressions", "clicks")
Figures = dict[str | None, dict[Any, tuple[Decimal, ...]]]


@dataclass
class Company:
    context: JobContext
    browser: FlaskClient

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.browser.open(f"{ROOT}/{path}", method=method, json=body, base_url="https://localhost",
                                 headers={"Origin": "https://traffic.example.com"})

    def team(self, slug: str) -> dict[str, Any]:
        return next(one for one in self.call("GET", "teams").get_json()["rows"] if one["slug"] == slug)

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.context.database.transaction() as connection:
            return list(connection.execute(text(statement), values).all())

    def run(self, statement: str, **values: Any) -> None:
        with self.context.database.transaction() as connection:
            connection.execute(text(statement), values)

    def figures(self) -> Figures:
        """Every additive figure of the past by team and day, once everything asked for is done."""
        drain(self.context)
        found: Figures = defaultdict(dict)
        for row in self.rows("""
                SELECT t.slug, s.stat_date, sum(express_sales + main_sales + other_sales) AS sales,
                       sum(s.leads) AS leads, sum(registrations) AS registrations, sum(revenue_kzt) AS revenue_kzt,
                       sum(spend_kzt) AS spend_kzt, sum(impressions) AS impressions, sum(clicks) AS clicks
                FROM traffic_stats s LEFT JOIN traffic_teams t ON t.id = s.team_id
                GROUP BY t.slug, s.stat_date"""):
            found[row.slug][row.stat_date] = tuple(Decimal(getattr(row, name) or 0) for name in NAMES)
        return found


def plus(*all_days: dict[Any, tuple[Decimal, ...]]) -> dict[Any, tuple[Decimal, ...]]:
    total: dict[Any, tuple[Decimal, ...]] = {}
    for days in all_days:
        for day, figures in days.items():
            total[day] = tuple(map(sum, zip(total.get(day, (Decimal(0),) * len(figures)), figures, strict=True)))
    return total


def in_all(figures: Figures) -> dict[Any, tuple[Decimal, ...]]:
    return plus(*figures.values())


@pytest.fixture(scope="module")
def company(shared_app: dash.Dash, shared_jobs: Database) -> Iterator[Company]:
    with loaded_company(shared_app, shared_jobs, leads=200, days=45) as (_, context):
        browser = shared_app.server.test_client()
        assert browser.post("/login", data={"email": "admin@demo.local", "password": PASSWORD},
                            base_url="https://localhost").status_code == 303
        yield Company(context, browser)


@pytest.fixture
def by_hand(company: Company) -> None:
    """Some of the smaller team's was given to it by hand, and both have plans."""
    team = company.team("dala")["id"]
    sale, lead, campaign = (company.rows(f"SELECT {key} AS id FROM {table} WHERE team_id IS NULL OR team_id = :team"
                                         f" ORDER BY {key} LIMIT 1", team=team)[0].id
                            for table, key in (("all_sales_tracking", "id"), ("lead_tracking", "lead_id"),
                                               ("ad_campaigns", "id")))
    for table, key, one in (("all_sales_tracking", "id", sale), ("lead_tracking", "lead_id", lead),
                            ("ad_campaigns", "id", campaign)):
        company.run(f"UPDATE {table} SET team_id = :team, locked = true WHERE {key} = :id", team=team, id=one)
    company.run("INSERT INTO stats_dirty_days (day) SELECT DISTINCT stat_date FROM traffic_stats"
                " ON CONFLICT DO NOTHING")
    for slug, week in (("dala", "2026-11-09"), ("dala", "2026-11-16"), ("altai", "2026-11-16")):
        company.run("INSERT INTO traffic_weekly_plans (team_id, week_start, plan_sales) SELECT id, :week, 7"
                    " FROM traffic_teams WHERE slug = :slug ON CONFLICT DO NOTHING", slug=slug, week=week)
    rerun_attribution(company.context)  # whoever followed that lead follows it to the team


def test_a_rename_and_an_archive_leave_every_figure(company: Company) -> None:
    before = company.figures()
    team = company.team("tulpar")
    changed = company.call("PATCH", f"teams/{team['id']}", {
        "version": team["version"], "name": "Другое имя", "utm_source": "renamed_source", "color": "#FFFFFF"})
    assert changed.status_code == 200, changed.get_data(as_text=True)
    assert company.figures() == before
    assert company.call("DELETE", f"teams/{team['id']}").status_code == 200
    company.call("POST", "sales/aggregate", {"from": "2026-08-01", "to": "2026-11-22"})
    assert company.figures() == before
    assert company.call("PATCH", f"teams/{team['id']}", {
        "version": company.team("tulpar")["version"], "is_active": True}).status_code == 200


def test_a_merge_keeps_every_total_and_finds_the_way_back(company: Company, by_hand: None) -> None:
    before = company.figures()
    source, target = company.team("dala"), company.team("altai")
    path = f"teams/{source['id']}/merge"
    told = company.call("GET", f"{path}?into={target['id']}")
    assert told.status_code == 200, told.get_data(as_text=True)
    preview = told.get_json()
    assert company.figures() == before, "a preview changes nothing"
    # The preview tells the money of each team and day before and after.
    for name, slug in (("source", "dala"), ("target", "altai")):
        assert {one["day"]: Decimal(str(one[name]["revenue"])) for one in preview["days"]} == {
            one["day"]: before[slug].get(date.fromisoformat(one["day"]), (Decimal(0),) * 7)[3]
            for one in preview["days"]}
    assert preview["counts"]["users"] == 1
    assert (preview["counts"]["plans"], preview["counts"]["plans_kept"]) == (2, 1)

    done = company.call("POST", path, {"into": target["id"], "version": source["version"]})
    assert done.status_code == 202, done.get_data(as_text=True)
    after = company.figures()
    assert in_all(after) == in_all(before), "historical totals are what they were"
    assert "dala" not in after
    torn = preview["other_sales"]
    assert sum(day[0] for day in after["altai"].values()) == sum(
        day[0] for day in plus(before["altai"], before["dala"]).values()) + torn
    if not torn:
        assert after["altai"] == plus(before["altai"], before["dala"])
    assert {slug: days for slug, days in after.items() if slug not in ("altai", None)} == {
        slug: days for slug, days in before.items() if slug not in ("altai", "dala", None)}
    assert company.team("dala")["merged_into"] == "altai"
    assert sorted(company.team("altai")["people"]) == sorted([*target["people"], *source["people"]])
    mails = company.rows("SELECT body FROM notifications WHERE message_key LIKE 'team_merged:%'")
    assert len(mails) == 1
    assert company.rows("SELECT count(*) FROM user_sessions s JOIN traffic_users u ON u.id = s.user_id"
                        " WHERE u.email = 'dala@demo.local' AND s.revoked_at IS NULL")[0][0] == 0
    assert company.rows("SELECT count(*) FROM audit_log WHERE action = 'team.merged'")[0][0] == 1

    undo = done.get_json()["undo"]
    back = company.browser.open(undo["path"], method=undo["method"], json={}, base_url="https://localhost",
                                headers={"Origin": "https://traffic.example.com"})
    assert back.status_code == 202, back.get_data(as_text=True)
    assert company.figures() == before
    assert {**company.team("dala"), "version": 0} == {**source, "version": 0}
    assert {**company.team("altai"), "version": 0} == {**target, "version": 0}
    assert company.rows("SELECT count(*) FROM audit_log WHERE action = 'team.merge_undone'")[0][0] == 1
    again = company.browser.open(undo["path"], method="POST", json={}, base_url="https://localhost",
                                 headers={"Origin": "https://traffic.example.com"})
    assert again.status_code == 409


def test_a_merge_that_makes_no_sense_is_refused(company: Company) -> None:
    source, target = company.team("dala"), company.team("altai")
    path = f"teams/{source['id']}/merge"
    for into, status in ((source["id"], 422), ("00000000-0000-0000-0000-000000000000", 422)):
        answer = company.call("POST", path, {"into": into, "version": source["version"]})
        assert answer.status_code == status
        assert answer.get_json()["errors"][0]["field"] == "into"
    late = company.call("POST", path, {"into": target["id"], "version": source["version"] + 5})
    assert late.status_code == 409
    assert company.call("POST", f"teams/{'0' * 8}-0000-0000-0000-{'0' * 12}/merge",
                        {"into": target["id"], "version": 1}).status_code == 404


def test_a_preview_asked_for_piece_by_piece_tells_what_it_tells_at_once(company: Company) -> None:
    with company.context.database.transaction() as connection:
        teams = {team.slug: team for team in load_teams(connection)}
        source, target, days = teams["dala"], teams["altai"], load_days(connection)
        assert days is not None
        whole = preview_torn(connection, source, target)
        pieces, first = [], days.first
        while first <= days.last:
            part = DateRange(first, min(days.last, first + timedelta(days=6)))
            pieces.append(preview_torn(connection, source, target, part))
            first = part.last + timedelta(days=1)
    assert len(pieces) > 2
    assert whole == Torn(sum(one.sales for one in pieces), sum((one.amount for one in pieces), Decimal(0)))
