"""Landing leads and how each was attributed.

Invariant: a delivery makes one lead, however often it is processed; of several leads that claim one amoCRM deal the
earliest keeps the tie. ``lead_tracking`` is what the rules say about a lead now, except where an admin locked it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from core.attribution import Touch, attribute_touch
from core.attribution_rules import Rules
from core.business_time import BusinessCalendar
from core.phones import find_phones
from core.records import LandingLead, Utm
from data.identity import load_lead_points, note_points
from data.queries import run
from data.settling import TeamNames, as_json, chunks, days_of, hold_settling
from data.stats import mark_days

_CHUNK = 1_000
_DECIDED = ("team_id", "team_name", "attribution_method", "confidence", "rule_id", "reason", "candidates",
            "campaign_id")
_MARKS = ("source", "medium", "campaign", "content", "term")


@dataclass(frozen=True)
class ReceivedLead:
    """A lead with the delivery it came by; ``source`` is the {source} of the address."""

    event_id: str
    source: str
    lead: LandingLead


def save_leads(connection: Connection, received: Sequence[ReceivedLead]) -> frozenset[str]:
    """Keep leads; answers the ids of those that are new or changed, and notes what they hold.

    Each must have a phone or an e-mail.
    """
    if not received:
        return frozenset()
    rows = [_lead_row(one) for one in received]
    events = [one.event_id for one in received]
    deals = [one.lead.amocrm_lead_id for one in received if one.lead.amocrm_lead_id is not None]
    before = load_lead_points(connection, events, deals)
    _claim_deals(connection, rows)
    saved = frozenset(str(found) for found in connection.execute(_SAVE, {"rows": as_json(rows)}).scalars())
    _save_other_phones(connection, received)
    note_points(connection, before | load_lead_points(connection, events, deals))
    return saved


def _save_other_phones(connection: Connection, received: Sequence[ReceivedLead]) -> None:
    """Keep the second and further phones that were typed into one value."""
    pairs = [(one.event_id, phone) for one in received for phone in find_phones(one.lead.phone)
             if phone != one.lead.phone_norm]
    if pairs:
        connection.execute(text("""
            INSERT INTO landing_lead_phones (lead_id, phone)
            SELECT l.id, given.phone
            FROM unnest(CAST(:events AS uuid[]), CAST(:phones AS text[])) AS given (event_id, phone)
            JOIN landing_leads l ON l.event_id = given.event_id
            ON CONFLICT DO NOTHING"""), {"events": [event for event, _ in pairs], "phones": [one for _, one in pairs]})


def _lead_row(received: ReceivedLead) -> dict[str, Any]:
    lead = received.lead
    metadata = {
        "form_id": lead.form_id, "form_name": lead.form_name, "order_id": lead.order_id,
        "order_amount": None if lead.order_amount is None else str(lead.order_amount),
        "products": lead.products or None,
        "fbc": lead.fbc, "fbp": lead.fbp, "amocrm_lead_id": lead.amocrm_lead_id, "fields": lead.extra or None}
    return {
        "event_id": received.event_id, "source": received.source, "created_at": lead.submitted_at, "name": lead.name,
        "phone": lead.phone, "phone_norm": lead.phone_norm, "email": lead.email, "email_norm": lead.email_norm,
        "funnel": lead.funnel, "fbclid": lead.fbclid, "client_id": lead.client_id,
        "amocrm_lead_id": lead.amocrm_lead_id, "submission_id": lead.submission_id, "utm_id": lead.utm.id,
        **{f"utm_{mark}": getattr(lead.utm, mark) for mark in _MARKS},
        "metadata": {key: value for key, value in metadata.items() if value is not None}}


_SAVE = text("""
    INSERT INTO landing_leads AS l (
        event_id, source, created_at, name, phone, phone_norm, email, email_norm, funnel, utm_source, utm_medium,
        utm_campaign, utm_content, utm_term, utm_id, fbclid, client_id, amocrm_lead_id, submission_id, metadata)
    SELECT event_id, source, created_at, name, phone, phone_norm, email, email_norm, funnel, utm_source, utm_medium,
           utm_campaign, utm_content, utm_term, utm_id, fbclid, client_id, amocrm_lead_id, submission_id, metadata
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        event_id uuid, source text, created_at timestamptz, name text, phone text, phone_norm text, email text,
        email_norm text, funnel text, utm_source text, utm_medium text, utm_campaign text, utm_content text,
        utm_term text, utm_id text, fbclid text, client_id text, amocrm_lead_id bigint, submission_id text,
        metadata jsonb)
    ON CONFLICT (event_id) WHERE event_id IS NOT NULL DO UPDATE SET
        source = excluded.source, created_at = excluded.created_at, name = excluded.name, phone = excluded.phone,
        phone_norm = excluded.phone_norm, email = excluded.email, email_norm = excluded.email_norm,
        funnel = excluded.funnel, utm_source = excluded.utm_source, utm_medium = excluded.utm_medium,
        utm_campaign = excluded.utm_campaign, utm_content = excluded.utm_content, utm_term = excluded.utm_term,
        utm_id = excluded.utm_id, fbclid = excluded.fbclid, client_id = excluded.client_id,
        amocrm_lead_id = excluded.amocrm_lead_id, submission_id = excluded.submission_id,
        metadata = excluded.metadata, updated_at = now()
    RETURNING l.id""")


def _claim_deals(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Leave the tie to a deal on the earliest lead that claims it; the claim itself stays in ``metadata``."""
    claims: dict[int, tuple[datetime, str]] = {}
    for row in rows:
        if row["amocrm_lead_id"] is not None:
            claim = (row["created_at"], row["event_id"])
            claims[row["amocrm_lead_id"]] = min(claims.get(row["amocrm_lead_id"], claim), claim)
    if not claims:
        return
    beaten = []
    for held in run(connection, "leads/tied_to_deals", deal_ids=list(claims)):
        holder = (held["created_at"], str(held["event_id"]))
        if holder[1] != claims[held["amocrm_lead_id"]][1]:
            if holder <= claims[held["amocrm_lead_id"]]:
                claims[held["amocrm_lead_id"]] = holder
            else:
                beaten.append(str(held["id"]))
    for row in rows:
        if row["amocrm_lead_id"] is not None and claims[row["amocrm_lead_id"]][1] != row["event_id"]:
            row["amocrm_lead_id"] = None
    connection.execute(text("UPDATE landing_leads SET amocrm_lead_id = NULL, updated_at = now()"
                            " WHERE id = ANY(CAST(:ids AS uuid[]))"), {"ids": beaten})


