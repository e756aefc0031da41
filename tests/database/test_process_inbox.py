"""Deliveries are worked off whole, once, and a bad one stops nobody else."""

import logging
from datetime import timedelta
from itertools import permutations

import pytest

import jobs.process_inbox
from data.engine import Database
from data.inbox import take_batch
from tests.database.inbox_world import (
    ACCOUNT,
    EXPRESS,
    FOREIGN,
    OPEN,
    WON,
    Company,
    at,
    contact,
    deal,
    hook,
)

POISON = "poison"


@pytest.fixture
def company(db_jobs: Database) -> Company:
    return Company(db_jobs)


def outcome(company: Company, event_id: str) -> tuple[str, str | None]:
    found = company.event(event_id)
    return found["status"], found["reason"]


@pytest.mark.parametrize(("body", "reason"), [
    (b"", "empty"), (b"\x00\xff\xfe", "not text"), (b'{"leads": ', "broken JSON"), (b"foo=bar", "neither an account"),
    (b"leads[status][0][id]=abc&account[id]=1", "readable id"), (b"a" + b"[b]" * 60 + b"=1", "nested"),
])
def test_an_unreadable_body_is_failed_for_good_with_a_reason(company: Company, body: bytes, reason: str) -> None:
    event_id = company.send(body, at(0))
    company.work()
    found = company.event(event_id)
    assert found["status"] == "failed" and reason in found["reason"]
    assert found["next_attempt_at"] is None
    assert company.work() == 0


@pytest.mark.parametrize(("event", "reason"), [
    (("contacts", "update", {"id": 5, "type": "company"}), "a company is no person"),
    (("leads", "note", {"note": {"id": 5, "element_id": 1}}), "leads[note] says nothing about deals"),
    (("message", "add", {"id": 5}), "message[add] says nothing about deals"),
    (("unsorted", "delete", {"action": "accept", "accept_result": {"leads": [9]}}), "an incoming lead is no deal"),
])
def test_what_means_nothing_is_skipped_with_a_reason(company: Company, event: tuple, reason: str) -> None:
    event_id = company.tell(event)
    assert outcome(company, event_id) == ("skipped", reason)


def test_a_body_of_another_account_is_skipped(company: Company) -> None:
    company.account_id = ACCOUNT
    foreign = company.send(hook(deal(1, at(0), WON, price=1), account=99), at(1))
    inner = company.send(hook(deal(2, at(0), WON, price=1, account_id=98), account=None), at(1))
    ours = company.send(hook(deal(3, at(0), WON, price=1)), at(1))
    nameless = company.send(hook(deal(4, at(0), WON, price=1), account=None), at(1))
    company.work()
    assert [company.event(one)["status"] for one in (foreign, inner, ours, nameless)] == [
        "skipped", "skipped", "processed", "processed"]
    assert "99" in company.event(foreign)["reason"]
    assert company.rows("SELECT deal_id FROM all_sales_tracking ORDER BY 1") == [{"deal_id": 3}, {"deal_id": 4}]


def test_one_bad_event_of_a_body_leaves_its_neighbours_standing(company: Company) -> None:
    event_id = company.tell(deal(1, at(0), WON, price=1), ("leads", "status", {"id": "abc", "status_id": WON}),
                            deal(2, at(0), WON, FOREIGN), contact(5, at(0), "+77010000001", deals=(1,)))
    status, reason = outcome(company, event_id)
    assert status == "processed"
    assert reason == "leads[status] without a readable id; pipeline 777 is not configured"
    assert company.sale(1)["contact_phone"] == "+77010000001"


def test_twins_of_one_change_are_one_event(company: Company) -> None:
    company.tell(deal(1, at(0), WON, price=1), deal(1, at(0), WON, price=1, action="update"))
    company.tell(deal(1, at(0), WON, price=1, action="responsible"))
    assert company.rows("SELECT action FROM amocrm_events") == [{"action": "status"}]


