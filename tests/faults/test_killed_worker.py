"""A worker that is killed at any moment loses nothing and does nothing twice; so do workers side by side."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

from data.embedded import DatabaseUrls
from data.engine import Database
from jobs.process_inbox import process_inbox
from tests.database.inbox_world import LOST, WON, Company, at, contact, deal, hook
from tests.faults.inbox_worker import context_of

ROOT = Path(__file__).resolve().parents[2]
DEALS = 120
ROWS = """
    SELECT s.deal_id, s.sale_amount, s.sale_date, s.is_reversed, t.slug, d.person_key, d.is_registration
    FROM all_sales_tracking s JOIN amocrm_deals d USING (deal_id) LEFT JOIN traffic_teams t ON t.id = s.team_id
    ORDER BY s.deal_id"""
LOG = """
    SELECT s.deal_id, l.action_type, count(*) AS times FROM sales_activity_log l JOIN all_sales_tracking s
    ON s.id = l.sale_id WHERE l.action_type IN ('created', 'reversed', 'restored') GROUP BY 1, 2"""
# The lease of the dead one ends: what two minutes of waiting would do.
LEASE_ENDS = """UPDATE webhook_events SET next_attempt_at = now(), leased_until = now(), attempts = least(attempts, 2)
                WHERE leased_until IS NOT NULL"""


def deliver(company: Company) -> None:
    """Leads, contacts and sales of many deals, three deliveries each; every tenth sale is taken back."""
    for number in range(1, DEALS + 1):
        phone = f"+7701{number % 40:07d}"
        company.send_lead(at(-number), phone=phone, utm_source=("fb_kenesary", "fb_muha", "x")[number % 3],
                          created_at=at(-number).isoformat())
        company.send(hook(contact(number, at(0), phone=phone, deals=(number,)), deal(number, at(1), WON, price=number)),
                     at(2))
        if number % 10 == 0:
            company.send(hook(deal(number, at(9), LOST)), at(10))


def ends(company: Company) -> tuple[list[dict[str, Any]], set[tuple[Any, ...]]]:
    return company.rows(ROWS), {tuple(row.values()) for row in company.rows(LOG)}


def check_once(company: Company) -> None:
    """Everything arrived, and nothing twice."""
    rows, log = ends(company)
    assert [row["deal_id"] for row in rows] == list(range(1, DEALS + 1))
    assert [row["is_reversed"] for row in rows] == [number % 10 == 0 for number in range(1, DEALS + 1)]
    assert sum(row["is_registration"] for row in rows) == 40
    assert {times for _, _, times in log} == {1}
    assert len(log) == DEALS + DEALS // 10
    assert company.rows("SELECT status, count(*) AS n FROM webhook_events GROUP BY 1") == [
        {"status": "processed", "n": 2 * DEALS + DEALS // 10}]


def test_a_worker_killed_at_random_moments_loses_nothing(database_urls: DatabaseUrls, db_jobs: Database) -> None:
    company, chance = Company(db_jobs), Random(20261122)
    deliver(company)
    kills = 0
    while kills < 8:
        worker = subprocess.Popen([sys.executable, "-m", "tests.faults.inbox_worker", database_urls.jobs_url], cwd=ROOT,
                                  stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "begun\n"
        try:
            worker.wait(timeout=chance.uniform(0.0, 0.25))
            break
        except subprocess.TimeoutExpired:
            worker.kill()
        finally:
            worker.wait()
            worker.stdout.close()
        kills += 1
        company.run(LEASE_ENDS)
    assert kills >= 3
    while process_inbox(context_of(db_jobs)):
        pass
    check_once(company)


def test_duplicates_worked_off_side_by_side_have_one_effect(db_jobs: Database) -> None:
    company = Company(db_jobs)
    bodies = [hook(deal(5, at(1), WON, price=5000)), hook(contact(6, at(0), phone="87010000001", deals=(5,))),
              hook(deal(5, at(1), WON, price=5000, action="update"))]
    for _ in range(8):
        for body in bodies:
            company.send(body, at(2))
        company.send_lead(at(-1), phone="87010000001", utm_source="fb_muha", tranid="1:2",
                          created_at=at(-1).isoformat())

    def work(_number: int) -> int:
        done = 0
        while taken := process_inbox(context_of(db_jobs), 1):
            done += taken
        return done

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 32
    sale = company.sale(5)
    assert (sale["sale_amount"], sale["slug"], sale["is_reversed"]) == (5000, "muha", False)
    assert company.log(5).count("created") == 1
    assert {"reversed", "restored"}.isdisjoint(company.log(5))
    assert company.rows("SELECT count(*) AS n FROM amocrm_events") == [{"n": 1}]
    assert company.rows("SELECT count(*) AS n FROM express_course_sales") == [{"n": 1}]
    assert company.rows("SELECT DISTINCT status FROM webhook_events") == [{"status": "processed"}]
