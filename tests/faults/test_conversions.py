"""Won sales on their way back to Facebook, over real HTTP: once each, hashed, and one bad event spoils no other."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import stamina
from sqlalchemy import text

from core.conversions import event_id_of
from core.records import Team
from core.sentences import keep
from data.conversions import (
    TOKEN_PURPOSE,
    load_conversion_log,
    load_conversion_settings,
    save_conversion_settings,
)
from data.facebook_waits import ACCOUNT, save_wait
from demo.facebook_graph import GraphStandIn
from demo.loopback import Request
from jobs.context import JobContext
from jobs.send_conversions import send_conversions
from tests.factories import insert, make_lead, make_sale, make_team
from tests.faults.graph_world import TOKEN
from tests.faults.sync_world import DATA, end_waits, said

DATASET, OTHER_TOKEN = "1234567890", "EAABdatasetTokenOfTheTeam"
PHONE = "8 701 123 45 67"


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


@pytest.fixture
def team(context: JobContext, graph: GraphStandIn) -> Team:
    """A team that sends its sales back since the day before yesterday."""
    graph.data = replace(DATA, tokens={**DATA.tokens, OTHER_TOKEN: ()})
    with context.database.transaction() as connection:
        made = make_team(connection, "sender")
        assert save_conversion_settings(connection, made.id, {
            "is_on": True, "dataset_id": DATASET, "event_name": "Purchase", "test_code": None, "updated_by": None,
            "token": context.cipher.encrypt(TOKEN_PURPOSE, made.id, OTHER_TOKEN)}, None)
        connection.execute(text("UPDATE conversion_settings SET since = now() - interval '10 days'"))
    return made


def sell(context: JobContext, team: Team | None, deal_id: int, age: timedelta = timedelta(hours=1),
         **values: Any) -> None:
    won = datetime.now(UTC) - age
    with context.database.transaction() as connection:
        make_sale(connection, team, date.today(), **{  # noqa: DTZ011 - any day will do
            "deal_id": deal_id, "contact_phone": PHONE, "amount": "150000", **values})
        connection.execute(text("UPDATE all_sales_tracking SET sale_date = :won WHERE deal_id = :deal"),
                           {"won": won, "deal": deal_id})


def log(context: JobContext) -> dict[int, tuple[str, str | None]]:
    with context.database.transaction() as connection:
        return {row.deal_id: (row.status, row.reason and said(row.reason))
                for row in load_conversion_log(connection, "sender", 100)}


def test_a_won_sale_is_sent_once_with_hashes_only(context: JobContext, graph: GraphStandIn, team: Team) -> None:
    sell(context, team, 1, contact_email="Buyer@Example.com", contact_name="Secret Person")
    sell(context, None, 2)
    assert send_conversions(context) == 1
    [event] = graph.conversions.received.values()
    assert event["event_id"] == event_id_of(1) and event["custom_data"]["value"] == 150000
    assert set(event["user_data"]) == {"em", "ph"}
    wire = json.dumps(event)
    assert "701" not in json.dumps(event["user_data"].get("fbc", "")) and "Secret" not in wire and "uyer" not in wire
    assert log(context) == {1: ("sent", None)}
    assert send_conversions(context) == 0 and graph.conversions.requests == 1


def test_a_phone_that_cannot_be_read_leaves_its_place_to_the_leads(
        context: JobContext, graph: GraphStandIn, team: Team) -> None:
    with context.database.transaction() as connection:
        lead = make_lead(connection, team, phone_norm="+77011234567")
    sell(context, team, 1, landing_lead_id=lead, contact_phone="ask the reception")
    assert send_conversions(context) == 1
    [event] = graph.conversions.received.values()
    assert event["user_data"]["ph"] == [hashlib.sha256(b"77011234567").hexdigest()]


def test_the_click_of_the_lead_goes_along(context: JobContext, graph: GraphStandIn, team: Team) -> None:
    with context.database.transaction() as connection:
        lead = make_lead(connection, team, fbclid="IwAR0abc")
    sell(context, team, 1, landing_lead_id=lead)
    assert send_conversions(context) == 1
    [event] = graph.conversions.received.values()
    assert event["user_data"]["fbc"].startswith("fb.1.") and event["user_data"]["fbc"].endswith(".IwAR0abc")


def test_one_event_that_facebook_refuses_is_parted_from_the_others(
        context: JobContext, graph: GraphStandIn, team: Team) -> None:
    for deal in range(1, 9):
        sell(context, team, deal)
    graph.conversions.refused = {event_id_of(3)}
    assert send_conversions(context) == 7
    found = log(context)
    assert [deal for deal, row in found.items() if row[0] == "refused"] == [3]
    assert "cannot be taken" in (found[3][1] or "")
    assert len(graph.conversions.received) == 7


def test_what_cannot_be_sent_says_why(context: JobContext, graph: GraphStandIn, team: Team) -> None:
    sell(context, team, 1, timedelta(days=8))
    sell(context, team, 2, amount=None)
    sell(context, team, 3, contact_phone=None)
    sell(context, team, 4)
    with context.database.transaction() as connection:
        for deal, age in ((5, "8 days"), (6, "1 hour")):
            insert(connection, "conversion_events", team_id=team.id, deal_id=deal, event_id=event_id_of(deal),
                   event_name="Purchase", value=1, currency="KZT", event_time=datetime.now(UTC))
            connection.execute(text(f"UPDATE conversion_events SET event_time = now() - interval '{age}'"
                                    " WHERE deal_id = :deal"), {"deal": deal})
    sell(context, team, 7, is_reversed=True)
    assert send_conversions(context) == 1
    found = log(context)
    assert set(found) == {4, 5, 6}, "too old, without amount, without person or reversed: never queued"
    assert found[4][0] == "sent" and {found[5][0], found[6][0]} <= {"refused", "expired"}


def test_a_sale_that_is_reversed_or_goes_to_another_team_before_it_was_sent_is_sent_when_it_comes_back(
        context: JobContext, graph: GraphStandIn, team: Team) -> None:
    sell(context, team, 1)
    sell(context, team, 2)
    graph.fail_next("/events", "html_500")
    assert send_conversions(context) == 0

    def change(what: str) -> None:
        with context.database.transaction() as connection:
            connection.execute(text(f"UPDATE all_sales_tracking SET {what}"))
            connection.execute(text("UPDATE conversion_events SET next_attempt_at = now()"))

    change("is_reversed = deal_id = 1, team_id = CASE WHEN deal_id = 1 THEN team_id END")
    assert send_conversions(context) == 0 and not graph.conversions.received
    assert log(context) == {1: ("refused", said(keep("conversions.reversed"))),
                            2: ("refused", said(keep("conversions.moved")))}
    change(f"is_reversed = false, team_id = '{team.id}', sale_amount = 175000")
    assert send_conversions(context) == 2
    assert {event["custom_data"]["value"] for event in graph.conversions.received.values()} == {175000}


def test_what_was_won_before_it_was_switched_on_again_is_never_sent(
        context: JobContext, graph: GraphStandIn, team: Team) -> None:
    sell(context, team, 1)
    graph.fail_next("/events", "html_500")
    assert send_conversions(context) == 0
    for is_on in (False, True):
        with context.database.transaction() as connection:
            [before] = load_conversion_settings(connection)
            assert save_conversion_settings(connection, team.id, {
                "is_on": is_on, "dataset_id": DATASET, "event_name": "Purchase", "test_code": None, "token": None,
                "updated_by": None}, before.version)
            connection.execute(text("UPDATE conversion_events SET next_attempt_at = now()"))
    assert send_conversions(context) == 0 and not graph.conversions.received
    assert log(context) == {1: ("refused", said(keep("conversions.before")))}


def test_a_batch_that_is_parted_stops_at_a_wait(context: JobContext, graph: GraphStandIn, team: Team) -> None:
    for deal in range(1, 5):
        sell(context, team, deal)
    graph.conversions.refused = {event_id_of(1)}
    take = graph.conversions.take

    def refused_elsewhere(dataset_id: str, request: Request) -> dict[str, Any]:
        with context.database.transaction() as connection:
            save_wait(connection, ACCOUNT, DATASET, 600, "refused elsewhere")
        return take(dataset_id, request)

    graph.conversions.take = refused_elsewhere      # type: ignore[method-assign]
    assert send_conversions(context) == 0
    assert graph.conversions.requests == 1, "the halves would be calls during a known wait"
    assert {status for status, _ in log(context).values()} == {"queued"}


def test_a_wait_is_kept_and_the_events_stay(context: JobContext, graph: GraphStandIn, team: Team) -> None:
    sell(context, team, 1)
    graph.fail_next("/events", "user_limit")
    assert send_conversions(context) == 0
    requests = graph.conversions.requests
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE conversion_events SET next_attempt_at = now()"))
    assert send_conversions(context) == 0 and graph.conversions.requests == requests
    with context.database.transaction() as connection:
        [arranged] = load_conversion_settings(connection)
    assert "continues at" in said(arranged.problem or "")
    end_waits(context)
    assert send_conversions(context) == 1 and log(context)[1][0] == "sent"


@pytest.mark.parametrize("fault", ["html_500", "reset", "cut_json"])
def test_an_answer_that_was_lost_is_asked_for_again_and_counts_once(
        context: JobContext, graph: GraphStandIn, team: Team, fault: str) -> None:
    sell(context, team, 1)
    graph.fail_next("/events", fault)
    assert send_conversions(context) == 0 and log(context)[1][0] == "queued"
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE conversion_events SET next_attempt_at = now()"))
    assert send_conversions(context) == 1
    assert len(graph.conversions.received) == 1


def test_a_token_of_another_application_is_sent_without_our_proof(
        context: JobContext, graph: GraphStandIn, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    sell(context, team, 1)
    monkeypatch.setattr(graph, "_app_secret", "the secret of another application")
    taken: list[dict[str, str]] = []
    real = graph._token

    def as_facebook_judges(request: Any) -> str:
        taken.append(dict(request.query))
        if "appsecret_proof" not in request.query:
            return OTHER_TOKEN
        return real(request)

    monkeypatch.setattr(graph, "_token", as_facebook_judges)
    assert send_conversions(context) == 1
    assert ["appsecret_proof" in query for query in taken] == [True, False]


def test_switched_off_nothing_leaves(context: JobContext, graph: GraphStandIn, team: Team) -> None:
    sell(context, team, 1)
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE conversion_settings SET is_on = false"))
    assert send_conversions(context) == 0 and not graph.conversions.received and TOKEN not in str(log(context))
