"""What the stand-ins answer from tells the same story as the webhooks."""

import json

from core.deals import fold_deal
from core.records import AmocrmBody, DateRange
from demo.feeds import crm_data_of, graph_data_of
from integrations.amocrm.mapping import FieldMap, parse_body, to_contacts, to_deal_events
from tests.unit.demo.test_demo_bodies import PRODUCTS


def _pages(kind: str, objects: list[dict]) -> list[AmocrmBody]:
    pages = [objects[start : start + 250] for start in range(0, len(objects), 250)]
    return [parse_body(json.dumps({"_embedded": {kind: page}}).encode(), "application/json") for page in pages]


def test_the_advertising_behind_the_tokens_is_the_spend_of_the_truth(small_world):
    data = graph_data_of(small_world.setting)
    readable = {account for accounts in data.tokens.values() for account in accounts}
    assert readable == {account.id for account in data.accounts}
    assert {seed.token for seed in small_world.seed_rows().accounts} == set(data.tokens)
    rates = small_world.setting.series
    spend = sum(row.spend * rates.of(row.currency, row.day) for row in data.days)
    assert spend == small_world.truth.totals(DateRange(small_world.first_day, small_world.today)).spend
    ids = {campaign.id for campaign in data.campaigns}
    assert all(row.object_id in ids and row.level == "campaign" for row in data.days)
    assert len({(row.object_id, row.day) for row in data.days}) == len(data.days)


def test_a_deal_read_by_the_api_is_the_deal_of_the_webhooks(middle_world):
    data = crm_data_of(middle_world)
    events = {
        event.deal_id: event
        for body in _pages("leads", data.leads)
        for event in to_deal_events(body, middle_world.now, FieldMap.of())
    }
    for deal in middle_world.deals:
        state = fold_deal([events[deal.id]])
        fact = deal.story.sale
        standing = [span for span in state.won if span.pipeline_id in PRODUCTS and span.left_at is None]
        if fact is None or fact.is_reversed:
            assert not standing
        else:
            assert [(PRODUCTS[span.pipeline_id], span.sold_at, span.price) for span in standing] == [
                (fact.product, fact.sold_at, fact.amount)
            ]
        assert state.contact_id == (deal.contact.id if deal.contact else None)


def test_the_cards_behind_the_api_are_the_persons(middle_world):
    data = crm_data_of(middle_world)
    contacts = {
        contact.id: contact
        for body in _pages("contacts", data.contacts)
        for contact in to_contacts(body, middle_world.now)
    }
    for deal in middle_world.deals:
        if deal.contact:
            contact = contacts[deal.contact.id]
            assert (contact.phone_norm or contact.email_norm) == deal.contact.key
            assert deal.id in contact.deal_ids
