"""A small demo company in the database of a module, through the intake and the workers' code."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import dash
from flask.testing import FlaskClient

from auth.encryption import Cipher, make_key
from auth.passwords import Passwords
from core.business_time import BusinessCalendar
from core.records import DateRange
from data.engine import Database
from demo.deliveries import Delivery
from demo.facebook_graph import GraphStandIn
from demo.feeds import graph_data_of
from demo.world import World, make_world
from demo_loading import DemoLoading
from jobs.context import JobContext
from jobs.process_inbox import process_inbox
from jobs.recalculate_stats import recalculate_stats
from jobs.requested_runs import run_next
from jobs.sync_facebook import sync_facebook
from tests.application import AMOCRM_SECRET, LANDING_SECRET, make_settings

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PASSWORD = "a password of the tests"
APP = {"facebook_app_id": "1000000000000000", "facebook_app_secret": "a-secret-of-the-tests"}


@contextmanager
def loaded_company(app: dash.Dash, jobs: Database, leads: int = 400, days: int = 112,
                   seed: int = 5) -> Iterator[tuple[World, JobContext]]:
    """The company after its whole history arrived, with the context of its workers."""
    world = make_world(seed, today=TODAY, now=NOW, days=days, leads=leads)
    stand_in = GraphStandIn(graph_data_of(world.setting), APP["facebook_app_id"], APP["facebook_app_secret"])
    stand_in.start()
    try:
        context = JobContext(make_settings(facebook_graph_url=stand_in.url, **APP), jobs,
                             Cipher.from_ring(f"one:{make_key()}"), BusinessCalendar(), clock=lambda: NOW)
        with jobs.transaction() as connection:
            DemoLoading(context, Passwords.cheap()).seed(connection, world.seed_rows(), PASSWORD)
        take_in(app.server.test_client(), world.deliveries)
        sync_facebook(context, DateRange(world.first_day, world.today))
        drain(context)
        yield world, context
    finally:
        stand_in.server.stop()


def take_in(browser: FlaskClient, deliveries: Iterable[Delivery]) -> None:
    """Post deliveries in their order."""
    for one in deliveries:
        path = f"amocrm/{AMOCRM_SECRET}" if one.path == "amocrm" else f"landing/{LANDING_SECRET}/{one.source}"
        answer = browser.post(f"/webhooks/{path}", data=one.body, content_type=one.content_type)
        assert answer.status_code == 200, answer.get_data(as_text=True)


def drain(context: JobContext) -> None:
    """Work off the inbox, the runs that were asked for, and the statistics."""
    while process_inbox(context):
        pass
    while run_next(context):
        pass
    recalculate_stats(context)
