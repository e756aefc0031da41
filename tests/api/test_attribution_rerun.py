"""The re-run in SQL says of every lead, deal and sale what the pure engine says, and the preview said it before."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import dash
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.rule_book import RuleBook
from data.ad_campaigns import settle_campaigns
from data.attribution_preview import find_change, load_days, preview_moves
from data.attribution_rerun import attribute_deals, attribute_leads, load_pieces
from data.deals import settle_deals
from data.engine import Database
from data.leads import settle_leads
from data.marks_keys import MarksKeys
from data.rule_books import load_book, save_book
from data.rules import load_rules
from data.settling import hold_settling
from jobs import rerun_attribution as rerun_attribution_job
from jobs.context import JobContext
from tests.api.demo_company import TODAY, loaded_company

_ROWS = {
    "leads": "SELECT lead_id, team_id, team_name, attribution_method, confidence, rule_id, reason, candidates,"
             " campaign_id FROM lead_tracking ORDER BY lead_id",
    "deals": "SELECT deal_id, team_id, attribution_method, confidence, rule_id, reason, candidates, campaign_id,"
             " landing_lead_id, is_registration FROM amocrm_deals ORDER BY deal_id",
    "sales": "SELECT deal_id, product, team_id, team_name, attribution_method, confidence, rule_id, reason, candidates,"
             " campaign_id, landing_lead_id, lead_day, utm_source, utm_campaign, payment_of, is_reversed, sale_day,"
             " sale_amount FROM all_sales_tracking ORDER BY deal_id, product",
    "express": "SELECT deal_id, utm_source, utm_medium, utm_campaign FROM express_course_sales ORDER BY deal_id",
    "main": "SELECT deal_id, utm_source, utm_medium, utm_campaign FROM main_product_sales ORDER BY deal_id",
}


@dataclass
class Company:
    context: JobContext
    aliases: list[Any]
    bindings: list[Any]

    def rows(self, connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {name: [tuple(row) for row in connection.execute(text(sql))] for name, sql in _ROWS.items()}


@pytest.fixture(scope="module")
def company(shared_app: dash.Dash, shared_jobs: Database) -> Iterator[Company]:
    with loaded_company(shared_app, shared_jobs, leads=250, seed=3) as (_world, context):
        with shared_jobs.transaction() as connection:
            book = load_book(connection)
        yield Company(context, list(book.aliases), list(book.bindings))


def rerun(connection: Connection, *, persons_too: bool) -> None:
    hold_settling(connection)
    settle_campaigns(connection, load_rules(connection), TODAY)
    keys = MarksKeys(load_rules(connection))
    lead_pieces, deal_pieces = load_pieces(connection, 90, 40)
    assert min(len(lead_pieces), len(deal_pieces)) > 2
    moved = [attribute_leads(connection, keys, piece) for piece in lead_pieces]
    reached = None if persons_too else frozenset().union(*(one.deals or () for one in moved))
    for piece in deal_pieces:
        attribute_deals(connection, keys, piece, reached)


@st.composite
def books(draw: st.DrawFn, company: Company) -> tuple[RuleBook, RuleBook]:
    """Two books of one look-back, each without some rules and with some handed to other teams or bounded in time."""
    slugs = sorted({one.rule.team_slug for one in company.aliases})
    found = []
    for _ in range(2):
        kept = []
        for one in company.aliases:
            if draw(st.sampled_from([True, True, True, False])):
                bounded = draw(st.sampled_from([None, None, date(2026, 10, 1)]))
                slug = draw(st.sampled_from([one.rule.team_slug, one.rule.team_slug, *slugs]))
                kept.append(replace(one, rule=replace(one.rule, team_slug=slug, valid_from=bounded)))
        bound = [one for one in company.bindings if draw(st.booleans())]
        found.append(RuleBook(tuple(kept), tuple(bound), 40))
    return found[0], found[1]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_rerun_says_what_the_engine_says_and_the_preview_said_it_before(company: Company, data: Any) -> None:
    before, after = data.draw(books(company))
    calendar = company.context.calendar
    with company.context.database.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(text("SELECT set_config('role', 'traffic_jobs', true)"))
        save_book(connection, before, "before", None)
        rerun(connection, persons_too=True)
        now = load_rules(connection)
        wanted = after.rules(now)
        reach = find_change(connection, now, wanted)
        told = {(one.day, one.from_team, one.to_team): one.sales
                for one in preview_moves(connection, wanted, load_days(connection), reach)}
        stood = teams(connection)
        save_book(connection, after, "after", None)
        rerun(connection, persons_too=False)
        in_sql = company.rows(connection)
        assert {key: count for key, count in told.items() if count} == moves(stood, teams(connection))
        assert not settle_leads(connection, None, load_rules(connection), calendar)
        settle_deals(connection, None, load_rules(connection), calendar)
        assert company.rows(connection) == in_sql
        transaction.rollback()


def teams(connection: Connection) -> dict[tuple[int, str], tuple[date, str | None]]:
    rows = connection.execute(text("""
        SELECT s.deal_id, s.product, s.sale_day, t.slug FROM all_sales_tracking s
        LEFT JOIN traffic_teams t ON t.id = s.team_id
        WHERE NOT s.is_reversed AND NOT s.locked AND s.payment_of IS NULL"""))
    return {(row.deal_id, row.product): (row.sale_day, row.slug) for row in rows}


def moves(before: dict[Any, Any], after: dict[Any, Any]) -> dict[tuple[date, str | None, str | None], int]:
    return dict(Counter((day, team, after[key][1]) for key, (day, team) in before.items() if after[key][1] != team))


@pytest.mark.parametrize("rows", [1, 20, 10**9])
def test_every_lead_and_deal_is_in_one_piece(company: Company, rows: int) -> None:
    with company.context.database.transaction() as connection:
        both = load_pieces(connection, rows, rows)
        days = [[row[0] for row in connection.execute(text(f"SELECT {column} FROM {table}"))]
                for column, table in (("lead_day", "lead_tracking"), ("created_day", "amocrm_deals"))]
    for pieces, held in zip(both, days, strict=True):
        assert held
        assert all(sum(piece.first <= day <= piece.last for piece in pieces) == 1 for day in held)
        assert all(one.last < following.first for one, following in pairwise(pieces))
        assert rows > len(held) or len(pieces) > 1


def test_pieces_side_by_side_say_what_one_alone_says(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    database, steps = company.context.database, []
    forget = ("UPDATE lead_tracking SET team_id = NULL, team_name = NULL, attribution_method = NULL, rule_id = NULL,"
              " reason = NULL, candidates = '{}', campaign_id = NULL WHERE NOT locked")
    found = []
    for leads in (10**9, 5):
        monkeypatch.setattr(rerun_attribution_job, "_LEADS_AT_ONCE", leads)
        with database.transaction() as connection:
            connection.execute(text(forget))
        done = rerun_attribution_job.rerun_attribution(company.context, lambda *step: steps.append(step))
        with database.transaction() as connection:
            found.append((done.leads, company.rows(connection)))
    assert found[0] == found[1]
    assert found[0][0] > 100
    number = steps[-1][1]
    assert number > 20
    assert steps[-number:] == [(one, number) for one in range(1, number + 1)]


def test_a_piece_that_fails_fails_the_run(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a piece that fails")

    monkeypatch.setattr(rerun_attribution_job, "_LEADS_AT_ONCE", 5)
    monkeypatch.setattr(rerun_attribution_job, "attribute_leads", fail)
    with pytest.raises(RuntimeError, match="a piece that fails"):
        rerun_attribution_job.rerun_attribution(company.context)
