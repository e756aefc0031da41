"""Spend out of imported rows: days of campaigns of any channel, beside those that the platforms report themselves.

Invariant: a row names the record it came from until the platform reports the same day itself, which then stands; an
import never touches a row that the platform reported.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from core.attribution_rules import Rules
from core.business_time import BusinessCalendar
from data.ad_campaigns import CampaignChange, load_deals_naming, load_leads_naming, settle_campaigns
from data.contacts import load_deals_of_leads
from data.deals import settle_deals
from data.import_leads import Record
from data.leads import settle_leads
from data.queries import run
from data.rules import load_rules
from data.settling import as_json
from data.stats import mark_days

UNKNOWN_ACCOUNT = "import"


def write_spend(
    connection: Connection, records: Sequence[Record], calendar: BusinessCalendar, today: date
) -> None:
    """Make the days of spend of these records what their data says; campaigns nobody knew are made and attributed."""
    former = _delete_days(connection, [number for number, _ in records])
    targets, made = _targets(connection, [data for _, data in records])
    rows = [{"import_record_id": number, "platform": data["channel"], "account_id": data["account_id"] or target[1],
             "object_id": target[0], "name": data["campaign"] or target[2], "stat_date": data["day"],
             "spend": data["spend"], "currency": data["currency"], "impressions": data["impressions"],
             "clicks": data["clicks"]}
            for (number, data), target in zip(records, targets, strict=True)]
    days = connection.execute(_SAVE, {"rows": as_json(rows)}).scalars().all()
    mark_days(connection, days)
    if made:
        moved = settle_campaigns(connection, load_rules(connection), today)
        settle_naming(connection, [*made, *moved], calendar)
    _drop_empty(connection, former - {row["object_id"] for row in rows}, calendar)


def remove_spend(connection: Connection, record_ids: Sequence[int], calendar: BusinessCalendar) -> None:
    """Take the days of these records away, and the campaigns that only they brought."""
    _drop_empty(connection, _delete_days(connection, record_ids), calendar)


def settle_naming(connection: Connection, changes: Sequence[CampaignChange], calendar: BusinessCalendar) -> None:
    """Attribute anew the leads and deals whose marks name one of these campaigns."""
    rules: Rules = load_rules(connection)
    leads = load_leads_naming(connection, changes)
    settle_leads(connection, leads, rules, calendar)
    deals = load_deals_naming(connection, changes) | load_deals_of_leads(connection, leads)
    settle_deals(connection, deals, rules, calendar)


def _delete_days(connection: Connection, record_ids: Sequence[int]) -> set[str]:
    gone = connection.execute(text("DELETE FROM ad_statistics WHERE import_record_id = ANY(:ids)"
                                   " RETURNING object_id, stat_date"), {"ids": list(record_ids)}).all()
    mark_days(connection, {row.stat_date for row in gone})
    return {row.object_id for row in gone}


def _targets(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[tuple[str, str, str]], list[CampaignChange]]:
    """(campaign id, account, name) for each row; campaigns that nobody knew are made, and answered."""
    known = run(connection, "imports/campaigns", channels=[row["channel"] for row in rows],
                campaign_ids=[row["campaign_id"] for row in rows],
                names=[(row["campaign"] or "").lower() for row in rows])
    by_id = {(row["platform"], row["campaign_id"]): row for row in known}
    by_name: dict[tuple[str, str], list[Any]] = {}
    for row in known:
        by_name.setdefault((row["platform"], row["name"].lower()), []).append(row)
    targets, fresh = [], {}
    for row in rows:
        channel, name = row["channel"], row["campaign"] or row["campaign_id"]
        found = by_id.get((channel, row["campaign_id"]))
        named = by_name.get((channel, (row["campaign"] or "").lower()), [])
        if found is None and row["campaign_id"] is None and len(named) == 1:
            found = named[0]
        if found is not None:
            targets.append((found["campaign_id"], found["account_id"], found["name"]))
            continue
        number = row["campaign_id"] or _id_of_name(name)
        fresh[channel, number] = (number, row["account_id"] or UNKNOWN_ACCOUNT, name)
        targets.append(fresh[channel, number])
    return targets, _make_campaigns(connection, fresh)


def _id_of_name(name: str) -> str:
    """A campaign that is known by its name only gets the same id each time."""
    return f"name-{sha256(name.lower().encode()).hexdigest()[:20]}"


def _make_campaigns(
    connection: Connection, fresh: Mapping[tuple[str, str], tuple[str, str, str]]
) -> list[CampaignChange]:
    rows = [{"platform": channel, "campaign_id": number, "account_id": account, "name": name}
            for (channel, _), (number, account, name) in sorted(fresh.items())]
    made = connection.execute(text("""
        INSERT INTO ad_campaigns (platform, campaign_id, account_id, name, is_imported)
        SELECT platform, campaign_id, account_id, name, true
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
            platform text, campaign_id text, account_id text, name text)
        ON CONFLICT (platform, campaign_id) DO NOTHING
        RETURNING id, campaign_id, name"""), {"rows": as_json(rows)}).all()
    return [CampaignChange(str(row.id), row.campaign_id, row.name, None) for row in made]


_SAVE = text("""
    INSERT INTO ad_statistics AS s (import_record_id, platform, account_id, level, object_id, name, stat_date, spend,
                                    currency, impressions, clicks)
    SELECT import_record_id, platform, account_id, 'campaign', object_id, name, stat_date, spend, currency,
           impressions, clicks
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        import_record_id bigint, platform text, account_id text, object_id text, name text, stat_date date,
        spend numeric, currency text, impressions bigint, clicks bigint)
    ON CONFLICT (platform, account_id, level, object_id, stat_date) DO NOTHING
    RETURNING s.stat_date""")


def _drop_empty(connection: Connection, campaign_ids: set[str], calendar: BusinessCalendar) -> None:
    """Forget campaigns that only imports brought and that have no day left; marks that name them are settled anew."""
    empty = run(connection, "imports/empty_campaigns", campaign_ids=sorted(campaign_ids)) if campaign_ids else []
    if not empty:
        return
    ids = {"ids": [str(row["id"]) for row in empty]}
    for table in ("lead_tracking", "amocrm_deals", "all_sales_tracking"):
        connection.execute(text(f"UPDATE {table} SET campaign_id = NULL"  # nosec B608 - names of our own tables
                                " WHERE campaign_id = ANY(CAST(:ids AS uuid[]))"), ids)
    # Their days are dirty, so the statistics are written again without them.
    for table in ("traffic_stats", "ad_campaign_periods"):
        gone = connection.execute(text(f"DELETE FROM {table}"  # nosec B608 - names of our own tables
                                       " WHERE campaign_id = ANY(CAST(:ids AS uuid[])) RETURNING *"), ids).mappings()
        mark_days(connection, {row["stat_date"] for row in gone if "stat_date" in row})
    connection.execute(text("DELETE FROM ad_campaigns WHERE id = ANY(CAST(:ids AS uuid[]))"), ids)
    settle_naming(connection, [CampaignChange(str(row["id"]), row["campaign_id"], row["name"], None)
                               for row in empty], calendar)
