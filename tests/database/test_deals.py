"""Sales follow from what was said about deals, never from the order in which it was said."""

from decimal import Decimal

import pytest

from data.deals import settle_deals
from data.engine import Database
from data.rules import load_rules
from tests.database.inbox_world import (
    ACCOUNT,
    CALENDAR,
    EXPRESS,
    FLAGMAN,
    FOREIGN,
    LOST,
    OPEN,
    PROFTEST,
    WON,
    Company,
    at,
    contact,
    deal,
    hook,
)


@pytest.fixture
def company(db_jobs: Database) -> Company:
    return Company(db_jobs)


def settle(company: Company) -> None:
    with company.database.transaction() as connection:
        settle_deals(connection, None, load_rules(connection), CALENDAR)


def test_a_won_deal_is_a_sale_of_its_team(company: Company) -> None:
    company.tell(deal(1, at(0), OPEN, action="add", source="fb_kenesary"),
                 deal(1, at(60), WON, price=5000, source="fb_kenesary", name="Заказ"), received_at=at(61))
    sale = company.sale(1)
    assert (sale["product"], sale["sale_amount"], sale["currency"], sale["slug"], sale["attribution_method"]) == (
        "express", Decimal(5000), "KZT", "kenesary", "utm_exact")
    assert (sale["sale_date"], sale["webhook_received_at"], sale["is_reversed"]) == (at(60), at(61), False)
    assert company.log(1) == ["created", "attributed"]
    (row,) = company.rows("SELECT * FROM express_course_sales")
    assert (row["deal_id"], row["amount"], row["status_id"], row["sale_date"]) == (1, Decimal(5000), WON, at(60))
    assert company.dirty_days() == {"2026-03-10"}


@pytest.mark.parametrize(("pipeline", "table", "product"), [
    (EXPRESS, "express_course_sales", "express"), (FLAGMAN, "main_product_sales", "flagman"),
    (9430994, "other_product_sales", "challenge3d"), (9820886, "other_product_sales", "intensive1d")])
def test_the_pipeline_decides_the_product_and_its_table(
    company: Company, pipeline: int, table: str, product: str
) -> None:
    company.tell(deal(1, at(0), WON, pipeline, price=60000))
    assert company.sale(1, product)["source_table"] == table
    assert company.rows(f"SELECT amount FROM {table}") == [{"amount": Decimal(60000)}]


def test_proftest_and_open_or_lost_deals_are_no_sales(company: Company) -> None:
    company.tell(deal(1, at(0), WON, PROFTEST, price=5000), deal(2, at(0), OPEN), deal(3, at(0), LOST))
    assert company.rows("SELECT * FROM all_sales_tracking") == []
    assert len(company.rows("SELECT * FROM amocrm_deals WHERE is_registration")) == 3


def test_another_pipeline_keeps_its_event_and_is_nothing_else(company: Company) -> None:
    event_id = company.tell(deal(1, at(0), WON, FOREIGN, price=5000))
    assert company.rows("SELECT deal_id FROM amocrm_events") == [{"deal_id": 1}]
    assert company.rows("SELECT * FROM amocrm_deals") == [] == company.rows("SELECT * FROM all_sales_tracking")
    found = company.event(event_id)
    assert (found["status"], found["reason"]) == ("skipped", "pipeline 777 is not configured")


def test_a_pipeline_configured_later_brings_its_sales_and_one_withdrawn_reverses_them(company: Company) -> None:
    company.tell(deal(1, at(0), WON, FOREIGN, price=5000))
    company.add("amocrm_pipelines", pipeline_id=FOREIGN, product="express", counts_as_sale=True)
    settle(company)
    assert company.sale(1)["sale_amount"] == 5000
    company.run("DELETE FROM amocrm_pipelines WHERE pipeline_id = :id", id=FOREIGN)
    company.dirty_days()
    settle(company)
    settle(company)
    assert company.sale(1)["is_reversed"]
    assert company.log(1) == ["created", "reversed"]
    assert company.rows("SELECT is_reversed FROM express_course_sales") == [{"is_reversed": True}]
    assert company.rows("SELECT * FROM amocrm_deals") == []
    assert company.dirty_days() == {"2026-03-10"}


