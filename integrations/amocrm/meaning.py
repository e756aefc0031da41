"""Turns read amoCRM events into what they say about deals and people.

Invariant: two events that say the same about a deal at the same moment have the same key, whichever subscription
(``status``, ``update``, ``responsible``) or repetition brought them.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from core.bodies import clean_mark
from core.deals import NOTE
from core.dedup import time_bucket
from core.phones import find_phones, normalize_email, normalize_phone
from core.records import AmocrmBody, AmocrmEvent, Contact, DealEvent
from integrations.amocrm.fields import FieldMap, Marks
from integrations.amocrm.notes import read_note_marks

# ``note`` hangs on a deal and says nothing about its state; it may carry marks.
_DEAL_ACTIONS = frozenset({"add", "update", "status", "responsible", "delete", "restore"})
_CONTACT_ACTIONS = frozenset({"add", "update", "restore", "responsible"})


def is_deal_event(event: AmocrmEvent) -> bool:
    """True for an event that tells the state of one deal."""
    return event.entity == "leads" and event.action in _DEAL_ACTIONS and event.id is not None


def is_marked_note(event: AmocrmEvent) -> bool:
    """True for a note of a deal that tells where the deal came from."""
    return (event.entity == "leads" and event.action == "note" and event.element_id is not None
            and not read_note_marks(event.text).utm.is_empty)


def is_person_event(event: AmocrmEvent) -> bool:
    """True for an event that tells who a person is; companies share the key and are not people."""
    return (event.entity == "contacts" and event.action in _CONTACT_ACTIONS and event.id is not None
            and event.type != "company")


def to_deal_events(body: AmocrmBody, received_at: datetime, field_map: FieldMap) -> tuple[DealEvent, ...]:
    """The deal events of a body, each key once; an event without time takes its receipt."""
    found: dict[str, DealEvent] = {}
    for event in body.events:
        if is_deal_event(event):
            deal = _deal_event(event, received_at, field_map)
        elif is_marked_note(event):
            deal = _note_event(event, received_at)
        else:
            continue
        found.setdefault(deal.key, deal)
    return tuple(found.values())


def _deal_event(event: AmocrmEvent, received_at: datetime, field_map: FieldMap) -> DealEvent:
    assert event.id is not None  # kept by is_deal_event
    marks = field_map.marks(event.custom_fields)
    return DealEvent(
        key=_event_key(event, marks, received_at),
        deal_id=event.id,
        action=event.action,
        occurred_at=event.last_modified or received_at,
        has_own_time=event.last_modified is not None,
        received_at=received_at,
        pipeline_id=event.pipeline_id,
        status_id=event.status_id,
        name=clean_mark(event.name),
        price=event.price,
        price_given=event.price_given,
        created_at=event.created_at,
        closed_at=event.closed_at,
        utm=marks.utm,
        utm_given=not marks.utm.is_empty,  # a cleared field takes nothing back: the newest known marks stand
        fbclid=marks.fbclid,
        contact_id=event.contact_ids[0] if event.contact_ids else None,
        account_id=event.account_id,
    )


def _note_event(event: AmocrmEvent, received_at: datetime) -> DealEvent:
    assert event.element_id is not None  # kept by is_marked_note
    marks = read_note_marks(event.text)
    digest = hashlib.sha256(repr((event.id, marks)).encode("utf-8", "replace")).hexdigest()[:24]
    return DealEvent(
        key=f"{event.account_id or ''}:{event.element_id}:note:{digest}", deal_id=event.element_id, action=NOTE,
        occurred_at=event.created_at or received_at, has_own_time=event.created_at is not None,
        received_at=received_at, utm=marks.utm, utm_given=True, fbclid=marks.fbclid, account_id=event.account_id)


def _event_key(event: AmocrmEvent, marks: Marks, received_at: datetime) -> str:
    """Account, deal, moment and a hash of the meaning. Deleting and restoring differ from telling a state."""
    kind = event.action if event.action in ("delete", "restore") else "state"
    meaning = (
        kind, event.pipeline_id, event.status_id, clean_mark(event.name), event.price, event.price_given,
        event.created_at, event.closed_at, marks.utm, marks.fbclid, event.contact_ids[:1],
    )
    digest = hashlib.sha256(repr(meaning).encode("utf-8", "replace")).hexdigest()[:24]
    moment = (f"t{int(event.last_modified.timestamp())}" if event.last_modified else f"r{time_bucket(received_at)}")
    return f"{event.account_id or ''}:{event.id}:{moment}:{digest}"


def to_contacts(body: AmocrmBody, received_at: datetime) -> tuple[Contact, ...]:
    """The people of a body, in order; a phone that stands only in the contact's name counts when it is the only one."""
    return tuple(_contact(event, received_at) for event in body.events if is_person_event(event))


