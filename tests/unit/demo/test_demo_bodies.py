"""The bodies of the demo world say to the product's own readers exactly what the generator meant."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest

from core.deals import fold_deal
from core.dedup import dedup_key
from core.phones import normalize_email, normalize_phone
from core.records import Contact, DealEvent, LandingLead
from demo.world import World
from integrations.amocrm.mapping import FieldMap, parse_body, to_contacts, to_deal_events
from integrations.landing.mapping import parse_lead

PRODUCTS = {
    10350882: "express", 10418746: "flagman", 9777626: "challenge3d", 9430994: "challenge3d", 9977350: "challenge3d",
    9820886: "intensive1d",
}


def _receipt(world: World, place: int = 0):
    return world.now + timedelta(seconds=20, milliseconds=place)


@pytest.fixture(scope="module")
def leads(middle_world):
    found: dict[str, LandingLead] = {}
    for delivery in middle_world.deliveries:
        if delivery.path == "landing":
            lead = parse_lead(delivery.body, delivery.content_type, _receipt(middle_world), delivery.source)
            found.setdefault(dedup_key("landing", delivery.body, delivery.content_type, middle_world.now), lead)
    return sorted(found.values(), key=lambda lead: lead.submitted_at)


@pytest.fixture(scope="module")
def crm(middle_world):
    """Deal events and contacts, in a body order turned around: order must not matter."""
    events: dict[int, list[DealEvent]] = defaultdict(list)
    contacts: list[Contact] = []
    bodies = [delivery for delivery in middle_world.deliveries if delivery.path == "amocrm"]
    for place, delivery in enumerate(reversed(bodies)):
        body = parse_body(delivery.body, delivery.content_type)
        for event in to_deal_events(body, _receipt(middle_world, place), FieldMap.of()):
            events[event.deal_id].append(event)
        contacts += to_contacts(body, _receipt(middle_world, place))
    return events, contacts


def test_every_visit_is_one_lead_with_the_meant_person_and_marks(middle_world, leads):
    assert len(leads) == len(middle_world.visits)
    key = lambda lead: (lead.submitted_at, lead.phone_norm or "", lead.email_norm or "")  # noqa: E731
    meant = sorted(
        (
            visit.at,
            (visit.person.phone if visit.has_phone else "") or "",
            (visit.person.email if visit.has_email else "") or "",
        )
        for visit in middle_world.visits
    )
    assert sorted(map(key, leads)) == meant
    by_key = {key(lead): lead for lead in leads}
    for visit in middle_world.visits:
        phone = visit.person.phone if visit.has_phone else ""
        lead = by_key[visit.at, phone, visit.person.email if visit.has_email else ""]
        sent = visit.mark.utm
        for mark in ("source", "medium", "campaign", "content", "term"):
            value = getattr(sent, mark)
            assert (getattr(lead.utm, mark) or "").lower() == (value or "").strip().lower()
        assert lead.name


def test_typed_phones_and_addresses_read_as_those_of_the_person(middle_world):
    for visit in middle_world.visits:
        assert normalize_phone(visit.phone) == (visit.person.phone if visit.has_phone else None)
        assert normalize_email(visit.email) == (visit.person.email if visit.has_email else None)


def test_every_deal_folds_to_the_sale_that_was_meant(middle_world, crm):
    events, _ = crm
    assert set(events) == {deal.id for deal in middle_world.deals}
    for deal in middle_world.deals:
        state = fold_deal(events[deal.id])
        spans = [span for span in state.won if span.pipeline_id in PRODUCTS]
        fact = deal.story.sale
        assert state.created_at == deal.created_at
        assert [PRODUCTS[span.pipeline_id] for span in spans] == ([fact.product] if fact else [])
        if fact is None:
            continue
        span = spans[0]
        assert span.sold_at == fact.sold_at, deal
        assert (span.left_at is not None) == fact.is_reversed, deal
        if not fact.is_reversed:
            assert span.price == fact.amount, deal


def test_the_marks_of_a_deal_arrive(middle_world, crm):
    events, _ = crm
    for deal in middle_world.deals:
        utm = fold_deal(events[deal.id]).utm
        sent = deal.mark.utm
        for mark in ("source", "medium", "campaign", "content", "term"):
            assert (getattr(utm, mark) or "") == (getattr(sent, mark) or "").strip()


def test_every_card_arrives_with_its_deals(middle_world, crm):
    _, contacts = crm
    ties = defaultdict(set)
    keys = {}
    for contact in contacts:
        ties[contact.id] |= set(contact.deal_ids)
        keys[contact.id] = contact.phone_norm or contact.email_norm
    cards = {deal.contact.id: deal.contact for deal in middle_world.deals if deal.contact}
    assert set(keys) == set(cards)
    for card in cards.values():
        assert keys[card.id] == card.key
        assert ties[card.id] == {deal_id for _, deal_id in card.links}


def test_repeated_deliveries_fall_together(middle_world):
    names = [
        dedup_key(delivery.path, delivery.body, delivery.content_type, middle_world.now)
        for delivery in middle_world.deliveries
    ]
    assert len(set(names)) == middle_world.stored_deliveries < len(names)


def test_the_stories_of_a_company_all_happen(middle_world):
    sales = middle_world.truth.sales
    changes = [change for deal in middle_world.deals for change in deal.story.changes]
    assert {sale.product for sale in sales} == {"express", "flagman", "challenge3d", "intensive1d"}
    assert {sale.status for sale in sales} == {"won", "reversed"}
    assert any(sale.amount is None for sale in sales)
    assert any(change.only_ids for change in changes)
    assert any(change.action == "delete" for change in changes)
    assert any(change.price is None for change in changes) and any(change.price == "" for change in changes)
    assert {sale.method for sale in sales} >= {"utm_exact", "alias", "fb_slug", "campaign_token", "person_match", None}
    assert {sale.reason for sale in sales} == {"no_utm", "no_person", "unknown_source", "ambiguous", None}
    assert any(sale.amount not in (None, Decimal(5000)) for sale in sales if sale.product == "express")