@pytest.mark.parametrize("price", [{}, {"price": ""}, {"price": "0"}])
def test_a_price_nobody_knows_stays_unknown_until_it_is_said(company: Company, price: dict) -> None:
    company.tell(deal(1, at(0), WON, **price))
    assert company.sale(1)["sale_amount"] is None
    company.tell(deal(1, at(30), WON, action="update", price=4500))
    sale = company.sale(1)
    assert (sale["sale_amount"], sale["sale_date"]) == (Decimal(4500), at(0))
    assert company.log(1) == ["created", "updated"]
    (entry,) = company.rows("SELECT metadata FROM sales_activity_log WHERE action_type = 'updated'")
    assert entry["metadata"]["before"] == {"sale_amount": None}
    assert entry["metadata"]["after"] == {"sale_amount": "4500.00"}


def test_ids_only_make_a_sale_at_once_and_the_rest_comes_later(company: Company) -> None:
    company.tell(deal(1, None, WON), received_at=at(5))
    sale = company.sale(1)
    assert (sale["sale_date"], sale["sale_amount"], sale["contact_phone"]) == (at(5), None, None)
    assert sale["reason"] == "no_utm"
    company.send_lead(at(1), phone="+77010000001", utm_source="fb_muha")
    company.tell(contact(7, at(6), "+7 701 000 00 01", deals=(1,)), deal(1, at(7), WON, action="update", price=5000),
                 received_at=at(8))
    sale = company.sale(1)
    assert (sale["sale_amount"], sale["contact_phone"], sale["slug"], sale["attribution_method"]) == (
        Decimal(5000), "+77010000001", "muha", "person_match")
    assert "attributed" in company.log(1)


def test_a_reversed_sale_is_restored_with_its_new_close(company: Company) -> None:
    company.tell(deal(1, at(0), WON, price=5000))
    company.tell(deal(1, at(60 * 24), OPEN, price=5000))
    sale = company.sale(1)
    assert (sale["is_reversed"], sale["reversed_at"], sale["status_id"]) == (True, at(60 * 24), OPEN)
    assert company.rows("SELECT is_reversed FROM express_course_sales") == [{"is_reversed": True}]
    company.dirty_days()
    company.tell(deal(1, at(60 * 48), WON, price=5000))
    sale = company.sale(1)
    assert (sale["is_reversed"], sale["reversed_at"], sale["sale_date"]) == (False, None, at(60 * 48))
    assert company.log(1) == ["created", "reversed", "restored", "updated"]
    assert company.dirty_days() == {"2026-03-10", "2026-03-12"}


def test_deleting_reverses_and_restoring_brings_the_same_sale_back(company: Company) -> None:
    company.tell(deal(1, at(0), WON, price=5000))
    company.tell(deal(1, None, WON, action="delete"), received_at=at(30))
    assert (company.sale(1)["is_reversed"], company.sale(1)["reversed_at"]) == (True, at(30))
    company.tell(deal(1, at(40), WON, action="restore", price=5000))
    assert (company.sale(1)["is_reversed"], company.sale(1)["sale_date"]) == (False, at(0))


def test_a_deal_known_by_its_deletion_only_is_nobody(company: Company) -> None:
    event_id = company.tell(deal(1, None, WON, action="delete"), received_at=at(30))
    assert company.rows("SELECT * FROM amocrm_deals") == [] == company.rows("SELECT * FROM all_sales_tracking")
    assert company.event(event_id)["status"] == "skipped"


def test_a_deal_moved_to_another_product_leaves_a_reversed_sale(company: Company) -> None:
    company.tell(deal(1, at(0), WON, EXPRESS, price=5000))
    company.tell(deal(1, at(60), WON, FLAGMAN, price=490000))
    assert (company.sale(1)["is_reversed"], company.sale(1)["sale_amount"]) == (True, Decimal(5000))
    flagman = company.sale(1, "flagman")
    assert (flagman["is_reversed"], flagman["sale_amount"], flagman["sale_date"]) == (False, Decimal(490000), at(60))


def test_two_other_products_of_one_deal_share_their_table(company: Company) -> None:
    company.tell(deal(1, at(0), WON, 9820886, price=25000))
    company.tell(deal(1, at(60), WON, 9777626, price=240000))
    assert company.sale(1, "intensive1d")["is_reversed"] and not company.sale(1, "challenge3d")["is_reversed"]
    assert company.rows("SELECT product, amount FROM other_product_sales") == [
        {"product": "challenge3d", "amount": Decimal(240000)}]


def test_a_later_lead_is_no_match_and_an_equal_one_is(company: Company) -> None:
    company.tell(contact(7, at(0), "+77010000001", deals=(1,)), deal(1, at(60), WON, price=1))
    company.send_lead(at(61), phone="+77010000001", utm_source="fb_muha")
    company.work()
    sale = company.sale(1)
    assert (sale["slug"], sale["reason"], sale["lead_day"]) == (None, "no_person", None)
    company.send_lead(at(60), phone="8 (701) 000-00-01", utm_source="fb_kenesary")
    company.work()
    assert (company.sale(1)["slug"], company.sale(1)["lead_day"].isoformat()) == ("kenesary", "2026-03-10")


