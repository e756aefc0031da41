"""Deliveries that never came are made good: after the comparison the sales are amoCRM's, to the deal and the tenge."""

from datetime import UTC, date, datetime
from random import Random
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import text

from auth.encryption import Cipher, make_key
from core.business_time import BusinessCalendar
from core.records import DateRange
from data.engine import Database
from demo.amocrm_api import AmocrmStandIn
from demo.deliveries import Delivery
from demo.feeds import crm_data_of
from demo.world import make_world
from jobs.context import JobContext
from jobs.process_inbox import process_inbox
from jobs.reconcile_amocrm import reconcile_amocrm
from tests.factories import make_event

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DROPPED = 0.02


def test_two_of_a_hundred_dropped_events_leave_no_difference_after_the_comparison(db_jobs: Database) -> None:
    world = make_world(11, today=date(2026, 11, 22), now=NOW, days=40, leads=500)
    calendar, chance = BusinessCalendar(), Random(4)
    data = crm_data_of(world)
    with AmocrmStandIn(data) as stand_in:
        settings: Any = SimpleNamespace(
            amocrm_account_url=stand_in.url, amocrm_access_token=data.token, amocrm_rate_limit=500.0,
            amocrm_account_id=data.account_id, amocrm_client_id=None, amocrm_client_secret=None, demo=False,
            public_url="https://traffic.example.com", amocrm_webhook_secret="hook-secret")
        context = JobContext(settings, db_jobs, Cipher.from_ring(f"one:{make_key()}"), calendar, lambda: NOW)
        sent = [(one, body) for one in world.deliveries if one.path == "amocrm" and not one.is_repeat
                for body in single_events(one)]
        sold = str(next(sale.deal_id for sale in world.truth.sales if sale.status == "won"))
        kept = [(one, body) for one, body in sent if chance.random() >= DROPPED and sold.encode() not in body]
        assert 0.01 < 1 - len(kept) / len(sent) < 0.04
        with db_jobs.transaction() as connection:
            for one, body in kept:
                make_event(connection, "amocrm", body=body, content_type=one.content_type, received_at=one.at)
        while process_inbox(context):
            pass
        days = DateRange(world.first_day, world.today)
        truth = {(sale.deal_id, sale.product, sale.amount, sale.sale_day)
                 for sale in world.truth.sales if sale.status == "won"}
        assert standing(db_jobs) != truth
        done = reconcile_amocrm(context, days)
        assert (done.left, done.money_left, done.differences) == (0, 0, ())
        assert done.found > 0
        assert standing(db_jobs) == truth
        assert reconcile_amocrm(context, days).is_proof


def single_events(delivery: Delivery) -> list[bytes]:
    """The events of a form body, each as a body of its own."""
    if "json" in delivery.content_type:
        return [delivery.body]
    events: dict[str, list[tuple[str, str]]] = {}
    common = []
    for key, value in parse_qsl(delivery.body.decode(), keep_blank_values=True):
        parts = key.split("[")
        if parts[0] == "account":
            common.append((key, value))
        else:
            events.setdefault("[".join(parts[:3]), []).append((key, value))
    return [urlencode([*common, *pairs]).encode() for pairs in events.values()]


def standing(database: Database) -> set[tuple[Any, ...]]:
    """The sales that stand."""
    with database.transaction() as connection:
        return {tuple(row) for row in connection.execute(text(
            "SELECT deal_id, product, sale_amount, sale_day FROM all_sales_tracking WHERE NOT is_reversed"))}