def break_on(monkeypatch: pytest.MonkeyPatch, marker: str) -> None:
    """Let saving fail whenever the batch holds a deal of this name."""
    save = jobs.process_inbox.save_deal_events

    def failing(connection, events):
        save(connection, events)
        if any(event.name == marker for _, event in events):
            raise ValueError("a personal value nobody may read")
    monkeypatch.setattr(jobs.process_inbox, "save_deal_events", failing)


def test_poison_stops_nobody_and_leaves_nothing_behind(
    company: Company, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_on(monkeypatch, POISON)
    good = [company.send(hook(deal(number, at(0), WON, price=1)), at(1)) for number in (1, 2)]
    bad = company.send(hook(deal(3, at(0), WON, price=1, name=POISON)), at(1))
    last = company.send_lead(at(0), phone="+77010000001")
    with caplog.at_level(logging.ERROR):
        assert company.work() == 4
    assert [company.event(one)["status"] for one in (*good, last)] == ["processed"] * 3
    assert outcome(company, bad) == ("failed", "ValueError")
    assert company.rows("SELECT deal_id FROM all_sales_tracking ORDER BY 1") == [{"deal_id": 1}, {"deal_id": 2}]
    assert company.rows("SELECT * FROM amocrm_events WHERE deal_id = 3") == []
    monkeypatch.undo()
    company.run("UPDATE webhook_events SET next_attempt_at = now() WHERE status = 'failed'")
    assert company.work() == 1
    assert outcome(company, bad) == ("processed", None)
    assert company.sale(3)["sale_amount"] == 1


def test_the_neighbours_of_a_poisonous_event_in_one_body_have_their_effect(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_on(monkeypatch, POISON)
    bad = company.tell(contact(70, at(0), phone="87010000001", deals=(1, 2)), deal(1, at(0), WON, price=1),
                       deal(2, at(0), WON, price=2, name=POISON), deal(3, at(0), WON, price=3))
    assert outcome(company, bad) == ("failed", "ValueError")
    assert [row["deal_id"] for row in company.rows("SELECT deal_id FROM all_sales_tracking ORDER BY 1")] == [1, 3]
    assert company.sale(1)["contact_phone"] == "+77010000001"
    monkeypatch.undo()
    company.run("UPDATE webhook_events SET next_attempt_at = now()")
    company.work()
    assert outcome(company, bad) == ("processed", None)
    assert [company.sale(number)["sale_amount"] for number in (1, 2, 3)] == [1, 2, 3]
    assert company.log(1).count("created") == 1


def test_poison_in_the_reader_stays_alone_too(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    parse = jobs.process_inbox.parse_body

    def failing(body, content_type):
        if b"poison" in body:
            raise RuntimeError("a fault of the program")
        return parse(body, content_type)
    monkeypatch.setattr(jobs.process_inbox, "parse_body", failing)
    bad = company.send(hook(deal(1, at(0), WON, name=POISON)), at(1))
    good = company.send(hook(deal(2, at(0), WON)), at(1))
    company.work()
    assert outcome(company, bad) == ("failed", "RuntimeError")
    assert company.event(bad)["attempts"] == 1 and company.event(bad)["next_attempt_at"] is not None
    assert outcome(company, good) == ("processed", None)


def test_poison_is_dead_after_six_attempts(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    break_on(monkeypatch, POISON)
    bad = company.send(hook(deal(3, at(0), WON, name=POISON)), at(1))
    for _ in range(6):
        company.run("UPDATE webhook_events SET next_attempt_at = now()")
        company.work()
    assert outcome(company, bad) == ("dead", "ValueError")
    company.run("UPDATE webhook_events SET next_attempt_at = now()")
    assert company.work() == 0


def test_a_killed_worker_leaves_its_batch_to_the_next_one(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        company.send(hook(deal(number, at(0), WON, price=1)), at(1))

    class Killed(BaseException):
        """What no handler catches, like the end of the process."""

    def die(*_):
        raise Killed
    monkeypatch.setattr(jobs.process_inbox, "bump", die)
    with pytest.raises(Killed):
        company.work()
    monkeypatch.undo()
    assert company.rows("SELECT * FROM all_sales_tracking") == []
    assert company.work() == 0                               # still lent
    company.run("UPDATE webhook_events SET next_attempt_at = now(), leased_until = now() - interval '1 s'")
    assert company.work() == 3
    assert len(company.rows("SELECT * FROM all_sales_tracking")) == 3
    assert len(company.rows("SELECT * FROM sales_activity_log")) == 3
    assert {row["status"] for row in company.rows("SELECT status FROM webhook_events")} == {"processed"}


def test_a_slow_worker_whose_lease_ended_doubles_nothing(company: Company) -> None:
    company.send(hook(deal(1, at(0), WON, price=1), contact(5, at(0), "+77010000001", deals=(1,))), at(1))
    with company.database.transaction() as connection:
        take_batch(connection, 10, 0)                        # a worker that is still busy with it
    assert company.work() == 1
    company.run("UPDATE webhook_events SET status = 'received', next_attempt_at = now()")
    assert company.work() == 1
    assert company.log(1) == ["created"]
    assert len(company.rows("SELECT * FROM amocrm_events")) == 1


def test_the_version_of_the_data_rises_only_when_something_was_said(company: Company) -> None:
    def version() -> int:
        return company.rows("SELECT version FROM data_version")[0]["version"]
    before = version()
    company.send(b"foo=bar", at(0))
    company.work()
    assert version() == before
    company.tell(deal(1, at(0), OPEN))
    assert version() == before + 1


def test_an_incoming_chat_ties_its_contact_to_the_deal(company: Company) -> None:
    company.send_lead(at(0) - timedelta(days=1), phone="+77010000001", utm_source="fb_muha")
    company.tell(contact(5, at(0), "+77010000001"))
    event_id = company.tell(("unsorted", "add", {"uid": "x", "category": "chats", "lead_id": 1, "pipeline_id": EXPRESS,
                                                 "data": {"contacts": [{"id": 5}]}, "created_at": 1773144000}))
    assert outcome(company, event_id) == ("processed", None)
    assert company.rows("SELECT * FROM amocrm_deals") == []
    company.tell(deal(1, at(10), WON, price=1))
    assert company.sale(1)["slug"] == "muha"


def test_few_statements_settle_a_batch(company: Company) -> None:
    for number in range(1, 101):
        company.send_lead(at(number), phone=f"+7701{number:07d}", utm_source="fb_muha")
        company.send(hook(deal(number, at(300), WON, price=1), contact(number, at(300), f"8701{number:07d}",
                                                                      deals=(number,))), at(301))
    with company.database.recorded_statements() as statements:
        company.work()
    assert len(company.rows("SELECT * FROM all_sales_tracking WHERE attribution_method = 'person_match'")) == 100
    assert len(statements) <= 52, "of which two are for joining everybody the first time"


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_marks_in_a_note_of_a_quiz_find_the_team_in_any_order(company: Company, order: tuple[int, ...]) -> None:
    written = "How old?\n30\n\nUTM-метки:\ncampaign: spring\nsource: fb_kenesary"
    told = [deal(1, at(0), 7), ("leads", "note", {"note": {"id": 5, "element_id": 1, "text": written}}),
            deal(1, at(9), WON, price=5000)]
    for place, number in enumerate(order):
        company.send(hook(told[number]), at(20 + place))
        company.work()
    sale = company.sale(1)
    assert (sale["team_name"], sale["attribution_method"], sale["utm_campaign"]) == ("Kenesary", "utm_exact", "spring")
    assert company.rows("SELECT count(*) AS events FROM amocrm_events") == [{"events": 3}]


def test_a_note_of_a_deal_nobody_told_of_is_kept_and_makes_none(company: Company) -> None:
    event_id = company.tell(("leads", "note", {"note": {"id": 5, "element_id": 1, "text": "utm_source: fb_kenesary"}}))
    assert outcome(company, event_id) == ("skipped", "a deal of no known pipeline")
    assert company.rows("SELECT * FROM amocrm_deals") == []
