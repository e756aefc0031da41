"""What the generator decided about whose everything is, against the product's attribution engine."""

from collections import defaultdict

from core.attribution import PersonLead, Touch, attribute_campaign, attribute_deal, attribute_touch
from core.persons import Membership, Point, join_points
from core.records import Utm
from demo.deals import Deal
from demo.verdicts import deal_verdict
from demo.visits import Visit
from demo.world import World
from tests.unit.demo.rules import rules_of


def _five(utm: Utm) -> tuple[str | None, ...]:
    """The marks that every way of sending carries, trimmed."""
    return tuple(value and value.strip() for value in (utm.source, utm.medium, utm.campaign, utm.content, utm.term))


def _uuid(campaign: str | None) -> str | None:
    return f"uuid-{campaign}" if campaign else None


def test_every_visit_is_whose_the_generator_says(middle_world):
    rules = rules_of(middle_world)
    for visit in middle_world.visits:
        utm = visit.mark.utm
        if visit.form == "tilda_cookies":
            utm = Utm(*(value and value.lower() for value in _five(utm)))
        found = attribute_touch(Touch(utm, visit.day, visit.form), rules)
        meant = visit.mark.verdict
        assert (found.team_slug, found.method, found.confidence, found.reason) == (
            meant.team, meant.method, meant.confidence, meant.reason,
        ), visit  # fmt: skip
        assert set(found.candidates) == set(meant.candidates)
        assert found.campaign_id == _uuid(visit.mark.campaign), visit


def test_every_campaign_is_whose_the_generator_says(middle_world):
    rules = rules_of(middle_world)
    for ref, plan in zip(rules.campaigns, middle_world.campaigns, strict=True):
        found = attribute_campaign(ref, middle_world.today, rules)
        assert (found.team_slug, found.reason, found.candidates) == (plan.team_slug, plan.reason, plan.candidates)


def _points(visit: Visit) -> set[Point]:
    return ({Point("phone", visit.person.phone)} if visit.has_phone else set()) | (
        {Point("email", visit.person.email)} if visit.has_email else set())


def _persons(world: World) -> dict[Point, Membership]:
    owners = {visit.number: _points(visit) for visit in world.visits}
    for deal in world.deals:
        if card := deal.contact:
            owners[f"c{card.id}"] = {Point("contact", str(card.id)),
                                     *([Point("phone", card.person.phone)] if card.phone else []),
                                     *([Point("email", card.person.email)] if card.email else [])}
    return join_points(owners, frozenset())


def _person_leads(world: World, persons: dict[Point, Membership], deal: Deal) -> list[PersonLead]:
    card = deal.contact
    if card is None:
        return []
    found = []
    mine = persons[Point("contact", str(card.id))]
    for visit in world.visits:
        held = [persons[point] for point in _points(visit)]
        by = None
        if any(one.sure == mine.sure for one in held):
            by = "phone"
        elif any(one.person == mine.person for one in held):
            by = "email"
        if by:
            found.append(
                PersonLead(str(visit.number), visit.at, visit.mark.verdict.team, by, _uuid(visit.mark.campaign))
            )
    return found


def test_every_deal_is_whose_the_generator_says(middle_world):
    rules = rules_of(middle_world)
    checked = 0
    persons = _persons(middle_world)
    for deal in middle_world.deals:
        fact = deal.story.sale
        if deal.id % 3 and fact is None:
            continue
        moments = [deal.created_at] + ([fact.sold_at] if fact else [])
        leads = _person_leads(middle_world, persons, deal)
        marks = Utm(*_five(deal.mark.utm))
        for moment in moments:
            meant = deal_verdict(deal, moment)
            day = middle_world.setting.clock.day_of(moment)
            found = attribute_deal(Touch(marks, day), moment, leads, rules, person_known=deal.contact is not None)
            assert (found.team_slug, found.method, found.confidence, found.reason) == (
                meant.team, meant.method, meant.confidence, meant.reason,
            ), deal  # fmt: skip
            assert found.candidates == meant.candidates
            assert found.campaign_id == _uuid(meant.campaign), deal
            checked += 1
    assert checked > 500


def test_a_sale_and_its_registration_have_one_explanation(middle_world):
    """No visit falls between the creation of a deal that is matched by its person and its close."""
    for deal in middle_world.deals:
        fact = deal.story.sale
        if fact is None or deal.mark.verdict.team is not None:
            continue
        assert not [visit for visit in deal.visits if deal.created_at <= visit.at < fact.sold_at]


def test_persons_stay_apart(middle_world):
    phones = defaultdict(set)
    for visit in middle_world.visits:
        phones[visit.person.phone].add(visit.person.number)
    assert all(len(numbers) == 1 for numbers in phones.values())
    visits = defaultdict(int)
    for visit in middle_world.visits:
        visits[visit.person.number] += 1
    assert max(visits.values()) in (2, 3)
