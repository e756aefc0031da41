"""Every landing submission of the demo company: who, when, with which marks, typed how, through which form.

Invariant: exactly as many visits as asked for, sorted by time; a person who comes again mostly types the phone,
and at times the e-mail only, so that some are found by what another visit or a card tells of both.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from demo.campaigns import Advertising, CampaignPlan
from demo.clockwork import WEEK, Clockwork
from demo.marks import Mark, Marker
from demo.people import Person, make_person, short_phone, typed_email, typed_phone
from demo.teams import ELSEWHERE, TEAMS

# A form of the demo company and the {source} of its landing address.
FORMS = {
    "tilda_cookies": "proftest",
    "tilda_fields": "express",
    "tilda_named": "flagman",
    "json": "intensive",
    "fasttrack": "fasttrack",
}
MAX_VISITS = 3


@dataclass
class Visit:
    """One submission. ``phone`` and ``email`` are as typed; ``has_phone`` is false for a phone nobody can read."""

    number: int
    at: datetime
    day: date
    mark: Mark
    quality: float
    person: Person
    phone: str | None = None
    email: str | None = None
    has_phone: bool = False
    form: str = "json"

    @property
    def has_email(self) -> bool:
        """True when an e-mail was typed."""
        return self.email is not None


@dataclass(frozen=True)
class _Slot:
    at: datetime
    day: date
    mark: Mark
    quality: float


def make_visits(rng: Random, clock: Clockwork, ads: Advertising, marker: Marker, leads: int) -> list[Visit]:
    """``leads`` submissions in order of time, each with its person, typed values and form."""
    slots = _paid(rng, clock, ads, marker, leads)
    slots += _unpaid(rng, clock, marker, leads - len(slots))
    slots.sort(key=lambda slot: slot.at)
    persons = _persons(rng, slots)
    counts: dict[int, int] = {}
    for person in persons:
        counts[person.number] = counts.get(person.number, 0) + 1
    visits = []
    for number, (slot, person) in enumerate(zip(slots, persons, strict=True)):
        visit = Visit(number, slot.at, slot.day, slot.mark, slot.quality, person)
        _type(rng, visit, counts[person.number] > 1)
        visit.form = _form(rng, visit)
        visits.append(visit)
    return visits


def _paid(rng: Random, clock: Clockwork, ads: Advertising, marker: Marker, leads: int) -> list[_Slot]:
    slots: list[_Slot] = []
    plans = {plan.id: plan for plan in ads.campaigns}
    groups: list[tuple[list[CampaignPlan], int]] = []
    for team in TEAMS:
        run = [plan for plan in ads.campaigns if plan.runner == team.slug and plan.team_slug]
        groups.append((run, round(leads * team.lead_share)))
    for plan in ads.campaigns:
        if not plan.team_slug:
            groups.append(([plan], max(1, round(leads * (0.012 if plan.reason == "ambiguous" else 0.008)))))
    for mine, count in groups:
        ids = {plan.id for plan in mine}
        cells = [key for key in ads.weights if key[0] in ids]
        others = [plan for plan in ads.campaigns if plan.team_slug and plan.runner != mine[0].runner]
        for campaign_id, day in rng.choices(cells, [ads.weights[key] for key in cells], k=count):
            plan = plans[campaign_id]
            mark = marker.of_campaign(plan, others, day)
            slots.append(_Slot(clock.moment(rng, day), day, mark, plan.quality))
    return slots


def _unpaid(rng: Random, clock: Clockwork, marker: Marker, count: int) -> list[_Slot]:
    last = len(clock.days) - 1
    weights = [
        WEEK[day.weekday()] * (1 + ELSEWHERE.trend * (place / last - 0.5)) * clock.elapsed(day)
        for place, day in enumerate(clock.days)
    ]
    days = rng.choices(clock.days, weights, k=count)
    return [_Slot(clock.moment(rng, day), day, marker.elsewhere(), 0.8) for day in days]


def _persons(rng: Random, slots: list[_Slot]) -> list[Person]:
    """A person for every slot; about one in twenty has been here before."""
    times = [slot.at for slot in slots]
    persons: list[Person] = []
    visits: dict[int, int] = {}
    fresh = 0
    for place, slot in enumerate(slots):
        known = None
        if rng.random() < 0.045:
            back = timedelta(hours=2) + timedelta(days=60) * rng.random() ** 2
            earlier = bisect_left(times, slot.at - back)
            known = persons[earlier] if earlier < place else None
        if known is None or visits[known.number] >= MAX_VISITS:
            known = make_person(rng, fresh)
            fresh += 1
        visits[known.number] = visits.get(known.number, 0) + 1
        persons.append(known)
    return persons


def _type(rng: Random, visit: Visit, is_repeated: bool) -> None:
    chance = rng.random()
    phone, email = typed_phone(rng, visit.person.phone), typed_email(rng, visit.person.email)
    if chance < 0.62 or (is_repeated and chance < 0.8):
        visit.phone, visit.email, visit.has_phone = phone, email if chance < 0.62 else None, True
    elif chance < 0.87 and not is_repeated:
        visit.phone, visit.has_phone = phone, True
    elif chance < 0.99:
        visit.email = email
    else:
        visit.phone, visit.email = short_phone(rng), email


def _form(rng: Random, visit: Visit) -> str:
    mark = visit.mark
    chance = rng.random()
    # The page's cookie keeps the five marks only, in lower case.
    if chance < 0.42 and mark.campaign == mark.deal_campaign and (mark.fits_deal or mark.utm.is_empty):
        return "tilda_cookies"
    if chance < 0.50 and visit.has_phone:
        return "tilda_named"
    if chance < 0.74:
        return "tilda_fields"
    return "json" if chance < 0.90 else "fasttrack"
