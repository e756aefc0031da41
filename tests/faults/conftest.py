"""A product and a Graph stand-in that know each other, for the tests of the sync."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from auth.encryption import Cipher, make_key
from core.business_time import BusinessCalendar
from data.ads import link_accounts, select_accounts
from data.engine import Database
from data.facebook_connections import TOKEN_PURPOSE
from demo.facebook_graph import GraphStandIn
from demo.graph_answers import Paging
from demo.graph_data import GraphData
from jobs.context import JobContext
from tests.factories import make_connection, make_team, make_user
from tests.faults.graph_world import APP_ID, APP_SECRET, TOKEN
from tests.faults.sync_world import DATA


@pytest.fixture
def graph() -> Iterator[GraphStandIn]:
    with GraphStandIn(DATA, APP_ID, APP_SECRET, paging=Paging(largest=60, gap=True), timeout_seconds=3) as stand_in:
        yield stand_in


@pytest.fixture
def context(graph: GraphStandIn, db_jobs: Database) -> JobContext:
    return make_context(graph, db_jobs)


def make_context(graph: GraphStandIn, database: Database, data: GraphData = DATA) -> JobContext:
    """The context of a worker whose database has one person connected, with every account of the world selected."""
    settings: Any = SimpleNamespace(facebook_graph_url=graph.url, facebook_api_version="v26.0", facebook_app_id=APP_ID,
                                    facebook_app_secret=APP_SECRET, default_locale="en",
                                    public_url="https://traffic.example.com")
    cipher = Cipher.from_ring(f"k1:{make_key()}")
    with database.transaction() as connection:
        team = make_team(connection, "team")
        make_team(connection, "other")
        owner = make_user(connection, team=team)
        made = make_connection(connection, owner, cipher.encrypt(TOKEN_PURPOSE, owner.id, TOKEN))
        link_accounts(connection, made, owner.id, data.accounts)
        select_accounts(connection, owner.id, [account.id for account in data.accounts])
    return JobContext(settings, database, cipher, BusinessCalendar(), lambda: datetime.now(UTC))