def settle_leads(
    connection: Connection, lead_ids: Iterable[str] | None, rules: Rules, calendar: BusinessCalendar
) -> frozenset[str]:
    """Attribute these leads anew (``None``: all); answers those whose team, campaign or day is new.

    Marks their days, old and new, for recalculation. Rows that say the same as before are not written.
    """
    hold_settling(connection)
    ids = lead_ids if lead_ids is not None else [str(row["id"]) for row in run(connection, "leads/all_ids")]
    names = TeamNames(rules)
    moved: set[str] = set()
    for chunk in chunks(ids, _CHUNK):
        stored = run(connection, "leads/to_settle", ids=chunk)
        changed = []
        for row in stored:
            fresh = _settled(row, rules, names, calendar)
            if fresh is not None:
                changed.append((row, fresh))
        moved |= _save_settled(connection, changed)
    return frozenset(moved)


def _settled(row: Any, rules: Rules, names: TeamNames, calendar: BusinessCalendar) -> dict[str, Any] | None:
    """What ``lead_tracking`` has to say of a lead; ``None`` when it says so already."""
    utm = Utm(id=row["utm_id"], **{mark: row[f"utm_{mark}"] for mark in _MARKS})
    day = calendar.day_of(row["created_at"])
    fresh: dict[str, Any] = {f"utm_{mark}": getattr(utm, mark) for mark in _MARKS}
    if row["locked"]:
        fresh |= {name: row[name] for name in _DECIDED}
        fresh |= {name: str(row[name]) for name in ("team_id", "campaign_id") if row[name] is not None}
    else:
        found = attribute_touch(Touch(utm, day, row["funnel"]), rules)
        fresh |= {
            "team_id": names.id_of(found.team_slug), "team_name": names.name_of(found.team_slug),
            "attribution_method": found.method, "confidence": found.confidence, "rule_id": found.rule_id,
            "reason": found.reason, "candidates": list(found.candidates), "campaign_id": found.campaign_id}
    before = {f"utm_{mark}": row[f"settled_{mark}"] for mark in _MARKS} | {name: row[name] for name in _DECIDED}
    before |= {name: str(row[name]) for name in ("team_id", "campaign_id") if row[name] is not None}
    if row["is_settled"] and (before, row["lead_day"]) == (fresh, day):
        return None
    return fresh | {"lead_id": str(row["id"]), "lead_day": day}


def _save_settled(connection: Connection, changed: list[tuple[Any, dict[str, Any]]]) -> set[str]:
    if not changed:
        return set()
    connection.execute(_SAVE_TRACKING, {"rows": as_json([fresh for _, fresh in changed])})
    moved = [(row, fresh) for row, fresh in changed if _place(row) != _place(fresh)]
    mark_days(connection, days_of([row for pair in moved for row in pair], "lead_day"))
    return {fresh["lead_id"] for _, fresh in moved}


def _place(row: Any) -> tuple[str, ...]:
    """Where statistics count a lead."""
    return tuple(str(row[name]) for name in ("team_id", "campaign_id", "lead_day"))


_SAVE_TRACKING = text("""
    INSERT INTO lead_tracking AS t (
        lead_id, utm_source, utm_medium, utm_campaign, utm_content, utm_term, team_id, team_name, attribution_method,
        confidence, rule_id, reason, candidates, campaign_id, lead_day, attributed_at)
    SELECT lead_id, utm_source, utm_medium, utm_campaign, utm_content, utm_term, team_id, team_name,
           attribution_method, confidence, rule_id, reason, candidates, campaign_id, lead_day,
           CASE WHEN team_id IS NOT NULL THEN now() END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        lead_id uuid, utm_source text, utm_medium text, utm_campaign text, utm_content text, utm_term text,
        team_id uuid, team_name text, attribution_method text, confidence text, rule_id text, reason text,
        candidates text[], campaign_id uuid, lead_day date)
    ON CONFLICT (lead_id) DO UPDATE SET
        utm_source = excluded.utm_source, utm_medium = excluded.utm_medium, utm_campaign = excluded.utm_campaign,
        utm_content = excluded.utm_content, utm_term = excluded.utm_term, team_id = excluded.team_id,
        team_name = excluded.team_name, attribution_method = excluded.attribution_method,
        confidence = excluded.confidence, rule_id = excluded.rule_id, reason = excluded.reason,
        candidates = excluded.candidates, campaign_id = excluded.campaign_id, lead_day = excluded.lead_day,
        attributed_at = CASE WHEN excluded.team_id IS NOT DISTINCT FROM t.team_id THEN t.attributed_at
                             ELSE excluded.attributed_at END,
        updated_at = now()""")
