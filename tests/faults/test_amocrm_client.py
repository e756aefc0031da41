"""The amoCRM client over real HTTP: every page of the API or an exception, and never faster than allowed."""

import json
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stamina

from demo.amocrm_api import CRM_FAULTS, AmocrmStandIn
from demo.crm_data import CrmData
from demo.loopback import Answer
from integrations.amocrm import errors
from integrations.amocrm.client import AmocrmClient
from integrations.amocrm.fields import FieldMap
from integrations.amocrm.mapping import to_contacts, to_deal_events

FIXTURES = Path(__file__).parents[1] / "fixtures" / "amocrm"
TOKEN = "eyJlongLivedTokenThatMustStayHidden"
START = 1_760_000_000
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def lead(number: int, **values: Any) -> dict[str, Any]:
    return {"id": number, "name": f"Deal {number}", "price": number, "status_id": 142, "pipeline_id": 10350882,
            "created_at": START, "updated_at": START + number, "closed_at": START + number, "is_deleted": False,
            "custom_fields_values": [{"field_id": 434731, "field_name": "utm_source", "field_code": "UTM_SOURCE",
                                      "field_type": "tracking_data", "values": [{"value": "fb_kenesary"}]}],
            "account_id": 28805383, "_embedded": {"contacts": [{"id": 5000 + number, "is_main": True}]}, **values}


def contact(number: int) -> dict[str, Any]:
    page = json.loads((FIXTURES / "api-contacts-page.json").read_text())
    return {**page["_embedded"]["contacts"][0], "id": number}


DATA = CrmData(28805383, "example", [lead(number) for number in range(1, 601)] + [lead(900, is_deleted=True)],
               [contact(5000 + number) for number in range(1, 601)],
               [{"id": 10350882, "name": "Express", "is_main": True, "_embedded": {"statuses": []}}], TOKEN)


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def crm() -> Iterator[AmocrmStandIn]:
    with AmocrmStandIn(DATA, timeout_seconds=3) as stand_in:
        yield stand_in


def client_of(crm: AmocrmStandIn, **values: Any) -> AmocrmClient:
    return AmocrmClient(crm.url, TOKEN, **{"rate_limit": 1000.0, "timeout": (2, 5), **values})


def test_the_account_is_known(crm: AmocrmStandIn) -> None:
    account = client_of(crm).fetch_account()
    assert (account.id, account.subdomain, account.currency) == (28805383, "example", "KZT")


def test_deals_by_ids_come_complete_and_the_deleted_are_absent(crm: AmocrmStandIn) -> None:
    wanted = [*range(600, 0, -1), 900, 777777, 5, 5]
    body = client_of(crm).fetch_leads_by_ids(wanted)
    assert sorted(event.id or 0 for event in body.events) == list(range(1, 601))
    deals = {deal.deal_id: deal for deal in to_deal_events(body, NOW, FieldMap.of())}
    deal = deals[42]
    assert (deal.price, deal.status_id, deal.contact_id, deal.utm.source) == (Decimal(42), 142, 5042, "fb_kenesary")
    assert deal.closed_at == datetime.fromtimestamp(START + 42, UTC)
    assert deal.has_own_time


def test_deals_of_a_window_come_over_all_pages(crm: AmocrmStandIn) -> None:
    start = datetime.fromtimestamp(START, UTC)
    body = client_of(crm).fetch_leads(start, start + timedelta(seconds=600))
    assert [event.id for event in body.events] == list(range(1, 601))
    assert len(crm.server.requests) == 3
    assert client_of(crm).fetch_leads(start - timedelta(days=2), start - timedelta(days=1)).events == ()


def test_people_come_with_their_phones_and_deals(crm: AmocrmStandIn) -> None:
    people = to_contacts(client_of(crm).fetch_contacts([5001, 5002, 999]), NOW)
    assert [person.id for person in people] == [5001, 5002]
    assert people[0].phone_norm == "+77071234567"
    assert people[0].email_norm == "dana@example.kz"
    assert people[0].deal_ids == (9100001, 9100002)


def test_the_genuine_page_of_deals_is_read(crm: AmocrmStandIn) -> None:
    page = json.loads((FIXTURES / "api-leads-page.json").read_text())
    page["_links"].pop("next")
    crm.fail_next("leads", Answer(200, page))
    body = client_of(crm).fetch_leads_by_ids([9228191])
    assert [event.id for event in body.events] == [lead["id"] for lead in page["_embedded"]["leads"]]


FETCHES: dict[str, Callable[[AmocrmClient], object]] = {
    "account": lambda client: client.fetch_account(),
    "leads": lambda client: client.fetch_leads_by_ids([1, 2, 3]),
    "contacts": lambda client: client.fetch_contacts([5001]),
}
PASSING = ["too_many", "html_500", "html_504", "html_200", "cut_json", "empty_200", "list", "reset"]


@pytest.mark.parametrize("path", FETCHES)
@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_tried_again(crm: AmocrmStandIn, fault: str, path: str) -> None:
    expected = FETCHES[path](client_of(crm))
    crm.fail_next(path, fault, times=3)
    assert FETCHES[path](client_of(crm)) == expected


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_stays_raises(crm: AmocrmStandIn, fault: str) -> None:
    crm.fail_next("leads", fault, times=100)
    with pytest.raises(errors.Transient):
        client_of(crm).fetch_leads_by_ids([1])
    assert len(crm.server.requests) == 4


@pytest.mark.parametrize(("fault", "kind"), [
    ("blocked", errors.Refused), ("tariff", errors.Refused), ("token_dead", errors.TokenInvalid),
    ("bad_request", errors.BadRequest)])
def test_what_no_retry_helps_is_not_retried(crm: AmocrmStandIn, fault: str, kind: type[Exception]) -> None:
    crm.fail_next("leads", fault, times=100)
    with pytest.raises(kind):
        client_of(crm).fetch_leads_by_ids([1])
    assert len(crm.server.requests) == 1


def test_a_list_without_its_list_is_an_error(crm: AmocrmStandIn) -> None:
    crm.fail_next("leads", "no_embedded", times=100)
    with pytest.raises(errors.BadAnswer):
        client_of(crm).fetch_leads_by_ids([1])


def test_a_silent_line_times_out(crm: AmocrmStandIn) -> None:
    crm.fail_next("leads", "timeout")
    assert client_of(crm, timeout=(1, 0.3)).fetch_leads_by_ids([1]).events


def test_calls_are_paced_below_the_rate(crm: AmocrmStandIn) -> None:
    slept: list[float] = []
    client = client_of(crm, rate_limit=4.0, sleep=slept.append)
    for _ in range(5):
        client.fetch_account()
    assert len(slept) == 4
    assert sum(slept[-1:]) == pytest.approx(1.0, abs=0.3)


def test_the_account_itself_limits_the_rate() -> None:
    with AmocrmStandIn(DATA, rate_limit=3) as crm:
        client = client_of(crm)
        with pytest.raises(errors.RateLimited):
            for _ in range(10):
                client.fetch_account()


@pytest.mark.parametrize("fault", sorted(CRM_FAULTS))
def test_no_exception_holds_the_token(crm: AmocrmStandIn, fault: str) -> None:
    crm.fail_next("leads", fault, times=100)
    client = client_of(crm, timeout=(1, 0.2))
    with pytest.raises(errors.AmocrmError) as caught:
        client.fetch_leads_by_ids([1])
    said = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)) + repr(client)
    assert TOKEN not in said
    assert caught.value.__context__ is None
