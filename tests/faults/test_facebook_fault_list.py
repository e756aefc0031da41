"""Every fault the stand-in knows, read through by the sync: afterwards spend is the truth to the cent."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import stamina
from sqlalchemy import text

from core.records import DateRange
from data.ads import link_accounts
from data.facebook_connections import TOKEN_PURPOSE
from demo.facebook_graph import GraphStandIn
from jobs.context import JobContext
from jobs.sync_facebook import sync_facebook
from tests.factories import make_connection, make_user
from tests.faults.graph_world import TODAY
from tests.faults.sync_world import DATA, FIRST, end_waits, expected, failures, last_run, stored

WINDOW = DateRange(TODAY - timedelta(days=9), TODAY)


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=5, cap=True):
        yield


THROTTLES = [
    # fault of the stand-in, who has to wait, at least and at most how many seconds
    ("user_limit", "account", 300, 300), ("account_limit", "account", 120, 120), ("page_limit", "account", 300, 300),
    ("calls_limit", "account", 300, 300), ("audience_limit", "account", 300, 300),
    ("management_limit", "account", 300, 300), ("application_limit", "application", 60, 72),
    ("application_limit_of_insights", "application", 60, 72), ("application_limit_for_long", "application", 900, 900),
    ("volume_anomaly", "application", 900, 900)]


@pytest.mark.parametrize(("fault", "scope", "least", "most"), THROTTLES)
def test_a_limit_is_waited_for_as_long_as_its_headers_say(
        context: JobContext, graph: GraphStandIn, fault: str, scope: str, least: int, most: int) -> None:
    graph.fail_next(f"act_{FIRST.id}/insights", fault)
    assert sync_facebook(context, WINDOW) == (3 if scope == "account" else 0)
    assert "continues at" in (failures(context)[FIRST.id] or "")
    with context.database.transaction() as connection:
        [(kept, seconds)] = connection.execute(text(
            "SELECT scope, extract(epoch FROM until - noticed_at) FROM facebook_waits")).all()
    assert kept == scope and least <= float(seconds) <= most + 5
    end_waits(context)
    assert sync_facebook(context, WINDOW) == 4
    assert stored(context) == expected(DATA, WINDOW)


# Faults that are read through within one run; how often in a row.
PASSING = [("reduce", 1), ("reduce_in_user_text", 1), ("reduce_1487534", 1), ("insights_timeout", 1), ("reduce", 3),
           ("html_500", 4), ("html_200", 4), ("cut_json", 4), ("empty_200", 4), ("not_utf8", 4), ("nan", 4),
           ("reset", 2), ("unknown", 4), ("unavailable", 4)]


@pytest.mark.parametrize(("fault", "times"), PASSING)
def test_what_passes_or_asks_for_less_is_read_through_at_once(
        context: JobContext, graph: GraphStandIn, fault: str, times: int) -> None:
    graph.fail_next(f"act_{FIRST.id}/insights", fault, times=times)
    assert sync_facebook(context, WINDOW) == 4
    assert stored(context) == expected(DATA, WINDOW)
    assert last_run(context).status == "done" and set(failures(context).values()) == {None}


@pytest.mark.parametrize("fault", ["token_expired", "app_removed"])
def test_a_dead_token_keeps_the_rows_until_somebody_connects_again(
        context: JobContext, graph: GraphStandIn, fault: str) -> None:
    sync_facebook(context, WINDOW)
    graph.data = replace(DATA, days=tuple(replace(day, spend=(day.spend or Decimal(0)) + 1) for day in DATA.days))
    graph.fail_next(f"act_{FIRST.id}", fault)
    assert sync_facebook(context, WINDOW) == 0
    assert stored(context) == expected(DATA, WINDOW) and None not in failures(context).values()
    second = "EAABsecondTokenOfAnotherPerson"
    graph.data = replace(graph.data, tokens={second: tuple(one.id for one in DATA.accounts)})
    with context.database.transaction() as connection:
        colleague = make_user(connection)
        made = make_connection(connection, colleague, context.cipher.encrypt(TOKEN_PURPOSE, colleague.id, second))
        link_accounts(connection, made, colleague.id, DATA.accounts)
    assert sync_facebook(context, WINDOW) == 4
    assert stored(context) == expected(graph.data, WINDOW)


def test_the_world_has_every_currency_zone_and_a_deleted_campaign_with_spend() -> None:
    assert {account.currency for account in DATA.accounts} == {"USD", "KZT", "EUR", "JPY"}
    assert {account.timezone for account in DATA.accounts} == {
        "Asia/Almaty", "America/Los_Angeles", "UTC", "Asia/Tokyo"}
    deleted = {campaign.id for campaign in DATA.campaigns if campaign.effective_status == "DELETED"}
    assert {day.account_id for day in DATA.days if day.object_id in deleted} == {one.id for one in DATA.accounts}
