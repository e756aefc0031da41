"""Deals settled: the only writer of deals, sales and the sales log.

Invariant: what is written is a function of the stored events, contacts, ties, leads and rules; so neither order nor
repetition of deliveries matters, and settling again writes nothing. A deal that never was in a configured pipeline
keeps its events and has no row.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, text

from core.attribution_rules import Rules
from core.business_time import BusinessCalendar
from data.deal_facts import load_facts
from data.identity import join_noted
from data.payments import settle_payments
from data.queries import run
from data.sales import settle_sales
from data.settled_rows import Pipeline, Settling, deal_row, is_relevant, sale_rows
from data.settling import TeamNames, as_json, chunks, days_of, hold_settling
from data.stats import mark_days

_CHUNK = 1_000
Row = dict[str, Any]
_COUNTED = ("created_day", "team_id", "campaign_id")
_IDS = ("landing_lead_id", "team_id", "campaign_id")


def settle_deals(
    connection: Connection, deal_ids: Iterable[int] | None, rules: Rules, calendar: BusinessCalendar
) -> frozenset[int]:
    """Make rows and sales of these deals (``None``: all) what the facts say; answers the deals that count.

    People whose points were noted are joined first, and the deals of those who became others are settled with them.
    Marks every day, old and new, whose figures may have changed.
    """
    hold_settling(connection)
    settling = Settling(rules, TeamNames(rules), calendar, _load_pipelines(connection))
    joined = join_noted(connection)
    ids = (sorted(joined.union(deal_ids)) if deal_ids is not None
           else [row["deal_id"] for row in run(connection, "deals/all_ids")])
    relevant: set[int] = set()
    for chunk in chunks(ids, _CHUNK):
        relevant |= _settle_chunk(connection, chunk, settling)
    return frozenset(relevant)


def decide_sales(
    connection: Connection, deal_ids: list[int], rules: Rules, calendar: BusinessCalendar
) -> dict[tuple[int, str], Row]:
    """The sales of these deals by deal and product as the rules alone would have them; nothing is written."""
    settling = Settling(rules, TeamNames(rules), calendar, _load_pipelines(connection))
    facts = load_facts(connection, deal_ids, settling.names)
    return {(deal_id, product): row for deal_id, known in facts.items() if is_relevant(known, settling)
            for product, row in sale_rows(known, settling).items()}


def _load_pipelines(connection: Connection) -> dict[int, Pipeline]:
    return {row["pipeline_id"]: Pipeline(row["product"], row["counts_as_sale"])
            for row in run(connection, "rules/pipelines")}


def _settle_chunk(connection: Connection, deal_ids: list[int], settling: Settling) -> set[int]:
    facts = load_facts(connection, deal_ids, settling.names)
    relevant = {deal_id for deal_id, known in facts.items() if is_relevant(known, settling)}
    stored = {row["deal_id"]: _plain(row) for row in run(connection, "deals/stored", deal_ids=deal_ids)}
    fresh = {deal_id: deal_row(facts[deal_id], settling) for deal_id in sorted(relevant)}
    _save_deals(connection, fresh, stored)
    _forget_deals(connection, [row for deal_id, row in stored.items() if deal_id not in relevant])
    computed = {deal_id: sale_rows(facts[deal_id], settling) for deal_id in relevant}
    settle_sales(connection, deal_ids, facts, computed)
    settle_payments(connection, deal_ids, {row["person_key"] for row in (*stored.values(), *fresh.values())})
    return relevant


def _plain(row: Mapping[str, Any]) -> Row:
    return {**row, **{name: str(row[name]) if row[name] is not None else None for name in _IDS}}


def _save_deals(connection: Connection, fresh: Mapping[int, Row], stored: Mapping[int, Row]) -> None:
    changed = [(stored.get(deal_id), row) for deal_id, row in fresh.items()
               if deal_id not in stored or any(stored[deal_id][name] != value for name, value in row.items())]
    if not changed:
        return
    connection.execute(_SAVE, {"rows": as_json([after for _, after in changed])})
    moved = [pair for pair in changed if pair[0] and pair[0]["is_registration"]
             and any(pair[0][name] != pair[1][name] for name in _COUNTED)]
    mark_days(connection, days_of([row for pair in moved for row in pair], "created_day"))
    persons = {row["person_key"] for pair in changed for row in pair
               if row and (pair[0] is None or _order(pair[0]) != _order(pair[1]))}
    _settle_registrations(connection, persons)


def _order(row: Row) -> tuple[Any, ...]:
    """What decides which deal of a person is the first."""
    return row["person_key"], row["created_at"]


def _settle_registrations(connection: Connection, persons: set[str]) -> None:
    if persons:
        mark_days(connection, connection.execute(_SETTLE_REGISTRATIONS, {"persons": sorted(persons)}).scalars())


def _forget_deals(connection: Connection, rows: list[Row]) -> None:
    """Deals that count no longer: their pipeline left the configuration."""
    if not rows:
        return
    connection.execute(text("DELETE FROM amocrm_deals WHERE deal_id = ANY(:ids)"),
                       {"ids": [row["deal_id"] for row in rows]})
    mark_days(connection, days_of([row for row in rows if row["is_registration"]], "created_day"))
    _settle_registrations(connection, {row["person_key"] for row in rows})


# A person's registration is the first deal; answers the days of the rows that gained or lost it.
_SETTLE_REGISTRATIONS = text("""
    WITH ranked AS (
        SELECT deal_id, row_number() OVER (PARTITION BY person_key ORDER BY created_at, deal_id) = 1 AS is_first
        FROM amocrm_deals
        WHERE person_key = ANY(:persons)),
    changed AS (
        UPDATE amocrm_deals d SET is_registration = r.is_first, updated_at = now()
        FROM ranked r
        WHERE d.deal_id = r.deal_id AND d.is_registration <> r.is_first
        RETURNING d.created_day)
    SELECT DISTINCT created_day FROM changed""")

_SAVE = text("""
    INSERT INTO amocrm_deals AS d (
        deal_id, pipeline_id, status_id, name, price, created_at, modified_at, is_deleted, contact_id, person_key,
        sure_key, utm_source, utm_medium, utm_campaign, utm_content, utm_term, utm_id, fbclid, landing_lead_id,
        team_id, attribution_method, confidence, rule_id, reason, candidates, campaign_id, created_day)
    SELECT deal_id, pipeline_id, status_id, name, price, created_at, modified_at, is_deleted, contact_id, person_key,
           sure_key, utm_source, utm_medium, utm_campaign, utm_content, utm_term, utm_id, fbclid, landing_lead_id,
           team_id, attribution_method, confidence, rule_id, reason, candidates, campaign_id, created_day
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        deal_id bigint, pipeline_id bigint, status_id bigint, name text, price numeric, created_at timestamptz,
        modified_at timestamptz, is_deleted boolean, contact_id bigint, person_key text, sure_key text,
        utm_source text, utm_medium text, utm_campaign text, utm_content text, utm_term text, utm_id text, fbclid text,
        landing_lead_id uuid, team_id uuid, attribution_method text, confidence text, rule_id text, reason text,
        candidates text[], campaign_id uuid, created_day date)
    ON CONFLICT (deal_id) DO UPDATE SET
        pipeline_id = excluded.pipeline_id, status_id = excluded.status_id, name = excluded.name,
        price = excluded.price, created_at = excluded.created_at, modified_at = excluded.modified_at,
        is_deleted = excluded.is_deleted, contact_id = excluded.contact_id, person_key = excluded.person_key,
        sure_key = excluded.sure_key, utm_source = excluded.utm_source, utm_medium = excluded.utm_medium,
        utm_campaign = excluded.utm_campaign, utm_content = excluded.utm_content, utm_term = excluded.utm_term,
        utm_id = excluded.utm_id, fbclid = excluded.fbclid, landing_lead_id = excluded.landing_lead_id,
        team_id = excluded.team_id, attribution_method = excluded.attribution_method, confidence = excluded.confidence,
        rule_id = excluded.rule_id, reason = excluded.reason, candidates = excluded.candidates,
        campaign_id = excluded.campaign_id, created_day = excluded.created_day, updated_at = now()""")
