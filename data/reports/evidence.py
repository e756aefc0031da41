"""Why a sale belongs to its team: every touch of the person, each step that was asked, what lost and why.

Invariant: it tells what the viewer may see and nothing else; a sale of another team is as absent as one that does not
exist, and so are touches and rules of other teams.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from core.attribution import Touch, decide_each, unmet_conditions
from core.attribution_rules import Rules, clean
from core.evidence import HistoryEntry, Payment, RuleEvidence, SaleEvidence, Step, TouchEvidence
from core.reports import UNATTRIBUTED, TeamLook
from core.touch_models import TeamTouch, is_learned, share_sale
from data.deal_facts import utm_of
from data.queries import run
from data.removal_effects import load_effects
from data.rules import load_rules
from data.settled_rows import SAME_SECOND

TIES = {1: "contact", 2: "phone", 3: "email"}


def load_evidence(connection: Connection, sale_id: str) -> SaleEvidence | None:
    """The evidence of a sale; ``None`` when the viewer may not see it, or there is none."""
    rows = run(connection, "reports/evidence_sale", sale_id=sale_id)
    if not rows:
        return None
    sale = rows[0]
    rules = load_rules(connection)
    touches = _load_touches(connection, sale, rules)
    deciding = next((one for one in touches if one.outcome == "decided"), None)
    made_at = sale["deal_created_at"]
    gap = deciding.gap if deciding else (max(sale["sale_date"] - made_at, timedelta(0)) if made_at else None)
    effects, learned_at = load_effects(connection)
    walked = _walked(sale, rules, touches)
    look = TeamLook(sale["team_slug"], sale["team_name"], sale["color"], sale["emoji"])
    return SaleEvidence(
        id=str(sale["id"]), deal_id=sale["deal_id"], product=sale["product"], amount=sale["sale_amount"],
        currency=sale["currency"], amount_usd=sale["amount_usd"], rate=sale["usd_to_kzt_rate"],
        sold_at=sale["sale_date"], sale_day=sale["sale_day"],
        team=look if sale["team_slug"] else UNATTRIBUTED, method=sale["attribution_method"],
        confidence=sale["confidence"], reason=sale["reason"], candidates=tuple(sale["candidates"]),
        locked=sale["locked"], is_reversed=sale["is_reversed"], campaign=sale["campaign"], utm=utm_of(sale),
        deal_created_at=made_at, gap=gap, rule=load_rule(connection, sale["rule_id"], rules), version=rules.version,
        steps=_steps(sale, rules, touches), touches=touches, history=_load_history(connection, sale_id),
        payments=_load_payments(connection, sale), models=share_sale(walked, effects),
        learned_at=learned_at if is_learned([team for _, team in walked], effects) else None)


def _load_payments(connection: Connection, sale: Mapping[str, Any]) -> tuple[Payment, ...]:
    sale_deal = sale["payment_of"] or sale["deal_id"]
    rows = run(connection, "reports/evidence_payments", product=sale["product"], sale_deal=sale_deal)
    if len(rows) < 2:
        return ()
    return tuple(Payment(str(row["id"]), row["deal_id"], row["sale_amount"], row["currency"], row["sale_date"],
                         row["payment_of"] is None, row["is_reversed"]) for row in rows)


def _walked(sale: Mapping[str, Any], rules: Rules, touches: Sequence[TouchEvidence]) -> list[TeamTouch]:
    """The attributed touches in time; marks that decided are a touch when the deal was made."""
    oldest = sale["sale_date"] - timedelta(days=rules.look_back_days)
    found = [(one.at, one.team) for one in touches if one.team and oldest <= one.at and one.gap > -SAME_SECOND]
    if sale["team_slug"] and sale["attribution_method"] not in ("person_match", "manual"):
        found.append((sale["deal_created_at"] or sale["sale_date"], sale["team_slug"]))
    return found


def _steps(sale: Mapping[str, Any], rules: Rules, touches: Sequence[TouchEvidence]) -> tuple[Step, ...]:
    """The steps in their order: by hand, by the marks, by the person."""
    steps, decided = steps_by_marks(sale, Touch(utm_of(sale), sale["deal_day"], sale["funnel"]), rules)
    leads = [one for one in touches if one.outcome == "decided"]
    by_person = tuple(dict.fromkeys(one.team for one in leads if one.team))
    has_any = any(one.team for one in touches)
    outcome = "decided" if leads else ("lost" if decided and has_any else "silent")
    return (*steps, Step("person_match", outcome, by_person, sale["rule_id"] if leads else None))


def steps_by_marks(row: Mapping[str, Any], touch: Touch, rules: Rules) -> tuple[list[Step], bool]:
    """What was decided by hand and what each step said of the marks, and whether any of them decided."""
    is_manual = row["locked"] or row["attribution_method"] == "manual"
    steps = [Step("manual", "decided" if is_manual else "silent", (row["team_slug"],) if row["team_slug"] and
                  is_manual else ())]
    decided = is_manual
    for method, found in decide_each(touch, rules):
        if found is None:
            steps.append(Step(method, "silent", near=_near(touch, rules) if method == "alias" else ()))
            continue
        teams = (found.team_slug,) if found.team_slug else found.candidates
        said = "decided" if found.team_slug else "ambiguous"
        steps.append(Step(method, "lost" if decided else said, teams, found.rule_id))
        decided = True
    return steps, decided


def _near(touch: Touch, rules: Rules) -> tuple[tuple[str, tuple[str, ...]], ...]:
    source = clean(touch.utm.source)
    return tuple((alias.team_slug, unmet_conditions(alias, touch))
                 for alias in (rules.aliases_by_source.get(source, ()) if source else ()))


def _load_touches(connection: Connection, sale: Mapping[str, Any], rules: Rules) -> tuple[TouchEvidence, ...]:
    ties = {row["lead_id"]: row["tie"] for row in run(
        connection, "deals/person_leads", deal_ids=[sale["deal_id"]], contact_ids=[sale["contact_id"]],
        persons=[sale["person_key"]], sure=[sale["sure_key"]])}
    rows = run(connection, "reports/evidence_touches", ids=list(ties))
    is_strong = any(ties[row["id"]] < 3 and row["team_slug"] and _in_time(row, sale, rules) == "" for row in rows)
    return tuple(_touch(row, ties[row["id"]], sale, rules, is_strong) for row in rows)


def _in_time(row: Mapping[str, Any], sale: Mapping[str, Any], rules: Rules) -> str:
    if row["created_at"] - sale["sale_date"] >= SAME_SECOND:
        return "after_sale"
    return "too_old" if sale["sale_date"] - row["created_at"] > timedelta(days=rules.look_back_days) else ""


def _touch(
    row: Mapping[str, Any], tie: int, sale: Mapping[str, Any], rules: Rules, is_strong: bool
) -> TouchEvidence:
    outcome = _in_time(row, sale, rules)
    if sale["rule_id"] == f"lead:{row['id']}":
        outcome = "decided"
    elif not outcome and row["team_slug"] is None:
        outcome = "no_team"
    elif not outcome and sale["attribution_method"] != "person_match":
        outcome = "not_asked"
    elif not outcome:
        outcome = "weak_tie" if is_strong and tie == 3 else "later_one"
    return TouchEvidence(
        lead_id=str(row["id"]), at=row["created_at"], day=row["lead_day"], form=row["source"], utm=utm_of(row),
        tie=TIES[tie], team=row["team_slug"], method=row["attribution_method"], reason=row["reason"],
        gap=sale["sale_date"] - row["created_at"], outcome=outcome)


def load_rule(connection: Connection, rule_id: str | None, rules: Rules) -> RuleEvidence | None:
    """The rule that decided: a kept one by its id, or a built-in kind with what it looks at after a colon."""
    if rule_id is None:
        return None
    kind, colon, rest = rule_id.partition(":")
    if colon:
        return RuleEvidence(rule_id, kind, rules.version, None, {kind: rest})
    versions = run(connection, "reports/evidence_rule", rule_id=rule_id)
    newest = versions[0]["rule"] if versions else None
    since = None
    for row in versions:
        if row["rule"] != newest:
            break
        since = row["version"]
    aliases, bindings = ({one.id: vars(one) for one in kept} for kept in (rules.aliases, rules.bindings))
    kind = "alias" if rule_id in aliases else "binding" if rule_id in bindings else "removed"
    now = aliases.get(rule_id) or bindings.get(rule_id) or newest or {}
    says = {name: value for name, value in now.items() if value not in (None, "", 0) and name != "id"}
    return RuleEvidence(rule_id, kind, rules.version, since if newest else None, says)


def _load_history(connection: Connection, sale_id: str) -> tuple[HistoryEntry, ...]:
    return tuple(HistoryEntry(row["created_at"], row["action_type"], row["team_name"], row["user_email"])
                 for row in run(connection, "reports/evidence_log", sale_id=sale_id))
