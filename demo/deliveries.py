"""The requests that tell the demo company's story to the intake: exact bytes, in the order in which they were sent.

Invariant: every event is delivered at least once; some come late, twice, with the account block elsewhere, or under two
subscriptions. Landing forms send one body per submission; amoCRM's history comes several events to a body.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from demo.amocrm_bodies import Body
from demo.clockwork import Clockwork
from demo.contacts import ContactCard
from demo.deals import Deal
from demo.landing_bodies import FORM, landing_body
from demo.stories import Change
from demo.visits import FORMS, Visit


@dataclass(frozen=True)
class Delivery:
    """One request: ``path`` is amocrm or landing, ``source`` the {source} of a landing address.

    ``is_repeat`` marks content that was delivered before: the intake stores it once.
    """

    at: datetime
    path: str
    source: str | None
    content_type: str
    body: bytes
    is_repeat: bool = False


@dataclass(frozen=True)
class _ContactEvent:
    card: ContactCard
    deal_ids: tuple[int, ...]
    at: datetime
    action: str


@dataclass(frozen=True)
class _Sent:
    at: datetime
    deal: Deal | None
    event: Change | _ContactEvent


def make_deliveries(rng: Random, clock: Clockwork, visits: list[Visit], deals: list[Deal]) -> tuple[Delivery, ...]:
    """All requests by time."""
    found = _landing(rng, clock, visits) + _amocrm(rng, clock, deals)
    found.sort(key=lambda delivery: delivery.at)
    return tuple(found)


def _landing(rng: Random, clock: Clockwork, visits: list[Visit]) -> list[Delivery]:
    found = []
    for visit in visits:
        content_type, body = landing_body(rng, clock, visit)
        first = Delivery(visit.at, "landing", FORMS[visit.form], content_type, body)
        found.append(first)
        if visit.form.startswith("tilda") and rng.random() < 0.006:
            # No answer within five seconds: the builder sends the same again a minute later.
            again = min(visit.at + timedelta(minutes=1), clock.now)
            found.append(Delivery(again, "landing", first.source, content_type, body, is_repeat=True))
    return found


def _amocrm(rng: Random, clock: Clockwork, deals: list[Deal]) -> list[Delivery]:
    found: list[Delivery] = []
    chunk: list[_Sent] = []
    size = 1
    for sent in _sent_events(rng, clock, deals):
        if isinstance(sent.event, Change) and sent.event.only_ids:
            body = Body()
            _add(body, sent)
            found.append(Delivery(sent.at, "amocrm", None, FORM, body.short_content()))
            continue
        chunk.append(sent)
        if len(chunk) >= size:
            found += _deliver(rng, clock, chunk)
            chunk = []
            size = rng.randrange(6, 20) if sent.at < clock.now - timedelta(days=1) else rng.randrange(1, 4)
    return found + (_deliver(rng, clock, chunk) if chunk else [])


def _deliver(rng: Random, clock: Clockwork, chunk: list[_Sent]) -> list[Delivery]:
    body = Body()
    for sent in chunk:
        _add(body, sent)
    at = chunk[-1].at
    first = Delivery(at, "amocrm", None, FORM, body.content())
    if rng.random() >= 0.012:
        return [first]
    again = min(at + timedelta(minutes=5), clock.now)
    return [first, Delivery(again, "amocrm", None, FORM, body.content(account_first=False), is_repeat=True)]


def _add(body: Body, sent: _Sent) -> None:
    event = sent.event
    if isinstance(event, _ContactEvent):
        body.add_contact(event.card, event.deal_ids, int(event.at.timestamp()), event.action)
    elif sent.deal is not None:
        body.add_change(sent.deal, event)


def _sent_events(rng: Random, clock: Clockwork, deals: list[Deal]) -> list[_Sent]:
    """Every event with the moment it was sent: most at once, some by a repetition up to 95 minutes later."""
    found: list[_Sent] = []
    cards: dict[int, ContactCard] = {}
    for deal in deals:
        found += [_Sent(_sent_at(rng, clock, change), deal, change) for change in deal.story.changes]
        if deal.contact is not None:
            cards[deal.contact.id] = deal.contact
    for card in cards.values():
        links = sorted(card.links)
        for place, (at, _) in enumerate(links):
            known = tuple(deal_id for _, deal_id in links[: place + 1])
            event = _ContactEvent(card, known, at, "update" if place else "add")
            found.append(_Sent(_late(rng, clock, at), None, event))
    twice = [sent for sent in found if rng.random() < 0.008 and not _is_timeless(sent)]
    found += [_Sent(min(sent.at + timedelta(minutes=15), clock.now), sent.deal, sent.event) for sent in twice]
    found.sort(key=lambda sent: sent.at)
    return found


def _is_timeless(sent: _Sent) -> bool:
    return isinstance(sent.event, Change) and (sent.event.only_ids or sent.event.action == "delete")


def _sent_at(rng: Random, clock: Clockwork, change: Change) -> datetime:
    """The short body of a digital pipeline overtakes the full one."""
    return change.at if change.only_ids else _late(rng, clock, change.at)


def _late(rng: Random, clock: Clockwork, at: datetime) -> datetime:
    seconds = rng.choice((300, 900, 1800, 5700)) if rng.random() < 0.03 else rng.randrange(1, 4)
    return min(at + timedelta(seconds=seconds), clock.now)
