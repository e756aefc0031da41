"""Reads everything amoCRM ever told once more, after the fields of the account mean something else.

Invariant: what was read out of a body is replaced in one transaction with what it says now, so an event is never
missing and never there twice; what the API told of a deal stays, its marks are asked for again, and stay as they
were when nobody can be asked.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from core.bodies import UnreadableBody
from core.records import DealEvent
from data.amocrm_bodies import (
    RawBody,
    count_bodies,
    forget_events_of_bodies,
    forget_marks_of_api,
    load_bodies_after,
    load_deals_from_api,
)
from data.amocrm_connection import NotConnected
from data.deal_facts import save_deal_events
from data.deals import settle_deals
from data.freshness import bump
from data.rules import load_field_rows, load_rules
from data.settling import chunks, hold_settling
from integrations.amocrm.client import AmocrmClient
from integrations.amocrm.fields import FieldMap
from integrations.amocrm.mapping import parse_body
from integrations.amocrm.meaning import to_deal_events
from jobs.amocrm_account import demand_client
from jobs.amocrm_reading import fetch_people
from jobs.complete_deals import save_answers
from jobs.context import JobContext

_BODIES_AT_ONCE, _DEALS_AT_ONCE = 500, 250
Progress = Callable[[int, int], None]

log = structlog.get_logger()


@dataclass(frozen=True)
class Reread:
    """How many bodies were read again, how many deals the API told anew, and how many it could not be asked about."""

    bodies: int
    deals: int
    left: int


def reread_amocrm(context: JobContext, progress: Progress = lambda done, total: None) -> Reread:
    """Read the stored bodies by the mapping of now, then ask the API for the deals it told of. Raises: AmocrmError."""
    with context.database.transaction(read_only=True) as connection:
        total, from_api = count_bodies(connection), load_deals_from_api(connection)
    steps = total + len(from_api)
    done, seq = 0, 0
    while not context.stop.is_set():
        with context.database.transaction() as connection:
            hold_settling(connection)
            bodies = load_bodies_after(connection, seq, _BODIES_AT_ONCE)
            if not bodies:
                break
            field_map = FieldMap.of(load_field_rows(connection))
            touched = set(forget_events_of_bodies(connection, [one.id for one in bodies]))
            events = [(one.id, event) for one in bodies for event in _read(one, field_map)]
            save_deal_events(connection, events)
            touched |= {event.deal_id for _, event in events}
            settle_deals(connection, touched, load_rules(connection), context.calendar)
            bump(connection)
        done, seq = done + len(bodies), bodies[-1].seq
        progress(done, max(done, steps))
    asked = _ask_again(context, from_api, lambda count: progress(done + count, max(done + count, steps)))
    log.info("amocrm_reread", bodies=done, deals=asked)
    return Reread(done, asked, len(from_api) - asked)


def _read(one: RawBody, field_map: FieldMap) -> tuple[DealEvent, ...]:
    try:
        return to_deal_events(parse_body(one.body, one.content_type), one.received_at, field_map)
    except UnreadableBody:
        return ()    # it was processed for its contacts or links; it tells of no deal


def _ask_again(context: JobContext, deal_ids: list[int], progress: Callable[[int], None]) -> int:
    """Ask the API for these deals; how many were asked for: none when the account is not connected."""
    if not deal_ids:
        return 0
    try:
        client: AmocrmClient = demand_client(context)
    except NotConnected:
        return 0
    asked = 0
    for chunk in chunks(deal_ids, _DEALS_AT_ONCE):
        if context.stop.is_set():
            break
        deals = client.fetch_leads_by_ids(chunk)
        people = fetch_people(client, deals)
        found = [event.id for event in deals.events if event.id is not None]
        with context.database.transaction() as connection:
            hold_settling(connection)
            forget_marks_of_api(connection, found)
            save_answers(connection, context, deals, people)
        asked += len(chunk)
        progress(asked)
    return asked