def test_own_marks_come_before_the_person_and_the_lead_day_is_known(company: Company) -> None:
    company.send_lead(at(0, day=8), phone="+77010000001", utm_source="fb_muha")
    company.tell(contact(7, at(0), "+77010000001", deals=(1,)), deal(1, at(60), WON, price=1, source="fb_kenesary"))
    sale = company.sale(1)
    assert (sale["slug"], sale["attribution_method"], sale["lead_day"].isoformat()) == (
        "kenesary", "utm_exact", "2026-03-08")


def test_the_last_attributed_lead_within_the_look_back_wins(company: Company) -> None:
    company.send_lead(at(0, day=1), phone="+77010000001", utm_source="fb_kenesary", created_at="2025-12-01T00:00:00Z")
    company.send_lead(at(0, day=2), phone="+77010000001", utm_source="fb_muha")
    company.send_lead(at(0, day=3), phone="+77010000001", utm_source="organic")
    company.tell(contact(7, at(0), "+77010000001", deals=(1,)), deal(1, at(60), WON, price=1))
    assert (company.sale(1)["slug"], company.sale(1)["lead_day"].isoformat()) == ("muha", "2026-03-02")
    company.add("installation", key="attribution_look_back_days", value="5")
    settle(company)
    assert (company.sale(1)["slug"], company.sale(1)["lead_day"].isoformat()) == (None, "2026-03-03")


def test_a_lead_tied_to_the_deal_is_its_person_without_any_contact(company: Company) -> None:
    company.tell(deal(1, at(60), WON, price=1))
    company.send_lead(at(0), phone="+77010000001", name="Дана", utm_source="fb_muha", amocrm_lead_id=1)
    company.work()
    sale = company.sale(1)
    assert (sale["slug"], sale["contact_name"], sale["contact_phone"]) == ("muha", "Дана", "+77010000001")


def test_a_lead_of_the_contacts_other_deal_counts(company: Company) -> None:
    company.send_lead(at(0), email="a@b.kz", utm_source="fb_muha", amocrm_lead_id=1)
    company.tell(deal(1, at(1), OPEN, PROFTEST), deal(2, at(60), WON, price=1), contact(7, at(61), deals=(1, 2)))
    assert (company.sale(2)["slug"], company.sale(2)["confidence"]) == ("muha", "medium")


def test_the_contact_may_come_long_after_the_sale(company: Company) -> None:
    company.send_lead(at(0), phone="+77010000001", utm_source="fb_muha", utm_campaign="x")
    company.tell(deal(1, at(60), WON, price=1))
    assert company.sale(1)["reason"] == "no_utm"
    company.tell(contact(7, at(600), "8-701-000-00-01", deals=(1,)))
    assert (company.sale(1)["slug"], company.sale(1)["contact_name"]) == ("muha", "Айгуль")
    assert company.log(1) == ["created", "attributed", "updated"]


def test_a_main_contact_of_the_api_is_a_tie(company: Company) -> None:
    company.tell(contact(7, at(0), "+77010000001"))
    company.send_lead(at(0), phone="+77010000001", utm_source="fb_muha")
    company.tell(deal(1, at(60), WON, price=1, _embedded={"contacts": [{"id": 8}, {"id": 7, "is_main": 1}]}))
    assert (company.sale(1)["contact_id"], company.sale(1)["slug"]) == (7, "muha")


def test_a_sale_assigned_by_hand_keeps_its_team(company: Company) -> None:
    company.tell(contact(7, at(0), "+77010000001", deals=(1,)), deal(1, at(60), WON))
    muha = company.teams["muha"]
    company.run("""UPDATE all_sales_tracking SET team_id = CAST(:team AS uuid), team_name = 'Muha', locked = true,
                          attribution_method = 'manual', confidence = NULL, reason = NULL""", team=muha.id)
    company.send_lead(at(0), phone="+77010000001", utm_source="fb_kenesary")
    company.tell(deal(1, at(70), WON, action="update", price=5000, source="fb_kenesary"))
    sale = company.sale(1)
    assert (sale["slug"], sale["attribution_method"], sale["locked"]) == ("muha", "manual", True)
    assert (sale["sale_amount"], sale["utm_source"]) == (Decimal(5000), "fb_kenesary")
    assert sale["lead_day"].isoformat() == "2026-03-10"
    assert "reassigned" not in company.log(1)


