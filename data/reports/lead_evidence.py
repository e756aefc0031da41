"""Why a lead belongs to its team: each step that was asked of its marks, the person's other leads and sales.

Invariant: it tells what the viewer may see and nothing else; a lead of another team is as absent as one that does not
exist.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from core.attribution import Touch
from core.evidence import LeadEvidence, LeadSale, TouchEvidence
from core.reports import UNATTRIBUTED, TeamLook
from data.deal_facts import utm_of
from data.queries import run
from data.reports.evidence import TIES, load_rule, steps_by_marks
from data.rules import load_rules


def load_lead_evidence(connection: Connection, lead_id: str) -> LeadEvidence | None:
    """The evidence of a lead; ``None`` when the viewer may not see it, or there is none."""
    rows = run(connection, "reports/evidence_lead", lead_id=lead_id)
    if not rows:
        return None
    lead = rows[0]
    rules = load_rules(connection)
    steps, _ = steps_by_marks(lead, Touch(utm_of(lead), lead["lead_day"], lead["funnel"]), rules)
    look = TeamLook(lead["team_slug"], lead["team_name"], lead["color"], lead["emoji"])
    return LeadEvidence(
        id=str(lead["id"]), at=lead["created_at"], day=lead["lead_day"], form=lead["source"], funnel=lead["funnel"],
        deal_id=lead["amocrm_lead_id"], team=look if lead["team_slug"] else UNATTRIBUTED,
        method=lead["attribution_method"], confidence=lead["confidence"], reason=lead["reason"],
        candidates=tuple(lead["candidates"]), locked=lead["locked"], campaign=lead["campaign"], utm=utm_of(lead),
        rule=load_rule(connection, lead["rule_id"], rules), version=rules.version, steps=tuple(steps),
        touches=_load_touches(connection, lead), sales=_load_sales(connection, lead))


def _load_touches(connection: Connection, lead: Mapping[str, Any]) -> tuple[TouchEvidence, ...]:
    """The person's other leads. None of them was asked: a lead is whose its own marks say."""
    ties = {row["lead_id"]: row["tie"] for row in run(
        connection, "deals/person_leads", deal_ids=[lead["amocrm_lead_id"] or 0], contact_ids=[None],
        persons=[lead["person_key"]], sure=[lead["sure_key"]]) if row["lead_id"] != lead["id"]}
    return tuple(
        TouchEvidence(
            lead_id=str(row["id"]), at=row["created_at"], day=row["lead_day"], form=row["source"], utm=utm_of(row),
            tie=TIES[ties[row["id"]]], team=row["team_slug"], method=row["attribution_method"], reason=row["reason"],
            gap=lead["created_at"] - row["created_at"], outcome="not_asked")
        for row in run(connection, "reports/evidence_touches", ids=list(ties)))


def _load_sales(connection: Connection, lead: Mapping[str, Any]) -> tuple[LeadSale, ...]:
    rows = run(connection, "reports/evidence_lead_sales", lead_id=str(lead["id"]), person_key=lead["person_key"])
    return tuple(
        LeadSale(str(row["id"]), row["deal_id"], row["product"], row["sale_amount"], row["currency"], row["sale_date"],
                 row["is_reversed"], row["is_brought"], row["team_slug"], row["sale_date"] - lead["created_at"])
        for row in rows)
