"""One person behind several contacts, phones and addresses, whatever the order in which that is told."""

from collections.abc import Callable
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.engine import Database
from data.identity import load_suspicious_joins
from jobs.aggregate_sales import settle_all_deals
from jobs.rerun_attribution import join_everybody
from tests.database.inbox_world import OPEN, WON, Company, at, contact, deal, hook

PHONES = tuple(f"+7701000000{number}" for number in range(4))
EMAILS = ("a@e.kz", "b@e.kz", "c@e.kz")
POINTS = "SELECT kind, value, person_key, sure_key, is_shared FROM person_points ORDER BY kind, value"
DEALS = """
    SELECT d.deal_id, d.person_key, d.sure_key, d.is_registration, t.slug, d.attribution_method, d.confidence
    FROM amocrm_deals d LEFT JOIN traffic_teams t ON t.id = d.team_id ORDER BY d.deal_id"""
Step = Callable[[Company], Any]


@pytest.fixture
def company(db_jobs: Database) -> Company:
    return Company(db_jobs)


def lead(minute: float, source: str = "fb_kenesary", **fields: Any) -> Step:
    return lambda company: company.send_lead(at(minute), utm_source=source, created_at=at(minute).isoformat(), **fields)


def told(*events: Any) -> Step:
    return lambda company: company.send(hook(*events), at(600))


def everybody_anew(company: Company) -> None:
    join_everybody(company.context)
    settle_all_deals(company.context)


# A contact with an address, a lead with that address and a phone, a lead with that phone only: one person in a chain.
CHAIN: list[Step] = [
    lead(1, phone=PHONES[0]), lead(2, "unknown", phone=PHONES[0], email=EMAILS[0]),
    told(contact(70, at(3), email=EMAILS[0], deals=(1,))), told(deal(1, at(30), WON))]


@pytest.mark.parametrize("order", list(permutations(range(len(CHAIN)))))
def test_a_chain_finds_the_lead_at_its_other_end_in_any_order(company: Company, order: tuple[int, ...]) -> None:
    for number in order:
        CHAIN[number](company)
        company.work()
    sale = company.sale(1)
    assert (sale["slug"], sale["attribution_method"], sale["confidence"]) == ("kenesary", "person_match", "low")
    assert {row["person_key"] for row in company.rows(DEALS)} == {f"phone:{PHONES[0]}"}


def test_a_chain_of_phones_is_a_sure_sign(company: Company) -> None:
    for step in (lead(1, phone=PHONES[0]), told(contact(70, at(2), phone=f"{PHONES[0]}, {PHONES[1]}")),
                 told(contact(71, at(2), phone=PHONES[1], deals=(1,)), deal(1, at(30), WON))):
        step(company)
        company.work()
    assert (company.sale(1)["slug"], company.sale(1)["confidence"]) == ("kenesary", "medium")


def test_two_persons_who_become_one_have_one_registration_and_their_days_are_counted_anew(company: Company) -> None:
    company.tell(contact(70, at(0), phone=PHONES[0], deals=(1,)), contact(71, at(0), email=EMAILS[0], deals=(2,)),
                 deal(1, at(0), OPEN, created=at(0)), deal(2, at(0, 12), OPEN, created=at(0, 12)))
    assert [row["is_registration"] for row in company.rows(DEALS)] == [True, True]
    company.dirty_days()
    lead(5, phone=PHONES[0], email=EMAILS[0])(company)
    company.work()
    assert [row["is_registration"] for row in company.rows(DEALS)] == [True, False]
    assert company.dirty_days() >= {"2026-03-12"}


def test_a_corrected_phone_parts_people_again(company: Company) -> None:
    lead(1, phone=PHONES[0])(company)
    company.tell(contact(70, at(2), phone=PHONES[0], deals=(1,)), deal(1, at(30), WON))
    assert company.sale(1)["slug"] == "kenesary"
    company.tell(contact(70, at(40), phone=PHONES[1], deals=(1,)))
    assert (company.sale(1)["slug"], company.sale(1)["reason"]) == (None, "no_person")
    assert company.rows(DEALS)[0]["person_key"] == f"phone:{PHONES[1]}"


def test_the_phone_of_an_office_joins_nobody(company: Company) -> None:
    office = "+77270000000"
    for number in range(7):
        lead(number, phone=office, email=f"visitor{number}@e.kz", name=f"Гость {number}")(company)
    company.tell(contact(70, at(8), phone=office, deals=(1,)), contact(71, at(8), email="visitor3@e.kz", deals=(2,)),
                 deal(1, at(30), WON), deal(2, at(30), WON))
    assert (company.sale(1)["slug"], company.sale(2)["slug"]) == (None, "kenesary")
    persons = {row["deal_id"]: row["person_key"] for row in company.rows(DEALS)}
    assert persons == {1: "contact:70", 2: "email:visitor3@e.kz"}
    before = company.rows(POINTS)
    everybody_anew(company)
    assert company.rows(POINTS) == before
    with company.database.transaction() as connection:
        found = {row["why"]: row["value"] for row in load_suspicious_joins(connection)}
    assert found["shared_by_too_many"] == office


