"""Turns stored deliveries into leads, deals and sales: read each, save all at once, settle what they touch.

Invariant: the effects of a batch and the marks on its deliveries are one transaction, so a worker that dies leaves
either both or neither; whatever fails in a batch is tried alone and stops nobody else.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from core.attribution_rules import Rules
from core.bodies import UnreadableBody
from core.records import AmocrmBody, Contact, DealEvent, LandingLead
from data.contacts import Link, load_deals_of_contacts, load_deals_of_leads, save_contacts, save_links
from data.deal_facts import save_deal_events
from data.deals import settle_deals
from data.engine import DatabaseAway
from data.freshness import bump
from data.inbox import StoredEvent, mark_failed, mark_processed, mark_skipped, mark_unreadable, take_batch
from data.landing_sources import Paths, load_mappings
from data.leads import ReceivedLead, save_leads, settle_leads
from data.rules import load_field_rows, load_rules
from data.settling import hold_settling
from integrations.amocrm.fields import FieldMap
from integrations.amocrm.mapping import parse_body
from integrations.amocrm.meaning import skip_reasons, to_contacts, to_deal_events, to_links
from integrations.landing.mapping import Ping, parse_lead
from jobs.context import JobContext

LEASE_SECONDS = 120
_log = logging.getLogger(__name__)


@dataclass
class Reading:
    """What one delivery says. ``unreadable``: nobody can read it. ``broken``: reading it failed, which is our fault."""

    event: StoredEvent
    leads: list[ReceivedLead] = field(default_factory=list)
    contacts: tuple[Contact, ...] = ()
    links: tuple[Link, ...] = ()
    deal_events: tuple[DealEvent, ...] = ()
    skipped: tuple[str, ...] = ()
    unreadable: str | None = None
    broken: str | None = None

    @property
    def says_something(self) -> bool:
        """True when anything of it is to be saved."""
        return bool(self.leads or self.contacts or self.links or self.deal_events)


def process_inbox(context: JobContext, limit: int = 500) -> int:
    """Process the next deliveries; answers how many were taken, 0 when nothing is waiting.

    Raises: DatabaseAway; what was taken comes back when the lease ends.
    """
    with context.database.transaction() as connection:
        batch = take_batch(connection, limit, LEASE_SECONDS)
        field_map = FieldMap.of(load_field_rows(connection)) if batch else FieldMap.of()
        mappings = load_mappings(connection) if batch else {}
    if not batch:
        return 0
    readings = [_read(event, field_map, mappings, context.settings.amocrm_account_id) for event in batch]
    try:
        _apply(context, readings)
    except DatabaseAway:
        raise
    except Exception:  # noqa: BLE001 - whatever it was, each delivery is tried alone and keeps its own error
        if len(readings) > 1:
            _log.warning("a batch of %d deliveries failed, trying each alone", len(readings), exc_info=True)
        for reading in readings:
            _apply_alone(context, reading)
    return len(batch)


def _apply_alone(context: JobContext, reading: Reading) -> None:
    try:
        _apply(context, [reading])
    except DatabaseAway:
        raise
    except Exception as error:  # noqa: BLE001 - the delivery keeps it and waits for its next attempt
        _log.exception("delivery %s failed, attempt %d", reading.event.id, reading.event.attempts)
        _apply_parts(context, reading)
        with context.database.transaction() as connection:
            mark_failed(connection, reading.event, _reason(error))


def _apply_parts(context: JobContext, reading: Reading) -> None:
    """What a delivery that failed as a whole tells beside its bad event has its effect; told again it changes nothing.

    Raises: DatabaseAway.
    """
    parts = list(_parts(reading))
    for part in parts if len(parts) > 1 else []:
        try:
            with context.database.transaction() as connection:
                hold_settling(connection)
                _save(connection, context, load_rules(connection), [part])
                bump(connection)
        except DatabaseAway:
            raise
        except Exception:  # noqa: BLE001 - the delivery as a whole keeps why it failed, and is tried again
            _log.warning("an event of delivery %s failed alone as well", reading.event.id, exc_info=True)


def _parts(reading: Reading) -> Iterator[Reading]:
    """A delivery event by event: each deal, person and tie for itself."""
    for lead in reading.leads:
        yield Reading(reading.event, leads=[lead])
    for contact in reading.contacts:
        yield Reading(reading.event, contacts=(contact,))
    for link in reading.links:
        yield Reading(reading.event, links=(link,))
    for deal_event in reading.deal_events:
        yield Reading(reading.event, deal_events=(deal_event,))


def _reason(error: Exception) -> str:
    """What went wrong, without the values it went wrong with: they may be personal."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        diagnosis = getattr(error.orig, "diag", None)
        return f"{type(error.orig).__name__}: {getattr(diagnosis, 'message_primary', None) or 'no message'}"
    return type(error).__name__


