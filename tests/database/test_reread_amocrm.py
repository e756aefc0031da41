"""Another mapping means other marks and sales: all that amoCRM told is read once more; own stages can be sales."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.business_time import now
from core.deals import WON, as_won
from core.records import DateRange, DealEvent
from data.engine import Database
from data.mapping_rows import Mapping, PipelineRow, load_mapping, save_mapping
from data.run_requests import request_run
from demo.amocrm_api import AmocrmStandIn
from demo.crm_data import CrmData
from jobs.backfill_amocrm import backfill_amocrm
from jobs.context import JobContext
from jobs.process_inbox import process_inbox
from jobs.reconcile_amocrm import reconcile_amocrm
from jobs.requested_runs import run_next
from tests.factories import make_event, make_team, make_user
from tests.job_context import make_context, make_job_settings

EXPRESS, TOKEN, ACCOUNT, PAID = 10350882, "token", 28805383, 70001


def hook(number: int, field: int = 434731, status: int = WON) -> bytes:
    at = int((now() - timedelta(hours=2)).timestamp())
    lead = "leads[status][0]"
    return (f"{lead}[id]={number}&{lead}[pipeline_id]={EXPRESS}&{lead}[status_id]={status}&{lead}[price]=5000"
            f"&{lead}[last_modified]={at}&{lead}[date_create]={at}&{lead}[custom_fields][0][id]={field}"
            f"&{lead}[custom_fields][0][values][0][value]=fb_north").encode()


def take_in(context: JobContext, *bodies: bytes) -> None:
    with context.database.transaction() as connection:
        for body in bodies:
            make_event(connection, "amocrm", body=body, content_type="application/x-www-form-urlencoded")
    process_inbox(context)


def sales(context: JobContext) -> dict[int, tuple[Any, ...]]:
    with context.database.transaction() as connection:
        return {row.deal_id: (row.utm_source, row.team_name, row.is_reversed) for row in connection.execute(text(
            "SELECT deal_id, utm_source, team_name, is_reversed FROM all_sales_tracking"))}


def change(context: JobContext, **values: Any) -> None:
    """Save another mapping, and let the run that follows do its work."""
    with context.database.transaction() as connection:
        mapping = load_mapping(connection)
        save_mapping(connection, Mapping(values.get("pipelines", mapping.pipelines),
                                         values.get("fields", mapping.fields)))
        request_run(connection, "deals", {"reread": "fields" in values}, make_user(connection).id)
    assert run_next(context)


@pytest.fixture
def context(db_jobs: Database) -> JobContext:
    with db_jobs.transaction() as connection:
        make_team(connection, "north", name="North", utm_source="fb_north")
    return make_context(db_jobs)


def test_other_fields_are_read_out_of_what_was_stored(context: JobContext) -> None:
    take_in(context, hook(1), hook(2, field=999))
    assert sales(context) == {1: ("fb_north", "North", False), 2: (None, None, False)}
    change(context, fields=(("utm_source", "id", "999", 0),))
    assert sales(context) == {1: (None, None, False), 2: ("fb_north", "North", False)}
    change(context, fields=())
    assert sales(context) == {1: ("fb_north", "North", False), 2: (None, None, False)}


def api_lead(number: int, status: int = WON, closed: bool = True) -> dict[str, Any]:
    at = int((now() - timedelta(hours=3)).timestamp())
    return {"id": number, "name": "Deal", "price": 5000, "status_id": status, "pipeline_id": EXPRESS, "created_at": at,
            "updated_at": at, "closed_at": at if closed else None, "account_id": ACCOUNT, "custom_fields_values": [
                {"field_id": 999, "field_name": "Mark", "field_code": None, "field_type": "text",
                 "values": [{"value": "fb_north"}]}], "_embedded": {"contacts": []}}


def test_what_the_api_told_is_asked_for_again(db_jobs: Database, context: JobContext) -> None:
    data = CrmData(ACCOUNT, "example", [api_lead(5), api_lead(6, PAID, closed=False)], [], [], TOKEN)
    with AmocrmStandIn(data, rate_limit=1000) as crm:
        settings = make_job_settings(amocrm_account_url=crm.url, amocrm_access_token=TOKEN,
                                     amocrm_account_id=ACCOUNT, amocrm_rate_limit=200)
        context = make_context(db_jobs, settings)
        today = context.calendar.today(now())
        days = DateRange(today - timedelta(days=1), today)
        backfill_amocrm(context, days)
        assert sales(context) == {5: (None, None, False)}
        change(context, fields=(("utm_source", "id", "999", 0),))
        assert sales(context) == {5: ("fb_north", "North", False)}
        change(context, pipelines=(PipelineRow(EXPRESS, "express", True, None, PAID),))
        assert sales(context) == {5: ("fb_north", "North", False), 6: ("fb_north", "North", False)}
        assert reconcile_amocrm(context, days).is_proof
    change(make_context(db_jobs), fields=())
    with db_jobs.transaction() as connection:
        status = connection.execute(text(
            "SELECT status FROM sync_runs WHERE kind = 'deals' ORDER BY created_at DESC LIMIT 1")).scalar_one()
    assert status == "partial", "nobody could be asked about what the API had told"
    assert sales(context)[5] == ("fb_north", "North", False)


def test_only_the_stage_of_its_own_pipeline_is_a_sale() -> None:
    at = datetime(2026, 1, 5, 12).astimezone()
    event = DealEvent("k", 1, "status", at, True, at, pipeline_id=EXPRESS, status_id=PAID)
    assert as_won(event, {EXPRESS: PAID}).status_id == WON
    assert as_won(event, {1: PAID}).status_id == PAID

