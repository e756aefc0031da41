"""Campaigns of the ad platforms: kept as they are named now, and given to the team that runs them.

Invariant: a campaign assigned by hand (locked) is never moved; when a campaign changes its team, every day it has
spend on becomes dirty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from core.attribution import Attribution, attribute_campaign
from core.attribution_rules import CampaignRef, Rules
from core.records import AdCampaign
from data.queries import run
from data.stats import mark_days


@dataclass(frozen=True)
class CampaignChange:
    """A campaign that is new (``old_name`` is ``None``), has another name or another team.

    What marks naming it mean has changed, so their leads and deals have to be settled again.
    """

    id: str
    external_id: str
    name: str
    old_name: str | None


def save_campaigns(connection: Connection, campaigns: Iterable[AdCampaign]) -> tuple[CampaignChange, ...]:
    """Keep campaigns as the platform shows them; answers the new and the renamed ones.

    What a campaign does not tell (``None``) stays as it was.
    """
    rows = sorted({row.id: row for row in campaigns}.values(), key=lambda row: row.id)
    saved = connection.execute(_SAVE, {
        "ids": [row.id for row in rows], "accounts": [row.account_id for row in rows],
        "names": [row.name for row in rows], "objectives": [row.objective for row in rows],
        "statuses": [row.status for row in rows], "effective": [row.effective_status for row in rows]}).mappings()
    return tuple(CampaignChange(str(row["id"]), row["campaign_id"], row["name"], row["old_name"]) for row in saved)


_SAVE = text("""
    WITH given AS (
        SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:accounts AS text[]), CAST(:names AS text[]),
                             CAST(:objectives AS text[]), CAST(:statuses AS text[]), CAST(:effective AS text[]))
        AS row (campaign_id, account_id, name, objective, status, effective_status)),
    known AS (
        SELECT c.campaign_id, c.name FROM ad_campaigns c JOIN given USING (campaign_id)
        WHERE c.platform = 'facebook'),
    saved AS (
        INSERT INTO ad_campaigns AS c (campaign_id, account_id, name, objective, status, effective_status)
        SELECT campaign_id, account_id, name, objective, status, effective_status FROM given
        ON CONFLICT (platform, campaign_id) DO UPDATE SET
            account_id = excluded.account_id, name = coalesce(NULLIF(excluded.name, ''), c.name),
            objective = coalesce(excluded.objective, c.objective), status = coalesce(excluded.status, c.status),
            effective_status = coalesce(excluded.effective_status, c.effective_status), updated_at = now()
        WHERE (c.account_id, c.name, c.objective, c.status, c.effective_status) IS DISTINCT FROM
              (excluded.account_id, coalesce(NULLIF(excluded.name, ''), c.name),
               coalesce(excluded.objective, c.objective), coalesce(excluded.status, c.status),
               coalesce(excluded.effective_status, c.effective_status))
        RETURNING c.id, c.campaign_id, c.name)
    SELECT saved.id, saved.campaign_id, saved.name, known.name AS old_name
    FROM saved LEFT JOIN known USING (campaign_id)
    WHERE known.name IS DISTINCT FROM saved.name
    ORDER BY saved.campaign_id""")


def settle_campaigns(connection: Connection, rules: Rules) -> tuple[CampaignChange, ...]:
    """Give every campaign that is not locked to its team by the rules; answers those that moved."""
    team_ids = {team.slug: team.id for team in rules.teams}
    decided = [(row, attribute_campaign(_reference(row), None, rules))
               for row in run(connection, "ads/campaigns_to_settle")]
    changed = [(row, verdict) for row, verdict in decided if _differs(row, verdict)]
    if not changed:
        return ()
    connection.execute(_ASSIGN, [{
        "id": row["id"], "team_id": team_ids[verdict.team_slug] if verdict.team_slug else None,
        "method": verdict.method, "rule_id": verdict.rule_id, "reason": verdict.reason,
        "candidates": list(verdict.candidates)} for row, verdict in changed])
    moved = [row for row, verdict in changed if row["team_slug"] != verdict.team_slug]
    mark_campaign_days_dirty(connection, [row["campaign_id"] for row in moved])
    return tuple(CampaignChange(str(row["id"]), row["campaign_id"], row["name"], row["name"]) for row in moved)


_ASSIGN = text("""
    UPDATE ad_campaigns SET team_id = CAST(:team_id AS uuid), attribution_method = :method, rule_id = :rule_id,
        reason = :reason, candidates = :candidates, updated_at = now()
    WHERE id = CAST(:id AS uuid) AND NOT locked""")


def mark_campaign_days_dirty(connection: Connection, external_ids: list[str]) -> None:
    """Every day on which one of these campaigns has a row has to be computed anew."""
    mark_days(connection, [row["day"] for row in run(connection, "ads/days_of_campaigns", ids=external_ids)])


def load_leads_naming(connection: Connection, changes: Iterable[CampaignChange]) -> frozenset[str]:
    """The leads whose marks name one of the campaigns, by its id or by its new or former name."""
    return frozenset(str(row["id"]) for row in run(connection, "ads/leads_naming", **_spellings(changes)))


def load_deals_naming(connection: Connection, changes: Iterable[CampaignChange]) -> frozenset[int]:
    """The deals whose own marks name one of the campaigns, by its id or by its new or former name."""
    return frozenset(row["deal_id"] for row in run(connection, "ads/deals_naming", **_spellings(changes)))


def _spellings(changes: Iterable[CampaignChange]) -> dict[str, list[str]]:
    listed = list(changes)
    names = {name.strip().lower() for change in listed for name in (change.name, change.old_name) if name}
    return {"ids": [change.external_id for change in listed], "names": sorted(names)}


def _reference(row: Mapping[str, Any]) -> CampaignRef:
    return CampaignRef(str(row["id"]), row["campaign_id"], row["account_id"], row["name"], row["team_slug"])


def _differs(row: Mapping[str, Any], verdict: Attribution) -> bool:
    return (row["team_slug"], row["attribution_method"], row["rule_id"], row["reason"], tuple(row["candidates"])) != (
        verdict.team_slug, verdict.method, verdict.rule_id, verdict.reason, verdict.candidates)
