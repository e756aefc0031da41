"""Deals seen by ids only, and sales to nobody known, are completed from the API of the account."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import stamina
from sqlalchemy import text

from core.business_time import BusinessCalendar
from data.engine import INTAKE, Database
from data.inbox import store_event
from demo.amocrm_api import AmocrmStandIn
from demo.crm_data import CrmData
from integrations.amocrm.errors import Refused, Transient
from jobs.complete_deals import WrongAccount, complete_deals
from jobs.context import JobContext
from jobs.process_inbox import process_inbox
from tests.factories import make_lead, make_team

ACCOUNT, TOKEN, EXPRESS, WON = 28805383, "longLivedTokenOfTheAccount", 10350882, 142
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOLD = int((NOW - timedelta(hours=5)).timestamp())


def api_lead(number: int, **values: Any) -> dict[str, Any]:
    return {"id": number, "name": "Deal", "price": 5000, "status_id": WON, "pipeline_id": EXPRESS,
            "created_at": SOLD - 9000, "updated_at": SOLD + 60, "closed_at": SOLD, "is_deleted": False,
            "custom_fields_values": None, "account_id": ACCOUNT,
            "_embedded": {"contacts": [{"id": 70, "is_main": True}]}, **values}


CONTACT = {"id": 70, "name": "Dana", "updated_at": SOLD - 9000, "account_id": ACCOUNT, "custom_fields_values": [
    {"field_id": 3, "field_name": "Телефон", "field_code": "PHONE", "field_type": "multitext",
     "values": [{"value": "8 707 123 45 67", "enum_code": "MOB"}]}], "_embedded": {"leads": [{"id": 1}]}}


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def crm() -> Iterator[AmocrmStandIn]:
    with AmocrmStandIn(CrmData(ACCOUNT, "example", [api_lead(1), api_lead(2)], [CONTACT], [], TOKEN)) as stand_in:
        yield stand_in


@pytest.fixture
def context(crm: AmocrmStandIn, db_jobs: Database) -> JobContext:
    settings: Any = SimpleNamespace(amocrm_account_url=crm.url, amocrm_access_token=TOKEN, amocrm_rate_limit=500.0,
                                    amocrm_account_id=ACCOUNT)
    cipher: Any = None
    return JobContext(settings, db_jobs, cipher, BusinessCalendar(), lambda: NOW)


def receive(context: JobContext, web: Database, body: str) -> None:
    with web.transaction(INTAKE) as connection:
        store_event(connection, "amocrm", None, {}, "application/x-www-form-urlencoded", body.encode(), body)
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE webhook_events SET received_at = :at"), {"at": NOW - timedelta(hours=1)})
    process_inbox(context)


def short_hook(number: int, account: int = ACCOUNT) -> str:
    return (f"leads[status][0][id]={number}&leads[status][0][status_id]={WON}&leads[status][0][pipeline_id]={EXPRESS}"
            f"&account[id]={account}&account[subdomain]=example")


def sales(context: JobContext) -> dict[int, Any]:
    with context.database.transaction() as connection:
        return {row.deal_id: row for row in connection.execute(text("SELECT * FROM all_sales_tracking"))}


def test_a_sale_seen_by_ids_gets_amount_time_and_person(context: JobContext, db_web: Database) -> None:
    with context.database.transaction() as connection:
        team = make_team(connection, "kenesary")
        make_lead(connection, team, (NOW - timedelta(days=3)).date(), phone_norm="+77071234567", phone="+77071234567",
                  utm_source=team.utm_source)
    receive(context, db_web, short_hook(1))
    before = sales(context)[1]
    assert (before.sale_amount, before.contact_phone, before.team_name) == (None, None, None)
    assert complete_deals(context) == 1
    after = sales(context)[1]
    assert (after.sale_amount, after.sale_date, after.contact_id) == (
        Decimal(5000), datetime.fromtimestamp(SOLD, UTC), 70)
    assert (after.contact_phone, after.team_name, after.attribution_method) == (
        "+77071234567", "Kenesary", "person_match")


def test_what_is_complete_is_not_asked_for_again(context: JobContext, db_web: Database, crm: AmocrmStandIn) -> None:
    receive(context, db_web, short_hook(1))
    assert complete_deals(context) == 1
    crm.server.requests.clear()
    assert complete_deals(context) == 0
    assert [request.path for request in crm.server.requests] == ["/api/v4/account"]


def test_a_sale_without_a_person_is_completed_as_well(context: JobContext, db_web: Database) -> None:
    receive(context, db_web, f"account[id]={ACCOUNT}&leads[status][0][id]=2&leads[status][0][status_id]={WON}"
            f"&leads[status][0][pipeline_id]={EXPRESS}&leads[status][0][price]=4500"
            f"&leads[status][0][last_modified]={SOLD}&leads[status][0][date_create]={SOLD - 9000}")
    assert sales(context)[2].contact_id is None
    assert complete_deals(context) == 1
    assert (sales(context)[2].contact_id, sales(context)[2].sale_amount) == (70, Decimal(5000))


def test_what_the_account_does_not_know_stays_as_it_is(context: JobContext, db_web: Database) -> None:
    receive(context, db_web, short_hook(404))
    assert complete_deals(context) == 0
    assert sales(context)[404].sale_amount is None


def test_after_a_week_nobody_asks_any_more(context: JobContext, db_web: Database, crm: AmocrmStandIn) -> None:
    receive(context, db_web, short_hook(404))
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE amocrm_events SET received_at = :at"), {"at": NOW - timedelta(days=8)})
        connection.execute(text("UPDATE all_sales_tracking SET created_at = :at"), {"at": NOW - timedelta(days=8)})
    complete_deals(context)
    assert [request.path for request in crm.server.requests] == ["/api/v4/account"]


def test_a_token_of_another_account_completes_nothing(context: JobContext, db_web: Database) -> None:
    receive(context, db_web, short_hook(1))
    context.settings.amocrm_account_id = 1  # type: ignore[misc]
    with pytest.raises(WrongAccount):
        complete_deals(context)
    context.settings.amocrm_account_id = None  # type: ignore[misc]
    assert complete_deals(context) == 1


def test_deals_of_another_account_are_not_asked_for(context: JobContext, db_web: Database, crm: AmocrmStandIn) -> None:
    context.settings.amocrm_account_id = None  # type: ignore[misc]
    receive(context, db_web, short_hook(1, account=999))
    assert complete_deals(context) == 0
    assert [request.path for request in crm.server.requests] == ["/api/v4/account"]


def test_without_an_account_nothing_is_called(context: JobContext, crm: AmocrmStandIn) -> None:
    context.settings.amocrm_access_token = None  # type: ignore[misc]
    assert complete_deals(context) == 0
    assert not crm.server.requests


@pytest.mark.parametrize(("path", "fault", "kind"), [
    ("leads", "html_500", Transient), ("contacts", "cut_json", Transient), ("leads", "blocked", Refused)])
def test_a_failure_saves_nothing_and_the_next_run_completes(
        context: JobContext, db_web: Database, crm: AmocrmStandIn, path: str, fault: str,
        kind: type[Exception]) -> None:
    receive(context, db_web, short_hook(1))
    crm.fail_next(path, fault, times=100)
    with pytest.raises(kind):
        complete_deals(context)
    assert sales(context)[1].sale_amount is None
    crm.server.faults.clear()
    assert complete_deals(context) == 1
    assert sales(context)[1].sale_amount == Decimal(5000)
