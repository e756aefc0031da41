"""Facts about one deal turned into the rows that tables hold: the deal, and its sale of each product.

Invariant: pure. The rows are a function of facts, rules and configuration; nothing of the order of arrival is in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.attribution import Attribution, PersonLead, Touch, attribute_deal
from core.attribution_rules import Rules
from core.business_time import BusinessCalendar
from core.deals import NOTE, WON, WonSpan
from core.records import DealEvent, Utm
from data.deal_facts import DealFacts, raw_of
from data.settling import TeamNames

_MARKS = ("source", "medium", "campaign", "content", "term", "id")
# amoCRM tells whole seconds: a lead of the same second is not later.
SAME_SECOND = timedelta(seconds=1)
# The form tells us and amoCRM side by side, so a lead may arrive a little after the deal it made.
_SAME_VISIT = timedelta(minutes=10)
# A lead that names the deal it made came first, whatever the clocks say.
_EVER = timedelta(days=10_000)
_CENT = Decimal("0.01")
SOURCE_TABLES = {"express": "express_course_sales", "flagman": "main_product_sales"}
OTHER_SALES = "other_product_sales"


@dataclass(frozen=True)
class Pipeline:
    """What a pipeline of amoCRM sells; not every one counts (``counts_as_sale``)."""

    product: str
    counts_as_sale: bool


@dataclass(frozen=True)
class Settling:
    """What facts are settled by."""

    rules: Rules
    names: TeamNames
    calendar: BusinessCalendar
    pipelines: Mapping[int, Pipeline]


def is_relevant(facts: DealFacts, settling: Settling) -> bool:
    """True when anything but a deletion told of the deal in a configured pipeline."""
    return any(event.action != "delete" and event.pipeline_id in settling.pipelines for event in facts.events)


def deal_row(facts: DealFacts, settling: Settling) -> dict[str, Any]:
    """The row of ``amocrm_deals``, without ``is_registration``: attributed as of the deal's creation."""
    state = facts.state
    leads = [before_moment(known.touch, state.created_at, _EVER if known.made_deal else _SAME_VISIT)
             for known in facts.leads]
    found = _attribute(facts, settling, state.created_at, leads)
    lead = _bringing_lead(found, state.created_at, leads)
    return {
        "deal_id": state.deal_id, "pipeline_id": state.pipeline_id, "status_id": state.status_id, "name": state.name,
        "price": known_amount(state.price), "created_at": state.created_at, "modified_at": state.modified_at,
        "is_deleted": state.is_deleted, "contact_id": facts.person.contact_id,
        "person_key": facts.person.key, "sure_key": facts.person.sure_key, "fbclid": state.fbclid,
        **_marks(state.utm),
        "landing_lead_id": lead.lead_id if lead else None, **_without_name(_decision(found, settling)),
        "created_day": settling.calendar.day_of(state.created_at)}


def sale_rows(facts: DealFacts, settling: Settling) -> dict[str, dict[str, Any]]:
    """The rows of ``all_sales_tracking`` by product. A product sold in two pipelines is one sale: the standing one.

    A deal without marks shows those of the lead that brought it; what decides are the deal's own (``deal_row``).
    """
    best: dict[str, WonSpan] = {}
    for span in facts.state.won:
        pipeline = settling.pipelines.get(span.pipeline_id) if span.pipeline_id is not None else None
        if pipeline is None or not pipeline.counts_as_sale:
            continue
        other = best.get(pipeline.product)
        if other is None or (span.left_at is None, span.sold_at) > (other.left_at is None, other.sold_at):
            best[pipeline.product] = span
    return {product: _sale_row(facts, settling, product, span) for product, span in best.items()}


