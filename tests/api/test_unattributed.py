"""Money without a team: ranked, explained, given to a team at once or not at all, and taken back as it was."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from data.engine import Database
from tests.api.conftest import ADMIN, People
from tests.factories import make_lead, make_sale

SignedIn = Callable[[str], FlaskClient]
ROOT = "/api/traffic-admin/unattributed"
DAY = date(2026, 1, 15)


@pytest.fixture
def sales(shared_jobs: Database, people: People) -> dict[str, str]:
    """Three sales that wait, of one mark two; one that was decided about; one with a team; one taken back."""
    with shared_jobs.transaction() as connection:
        connection.execute(text("DELETE FROM all_sales_tracking"))
        connection.execute(text("DELETE FROM landing_leads"))
        made = {
            "big": make_sale(connection, amount="490000", product="flagman", utm_source="Vasya", utm_campaign="Alpha",
                             reason="unknown_source", contact_phone="+77010000001"),
            "small": make_sale(connection, amount="5000", utm_source="vasya", utm_campaign="alpha",
                               reason="unknown_source"),
            "dollars": make_sale(connection, amount="100", currency="USD", usd_to_kzt_rate=Decimal(500)),
            "unknown": make_sale(connection, amount=None),
            "nobody": make_sale(connection, amount="900000", locked=True, reason="manual"),
            "given": make_sale(connection, people.north, amount="900000"),
            "reversed": make_sale(connection, amount="900000", is_reversed=True)}
        for team, phone, campaign, day in (
            (people.north, "+77010000001", None, DAY), (people.south, "+77020000002", "alpha", date(2026, 1, 10)),
            (people.south, "+77020000003", "other", date(2025, 6, 1))):
            make_lead(connection, team, day, phone_norm=phone, utm_campaign=campaign)
    return made


def call(browser: FlaskClient, method: str, path: str = "", body: object = None) -> object:
    return browser.open(f"{ROOT}{path}", method=method, json=body)


def stored(database: Database, sale_id: str) -> tuple[object, ...]:
    with database.transaction(ADMIN) as connection:
        return tuple(connection.execute(text("""
            SELECT t.slug, s.attribution_method, s.reason, s.candidates, s.locked, s.team_name, s.confidence
            FROM all_sales_tracking s LEFT JOIN traffic_teams t ON t.id = s.team_id WHERE s.id = :id"""),
            {"id": sale_id}).one())


def test_the_queue_begins_with_the_greatest_money(signed_in: SignedIn, sales: dict[str, str]) -> None:
    browser = signed_in("admin")
    rows = call(browser, "GET").get_json()["rows"]
    assert [row["id"] for row in rows] == [sales[name] for name in ("big", "dollars", "small", "unknown")]
    assert [row["amount_kzt"] for row in rows] == [490000, 50000, 5000, None]
    assert rows[0]["reason"] == "unknown_source"
    seen, cursor = [], ""
    while True:
        page = call(browser, "GET", f"?limit=1&cursor={cursor}").get_json()
        seen += [row["id"] for row in page["rows"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == [row["id"] for row in rows]
    assert len(call(browser, "GET", "?q=VASYA").get_json()["rows"]) == 2
    assert len(call(browser, "GET", "?source=vasya&campaign=alpha").get_json()["rows"]) == 2
    assert len(call(browser, "GET", "?reason=no_utm").get_json()["rows"]) == 2
    assert len(call(browser, "GET", "?from=2026-01-16").get_json()["rows"]) == 0


def test_each_sale_names_who_may_have_brought_it(signed_in: SignedIn, sales: dict[str, str]) -> None:
    rows = {row["id"]: row["leads"] for row in call(signed_in("admin"), "GET").get_json()["rows"]}
    big = rows[sales["big"]]
    assert [(lead["team"], lead["signs"]) for lead in big] == [
        ("north", ["phone", "near"]), ("south", ["words", "near"])]
    assert rows[sales["small"]][0]["team"] == "south"


def test_sales_are_grouped_by_the_mark_they_share(signed_in: SignedIn, sales: dict[str, str]) -> None:
    browser = signed_in("admin")
    rows = call(browser, "GET", "/marks").get_json()["rows"]
    assert [(row["utm_source"], row["utm_campaign"], row["sales"], row["amount"]) for row in rows] == [
        ("vasya", "alpha", 2, 495000), ("", "", 2, 50000)]
    assert rows[1]["without_amount"] == 1
    assert call(browser, "GET", "/marks?limit=1").get_json()["next_cursor"] == 1
    reasons = {one["reason"]: one["amount"] for one in call(browser, "GET", "/totals").get_json()["reasons"]}
    assert reasons == {"unknown_source": 495000, "no_utm": 50000}


def test_sales_are_given_at_once_and_taken_back_as_they_were(
    signed_in: SignedIn, sales: dict[str, str], shared_web: Database
) -> None:
    browser, ids = signed_in("admin"), [sales["big"], sales["small"]]
    before = [stored(shared_web, one) for one in ids]
    answer = call(browser, "POST", "/assign", {"sale_ids": ids, "team": "north"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    told = answer.get_json()
    assert (told["assigned"], told["run_id"]) == (2, None)
    assert stored(shared_web, ids[0]) == ("north", "manual", None, [], True, "North marker", "high")
    with shared_web.transaction(ADMIN) as connection:
        entry = connection.execute(text("SELECT after FROM audit_log WHERE action = 'sale.several_assigned'"
                                        " ORDER BY id DESC LIMIT 1")).scalar_one()
        log = connection.execute(text("SELECT count(*) FROM sales_activity_log WHERE user_id IS NOT NULL"
                                      " AND sale_id = ANY(CAST(:ids AS uuid[]))"), {"ids": ids}).scalar_one()
        days = connection.execute(text("SELECT day FROM stats_dirty_days")).scalars().all()
    assert (entry["team"], entry["count"], sorted(entry["sales"])) == ("north", 2, sorted(ids))
    assert log == 2
    assert DAY in days
    undo = told["undo"]
    back = browser.open(undo["path"], method=undo["method"], json=undo["body"])
    assert back.get_json() == {"returned": 2}
    assert [stored(shared_web, one) for one in ids] == before
    assert browser.open(undo["path"], method=undo["method"], json=undo["body"]).status_code == 409


def test_a_sale_that_was_decided_meanwhile_stops_the_whole(
    signed_in: SignedIn, sales: dict[str, str], shared_web: Database
) -> None:
    browser = signed_in("admin")
    for other in ("nobody", "given", "reversed"):
        answer = call(browser, "POST", "/assign", {"sale_ids": [sales["big"], sales[other]], "team": "north"})
        assert answer.status_code == 409
        assert "1" in answer.get_json()["detail"]
    assert call(browser, "POST", "/assign", {"sale_ids": [str(uuid4())], "team": "north"}).status_code == 409
    assert stored(shared_web, sales["big"])[0] is None
    answer = call(browser, "POST", "/assign", {"sale_ids": [sales["big"]], "team": "none of ours"})
    assert answer.get_json()["errors"][0]["field"] == "team"


def test_sales_may_be_left_without_a_team_for_good(
    signed_in: SignedIn, sales: dict[str, str], shared_web: Database
) -> None:
    browser = signed_in("admin")
    told = call(browser, "POST", "/assign", {"sale_ids": [sales["small"]], "team": "none"}).get_json()
    assert stored(shared_web, sales["small"])[:5] == (None, None, "manual", [], True)
    assert sales["small"] not in {row["id"] for row in call(browser, "GET").get_json()["rows"]}
    assert call(browser, "POST", "/take-back", told["undo"]["body"]).status_code == 200
    assert stored(shared_web, sales["small"])[2:5] == ("unknown_source", [], False)


def test_giving_can_teach_an_alias_in_the_same_step(
    signed_in: SignedIn, sales: dict[str, str], shared_web: Database
) -> None:
    browser, ids = signed_in("admin"), [sales["big"], sales["small"]]
    wrong = {"sale_ids": ids, "team": "north", "alias": {"team": "south", "utm_source": "vasya"}}
    assert call(browser, "POST", "/assign", wrong).get_json()["errors"][0]["field"] == "alias.team"
    flawed = {"sale_ids": ids, "team": "north", "alias": {"team": "north", "utm_source": "fb_south"}}
    assert call(browser, "POST", "/assign", flawed).get_json()["errors"][0]["field"] == "utm_source"
    stale = {"sale_ids": ids, "team": "north", "version": 999, "alias": {"team": "north", "utm_source": "vasya"}}
    assert call(browser, "POST", "/assign", stale).status_code == 409
    moved = {**stale, "sale_ids": [*ids, sales["given"]], "version": None}
    assert call(browser, "POST", "/assign", moved).status_code == 409
    assert "vasya" not in browser.get("/api/traffic-admin/aliases").get_data(as_text=True)
    assert stored(shared_web, ids[0])[0] is None
    told = call(browser, "POST", "/assign", {**stale, "version": None}).get_json()
    assert told["assigned"] == 2 and told["run_id"]
    assert "vasya" in browser.get("/api/traffic-admin/aliases").get_data(as_text=True)


@pytest.mark.parametrize("body", [None, {}, {"sale_ids": [], "team": "north"}, {"sale_ids": ["x"], "team": "north"},
                                  {"sale_ids": [str(uuid4())] * 501, "team": "north"}], ids=range(5))
def test_a_bad_body_is_a_problem_and_a_stranger_is_refused_first(signed_in: SignedIn, body: object) -> None:
    assert call(signed_in("admin"), "POST", "/assign", body).status_code == 422
    for name in ("analyst", "north"):
        assert call(signed_in(name), "POST", "/assign", body).status_code == 403
    assert call(signed_in("analyst"), "GET").status_code == 403