def test_another_rule_reassigns_and_settling_again_writes_nothing(company: Company) -> None:
    company.tell(deal(1, at(0), WON, price=1, source="nickname"))
    company.add("team_aliases", team_id=company.teams["muha"].id, utm_source="nickname")
    settle(company)
    company.run("UPDATE team_aliases SET team_id = CAST(:team AS uuid)", team=company.teams["kenesary"].id)
    settle(company)
    assert company.sale(1)["slug"] == "kenesary"
    assert company.log(1) == ["created", "attributed", "reassigned"]
    company.dirty_days()
    before = company.rows("SELECT * FROM all_sales_tracking"), company.rows("SELECT * FROM amocrm_deals")
    settle(company)
    assert (company.rows("SELECT * FROM all_sales_tracking"), company.rows("SELECT * FROM amocrm_deals")) == before
    assert len(company.log(1)) == 3 and company.dirty_days() == set()


def test_the_first_deal_of_a_person_is_the_registration(company: Company) -> None:
    company.tell(deal(2, at(60), OPEN, created=at(0, day=12)), deal(1, at(60), OPEN, created=at(0, day=11)),
                 deal(3, at(60), OPEN, created=at(0, day=9)))
    assert company.dirty_days() == {"2026-03-09", "2026-03-11", "2026-03-12"}
    company.tell(contact(7, at(0), "+77010000001", deals=(1,)), contact(8, at(0), "87010000001", deals=(2,)))
    def registrations() -> list[int]:
        rows = company.rows("SELECT deal_id FROM amocrm_deals WHERE is_registration ORDER BY deal_id")
        return [row["deal_id"] for row in rows]
    assert registrations() == [1, 3]
    assert company.dirty_days() == {"2026-03-12"}
    company.tell(contact(7, at(1), "+77010000002", deals=(1,)))     # the phone was corrected: two people after all
    assert registrations() == [1, 2, 3]
    company.tell(contact(9, at(0), "+77010000002", deals=(3,)))
    assert registrations() == [2, 3]


def test_changes_mark_the_old_and_the_new_day(company: Company) -> None:
    company.tell(deal(1, at(0), WON, price=1))
    company.dirty_days()
    company.tell(deal(1, at(60 * 24 * 3), LOST))
    assert company.dirty_days() == {"2026-03-10"}
    company.tell(deal(1, at(60 * 24 * 5), WON))
    assert company.dirty_days() == {"2026-03-10", "2026-03-15"}
    company.tell(deal(1, at(60 * 24 * 6), WON, action="update", name="Другое имя"))
    assert company.dirty_days() == set()


def test_a_campaign_comes_from_the_marks_else_from_the_lead(company: Company) -> None:
    campaign = company.add("ad_campaigns", account_id="1", campaign_id="23851", name="Spring")
    company.send_lead(at(0), phone="+77010000001", utm_source="fb_muha", utm_id="23851")
    company.tell(contact(7, at(0), "+77010000001", deals=(1,)), deal(1, at(60), WON, price=1))
    assert company.sale(1)["campaign_id"] == campaign


def test_a_price_of_fractions_is_kept_in_cents_and_a_tiny_one_is_unknown(company: Company) -> None:
    company.tell(deal(1, at(0), WON, price="4999.995"), deal(2, at(0), WON, price="0.001"))
    assert (company.sale(1)["sale_amount"], company.sale(2)["sale_amount"]) == (Decimal("5000.00"), None)
    company.dirty_days()
    settle(company)
    assert company.dirty_days() == set()


def test_an_older_contact_never_overwrites_a_newer_one(company: Company) -> None:
    company.tell(deal(1, at(60), WON, price=1))
    company.tell(contact(7, at(20), "+77010000002", deals=(1,)))
    company.tell(contact(7, at(10), "+77010000001", "a@b.kz", deals=(1,)))
    sale = company.sale(1)
    assert (sale["contact_phone"], sale["contact_email"]) == ("+77010000002", "a@b.kz")


def test_fields_named_by_the_account_carry_the_marks(company: Company) -> None:
    company.add("amocrm_fields", target="utm_source", kind="name", value="Источник")
    named = [{"id": 5, "name": "источник", "values": [{"value": "fb_muha"}]}]
    company.send(hook(deal(1, at(0), WON, price=1, custom_fields=named), account=ACCOUNT), at(1))
    company.work()
    assert company.sale(1)["slug"] == "muha"