def _read(
    event: StoredEvent, field_map: FieldMap, mappings: Mapping[str, Paths], account_id: int | None
) -> Reading:
    """Read one delivery; its faults stay its own."""
    reading = Reading(event)
    try:
        if event.source == "landing":
            _read_lead(reading, mappings.get(event.source_name or ""))
        elif event.source == "amocrm":
            _read_amocrm(reading, field_map, account_id)
        else:
            reading.skipped = (f"nothing is read from {event.source} here",)
    except UnreadableBody as unreadable:
        reading.unreadable = unreadable.reason
    except Exception as error:  # noqa: BLE001 - the delivery keeps it and waits for its next attempt
        _log.exception("delivery %s could not be read", event.id)
        reading.broken = _reason(error)
    return reading


def _read_lead(reading: Reading, mapping: Paths | None) -> None:
    event = reading.event
    lead = parse_lead(event.body, event.content_type, event.received_at, event.source_name, mapping)
    if isinstance(lead, Ping):
        reading.skipped = ("a connection check",)
    elif not _has_contact(lead):
        reading.skipped = ("neither a phone nor an e-mail",)
    else:
        reading.leads.append(ReceivedLead(event.id, event.source_name or "", lead))


def _has_contact(lead: LandingLead) -> bool:
    return bool(lead.phone or lead.email)


def _read_amocrm(reading: Reading, field_map: FieldMap, account_id: int | None) -> None:
    event = reading.event
    body = parse_body(event.body, event.content_type)
    if account_id is not None and (foreign := _foreign_account(body, account_id)):
        reading.skipped = (f"from account {foreign}, not from {account_id}",)
        return
    reading.skipped = skip_reasons(body)
    reading.deal_events = to_deal_events(body, event.received_at, field_map)
    reading.contacts = to_contacts(body, event.received_at)
    reading.links = to_links(body)
    if body.events and not reading.says_something and all("readable id" in reason for reason in reading.skipped):
        raise UnreadableBody("no event of it has a readable id")
    if not body.events:
        reading.skipped = ("no events",)


def _foreign_account(body: AmocrmBody, account_id: int) -> int | None:
    """Another account that the body names; a body that names none is taken for ours."""
    named = {body.account_id, *(event.account_id for event in body.events)} - {None}
    others = [account for account in named if account is not None and account != account_id]
    return others[0] if others else None


def _apply(context: JobContext, readings: Sequence[Reading]) -> None:
    """Save, settle and mark in one transaction."""
    with context.database.transaction() as connection:
        hold_settling(connection)
        speaking = [reading for reading in readings if reading.says_something]
        relevant: frozenset[int] = frozenset()
        if speaking:
            relevant = _save(connection, context, load_rules(connection), speaking)
        _mark(connection, readings, relevant)
        if speaking:
            bump(connection)


def _save(connection: Connection, context: JobContext, rules: Rules, readings: Sequence[Reading]) -> frozenset[int]:
    """Save what was read and settle everything it touches; answers the touched deals that count."""
    changed_contacts = save_contacts(connection, [one for reading in readings for one in reading.contacts])
    links = [link for reading in readings for link in reading.links]
    save_links(connection, links)
    save_deal_events(connection, [(reading.event.id, one) for reading in readings for one in reading.deal_events])
    lead_ids = save_leads(connection, [one for reading in readings for one in reading.leads])
    settle_leads(connection, lead_ids, rules, context.calendar)
    touched = {one.deal_id for reading in readings for one in reading.deal_events}
    touched |= {deal_id for deal_id, _, _ in links}
    touched |= load_deals_of_contacts(connection, changed_contacts)
    touched |= load_deals_of_leads(connection, lead_ids)
    return settle_deals(connection, touched, rules, context.calendar)


def _mark(connection: Connection, readings: Sequence[Reading], relevant: frozenset[int]) -> None:
    processed: dict[str, str | None] = {}
    skipped: dict[str, str | None] = {}
    for reading in readings:
        if reading.unreadable is None and reading.broken is None:
            reasons = [*reading.skipped, *_deals_left_out(reading, relevant)]
            counts = bool(reading.leads or reading.contacts or reading.links) or any(
                one.deal_id in relevant for one in reading.deal_events)
            (processed if counts else skipped)[reading.event.id] = "; ".join(reasons) or None
    mark_processed(connection, processed)
    mark_skipped(connection, skipped)
    mark_unreadable(connection, {one.event.id: one.unreadable for one in readings if one.unreadable is not None})
    for reading in readings:
        if reading.broken is not None:
            mark_failed(connection, reading.event, reading.broken)


def _deals_left_out(reading: Reading, relevant: frozenset[int]) -> list[str]:
    """Why deals of a delivery have no row, each reason once."""
    left_out = [one for one in reading.deal_events if one.deal_id not in relevant]
    reasons = ["the deletion of a deal nobody counts" if one.action == "delete" else
               f"pipeline {one.pipeline_id} is not configured" if one.pipeline_id else "a deal of no known pipeline"
               for one in left_out]
    return list(dict.fromkeys(reasons))
