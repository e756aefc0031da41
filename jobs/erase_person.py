"""Takes one person out of everything that is stored, raw bodies included; no figure and no attribution moves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from core.bodies import UnreadableBody
from core.erasure import StandIns
from core.persons import Point
from data.contacts import load_deals_of_contacts, load_deals_of_leads
from data.deals import settle_deals
from data.freshness import bump
from data.identity import join_noted, note_points
from data.person_erasure import (
    RawBody,
    erase_rows,
    forget_traces,
    inbox_parts,
    load_bodies,
    load_inbox_end,
    save_bodies,
)
from data.persons import Person, find_person, load_idle_people
from data.rules import load_field_rows, load_rules
from data.settling import hold_settling
from integrations.amocrm.erasing import Concerned, erase_events
from integrations.amocrm.fields import FieldMap
from integrations.landing.erasing import erase_lead, names_person
from jobs.context import JobContext

NOBODY = b"{}"
_IDLE_AT_ONCE = 200


@dataclass(frozen=True)
class Erased:
    """How many rows of each kind were erased; all zero when nobody was found."""

    contacts: int = 0
    leads: int = 0
    deals: int = 0
    bodies: int = 0


Progress = Callable[[int, int], None]
Note = Callable[[Connection, Erased], None]


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def _unsaid(_connection: Connection, _erased: Erased) -> None:
    """Nobody asked for it: the timetable did."""


def erase_person(
    context: JobContext, *, phone: str | None, email: str | None, progress: Progress = _silent, note: Note = _unsaid
) -> Erased:
    """Erase whoever has this phone (E.164) or e-mail (lower case), with what hangs together with them.

    ``note`` writes the audit entry in the transaction of the erasure. Raises: SharedMark.
    """
    with context.database.transaction(read_only=True) as connection:
        person = find_person(connection, phone=phone, email=email)
    return _erase_whole(context, person, progress, note)


def _erase_whole(context: JobContext, person: Person, progress: Progress, note: Note) -> Erased:
    stand_ins = StandIns.draw(person.phones, person.emails)
    bodies: dict[str, bytes] = {}
    with context.database.transaction(read_only=True) as connection:
        end = load_inbox_end(connection) if person.is_known else 0
        field_map = FieldMap.of(load_field_rows(connection))
    parts = list(inbox_parts(0, end))
    for number, (after, until) in enumerate(parts, start=1):
        with context.database.transaction(read_only=True) as connection:
            bodies |= _rewritten(load_bodies(connection, person, after, until), person, stand_ins, field_map)
        progress(number, len(parts) + 1)
    with context.database.transaction() as connection:
        if person.is_known:
            hold_settling(connection)
            late = load_bodies(connection, person, end, load_inbox_end(connection))
            bodies |= _rewritten(late, person, stand_ins, field_map)
            _erase(connection, context, person, stand_ins, bodies)
        done = Erased(len(person.contact_ids), len(person.lead_ids), len(person.deal_ids), len(bodies))
        note(connection, done)
    return done


def _erase(
    connection: Connection, context: JobContext, person: Person, stand_ins: StandIns, bodies: Mapping[str, bytes]
) -> None:
    deals = {*person.deal_ids, *load_deals_of_contacts(connection, person.contact_ids),
             *load_deals_of_leads(connection, person.lead_ids)}
    save_bodies(connection, bodies)
    note_points(connection, _points_of(person, stand_ins))
    erase_rows(connection, person, stand_ins)
    deals |= join_noted(connection)
    settle_deals(connection, deals, load_rules(connection), context.calendar)
    forget_traces(connection, person)
    bump(connection)


def _points_of(person: Person, stand_ins: StandIns) -> list[Point]:
    """What joins the person's rows before the erasure and after it."""
    found = [Point("phone", one) for one in (*person.phones, *stand_ins.phones.values())]
    found += [Point("email", one) for one in (*person.emails, *stand_ins.emails.values())]
    return found + [Point("contact", str(one)) for one in person.contact_ids]


def _rewritten(
    found: Iterable[RawBody], person: Person, stand_ins: StandIns, field_map: FieldMap
) -> dict[str, bytes]:
    """The deliveries of a part of the inbox that name the person, without the person, by id."""
    concerned = Concerned(person.contact_ids, person.deal_ids)
    rewritten = {one.id: _without(one, stand_ins, concerned, field_map) for one in found}
    return {event_id: body for event_id, body in rewritten.items() if body is not None}


def _without(one: RawBody, stand_ins: StandIns, concerned: Concerned, field_map: FieldMap) -> bytes | None:
    try:
        if one.source == "amocrm":
            return erase_events(one.body, one.content_type, stand_ins, concerned, field_map)
        if one.is_lead or names_person(one.body, one.content_type, stand_ins):
            return erase_lead(one.body, one.content_type, stand_ins)
    except UnreadableBody:
        # Nobody can read it, so nobody can take a person out of it: what may name one goes whole.
        text = one.body.decode("utf-8", "replace")
        return NOBODY if one.source == "amocrm" or stand_ins.instead_of(text) else None
    return None


def erase_idle_people(context: JobContext) -> int:
    """Erase some people of whom nothing was heard for PERSONAL_DATA_DAYS; how many. Nothing while that is 0."""
    days = context.settings.personal_data_days
    if not days:
        return 0
    before = context.clock() - timedelta(days=days)
    with context.database.transaction(read_only=True) as connection:
        people = load_idle_people(connection, before, _IDLE_AT_ONCE)
    if people:
        _erase_whole(context, sum(people, Person()), _silent, _unsaid)
    return len(people)
