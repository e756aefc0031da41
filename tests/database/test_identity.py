"""A person with several phones and addresses is one person, and joins that look wrong are reported."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from data.engine import Database
from data.identity import load_suspicious_joins
from tests.database.inbox_world import WON, Company, at, contact, deal, hook

TWO_PHONES = "8 (701) 111-22-33, +7 702 444 55 66 доб. 12"


@pytest.fixture
def company(db_jobs: Database) -> Company:
    return Company(db_jobs)


def lead(company: Company, minute: float, **fields: Any) -> None:
    company.send_lead(at(minute), utm_source="fb_kenesary", created_at=at(minute).isoformat(), **fields)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_second_phone_of_a_contact_finds_the_lead_in_any_order(company: Company, order: tuple[int, ...]) -> None:
    steps = [
        lambda: lead(company, 1, phone="87024445566"),
        lambda: company.send(hook(contact(70, at(2), phone=TWO_PHONES, deals=(1,))), at(600)),
        lambda: company.send(hook(deal(1, at(30), WON)), at(600)),
    ]
    for number in order:
        steps[number]()
        company.work()
    sale = company.sale(1)
    assert (sale["slug"], sale["attribution_method"], sale["confidence"]) == ("kenesary", "person_match", "medium")
    assert sale["contact_phone"] == "+77011112233"


@pytest.mark.parametrize("sale_first", [False, True])
def test_the_second_phone_of_a_form_finds_the_sale(company: Company, sale_first: bool) -> None:
    steps = [lambda: lead(company, 1, phone=TWO_PHONES),
             lambda: company.send(hook(contact(70, at(2), phone="87024445566", deals=(1,)), deal(1, at(30), WON)),
                                  at(600))]
    for step in reversed(steps) if sale_first else steps:
        step()
        company.work()
    assert company.sale(1)["slug"] == "kenesary"


def test_a_further_address_is_a_weak_sign(company: Company) -> None:
    lead(company, 1, email="second@example.com")
    company.tell(contact(70, at(2), email="First@example.com; second@example.com", deals=(1,)), deal(1, at(30), WON))
    assert (company.sale(1)["slug"], company.sale(1)["confidence"]) == ("kenesary", "low")


def test_a_point_that_was_told_once_stays(company: Company) -> None:
    lead(company, 1, phone="87024445566")
    company.tell(contact(70, at(2), phone=TWO_PHONES, deals=(1,)))
    company.tell(contact(70, at(3), phone="87011112233", deals=(1,)), deal(1, at(30), WON))
    assert company.sale(1)["slug"] == "kenesary"


def test_joins_that_look_wrong_are_reported(company: Company) -> None:
    company.tell(contact(1, at(1), phone="87011112233", name="Айгуль", deals=(1,)),
                 contact(2, at(1), phone="8 701 111 22 33", name="Дархан"),
                 contact(3, at(1), phone="87011112233", name=" айгуль "),
                 contact(4, at(1), phone="87010000001", name="Одна"),
                 contact(5, at(1), phone="87010000002, 87010000003, 87010000004, 87010000005", name="Магазин"),
                 deal(1, at(30), WON))
    for number in range(3):
        company.send_lead(at(number), phone=f"8705000000{number}", email="office@example.com",
                          created_at=(at(number) - timedelta(days=1)).isoformat())
    company.work()
    with company.database.transaction() as connection:
        found = {row["why"]: row for row in load_suspicious_joins(connection)}
    shared = found["phone_of_several_people"]
    assert (shared["value"], shared["contacts"], shared["sales"]) == ("+77011112233", [1, 2, 3], 1)
    assert found["email_with_several_phones"]["value"] == "office@example.com"
    assert (found["contact_with_many_phones"]["value"], len(found["contact_with_many_phones"]["told"])) == ("5", 4)
    assert set(found) == {"phone_of_several_people", "email_with_several_phones", "contact_with_many_phones"}
