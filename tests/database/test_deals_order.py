"""Every order of the same deliveries ends in the same rows."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from data.engine import Database
from tests.database.inbox_world import FLAGMAN, LOST, OPEN, WON, Company, at, contact, deal, hook

Send = Callable[[Company, int, int], None]   # to whom, which deal, in which place
SALES = """
    SELECT s.product, s.sale_amount, s.contact_id - s.deal_id AS contact, s.contact_name, s.utm_source, s.lead_day,
           s.landing_lead_id IS NOT NULL AS has_lead, t.slug, s.attribution_method, s.reason, s.is_reversed,
           s.reversed_at, s.pipeline_id, s.status_id, s.sale_date, s.sale_day
    FROM all_sales_tracking s LEFT JOIN traffic_teams t ON t.id = s.team_id
    WHERE s.deal_id = :deal_id ORDER BY s.product"""
DEALS = """
    SELECT d.pipeline_id, d.status_id, d.price, d.created_at, d.modified_at, d.is_deleted, d.utm_source, t.slug,
           d.attribution_method, d.reason, d.created_day, d.is_registration
    FROM amocrm_deals d LEFT JOIN traffic_teams t ON t.id = d.team_id WHERE d.deal_id = :deal_id"""


def said(moment: float, status: int, timeless: bool = False, **more: Any) -> Send:
    """A delivery with one event of the deal, received after all of them in its place; one without a time is of then."""
    def send(company: Company, deal_id: int, place: int) -> None:
        own, received_at = (None, at(moment)) if timeless else (at(moment), at(1_000 + place))
        company.send(hook(deal(deal_id, own, status, **more)), received_at)
    return send


def person(moment: float) -> Send:
    """A delivery with the contact of the deal."""
    def send(company: Company, deal_id: int, _place: int) -> None:
        company.send(hook(contact(deal_id + 1, at(moment), f"8701{deal_id:07d}", deals=(deal_id,))), at(moment))
    return send


def form(moment: float) -> Send:
    """A landing form of the same person."""
    def send(company: Company, deal_id: int, _place: int) -> None:
        company.send_lead(at(moment), phone=f"+7701{deal_id:07d}", utm_source="fb_muha")
    return send


STORIES: dict[str, list[Send]] = {
    "late price, late contact": [
        form(-30), said(0, OPEN, action="add"), said(60, WON, price=""), said(90, WON, action="update", price=5000),
        person(200)],
    "reversed and won again": [
        said(0, WON, price=4000), said(10, LOST), said(20, WON, price=5000), person(5),
        said(20, WON, price=5000, action="update")],
    "deleted and restored": [
        said(0, WON, price=4000, source="fb_kenesary"), said(10, WON, timeless=True, action="delete"),
        said(20, WON, action="restore", price=4000), said(30, WON, action="update", price=4500), form(-10)],
    "moved to another product": [
        said(0, WON, price=5000), said(10, OPEN, pipeline=FLAGMAN), said(20, WON, pipeline=FLAGMAN, price=490000),
        person(1), form(5)],
    "ids only first": [
        said(1, WON, timeless=True), said(0, WON, price=5000), said(5, WON, action="update", price=5500),
        person(3), form(-1)],
}


@pytest.mark.parametrize("story", STORIES)
def test_all_orders_of_five_deliveries_end_alike(db_jobs: Database, story: str) -> None:
    company = Company(db_jobs)
    orders = list(permutations(STORIES[story]))
    deals = [1_000_000 + 10 * number for number in range(len(orders))]
    for place in range(5):
        for deal_id, order in zip(deals, orders, strict=True):
            order[place](company, deal_id, place)
        company.work()
    ends = [(company.rows(SALES, deal_id=deal_id), company.rows(DEALS, deal_id=deal_id)) for deal_id in deals]
    assert ends[0][0] and ends[0][1]
    assert [number for number, end in enumerate(ends) if end != ends[0]] == []


def test_everything_delivered_twice_has_its_effect_once(db_jobs: Database) -> None:
    company = Company(db_jobs)
    story = STORIES["reversed and won again"]
    for place, send in enumerate([*story, *story, *reversed(story)]):
        send(company, 5_000, place)
        company.work()
    ends = company.rows(SALES, deal_id=5_000)
    log = company.rows("SELECT count(*) AS n FROM sales_activity_log")
    company.send(hook(deal(5_000, at(20), WON, price=5000)), at(999))
    company.work()
    assert company.rows(SALES, deal_id=5_000) == ends
    assert company.rows("SELECT count(*) AS n FROM sales_activity_log") == log