def test_an_office_that_is_none_any_more_joins_again(company: Company) -> None:
    office = "+77270000000"
    company.tell(*[contact(number, at(0), phone=office, email=f"p{number}@e.kz", deals=(number,))
                   for number in range(1, 8)], *[deal(number, at(1), OPEN) for number in range(1, 8)])
    assert len({row["person_key"] for row in company.rows(DEALS)}) == 7
    for number in (6, 7):
        company.tell(contact(number, at(2), phone=f"+7702000000{number}", email=f"p{number}@e.kz"))
    assert len({row["person_key"] for row in company.rows(DEALS)}) == 3
    before = company.rows(POINTS), company.rows(DEALS)
    everybody_anew(company)
    assert (company.rows(POINTS), company.rows(DEALS)) == before


def test_a_chain_that_joins_several_people_is_reported(company: Company) -> None:
    company.tell(contact(1, at(0), phone=f"{PHONES[0]}, {PHONES[1]}", name="Айгуль"),
                 contact(2, at(0), phone=PHONES[1], email=EMAILS[0], name="Дархан"),
                 contact(3, at(0), email=EMAILS[0], name="Сауле", deals=(1,)), deal(1, at(1), WON))
    with company.database.transaction() as connection:
        found = {row["why"]: row for row in load_suspicious_joins(connection)}
    chain = found["chain_of_several_people"]
    assert (chain["value"], chain["contacts"], chain["sales"]) == (f"phone:{PHONES[0]}", [1, 2, 3], 1)


def test_rows_that_came_by_another_way_are_joined_on_request(company: Company) -> None:
    company.tell(contact(70, at(0), phone=PHONES[0], deals=(1,)), contact(71, at(2), email=EMAILS[0], deals=(2,)),
                 deal(1, at(30), WON), deal(2, at(40), OPEN))
    company.add("landing_leads", source="import", created_at=at(1), phone=PHONES[0], phone_norm=PHONES[0],
                email=EMAILS[0], email_norm=EMAILS[0], utm_source="fb_muha")
    assert join_everybody(company.context) == 2
    assert {row["person_key"] for row in company.rows(DEALS)} == {f"phone:{PHONES[0]}"}
    assert join_everybody(company.context) == 0


PHONE = st.sampled_from(range(4))
EMAIL = st.sampled_from([None, 0, 1, 2])
TIE = st.sampled_from([None, 1, 2])
FORMS = st.builds(lambda source, phone, email, tie: ("form", source, [phone], email, tie),
                  st.sampled_from(["fb_kenesary", "fb_muha", "other"]), PHONE, EMAIL, TIE)
CARDS = st.builds(lambda number, minute, phones, email, tie: ("card", number, minute, phones, email, tie),
                  st.integers(1, 3), st.integers(0, 5), st.lists(PHONE, max_size=2, unique=True), EMAIL,
                  st.integers(1, 3))
STORIES = st.lists(st.one_of(FORMS, CARDS), min_size=2, max_size=7)
NAMESPACES = count(50_001)


class Retold:
    """A story told under ids, phones and addresses of its own, so that tellings never meet."""

    def __init__(self, company: Company, story: list[tuple[Any, ...]]) -> None:
        self.company, self.story, self.space = company, story, str(next(NAMESPACES))
        self.steps = [*enumerate(story), *((-number, ("deal", number)) for number in (1, 2, 3))]

    def tell(self, order: list[tuple[int, tuple[Any, ...]]], one_by_one: bool) -> None:
        for place, said in order:
            self._send(place, said)
            if one_by_one:
                self.company.work()
        self.company.work()

    def rows(self) -> list[str]:
        """What became of it, without what makes it differ from other tellings."""
        rows = [str(row) for row in (*self.company.rows(POINTS), *self.company.rows(DEALS))]
        return [row.replace(self.space, "#") for row in rows if self.space in row]

    def _id(self, number: int) -> int:
        return int(f"9{self.space}{number}")

    def _points(self, phones: list[int], email: int | None) -> dict[str, str | None]:
        return {"phone": ", ".join(f"+7701{self.space}0{number}" for number in phones) or None,
                "email": None if email is None else f"p{email}.{self.space}@e.kz"}

    def _send(self, place: int, said: tuple[Any, ...]) -> None:
        if said[0] == "deal":
            number = said[1]
            told(deal(self._id(number), at(60 + number), WON, created=at(number)))(self.company)
        elif said[0] == "form":
            _, source, phones, email, tie = said
            fields = {**self._points(phones, email), **({"amocrm_lead_id": self._id(tie)} if tie else {})}
            lead(place, source, **{name: value for name, value in fields.items() if value is not None})(self.company)
        else:
            _, number, minute, phones, email, tie = said
            told(contact(self._id(number), at(minute), **self._points(phones, email),
                         deals=(self._id(tie),)))(self.company)


@given(story=STORIES, data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_gives_the_same_persons_and_joining_as_it_comes_is_joining_everybody(
    company: Company, story: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    """As it comes, in another order and all at once, and everybody joined anew, end in the same rows."""
    as_it_comes, shuffled = Retold(company, story), Retold(company, story)
    as_it_comes.tell(as_it_comes.steps, one_by_one=True)
    shuffled.tell(data.draw(st.permutations(shuffled.steps)), one_by_one=data.draw(st.booleans()))
    ends = as_it_comes.rows()
    assert len(ends) > 3
    assert shuffled.rows() == ends
    everybody_anew(company)
    assert as_it_comes.rows() == ends