def _sale_row(facts: DealFacts, settling: Settling, product: str, span: WonSpan) -> dict[str, Any]:
    state, person = facts.state, facts.person
    leads = [before_moment(one.touch, span.sold_at, SAME_SECOND) for one in facts.leads]
    found = _attribute(facts, settling, span.sold_at, leads)
    lead = _bringing_lead(found, span.sold_at, leads)
    known = {one.touch.lead_id: one for one in facts.leads}
    return {
        "deal_id": state.deal_id, "product": product, "source_table": SOURCE_TABLES.get(product, OTHER_SALES),
        "sale_amount": known_amount(span.price), "contact_id": person.contact_id, "contact_name": person.name,
        "contact_phone": person.phone, "contact_email": person.email,
        **_marks(state.utm if not state.utm.is_empty or lead is None else known[lead.lead_id].utm),
        "landing_lead_id": lead.lead_id if lead else None, **_decision(found, settling),
        "is_reversed": span.left_at is not None, "reversed_at": span.left_at, "pipeline_id": span.pipeline_id,
        "status_id": WON if span.left_at is None else state.status_id or WON, "sale_date": span.sold_at,
        "sale_day": settling.calendar.day_of(span.sold_at), "lead_day": known[lead.lead_id].lead_day if lead else None,
        "webhook_received_at": min(event.received_at for event in _telling(facts, span))}


def product_row(sale: dict[str, Any], facts: DealFacts) -> dict[str, Any]:
    """The row of the product's own table for a sale."""
    span = next(span for span in facts.state.won if span.pipeline_id == sale["pipeline_id"])
    last = max(_telling(facts, span), key=lambda event: (event.occurred_at, event.key))
    return {
        "deal_id": sale["deal_id"], "product": sale["product"], "pipeline_id": sale["pipeline_id"],
        "status_id": sale["status_id"], "amount": sale["sale_amount"], "contact_id": sale["contact_id"],
        "phone": sale["contact_phone"], "email": sale["contact_email"], "customer_name": sale["contact_name"],
        **{f"utm_{mark}": sale[f"utm_{mark}"] for mark in _MARKS if mark != "id"}, "sale_date": sale["sale_date"],
        "status_changed_at": sale["reversed_at"] or sale["sale_date"], "is_reversed": sale["is_reversed"],
        "raw": raw_of(last)}


def known_amount(price: Decimal | None) -> Decimal | None:
    """A price as sales store it: two decimals; what is not above zero is unknown."""
    amount = price.quantize(_CENT, rounding=ROUND_HALF_UP) if price is not None else None
    return amount if amount is not None and amount > 0 else None


def _telling(facts: DealFacts, span: WonSpan) -> list[DealEvent]:
    """The events that told the sale; all of them when it was pieced together."""
    told = [event for event in facts.events if (event.pipeline_id, event.status_id) == (span.pipeline_id, WON)]
    return told or [event for event in facts.events if event.action != NOTE]


def _marks(utm: Utm) -> dict[str, str | None]:
    return {f"utm_{mark}": getattr(utm, mark) for mark in _MARKS}


def before_moment(touch: PersonLead, moment: datetime, slack: timedelta) -> PersonLead:
    """The lead for the engine, which asks for leads before ``moment``: one within the slack counts as just before."""
    if timedelta(0) <= touch.created_at - moment < slack:
        return replace(touch, created_at=moment - timedelta(microseconds=1))
    return touch


def _attribute(facts: DealFacts, settling: Settling, moment: datetime, leads: list[PersonLead]) -> Attribution:
    """Own marks are of the day on which the deal was made, whenever it was sold."""
    state = facts.state
    pipeline = settling.pipelines.get(state.pipeline_id) if state.pipeline_id is not None else None
    touch = Touch(state.utm, settling.calendar.day_of(state.created_at), pipeline.product if pipeline else None)
    return attribute_deal(touch, moment, leads, settling.rules, person_known=facts.person.is_known)


def _bringing_lead(found: Attribution, moment: datetime, leads: list[PersonLead]) -> PersonLead | None:
    """The lead that decided, else the person's last one before the moment; e-mail only when nothing else ties one."""
    before = [lead for lead in leads if lead.created_at < moment]
    if found.lead_id is not None:
        return next(lead for lead in before if lead.lead_id == found.lead_id)
    before = [lead for lead in before if lead.by != "email"] or before
    return max(before, key=lambda lead: (lead.created_at, lead.lead_id), default=None)


def _decision(found: Attribution, settling: Settling) -> dict[str, Any]:
    return {
        "team_id": settling.names.id_of(found.team_slug), "team_name": settling.names.name_of(found.team_slug),
        "attribution_method": found.method, "confidence": found.confidence, "rule_id": found.rule_id,
        "reason": found.reason, "candidates": list(found.candidates), "campaign_id": found.campaign_id}


def _without_name(decision: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in decision.items() if name != "team_name"}
