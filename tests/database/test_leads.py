"""A landing form becomes one attributed lead, however often and in whatever order it is processed."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from data.engine import Database
from data.leads import settle_leads
from data.rules import load_rules
from tests.database.inbox_world import CALENDAR, EXPRESS, OPEN, Company, at, deal, hook


@pytest.fixture
def company(db_jobs: Database) -> Company:
    return Company(db_jobs)


def leads(company: Company) -> list[dict]:
    return company.rows("""SELECT l.*, t.team_id, tm.slug, t.attribution_method, t.reason AS why, t.lead_day, t.locked,
                                  t.attributed_at
                           FROM landing_leads l JOIN lead_tracking t ON t.lead_id = l.id
                           LEFT JOIN traffic_teams tm ON tm.id = t.team_id ORDER BY l.created_at""")


def settle(company: Company) -> frozenset[str]:
    with company.database.transaction() as connection:
        return settle_leads(connection, None, load_rules(connection), CALENDAR)


def test_a_form_becomes_an_attributed_lead(company: Company) -> None:
    event_id = company.send_lead(at(0), name="Дана", phone="8 701 000 00 01", email="D@E.KZ", city="Алматы",
                                 utm_source=" FB_Kenesary ", utm_campaign="spring", tranid="1:2")
    company.work()
    (lead,) = leads(company)
    assert (lead["phone_norm"], lead["email_norm"], lead["source"], lead["slug"]) == (
        "+77010000001", "d@e.kz", "proftest", "kenesary")
    assert (lead["attribution_method"], str(lead["event_id"]), lead["metadata"]["fields"]) == (
        "utm_exact", event_id, {"city": "Алматы"})
    assert lead["attributed_at"] is not None
    assert company.event(event_id)["status"] == "processed"
    assert company.dirty_days() == {"2026-03-10"}


def test_the_lead_day_is_the_local_day(company: Company) -> None:
    company.send_lead(at(7 * 60 - 1), phone="+77010000001")   # 18:59 UTC is 23:59 in Almaty
    company.send_lead(at(7 * 60), phone="+77010000002")
    company.work()
    assert [lead["lead_day"].day for lead in leads(company)] == [10, 11]


def test_the_own_time_of_a_form_counts(company: Company) -> None:
    company.send_lead(at(0), phone="+77010000001", created_at="2026-03-01T10:00:00+05:00")
    company.work()
    assert leads(company)[0]["lead_day"].isoformat() == "2026-03-01"


def test_a_replayed_delivery_is_still_one_lead(company: Company) -> None:
    event_id = company.send_lead(at(0), phone="+77010000001", utm_source="fb_muha")
    company.work()
    before = leads(company)
    company.dirty_days()
    company.run("UPDATE webhook_events SET status = 'received', attempts = 0, next_attempt_at = now()")
    assert company.work() == 1
    after = leads(company)
    assert [lead["id"] for lead in after] == [lead["id"] for lead in before]
    assert company.event(event_id)["status"] == "processed"
    assert company.dirty_days() == set()


def test_a_form_without_phone_and_email_is_skipped_with_a_reason(company: Company) -> None:
    event_id = company.send_lead(at(0), name="Дана")
    ping = company.send(b"test=test", at(0), "landing")
    company.work()
    assert leads(company) == []
    assert company.event(event_id)["status"] == "skipped" and "phone" in company.event(event_id)["reason"]
    assert company.event(ping)["status"] == "skipped"


def test_a_new_rule_moves_leads_once_and_leaves_locked_ones(company: Company) -> None:
    company.send_lead(at(0), phone="+77010000001", utm_source="old_mark")
    company.send_lead(at(1), phone="+77010000002", utm_source="old_mark")
    company.work()
    assert [lead["why"] for lead in leads(company)] == ["unknown_source", "unknown_source"]
    kenesary, muha = company.teams["kenesary"], company.teams["muha"]
    company.run("""UPDATE lead_tracking SET locked = true, team_id = CAST(:team AS uuid), team_name = 'Muha',
                          attribution_method = 'manual', reason = NULL
                   WHERE lead_id = (SELECT id FROM landing_leads WHERE phone_norm = '+77010000002')""", team=muha.id)
    company.add("team_aliases", team_id=kenesary.id, utm_source="old_mark")
    company.dirty_days()
    assert len(settle(company)) == 1
    assert [(lead["slug"], lead["attribution_method"]) for lead in leads(company)] == [
        ("kenesary", "alias"), ("muha", "manual")]
    assert company.dirty_days() == {"2026-03-10"}
    assert settle(company) == frozenset()
    assert company.dirty_days() == set()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_of_several_leads_that_claim_a_deal_the_earliest_is_tied(company: Company, order: tuple[int, ...]) -> None:
    for number in order:
        company.send_lead(at(number), phone=f"+7701000000{number}", amocrm_lead_id=900)
        company.work()
    assert [lead["amocrm_lead_id"] for lead in leads(company)] == [900, None, None]
    assert all(lead["metadata"]["amocrm_lead_id"] == 900 for lead in leads(company))


def test_claims_within_one_batch_are_settled_too(company: Company) -> None:
    for number in (2, 0, 1):
        company.send_lead(at(number), phone=f"+7701000000{number}", amocrm_lead_id=900)
    company.work()
    assert [lead["amocrm_lead_id"] for lead in leads(company)] == [900, None, None]


def test_a_lead_names_the_known_campaign_of_its_marks(company: Company) -> None:
    campaign = company.add("ad_campaigns", account_id="1", campaign_id="23851", name="Spring Sale")
    company.send_lead(at(0), phone="+77010000001", utm_source="fb_muha", utm_campaign="spring sale")
    company.work()
    assert company.rows("SELECT campaign_id FROM lead_tracking") == [{"campaign_id": campaign}]


def test_nothing_is_settled_without_the_lock(company: Company) -> None:
    """Two workers settle one after the other: the later one waits for the earlier one."""
    company.send_lead(at(0), phone="+77010000001")
    with company.database.transaction() as connection:
        connection.execute(text("SET LOCAL statement_timeout = '2s'"))
        settle_leads(connection, None, load_rules(connection), CALENDAR)
        with company.database.transaction() as other:
            locked = other.execute(text("SELECT pg_try_advisory_xact_lock(7241001)")).scalar()
    assert locked is False


def test_a_lead_of_the_same_second_made_the_registration(company: Company) -> None:
    company.send_lead(at(0) + timedelta(milliseconds=400), phone="+77010000001", utm_source="fb_muha", amocrm_lead_id=5)
    company.send(hook(deal(5, at(0), OPEN, EXPRESS, "add")), at(1))
    company.work()
    (row,) = company.rows("""SELECT t.slug, d.is_registration, d.person_key FROM amocrm_deals d
                             JOIN traffic_teams t ON t.id = d.team_id""")
    assert row == {"slug": "muha", "is_registration": True, "person_key": "phone:+77010000001"}