def _contact(event: AmocrmEvent, received_at: datetime) -> Contact:
    assert event.id is not None  # kept by is_person_event
    phones = event.phones_raw
    if not phones:
        named = find_phones(event.name)
        phones = tuple(named) if len(named) == 1 else ()
    phone, phone_norm = _first(phones, normalize_phone)
    email, email_norm = _first(event.emails_raw, normalize_email)
    return Contact(
        id=event.id, name=clean_mark(event.name), phone=phone, phone_norm=phone_norm, email=email,
        email_norm=email_norm, modified_at=event.last_modified or received_at, deal_ids=event.linked_lead_ids,
        other_phones=_others(phone_norm, (found for value in phones for found in find_phones(value))),
        other_emails=_others(email_norm, (normalize_email(part) for value in event.emails_raw
                                          for part in re.split(r"[\s,;/]+", value))),
    )


def _others(first: str | None, found: Iterable[str | None]) -> tuple[str, ...]:
    """What is found beside the first, each once."""
    return tuple(dict.fromkeys(one for one in found if one and one != first))


def _first(raw: tuple[str, ...], normalize: Callable[[str], str | None]) -> tuple[str | None, str | None]:
    """The first value that can be read with its normal form, else the first as typed."""
    for value in raw:
        normal = normalize(value)
        if normal:
            return value.strip(), normal
    return (raw[0].strip(), None) if raw else (None, None)


def to_links(body: AmocrmBody) -> tuple[tuple[int, int, bool], ...]:
    """(deal, contact, is main) pairs that a body states: of leads, of people, of incoming leads."""
    return tuple(dict.fromkeys(_links(body)))


def _links(body: AmocrmBody) -> Iterator[tuple[int, int, bool]]:
    for event in body.events:
        if is_deal_event(event) and event.action != "delete":
            assert event.id is not None
            for place, contact in enumerate(event.contact_ids):
                yield event.id, contact, place == 0
        elif is_person_event(event):
            assert event.id is not None
            for deal in event.linked_lead_ids:
                yield deal, event.id, False
        elif event.entity == "unsorted" and event.action == "add" and event.lead_id:
            for contact in event.contact_ids:
                yield event.lead_id, contact, False


def skip_reasons(body: AmocrmBody) -> tuple[str, ...]:
    """Why events of a body say nothing about deals or people, each reason once, in order."""
    return tuple(dict.fromkeys(reason for reason in map(_skip_reason, body.events) if reason))


def _skip_reason(event: AmocrmEvent) -> str | None:
    if is_deal_event(event) or is_person_event(event) or is_marked_note(event):
        return None
    if event.entity == "unsorted":
        return None if event.action == "add" and event.lead_id and event.contact_ids else "an incoming lead is no deal"
    if event.entity == "contacts" and event.type == "company":
        return "a company is no person"
    if event.entity in ("leads", "contacts") and event.id is None:
        return f"{event.entity}[{event.action}] without a readable id"
    return f"{event.entity[:40]}[{event.action[:40]}] says nothing about deals"
