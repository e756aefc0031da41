"""Campaigns of the ad platforms: kept as they are named now, and given to the team that runs them.

Invariant: a campaign assigned by hand (locked) is never moved; when a campaign changes its team on any day, every day
it has spend on becomes dirty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from core.attribution import Attribution
from core.attribution_rules import CampaignRef, Rules
from core.business_time import now
from core.campaign_periods import CampaignPeriod, campaign_periods, verdict_on
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
        INSERT INTO ad_campaigns AS c (campaign_id, account_id, name, objective, status, effective_status, is_tracked)
        SELECT g.campaign_id, g.account_id, g.name, g.objective, g.status, g.effective_status,
               coalesce(a.track_new, true)
        FROM given g LEFT JOIN ad_accounts a ON a.platform = 'facebook' AND a.account_id = g.account_id
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


def settle_campaigns(
    connection: Connection, rules: Rules, today: date | None = None, account_id: str | None = None
) -> tuple[CampaignChange, ...]:
    """Give every campaign, or those of one account, to its team by the rules, day by day; answers those that moved.

    Locked ones stay. ``today`` is the business day whose verdict the campaign itself shows; without it the UTC date.
    """
    today = today or now().date()
    stored = _load_periods(connection, account_id)
    decided = [(row, campaign_periods(_reference(row), rules))
               for row in run(connection, "ads/campaigns_to_settle", account_id=account_id)]
    assigned = [(row, verdict_on(periods, today)) for row, periods in decided]
    changed = [(row, verdict) for row, verdict in assigned if _differs(row, verdict)]
    split = [(row, periods) for row, periods in decided
             if stored.get(str(row["id"]), []) != _described(periods) or row["is_split"] != (len(periods) > 1)]
    team_ids = {team.slug: team.id for team in rules.teams}
    if changed:
        connection.execute(_ASSIGN, [{
            "id": row["id"], "team_id": team_ids[verdict.team_slug] if verdict.team_slug else None,
            "method": verdict.method, "rule_id": verdict.rule_id, "reason": verdict.reason,
            "candidates": list(verdict.candidates)} for row, verdict in changed])
    for row, periods in split:
        _save_periods(connection, str(row["id"]), periods, team_ids)
    moved = {str(row["id"]): row for row, verdict in changed if row["team_slug"] != verdict.team_slug}
    moved |= {str(row["id"]): row for row, _ in split}
    if moved:
        mark_campaign_days_dirty(connection, [row["campaign_id"] for row in moved.values()])
    return tuple(CampaignChange(key, row["campaign_id"], row["name"], row["name"])
                 for key, row in sorted(moved.items()))


_ASSIGN = text("""
    UPDATE ad_campaigns SET team_id = CAST(:team_id AS uuid), attribution_method = :method, rule_id = :rule_id,
        reason = :reason, candidates = :candidates, updated_at = now()
    WHERE id = CAST(:id AS uuid) AND NOT locked""")

_Described = list[tuple[date, date, str | None, str | None, str | None, str | None, tuple[str, ...]]]


def _load_periods(connection: Connection, account_id: str | None) -> dict[str, _Described]:
    found: dict[str, _Described] = {}
    for row in run(connection, "ads/campaign_periods", account_id=account_id):
        found.setdefault(str(row["campaign_id"]), []).append((
            row["first_day"], row["last_day"], row["team_slug"], row["attribution_method"], row["rule_id"],
            row["reason"], tuple(row["candidates"])))
    return found


def _described(periods: Sequence[CampaignPeriod]) -> _Described:
    """The periods as they are stored: a campaign of one verdict has none."""
    return [] if len(periods) == 1 else [
        (one.first, one.last, one.verdict.team_slug, one.verdict.method, one.verdict.rule_id, one.verdict.reason,
         one.verdict.candidates) for one in periods]


def _save_periods(connection: Connection, campaign_id: str, periods: Sequence[CampaignPeriod],
                  team_ids: Mapping[str, str]) -> None:
    connection.execute(text("DELETE FROM ad_campaign_periods WHERE campaign_id = CAST(:id AS uuid)"),
                       {"id": campaign_id})
    connection.execute(text("UPDATE ad_campaigns SET is_split = :is_split WHERE id = CAST(:id AS uuid)"),
                       {"id": campaign_id, "is_split": len(periods) > 1})
    rows = _described(periods)
    if rows:
        connection.execute(text("""
            INSERT INTO ad_campaign_periods (campaign_id, first_day, last_day, team_id, attribution_method, rule_id,
                                             reason, candidates)
            VALUES (CAST(:id AS uuid), :first, :last, CAST(:team_id AS uuid), :method, :rule_id, :reason,
                    :candidates)"""), [
            {"id": campaign_id, "first": first, "last": last, "team_id": team_ids[slug] if slug else None,
             "method": method, "rule_id": rule_id, "reason": reason, "candidates": list(candidates)}
            for first, last, slug, method, rule_id, reason, candidates in rows])


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
