"""The deals of the demo company: who of the visitors registered, who bought what and when, with which contact card.

Invariant: between the creation of a deal that carries no deciding marks and its close its person never comes again,
so that one history explains both the registration and the sale.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from core.records import Utm
from demo.clockwork import Clockwork
from demo.contacts import ContactBook, ContactCard
from demo.marks import NO_MARK, UNKNOWN, Mark
from demo.people import Person, make_person
from demo.stories import PIPELINES, Story, open_story, sold_story, won_unconfigured_story
from demo.teams import BY_SLUG, ELSEWHERE, TEAMS, TeamPlan
from demo.variants import deal_variants
from demo.visits import Visit

LOOK_BACK = timedelta(days=90)
_CALLED_LATER = timedelta(days=97)
_TYPED_BY_MANAGER = Mark(Utm("instagram", "direct"), UNKNOWN)


@dataclass
class Deal:
    """A deal: its marks (``NO_MARK`` when it carries none), its contact (``None``: nobody) and its story."""

    id: int
    name: str
    created_at: datetime
    mark: Mark
    person: Person | None
    visits: tuple[Visit, ...]
    contact: ContactCard | None
    story: Story
    link_mark: bool = False


@dataclass
class _Draft:
    """A deal being planned; ``product`` is a pipeline key; ``sold_at`` ``None`` while it is open."""

    created_at: datetime
    mark: Mark
    person: Person | None
    visits: tuple[Visit, ...]
    product: str = "proftest"
    sold_at: datetime | None = None
    variant: str = "plain"
    is_second: bool = False
    new_card: bool = False


class DealMaker:
    """Plans the deals of all visitors and turns the plans into stories."""

    def __init__(self, rng: Random, clock: Clockwork, visits: list[Visit]) -> None:
        self._rng = rng
        self._clock = clock
        self._visits = visits
        self._fresh = 1 + max(visit.person.number for visit in visits)

    def make(self) -> list[Deal]:
        """All deals in order of creation."""
        firsts = self._first_deals()
        drafts = firsts + self._sales(firsts) + self._strangers()
        drafts.sort(key=lambda draft: (draft.created_at, draft.is_second))
        deal_variants(self._rng, drafts)
        for draft in drafts:
            if draft.variant == "direct" and draft.sold_at is not None:
                draft.sold_at = draft.created_at
        cards = ContactBook(self._rng, self._clock)
        return [self._deal(number, draft, cards) for number, draft in enumerate(drafts)]

    def _first_deals(self) -> list[_Draft]:
        """A deal for about half of the visitors, soon after their last visit (or after an earlier one that decides)."""
        by_person: dict[int, list[Visit]] = {}
        for visit in self._visits:
            by_person.setdefault(visit.person.number, []).append(visit)
        drafts = []
        for mine in by_person.values():
            team = _team_of(mine[-1])
            if self._rng.random() >= team.registration_rate:
                continue
            draft = self._after_visits(mine)
            if draft is not None:
                drafts.append(draft)
        return drafts

    def _after_visits(self, mine: list[Visit]) -> _Draft | None:
        rng = self._rng
        decides = mine[0].mark.fits_deal and mine[0].mark.verdict.team is not None
        base = mine[0] if len(mine) > 1 and decides and rng.random() < 0.5 else mine[-1]
        if len(mine) == 1 and self._clock.now - base.at > _CALLED_LATER and rng.random() < 0.004:
            # Found in an old list and called: the visit is outside the look-back.
            rest = (self._clock.last_moment - base.at - _CALLED_LATER).total_seconds()
            at = base.at + _CALLED_LATER + timedelta(seconds=int(rng.random() * rest))
            return _Draft(at, NO_MARK, base.person, (base,))
        minutes = rng.expovariate(1 / 6) if rng.random() < 0.85 else rng.uniform(20, 1500)
        at = base.at + timedelta(seconds=25 + int(minutes * 60))
        if base is not mine[-1]:
            at = min(at, base.at + (mine[1].at - base.at) / 2).replace(microsecond=0)
        if at > self._clock.last_moment or at <= base.at:
            return None
        return _Draft(at, self._own_mark(base, mine, base is not mine[-1]), base.person, tuple(mine))

    def _own_mark(self, base: Visit, mine: list[Visit], must_decide: bool) -> Mark:
        mark = base.mark
        if must_decide:
            return mark
        chance = self._rng.random()
        if mark.fits_deal and chance < 0.62:
            # Two teams in the marks of somebody with other visits: the rules leave the order of the two open.
            return NO_MARK if mark.verdict.reason == "ambiguous" and len(mine) > 1 else mark
        return _TYPED_BY_MANAGER if chance > 0.975 else NO_MARK

    def _sales(self, firsts: list[_Draft]) -> list[_Draft]:
        """Chooses the buyers team by team; returns the further deals that some of them get."""
        further: list[_Draft] = []
        visits = Counter(_team_of(visit).slug for visit in self._visits)
        for team in (*TEAMS, ELSEWHERE):
            mine = [draft for draft in firsts if draft.visits and _team_of(draft.visits[-1]) is team]
            leads = visits[team.slug]
            mine.sort(key=self._eagerness)
            express = mine[: round(leads * team.express_rate)]
            for draft in express:
                self._sell(draft, "express", hours=9.0)
            further += self._flagmans(mine, len(express), max(1, round(leads * team.flagman_rate)))
            rest = [draft for draft in mine if draft.sold_at is None]
            for product, part in (("intensive1d", 0.0022), ("challenge3d", 0.0006)):
                for draft in rest[: round(leads * part)]:
                    key = self._rng.choice(("challenge3d", "challenge3d_b", "challenge3d_c"))
                    self._sell(draft, product if product == "intensive1d" else key, hours=40.0)
                rest = [draft for draft in rest if draft.sold_at is None]
        return further + self._webinars(firsts)

    def _eagerness(self, draft: _Draft) -> float:
        """A random order in which visits of better campaigns tend to come first."""
        return -(self._rng.random() ** (1 / draft.visits[-1].quality))

    def _sell(self, draft: _Draft, product: str, hours: float) -> None:
        limit = self._limit(draft)
        delay = timedelta(seconds=90 + int(self._rng.expovariate(1 / (hours * 3600))))
        sold_at = self._clock.waking(self._rng, draft.created_at + delay)
        if sold_at >= limit:
            room = int((limit - draft.created_at).total_seconds())
            if room < 70:
                return
            sold_at = draft.created_at + timedelta(seconds=self._rng.randrange(60, room))
        draft.product, draft.sold_at = product, sold_at

    def _limit(self, draft: _Draft) -> datetime:
        """Before this the deal must be closed: now, the edge of the look-back, or the person's next visit."""
        coming = [visit.at for visit in draft.visits if visit.at > draft.created_at]
        before = [visit.at + LOOK_BACK - timedelta(days=2) for visit in draft.visits if visit.at < draft.created_at]
        edges = [edge for edge in before if edge > draft.created_at]
        return min([self._clock.last_moment, *coming, *edges])

    def _flagmans(self, mine: list[_Draft], express: int, count: int) -> list[_Draft]:
        """Flagman sales: three of five to Express buyers as a second deal, the others at once."""
        rng, span = self._rng, len(self._clock.days)
        slowest = min(38.0, span / 5)
        further: list[_Draft] = []
        buyers, others = mine[:express], mine[express:]
        rng.shuffle(buyers)
        for number in range(count):
            if buyers and (number % 5 < 3 or not others):
                first = buyers.pop()
                since = max([first.sold_at or first.created_at, *(visit.at for visit in first.visits)])
                draft = self._second(first, since + timedelta(seconds=int(rng.uniform(0.05, slowest) * 86400)))
                if draft.created_at < self._clock.last_moment - timedelta(minutes=5):
                    self._sell(draft, "flagman", hours=30.0)
                    further.append(draft)
            elif others:
                place = min(int(rng.random() * len(others)), len(others) - 1)
                self._sell(others.pop(place), "flagman", hours=24.0 * slowest / 3)
        return further

    def _second(self, first: _Draft, at: datetime) -> _Draft:
        """A further deal of the same person, often on a second card of the same phone."""
        last = first.visits[-1]
        own = last.mark if last.mark.fits_deal and last.mark.verdict.team and self._rng.random() < 0.4 else NO_MARK
        has_phone = any(visit.has_phone for visit in first.visits)
        return _Draft(
            at, own, first.person, first.visits, is_second=True, new_card=has_phone and self._rng.random() < 0.15
        )

    def _webinars(self, firsts: list[_Draft]) -> list[_Draft]:
        """Second deals in a pipeline that nobody counts."""
        further = []
        for first in self._rng.sample(firsts, min(len(firsts), max(2, len(firsts) // 250))):
            since = max([first.sold_at or first.created_at, *(visit.at for visit in first.visits)])
            draft = self._second(first, since + timedelta(hours=self._rng.uniform(2, 60)))
            draft.created_at = draft.created_at.replace(microsecond=0)
            draft.product, draft.sold_at = "webinar", draft.created_at + timedelta(minutes=30)
            if draft.sold_at < self._clock.last_moment:
                further.append(draft)
        return further

    def _strangers(self) -> list[_Draft]:
        """Deals typed in by managers: people who never left a lead, and deals without any person."""
        drafts = []
        total = max(6, round(len(self._visits) * 0.008))
        for number in range(total):
            day = self._rng.choice(self._clock.days)
            at = self._clock.moment(self._rng, day)
            if at >= self._clock.last_moment - timedelta(minutes=30):
                continue
            person = None
            if number % 3:
                person = make_person(self._rng, self._fresh)
                self._fresh += 1
            draft = _Draft(at, NO_MARK, person, ())
            if number % 4 == 0:
                self._sell(draft, "express" if number % 16 else "flagman", hours=3.0)
            drafts.append(draft)
        return drafts

    def _deal(self, number: int, draft: _Draft, cards: ContactBook) -> Deal:
        rng = self._rng
        pipeline = PIPELINES[draft.product]
        if draft.sold_at is None:
            key = "proftest" if rng.random() < 0.7 else "express"
            story = open_story(rng, self._clock, draft.created_at, PIPELINES[key])
        elif draft.product == "webinar":
            story = won_unconfigured_story(rng, draft.created_at, draft.sold_at)
        else:
            story = sold_story(rng, self._clock, draft.created_at, draft.sold_at, draft.product, draft.variant)
        deal_id = 31_000_000 + number * 7 + rng.randrange(7)
        contact = cards.card_of(draft, deal_id) if draft.person else None
        name = rng.choice(("Заявка с сайта", "Новая заявка", f'Заказ "{pipeline.name}"', "", f"Сделка #{deal_id}"))
        link_mark = draft.mark.fits_deal and rng.random() < 0.08
        return Deal(
            deal_id, name, draft.created_at, draft.mark, draft.person, draft.visits, contact, story, link_mark
        )


def _team_of(visit: Visit) -> TeamPlan:
    return BY_SLUG.get(visit.mark.verdict.team or "", ELSEWHERE)
