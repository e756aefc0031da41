"""The contact cards of the demo company's amoCRM: who stands behind a deal, with phone and e-mail as typed there.

Invariant: a card shares at least one readable phone or e-mail with the visits of its person; a second card of the same
person carries the same phone. All cards of a person share one ``family``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from demo.clockwork import Clockwork
from demo.people import Person, typed_email, typed_phone
from demo.visits import Visit


@dataclass
class ContactCard:
    """A contact: ``phone`` and ``email`` as typed (``None``: not on the card); ``links`` are (known at, deal id)."""

    id: int
    person: Person
    phone: str | None
    email: str | None
    links: list[tuple[datetime, int]] = field(default_factory=list)
    family: list["ContactCard"] = field(default_factory=list, repr=False, compare=False)

    def is_chained(self, visits: Sequence[Visit]) -> bool:
        """True when the person's phone and e-mail were ever told together: in a visit or on a card of the person."""
        return any(visit.has_phone and visit.has_email for visit in visits) or any(
            card.phone and card.email for card in self.family)

    @property
    def key(self) -> str:
        """What the card itself tells: the phone, else the e-mail."""
        return self.person.phone if self.phone else self.person.email

    def person_key(self, visits: Sequence[Visit]) -> str:
        """Who it is, given all visits of the person: the phone, if only by what was told with the e-mail."""
        return self.person.phone if self.phone or self.is_chained(visits) else self.person.email


class Wanted(Protocol):
    """What a deal tells about the card it needs."""

    created_at: datetime
    person: Person | None
    visits: tuple[Visit, ...]
    new_card: bool
    sold_at: datetime | None


class ContactBook:
    """Gives every deal its card and notes when amoCRM told of the tie."""

    def __init__(self, rng: Random, clock: Clockwork) -> None:
        self._rng = rng
        self._clock = clock
        self._cards: dict[int, ContactCard] = {}
        self._number = 0

    def card_of(self, wanted: Wanted, deal_id: int) -> ContactCard:
        """The card of the deal's person, new or known, tied to the deal."""
        person = wanted.person
        if person is None:
            raise ValueError("a deal without a person has no card")
        card = self._cards.get(person.number)
        if card is None or wanted.new_card:
            family = card.family if card else []
            card = self._new_card(person, wanted.visits, wanted.new_card)
            card.family = family
            family.append(card)
            self._cards[person.number] = card
        card.links.append((self._known_at(wanted), deal_id))
        return card

    def _new_card(self, person: Person, visits: tuple[Visit, ...], needs_phone: bool) -> ContactCard:
        rng = self._rng
        has_phone = needs_phone or not visits or any(visit.has_phone for visit in visits)
        # Managers do not copy everything: on every other card only the phone stands, and the visit tells the rest.
        is_bare = any(visit.has_phone for visit in visits) and person.number % 2 == 0
        has_email = bool(visits) and all(visit.has_email for visit in visits) and not is_bare
        if not has_phone and rng.random() < 0.35:
            has_phone = True
        self._number += 1
        card_id = 41_000_000 + self._number * 3 + rng.randrange(3)
        email = typed_email(rng, person.email) if has_email else None
        return ContactCard(card_id, person, typed_phone(rng, person.phone) if has_phone else None, email)

    def _known_at(self, wanted: Wanted) -> datetime:
        """Mostly with the deal, at times long after the sale."""
        late = self._rng.random()
        if late < 0.9:
            at = wanted.created_at + timedelta(seconds=self._rng.randrange(3))
        else:
            at = (wanted.sold_at or wanted.created_at) + timedelta(seconds=int(late * 90000))
        return min(at, self._clock.last_moment)
