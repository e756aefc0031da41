"""The analytics API: the figures of the pages, for one's own eyes only, as JSON and CSV."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.business_time import BusinessCalendar, now
from core.metrics import METRICS
from data.engine import Database
from tests.api.conftest import People
from tests.factories import make_campaign, make_rate, make_sale, make_stat

SignedIn = Callable[[str], FlaskClient]

TODAY = BusinessCalendar().today(now())
TABLES = ("teams", "campaigns", "timeseries", "funnel", "heatmap", "sales")
ENDPOINTS = ("overview", *TABLES)
# Figures of the south that stand nowhere else: spend, revenue, counts, in the marks of every form of answer.
MARKERS = ("South", "south", "7654321", "98765", "31337", "424242", "7770001", "9900000")


@pytest.fixture(scope="module", autouse=True)
def figures(people: People, shared_jobs: Database) -> None:
    """Two teams and an unattributed rest with figures on three days."""
    with shared_jobs.transaction() as connection:
        for back in range(40):
            make_rate(connection, TODAY - timedelta(back), "500.0000")
        campaigns = {team.slug: make_campaign(connection, team, f"777000{number}", name=f"=cmd {team.name}")
                     for number, team in enumerate((people.north, people.south))}
        for back in (0, 1, 2, 35):
            day = TODAY - timedelta(back)
            make_stat(connection, people.north, day, campaign_id=campaigns["north"], spend_kzt=Decimal(50_000),
                      spend_usd=Decimal(100), impressions=10_000, clicks=200, leads=20, registrations=10,
                      express_sales=2, main_sales=1, revenue_express_kzt=10_000, revenue_main_kzt=490_000,
                      revenue_kzt=500_000, revenue_express_usd=20, revenue_main_usd=980, revenue_usd=1000)
            make_stat(connection, people.south, day, campaign_id=campaigns["south"], spend_kzt=Decimal("7654321"),
                      spend_usd=Decimal("98765"), impressions=424_242, clicks=31_337, leads=31_337,
                      revenue_kzt=7_654_321, revenue_usd=98_765)
            make_stat(connection, None, day, spend_kzt=Decimal(0), spend_usd=Decimal(0), leads=5, impressions=0,
                      clicks=0)
            make_sale(connection, people.north, day, "490000", "flagman", deal_id=1_000 + back,
                      campaign_id=campaigns["north"], attribution_method="utm_exact", confidence="high")
            make_sale(connection, people.south, day, "7654321", "flagman", deal_id=990_000_0 + back,
                      contact_name="South client")
            make_sale(connection, None, day, None, deal_id=2_000 + back)


def ask(client: FlaskClient, endpoint: str, query: str = "", **options: Any) -> Any:
    answer = client.get(f"/api/analytics/{endpoint}{query}", **options)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_the_overview_has_every_metric(signed_in: SignedIn) -> None:
    answer = ask(signed_in("admin"), "overview", "?preset=last_7_days&team=north")
    assert answer["period"] == {"from": str(TODAY - timedelta(6)), "to": str(TODAY)}
    assert answer["currency"] == "KZT"
    assert answer["rate"] == 500
    totals = answer["totals"]
    assert set(totals) == {metric.name for metric in METRICS}
    assert (totals["spend"], totals["revenue"], totals["profit"]) == (150_000, 1_500_000, 1_350_000)
    assert (totals["roi"], totals["roas"], totals["sales"], totals["express_sales"], totals["main_sales"]) == (
        900, 10, 9, 6, 3)
    assert (totals["ctr"], totals["cpl"], totals["cpa"]) == (2, 2500, pytest.approx(16666.6666667))
    assert set(answer["previous"]) == set(answer["unattributed"]) == set(totals)
    assert answer["previous"]["roi"] is None


def test_dollars_are_dollars(signed_in: SignedIn) -> None:
    totals = ask(signed_in("analyst"), "overview", "?preset=last_7_days&team=north&currency=USD")["totals"]
    assert (totals["spend"], totals["revenue"], totals["roi"]) == (300, 3000, 900)


def test_teams_and_the_rest_add_up_to_the_total(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    total = ask(browser, "overview", "?preset=last_7_days")["totals"]
    for endpoint in ("teams", "campaigns", "timeseries", "heatmap"):
        rows = ask(browser, endpoint, "?preset=last_7_days")["rows"]
        for name in ("spend", "revenue", "leads", "sales", "impressions"):
            assert sum(row[name] for row in rows) == total[name], (endpoint, name)
    teams = ask(browser, "teams", "?preset=last_7_days")["rows"]
    assert [row["team"] for row in teams][-1] is None
    assert {"team", "name", "color", "emoji"} <= set(teams[0])


def test_rows_have_their_columns(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    answers = {endpoint: ask(browser, endpoint, "?preset=last_7_days") for endpoint in TABLES}
    for answer in answers.values():
        assert {"period", "currency", "rows", "next_cursor"} <= set(answer)
    assert [row["stage"] for row in answers["funnel"]["rows"]] == ["leads", "registrations", "express", "flagman"]
    assert set(answers["funnel"]["rows"][0]) >= {"count", "step_rate", "total_rate"}
    assert len(answers["timeseries"]["rows"]) == 7
    assert answers["timeseries"]["rows"][-1]["start"] == str(TODAY)
    assert {"day", "team", "roi"} <= set(answers["heatmap"]["rows"][0])
    sale = answers["sales"]["rows"][0]
    assert {"deal_id", "product", "amount", "currency", "amount_kzt", "amount_usd", "sold_at", "sale_day", "team",
            "method", "confidence", "rule", "campaign", "status"} <= set(sale)
    unknown = next(row for row in answers["sales"]["rows"] if row["team"] is None)
    assert (unknown["amount"], unknown["reason"], unknown["status"]) == (None, "no_utm", "won")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("query", [
    "?preset=all", "?preset=all&team=south", "?preset=all&team=none", "?preset=all&team=south&team=north",
    "?preset=all&campaign=7770001", "?preset=all&currency=USD", "?preset=all&basis=lead&limit=500",
])
@pytest.mark.parametrize("form", ["", "&format=csv"])
def test_a_targetologist_never_sees_another_team(signed_in: SignedIn, endpoint: str, query: str, form: str) -> None:
    answer = signed_in("north").get(f"/api/analytics/{endpoint}{query}{form}")
    assert answer.status_code == 200
    shown = answer.get_data(as_text=True)
    assert not [marker for marker in MARKERS if marker in shown]


def test_the_own_team_is_all_a_targetologist_has(signed_in: SignedIn, bearer: Callable[[str], dict[str, str]]) -> None:
    browser = signed_in("north")
    own = ask(browser, "overview", "?preset=last_7_days")
    assert own["totals"]["spend"] == 150_000
    assert own["unattributed"]["leads"] == 0
    assert [row["team"] for row in ask(browser, "teams", "?preset=last_7_days")["rows"]] == ["north"]
    other = ask(browser, "overview", "?preset=last_7_days&team=south")["totals"]
    assert {name: value for name, value in other.items() if value} == {}
    assert ask(browser, "sales", "?preset=all&team=south") | {"period": 0} == {
        "period": 0, "currency": "KZT", "total": 0, "rows": [], "next_cursor": None}
    program = ask(browser, "overview", "?preset=last_7_days", headers=bearer("south"))
    assert program["totals"]["spend"] == 3 * 7_654_321


def test_a_foreign_slug_answers_like_a_missing_one(signed_in: SignedIn) -> None:
    browser = signed_in("north")
    for endpoint in ENDPOINTS:
        foreign, missing = (ask(browser, endpoint, f"?preset=last_7_days&team={slug}") for slug in ("south", "nobody"))
        foreign.pop("as_of", None)
        missing.pop("as_of", None)
        assert foreign == missing


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_csv_holds_the_same_rows(signed_in: SignedIn, endpoint: str) -> None:
    browser = signed_in("admin")
    answer = browser.get(f"/api/analytics/{endpoint}?preset=last_7_days&format=csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    period = f"{TODAY - timedelta(6)}_{TODAY}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{endpoint}_{period}.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    header, *rows = read_csv(answer.get_data())
    by_accept = browser.get(f"/api/analytics/{endpoint}?preset=last_7_days", headers={"Accept": "text/csv"})
    assert by_accept.get_data() == answer.get_data()
    if endpoint != "overview":
        same = ask(browser, endpoint, "?preset=last_7_days&limit=500")["rows"]
        assert len(rows) == len(same)
        assert set(header) <= set(same[0])
        for name in ("spend", "revenue", "amount"):
            if name in header:
                column = header.index(name)
                assert [float(row[column]) if row[column] else None for row in rows] == [row[name] for row in same]


def test_a_name_is_no_formula(signed_in: SignedIn) -> None:
    content = signed_in("admin").get("/api/analytics/campaigns?preset=last_7_days&format=csv").get_data()
    names = [row[1] for row in read_csv(content)]
    assert "'=cmd North marker" in names
    assert not [name for name in names if name.startswith("=")]


def test_sales_are_paged_without_loss(signed_in: SignedIn) -> None:
    browser, seen, cursor = signed_in("admin"), [], ""
    while True:
        answer = ask(browser, "sales", f"?preset=all&limit=5{cursor}")
        assert len(answer["rows"]) <= 5
        seen += [row["deal_id"] for row in answer["rows"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert len(seen) == len(set(seen)) == answer["total"] == 12


def test_teams_are_paged(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    first = ask(browser, "teams", "?preset=last_7_days&limit=2")
    second = ask(browser, "teams", f"?preset=last_7_days&limit=2&cursor={first['next_cursor']}")
    assert len(first["rows"]) == 2
    assert [row["team"] for row in first["rows"] + second["rows"]] == ["north", "south", None]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("query", [
    "?from=2026-02-30&to=x", "?preset=bad&currency=EUR&interval=year&basis=x&model=y", "?fbclid=1&unknown=%00",
    "?from=9999-12-31&to=0001-01-01", "?team=", "?team=%ff%fe", "?cursor=zzz", "?cursor=-1", "?from=0", "?format=xml",
])
@pytest.mark.parametrize("endpoint", ["overview", "teams", "sales"])
def test_bad_filters_fall_back(signed_in: SignedIn, endpoint: str, query: str) -> None:
    answer = ask(signed_in("admin"), endpoint, query)
    assert answer["period"] == {"from": str(TODAY - timedelta(29)), "to": str(TODAY)}


@pytest.mark.parametrize("query", ["?limit=0", "?limit=501", "?limit=x", "?limit=-1", "?cursor=" + "a" * 300])
def test_a_bad_limit_is_a_problem(signed_in: SignedIn, query: str) -> None:
    answer = signed_in("admin").get(f"/api/analytics/sales{query}")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["errors"][0]["field"] in ("limit", "cursor")


def test_a_report_takes_few_statements(signed_in: SignedIn, shared_web: Database) -> None:
    browser = signed_in("admin")
    ask(browser, "teams")
    with shared_web.recorded_statements() as statements:
        ask(browser, "teams")
    reading = [one for one in statements if "user_sessions" not in one]
    assert len(reading) <= 3


def test_a_reversed_sale_is_listed_and_not_counted(signed_in: SignedIn, shared_jobs: Database) -> None:
    with shared_jobs.transaction() as connection:
        connection.execute(text("UPDATE all_sales_tracking SET is_reversed = true WHERE deal_id = 1000"))
    rows = ask(signed_in("admin"), "sales", "?preset=today")["rows"]
    assert {row["deal_id"]: row["status"] for row in rows}[1000] == "reversed"
    assert date.fromisoformat(rows[0]["sale_day"]) == TODAY


def test_the_right_comes_before_the_query(client: FlaskClient) -> None:
    assert client.get("/api/analytics/sales?limit=x").status_code == 401
