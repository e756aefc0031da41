"""The doors below the campaigns, and those that arrange what goes back to Facebook: answers, refusals, next steps."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.business_time import BusinessCalendar
from data.engine import Database
from demo.facebook_graph import GraphStandIn
from tests.api.conftest import People
from tests.api.facebook_doors import BASE, LOCAL, Sign, connect, post
from tests.factories import insert, make_account, make_ad_day, make_campaign, make_rate
from tests.faults.graph_world import TODAY

DAY = TODAY - timedelta(days=3)
DAYS = {"from": (DAY - timedelta(days=2)).isoformat(), "to": TODAY.isoformat()}


@pytest.fixture
def campaigns(people: People, shared_jobs: Database) -> dict[str, str]:
    """A campaign of each team with an ad set, two ads and a fault: the ids by team."""
    found = {}
    with shared_jobs.transaction() as connection:
        connection.execute(text("DELETE FROM exchange_rates"))
        connection.execute(text("DELETE FROM ad_tag_errors"))
        make_rate(connection, DAY, "500")
        for team in (people.north, people.south):
            account = make_account(connection)
            number = f"12{account}"
            make_campaign(connection, team, campaign_id=number, account_id=account, name=f"{team.slug} campaign")
            for level, key, adset, spend in (
                    ("adset", "s", None, "9.50"), ("ad", "a", "s", "7.00"), ("ad", "b", "s", "2.50")):
                insert(connection, "ad_objects", kind=level, object_id=number + key, account_id=account,
                       campaign_id=number, adset_id=adset and number + adset, name=f"{team.slug} {key}",
                       effective_status="ACTIVE")
                make_ad_day(connection, number + key, DAY, spend, level=level, account_id=account)
            insert(connection, "ad_tag_errors", ad_id=number + "a", fault="typo", tag="utm_source", found="fb_nroth",
                   expected="fb_north")
            found[team.slug] = number
    return found


def test_a_campaign_opens_down_to_its_ads(campaigns: dict[str, str], signed_in: Sign) -> None:
    answer = signed_in("north").get(f"{BASE}/campaigns/{campaigns['north']}/ads", query_string=DAYS, **LOCAL)
    [adset] = answer.get_json()["rows"]
    assert (adset["spend"], adset["spend_kzt"], adset["tag_faults"]) == (9.5, 4750.0, 0)
    assert [(ad["name"], ad["spend"], ad["spend_usd"], ad["tag_faults"]) for ad in adset["ads"]] == [
        ("north a", 7.0, 7.0, 1), ("north b", 2.5, 2.5, 0)]
    assert adset["ads"][0]["ctr"] == pytest.approx(2.0)


def test_what_lies_below_comes_as_csv_too(campaigns: dict[str, str], signed_in: Sign) -> None:
    path, browser = f"{BASE}/campaigns/{campaigns['north']}/ads", signed_in("north")
    answer = browser.get(path, query_string={**DAYS, "format": "csv"}, **LOCAL)
    assert answer.content_type.startswith("text/csv") and ".csv" in answer.headers["Content-Disposition"]
    told = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    own = f"{campaigns['north']}s"
    assert [(row["level"], row["name"], Decimal(row["spend"]), Decimal(row["spend_kzt"]), row["adset_id"])
            for row in told] == [
        ("adset", "north s", Decimal("9.5"), 4750, ""), ("ad", "north a", 7, 3500, own),
        ("ad", "north b", Decimal("2.5"), 1250, own)]
    [adset] = browser.get(path, query_string=DAYS, **LOCAL).get_json()["rows"]
    assert [float(row["cpc"]) for row in told] == pytest.approx([adset["cpc"], *(ad["cpc"] for ad in adset["ads"])])
    by_header = browser.get(path, query_string=DAYS, headers={"Accept": "text/csv"}, **LOCAL)
    assert by_header.data == answer.data
    foreign = browser.get(f"{BASE}/campaigns/{campaigns['south']}/ads", query_string={**DAYS, "format": "csv"}, **LOCAL)
    assert len(foreign.get_data(as_text=True).splitlines()) == 1, "a foreign campaign has a head and no rows"


def test_another_teams_campaign_is_as_empty_as_a_missing_one(campaigns: dict[str, str], signed_in: Sign) -> None:
    browser = signed_in("north")
    for number in (campaigns["south"], "999999999"):
        answer = browser.get(f"{BASE}/campaigns/{number}/ads", query_string=DAYS, **LOCAL)
        assert answer.status_code == 200 and answer.get_json()["rows"] == []
    assert signed_in("analyst").get(f"{BASE}/campaigns/{campaigns['south']}/ads", query_string=DAYS,
                                    **LOCAL).get_json()["rows"]
    wrong = browser.get(f"{BASE}/campaigns/1/ads", query_string={"from": DAYS["to"], "to": DAYS["from"]}, **LOCAL)
    assert wrong.status_code == 422


def test_faults_of_tags_come_with_the_money_of_the_own_team_only(campaigns: dict[str, str], signed_in: Sign) -> None:
    [fault] = signed_in("north").get(f"{BASE}/tag-faults", **LOCAL).get_json()["rows"]
    assert (fault["team"], fault["fault"], fault["found"], fault["spend"]) == ("north", "typo", "fb_nroth", 7.0)
    assert len(signed_in("admin").get(f"{BASE}/tag-faults", **LOCAL).get_json()["rows"]) == 2
    assert Decimal(str(fault["clicks"])) == 20


def test_a_clock_that_differs_from_facebooks_is_told_with_the_next_step(
        graph: GraphStandIn, signed_in: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., str] = BaseHTTPRequestHandler.date_time_string
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string",
                        lambda self, timestamp=None: real(self, 1_700_000_000))
    assert connect(signed_in("north")) == "clock"


def test_a_run_is_stopped_by_whoever_asked_for_it(people: People, signed_in: Sign, shared_jobs: Database) -> None:
    north, south = signed_in("north"), signed_in("south")
    run_id = post(north, "/sync-stats").get_json()["run_id"]
    assert post(south, "/sync-stats/stop", {"run_id": run_id}).status_code == 409
    assert post(north, "/sync-stats/stop", {"run_id": run_id}).get_json() == {"stopping": True}
    with shared_jobs.transaction() as connection:
        connection.execute(text("UPDATE sync_runs SET status = 'done', finished_at = now()"))
    assert post(north, "/sync-stats/stop", {"run_id": run_id}).status_code == 409


BODY = {"is_on": True, "dataset_id": "1234567890", "token": "EAABsecretOfTheDataset", "event_name": "Purchase"}


def test_conversions_are_arranged_per_team_and_the_token_is_never_told(
        people: People, signed_in: Sign, shared_jobs: Database) -> None:
    north = signed_in("north")
    assert north.get(f"{BASE}/conversions", **LOCAL).get_json()["has_token"] is False
    missing = post(north, "/conversions", {**BODY, "token": None})
    assert missing.status_code == 422 and missing.get_json()["errors"][0]["field"] == "token"
    made = post(north, "/conversions", BODY)
    assert made.status_code == 200 and made.get_json()["version"] == 1
    told = north.get(f"{BASE}/conversions", **LOCAL)
    assert told.get_json()["is_on"] is True and BODY["token"] not in told.get_data(as_text=True)
    assert post(north, "/conversions", {**BODY, "token": None, "is_on": False, "version": 1}).get_json()["version"] == 2
    late = post(north, "/conversions", {**BODY, "version": 1})
    assert late.status_code == 409 and "north" in late.get_json()["detail"].lower()
    with shared_jobs.transaction() as connection:
        changed_at = connection.execute(text("SELECT updated_at FROM conversion_settings")).scalar_one()
    almaty = changed_at.astimezone(BusinessCalendar("Asia/Almaty").zone)
    assert f"{almaty:%H:%M}" in late.get_json()["detail"], "told by the clock on the wall"
    with shared_jobs.transaction() as connection:
        kept, audited = connection.execute(text(
            "SELECT (SELECT token FROM conversion_settings), (SELECT string_agg(after::text, '') FROM audit_log"
            " WHERE action = 'facebook.conversions_arranged')")).one()
    assert BODY["token"].encode() not in bytes(kept) and BODY["token"] not in audited


def test_another_teams_conversions_are_like_missing_ones(people: People, signed_in: Sign) -> None:
    south: FlaskClient = signed_in("south")
    assert south.get(f"{BASE}/conversions?team=north", **LOCAL).status_code == 404
    assert post(south, "/conversions", {**BODY, "team": "north"}).status_code == 404
    assert post(signed_in("analyst"), "/conversions", BODY).status_code == 403
    assert signed_in("admin").get(f"{BASE}/conversions?team=north", **LOCAL).status_code == 200
