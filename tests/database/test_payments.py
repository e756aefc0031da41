"""A prepayment and the rest, whether told as one deal or as two, are one sale."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from data.engine import Database
from data.mapping_rows import load_mapping, save_mapping
from data.stats import recalculate, take_dirty_days
from jobs.aggregate_sales import settle_all_deals
from tests.database.inbox_world import LOST, OPEN, WON, Company, at, contact, deal, hook

PREPAID, FULL = 9777626, 9430994
PHONE = "87010000001"
FIGURES = "SELECT stat_date, other_sales, revenue_kzt FROM traffic_stats WHERE other_sales + revenue_kzt > 0 ORDER BY 1"
SALES = "SELECT deal_id, sale_amount, payment_of, is_reversed FROM all_sales_tracking ORDER BY deal_id"


@pytest.fixture
def company(db_jobs: Database) -> Company:
    return Company(db_jobs)


def figures(company: Company) -> list[tuple[int, int]]:
    with company.database.transaction() as connection:
        recalculate(connection, take_dirty_days(connection))
    return [(row["other_sales"], int(row["revenue_kzt"])) for row in company.rows(FIGURES)]


def prepaid_and_full() -> list[bytes]:
    return [hook(contact(70, at(0), phone=PHONE, deals=(1,))), hook(contact(71, at(0), phone=PHONE, deals=(2,))),
            hook(deal(1, at(10), WON, PREPAID, price=5000)), hook(deal(2, at(10 + 2 * 1440), WON, FULL, price=235000))]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_two_deals_of_one_person_are_one_sale_in_any_order(company: Company, order: tuple[int, ...]) -> None:
    bodies = prepaid_and_full()
    for place in order:
        company.send(bodies[place], at(9000))
        company.work()
    assert [(row["deal_id"], row["payment_of"]) for row in company.rows(SALES)] == [(1, None), (2, 1)]
    assert figures(company) == [(1, 5000), (0, 235000)]


def test_incremental_is_full_and_the_change_is_logged(company: Company) -> None:
    for body in prepaid_and_full():
        company.send(body, at(9000))
        company.work()
        figures(company)
    before = figures(company)
    with company.database.transaction() as connection:
        recalculate(connection, [row["sale_day"] for row in company.rows("SELECT sale_day FROM all_sales_tracking")])
    assert figures(company) == before == [(1, 5000), (0, 235000)]
    (entry,) = company.rows("SELECT metadata FROM sales_activity_log WHERE metadata -> 'after' ? 'payment_of'")
    assert entry["metadata"] == {"before": {"payment_of": None}, "after": {"payment_of": 1}}


def test_a_prepayment_given_back_leaves_the_full_payment_a_sale(company: Company) -> None:
    company.send(b"&".join(prepaid_and_full()[:1]), at(9000))
    for body in prepaid_and_full()[1:]:
        company.send(body, at(9000))
    company.work()
    company.tell(deal(1, at(5000), LOST, PREPAID, price=5000), received_at=at(9001))
    assert [(row["payment_of"], row["is_reversed"]) for row in company.rows(SALES)] == [(None, True), (None, False)]
    assert figures(company) == [(1, 235000)]
    company.tell(deal(1, at(5001), WON, PREPAID, price=5000), received_at=at(9002))
    assert [row["payment_of"] for row in company.rows(SALES)] == [None, None]   # paid after the rest: another sale


def test_a_deal_that_moves_on_to_the_full_payment_is_one_sale_of_its_price(company: Company) -> None:
    company.tell(deal(1, at(0), WON, PREPAID, price=5000), deal(1, at(60), OPEN, FULL, price=5000),
                 deal(1, at(120), WON, FULL, price=240000))
    (sale,) = company.rows("SELECT sale_amount, pipeline_id, payment_of FROM all_sales_tracking")
    assert (sale["sale_amount"], sale["pipeline_id"], sale["payment_of"]) == (Decimal(240000), FULL, None)
    assert figures(company) == [(1, 240000)]


def test_a_price_raised_after_the_prepayment_is_one_sale_with_the_change_logged(company: Company) -> None:
    company.tell(deal(1, at(0), WON, PREPAID, price=5000))
    company.tell(deal(1, at(60), WON, PREPAID, action="update", price=240000))
    assert company.log(1, "challenge3d") == ["created", "updated"]
    entries = company.rows("SELECT metadata FROM sales_activity_log WHERE action_type = 'updated'")
    assert [{side: Decimal(str(entry["metadata"][side]["sale_amount"])) for side in ("before", "after")}
            for entry in entries] == [{"before": Decimal(5000), "after": Decimal(240000)}]
    assert figures(company) == [(1, 240000)]


def test_an_express_and_a_main_course_of_one_person_are_two_sales(company: Company) -> None:
    company.tell(contact(70, at(0), phone=PHONE, deals=(1, 2)), deal(1, at(10), WON, price=5000),
                 deal(2, at(60), WON, 10418746, price=490000))
    assert [(row["deal_id"], row["payment_of"], row["is_reversed"]) for row in company.rows(SALES)] == [
        (1, None, False), (2, None, False)]


def test_a_deal_moved_from_express_to_the_main_course_is_a_sale_there_and_no_more_an_express(company: Company) -> None:
    company.tell(deal(1, at(0), WON, price=5000), deal(1, at(60), OPEN, 10418746, price=5000),
                 deal(1, at(120), WON, 10418746, price=490000))
    rows = company.rows("SELECT product, sale_amount, is_reversed FROM all_sales_tracking ORDER BY product")
    assert [tuple(row.values()) for row in rows] == [
        ("express", Decimal(5000), True), ("flagman", Decimal(490000), False)]
    assert company.log(1, "express")[-1] == "reversed" and company.log(1, "flagman") == ["created"]


def test_reversal_restoration_and_price_edits_are_logged_with_before_and_after(company: Company) -> None:
    for minute, status, more in ((0, WON, {"price": 5000}), (10, WON, {"price": 4000}), (20, LOST, {"price": 4000}),
                                 (30, WON, {"price": 4000})):
        company.tell(deal(1, at(minute), status, **more))
    assert company.log(1) == ["created", "updated", "reversed", "restored"]
    entries: list[dict[str, Any]] = company.rows(
        "SELECT action_type, metadata FROM sales_activity_log WHERE action_type <> 'created' ORDER BY created_at, ctid")
    for entry in entries:
        assert entry["metadata"]["before"].keys() == entry["metadata"]["after"].keys() != set()
    reversed_, restored = entries[1]["metadata"], entries[2]["metadata"]
    assert (reversed_["before"]["is_reversed"], reversed_["after"]["is_reversed"]) == (False, True)
    assert (restored["before"]["is_reversed"], restored["after"]["is_reversed"]) == (True, False)


def test_one_list_holds_the_sales_of_every_product(company: Company) -> None:
    pipelines = {10350882: "express_course_sales", 10418746: "main_product_sales", PREPAID: "other_product_sales",
                 9820886: "other_product_sales"}
    company.tell(*[deal(number, at(number), WON, pipeline, price=1000)
                   for number, pipeline in enumerate(pipelines, start=1)])
    rows = company.rows("SELECT deal_id, product, source_table FROM all_sales_tracking ORDER BY deal_id")
    assert [row["source_table"] for row in rows] == list(pipelines.values())
    assert [row["product"] for row in rows] == ["express", "flagman", "challenge3d", "intensive1d"]
    for row in rows:
        assert company.rows(f"SELECT count(*) AS n FROM {row['source_table']} WHERE deal_id = :id",
                            id=row["deal_id"]) == [{"n": 1}]


def test_marks_are_those_of_the_deal_else_of_the_lead_that_brought_it(company: Company) -> None:
    company.send_lead(at(-5), phone=PHONE, utm_source="fb_kenesary", utm_campaign="spring",
                      created_at=at(-5).isoformat())
    company.tell(contact(70, at(0), phone=PHONE, deals=(1, 2)), deal(1, at(10), WON, price=1000),
                 deal(2, at(11), WON, price=1000, source="fb_muha"))
    rows = company.rows("""SELECT s.utm_source, s.utm_campaign, s.attribution_method, e.utm_source AS own_table
                           FROM all_sales_tracking s JOIN express_course_sales e USING (deal_id) ORDER BY deal_id""")
    assert [tuple(row.values()) for row in rows] == [
        ("fb_kenesary", "spring", "person_match", "fb_kenesary"), ("fb_muha", None, "utm_exact", "fb_muha")]
    assert company.rows("SELECT utm_source FROM amocrm_deals WHERE deal_id = 1") == [{"utm_source": None}]


def test_without_a_prepayment_limit_each_deal_is_a_sale_again(company: Company) -> None:
    for body in prepaid_and_full():
        company.send(body, at(9000))
        company.work()
    for limit, payments in ((None, [None, None]), (Decimal(4999), [None, None]), (Decimal(5000), [None, 1])):
        with company.database.transaction() as connection:
            mapping = load_mapping(connection)
            save_mapping(connection, replace(mapping, pipelines=tuple(
                replace(one, prepayment_limit=limit if one.product == "challenge3d" else None)
                for one in mapping.pipelines)))
        settle_all_deals(company.context)
        assert [row["payment_of"] for row in company.rows(SALES)] == payments, limit
