"""Shapes beside the genuine ones: twins, JSON, several events, bad neighbours, any bytes."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bodies import UnreadableBody
from core.records import CustomField, DealEvent, Utm
from integrations.amocrm.mapping import FieldMap, parse_body, to_contacts, to_deal_events, utm_from_link
from integrations.amocrm.meaning import skip_reasons, to_links

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
RECEIVED = datetime(2026, 8, 1, 12, tzinfo=UTC)
MAP = FieldMap.of()


def form(action: str = "status", **fields: str) -> bytes:
    pairs = {f"leads[{action}][0][{key}]": value for key, value in fields.items()}
    return urlencode({**pairs, "account[id]": "77"}).encode()


def deal_events(body: bytes, content_type: str = FORM, received_at: datetime = RECEIVED) -> tuple[DealEvent, ...]:
    return to_deal_events(parse_body(body, content_type), received_at, MAP)


def deal(body: bytes, content_type: str = FORM, received_at: datetime = RECEIVED) -> DealEvent:
    (event,) = deal_events(body, content_type, received_at)
    return event


SALE = {"id": "9", "status_id": "142", "pipeline_id": "10350882", "price": "5000", "last_modified": "1700000000"}


def test_status_and_update_twins_share_a_key_and_a_change_does_not() -> None:
    assert deal(form("status", **SALE, old_status_id="1")).key == deal(form("update", **SALE)).key
    assert deal(form("status", **SALE)).key != deal(form("status", **{**SALE, "price": "6000"})).key
    assert deal(form("status", **SALE)).key != deal(form("restore", **SALE)).key


def test_twins_in_one_body_are_one_event() -> None:
    both = form("status", **SALE) + b"&" + form("update", **SALE)
    assert len(deal_events(both)) == 1


def test_an_event_without_time_is_named_by_the_interval_of_its_receipt() -> None:
    body = form(id="9", status_id="142", pipeline_id="10350882")
    assert deal(body).key == deal(body, received_at=RECEIVED + timedelta(minutes=5)).key
    assert deal(body).key != deal(body, received_at=RECEIVED + timedelta(hours=1)).key


def test_an_absent_price_is_not_an_empty_one() -> None:
    without = {key: value for key, value in SALE.items() if key != "price"}
    assert (deal(form(**without)).price, deal(form(**without)).price_given) == (None, False)
    empty = deal(form(**{**SALE, "price": ""}))
    assert (empty.price, empty.price_given) == (None, True)


@pytest.mark.parametrize("price", ["-5", "NaN", "1e999", "abc", "9" * 40, "Infinity", "12345678901234"])
def test_an_impossible_price_is_unknown(price: str) -> None:
    assert deal(form(**{**SALE, "price": price})).price is None


def test_a_hook_shaped_json_reads_like_the_form() -> None:
    body = {"leads": {"status": [{**SALE, "price": 5000, "id": 9}]}, "account": {"id": 77}}
    assert deal(json.dumps(body).encode(), JSON).key == deal(form(**SALE)).key


@pytest.mark.parametrize("wrap", [
    lambda lead: {"_embedded": {"leads": [lead]}},
    lambda lead: {"leads": {"status": [lead]}, "account": {"id": "77"}},
    lambda lead: {"leads": [lead]},
    lambda lead: lead,
])
def test_json_with_v4_names_is_read(wrap: Any) -> None:
    lead = {"id": 9, "status_id": 142, "pipeline_id": 10350882, "price": 5000, "created_at": 1699990000,
            "updated_at": 1700000000, "closed_at": 1699999000, "account_id": 77,
            "custom_fields_values": [{"field_id": 1, "field_name": "utm_source", "field_code": "UTM_SOURCE",
                                      "values": [{"value": "fb_kenesary"}]}],
            "_embedded": {"contacts": [{"id": 4, "is_main": False}, {"id": 3, "is_main": True}]}}
    event = deal(json.dumps(wrap(lead)).encode(), JSON)
    assert (event.deal_id, event.price, event.utm, event.contact_id) == (9, Decimal(5000), Utm(source="fb_kenesary"), 3)
    assert (event.closed_at, event.occurred_at) == (
        datetime.fromtimestamp(1699999000, UTC), datetime.fromtimestamp(1700000000, UTC))
    assert to_links(parse_body(json.dumps(wrap(lead)).encode(), JSON)) == ((9, 3, True), (9, 4, False))


def test_a_deleted_lead_of_the_api_is_a_deletion() -> None:
    body = {"_embedded": {"leads": [{"id": 9, "is_deleted": True, "updated_at": 1700000000}]}}
    assert deal(json.dumps(body).encode(), JSON).action == "delete"


def test_one_bad_event_leaves_its_neighbours_standing() -> None:
    body = form(**SALE) + b"&leads[status][1][id]=abc&leads[update][0]=nothing&leads[add][0][id]=10"
    parsed = parse_body(body, FORM)
    assert [event.deal_id for event in to_deal_events(parsed, RECEIVED, MAP)] == [9, 10]
    assert skip_reasons(parsed) == ("leads[status] without a readable id", "leads[update] without a readable id")


def test_accepting_an_incoming_lead_is_no_deletion() -> None:
    parsed = parse_body(b"unsorted[delete][0][action]=accept&unsorted[delete][0][accept_result][leads][0]=9", FORM)
    assert to_deal_events(parsed, RECEIVED, MAP) == ()
    assert skip_reasons(parsed) == ("an incoming lead is no deal",)


@pytest.mark.parametrize("body", [b"message[add][0][id]=x&message[add][0][text]=hi", b"talk[add][0][talk_id]=1",
                                  b"task[add][0][id]=5&task[add][0][element_id]=9", b"leads[note][0][note][id]=3"])
def test_what_says_nothing_about_deals_is_skipped_with_a_reason(body: bytes) -> None:
    parsed = parse_body(body, FORM)
    assert to_deal_events(parsed, RECEIVED, MAP) == () and to_contacts(parsed, RECEIVED) == ()
    assert len(skip_reasons(parsed)) == 1


def test_cleared_marks_take_nothing_back() -> None:
    cleared = "&leads[status][0][custom_fields][0][id]=434731&leads[status][0][custom_fields][0][name]=utm_source"
    assert not deal(form(**SALE) + cleared.encode()).utm_given


def test_the_first_own_field_with_a_value_wins_and_a_link_serves_when_all_are_empty() -> None:
    named = CustomField(1, "utm_source", None, ("by_name",))
    by_id = CustomField(434731, "anything", None, (" by_id ",))
    cleared = CustomField(434731, "anything", None, ())
    link = CustomField(2, "Страница", None, ("https://a.kz/?utm_source=by_link&amp;utm_medium=cpc&amp;fbclid=X",))
    assert MAP.marks([named, by_id, link]).utm == Utm(source="by_id")
    assert MAP.marks([named, by_id, link]).fbclid == "X"
    assert MAP.marks([cleared, named]).utm == Utm(source="by_name")
    assert MAP.marks([cleared, link]).utm == Utm(source="by_link", medium="cpc")
    assert MAP.marks([cleared]).utm.is_empty


@pytest.mark.parametrize("link", ["https://[bad", "", "?", "https://a.kz/?utm_source=", "x" * 5_000, "https://a/?%ff=%00"])
def test_a_strange_link_gives_no_marks(link: str) -> None:
    assert utm_from_link(link).is_empty


@pytest.mark.parametrize("body", [b"foo=bar", b"test=test", b'{"a": 1}', b"leads=1", b"leads[status]=1"])
def test_a_body_without_account_and_events_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBody, match="neither"):
        parse_body(body, FORM)


KEYS = st.sampled_from(["leads", "contacts", "status", "update", "0", "id", "custom_fields", "custom_fields_values",
                        "tags", "values", "value", "price", "linked_leads_id", "ID", "_embedded", "account", "is_main",
                        "note", "unsorted", "data", "last_modified", "name", "lead_id"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.just("142"), st.just("1e400"))
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
                     max_leaves=20)
PATHS = st.lists(KEYS, min_size=1, max_size=6)


def bracket(path: list[str]) -> str:
    return path[0] + "".join(f"[{step}]" for step in path[1:])


FORMS = st.lists(st.tuples(PATHS.map(bracket), st.text(max_size=10)), max_size=8).map(
    lambda pairs: urlencode(pairs, errors="replace").encode())
JSONS = st.dictionaries(KEYS, TREES, max_size=4).map(lambda tree: json.dumps(tree).encode())


@given(st.one_of(FORMS, JSONS, st.binary(max_size=200)), st.sampled_from([FORM, JSON]))
def test_any_body_gives_records_or_a_reason(body: bytes, content_type: str) -> None:
    try:
        parsed = parse_body(body, content_type)
    except UnreadableBody:
        return
    to_deal_events(parsed, RECEIVED, MAP)
    to_contacts(parsed, RECEIVED)
    to_links(parsed)
    skip_reasons(parsed)
