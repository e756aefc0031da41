"""Ad sets and ads: what they are called, where they lie, which tags a click carries, and what is wrong with those.

Invariant: an ad is known by its last answer; the names it had when its present tags were read first stay beside it,
because Facebook freezes names in clicks when an ad is published.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from core.ad_tags import AdNames, LiveAd, TagError, TagFault
from core.records import AdDay
from data.queries import run


def save_objects(connection: Connection, rows: Iterable[AdDay]) -> None:
    """Keep the ad sets and ads that rows of insights name, with their campaign; the newest name counts."""
    given = {(row.level, row.object_id): row for row in sorted(rows, key=lambda row: row.day)}
    kept = [row for _, row in sorted(given.items()) if row.campaign_id is not None]
    connection.execute(text("""
        INSERT INTO ad_objects AS o (kind, object_id, account_id, campaign_id, adset_id, name)
        SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS text[]), CAST(:accounts AS text[]),
                             CAST(:campaigns AS text[]), CAST(:adsets AS text[]), CAST(:names AS text[]))
        ON CONFLICT (platform, kind, object_id) DO UPDATE SET
            account_id = excluded.account_id, campaign_id = excluded.campaign_id,
            adset_id = coalesce(excluded.adset_id, o.adset_id), name = coalesce(NULLIF(excluded.name, ''), o.name),
            updated_at = now()
        WHERE (o.account_id, o.campaign_id, o.adset_id, o.name) IS DISTINCT FROM
              (excluded.account_id, excluded.campaign_id, coalesce(excluded.adset_id, o.adset_id),
               coalesce(NULLIF(excluded.name, ''), o.name))"""), {
        "kinds": [row.level for row in kept], "ids": [row.object_id for row in kept],
        "accounts": [row.account_id for row in kept], "campaigns": [row.campaign_id for row in kept],
        "adsets": [row.adset_id for row in kept], "names": [row.name for row in kept]})


def save_live_ads(connection: Connection, account_id: str, ads: Sequence[LiveAd],
                  names: Mapping[str, Mapping[str, str]]) -> None:
    """Make the live ads of an account those given; ``names`` are those of campaign, ad set and ad now, by ad.

    An ad whose tags or links changed counts its spend from now on; one seen for the first time, from its beginning.
    """
    connection.execute(_SAVE_ADS, {
        "account": account_id, "ids": [ad.id for ad in ads], "campaigns": [ad.campaign_id for ad in ads],
        "adsets": [ad.adset_id for ad in ads], "titles": [ad.name for ad in ads],
        "statuses": [ad.effective_status for ad in ads], "creatives": [ad.creative_id for ad in ads],
        "tags": [ad.url_tags for ad in ads], "links": [json.dumps(ad.links) for ad in ads],
        "names": [json.dumps(dict(names[ad.id]), ensure_ascii=False) for ad in ads]})
    connection.execute(text("""
        UPDATE ad_objects SET tags_read_at = NULL, updated_at = now()
        WHERE platform = 'facebook' AND kind = 'ad' AND account_id = :account AND tags_read_at IS NOT NULL
          AND NOT object_id = ANY(:ids)"""), {"account": account_id, "ids": [ad.id for ad in ads]})
    connection.execute(text("UPDATE ad_accounts SET tags_read_at = now()"
                            " WHERE platform = 'facebook' AND account_id = :account"), {"account": account_id})


_SAVE_ADS = text("""
    INSERT INTO ad_objects AS o (kind, object_id, account_id, campaign_id, adset_id, name, effective_status,
                                 creative_id, url_tags, links, names, tags_read_at)
    SELECT 'ad', id, :account, campaign_id, adset_id, title, status, creative, tags,
           ARRAY(SELECT jsonb_array_elements_text(links)), names, now()
    FROM unnest(CAST(:ids AS text[]), CAST(:campaigns AS text[]), CAST(:adsets AS text[]), CAST(:titles AS text[]),
                CAST(:statuses AS text[]), CAST(:creatives AS text[]), CAST(:tags AS text[]), CAST(:links AS jsonb[]),
                CAST(:names AS jsonb[]))
         AS given (id, campaign_id, adset_id, title, status, creative, tags, links, names)
    ON CONFLICT (platform, kind, object_id) DO UPDATE SET
        account_id = excluded.account_id, campaign_id = excluded.campaign_id, adset_id = excluded.adset_id,
        name = excluded.name, effective_status = excluded.effective_status, creative_id = excluded.creative_id,
        url_tags = excluded.url_tags, links = excluded.links,
        names = CASE WHEN o.names = '{}' OR (o.url_tags, o.links) IS DISTINCT FROM (excluded.url_tags, excluded.links)
                     THEN excluded.names ELSE o.names END,
        tags_since = CASE WHEN o.names <> '{}'
                               AND (o.url_tags, o.links) IS DISTINCT FROM (excluded.url_tags, excluded.links)
                          THEN now() ELSE o.tags_since END,
        tags_read_at = now(), updated_at = now()""")


@dataclass(frozen=True)
class AdToLint:
    """A live ad with the names it was published with, and the names and the team of its campaign now."""

    ad: LiveAd
    names: AdNames
    team_slug: str | None


def load_ads_to_lint(connection: Connection, account_id: str | None = None) -> tuple[AdToLint, ...]:
    """The live ads of an account, or of all, whose campaign is tracked."""
    return tuple(_to_lint(row) for row in run(connection, "facebook/ads_to_lint", account=account_id))


def _to_lint(row: Mapping[str, Any]) -> AdToLint:
    ad = LiveAd(row["ad_id"], row["account_id"], row["campaign_id"], row["adset_id"], row["name"],
                row["adset_name"] or "", row["effective_status"], row["creative_id"], row["url_tags"],
                tuple(row["links"]))
    current = {"campaign": row["campaign_name"], "adset": row["adset_name"] or "", "ad": row["name"]}
    return AdToLint(ad, AdNames(row["names"], current), row["team_slug"])


def replace_tag_errors(connection: Connection, found: Mapping[str, Sequence[TagError]]) -> int:
    """Make the faults of these ads those found, forget those of ads that run or count no more; how many are new."""
    rows = [(ad_id, error) for ad_id, errors in sorted(found.items()) for error in errors]
    values = {"ads": sorted(found), "ids": [ad_id for ad_id, _ in rows], "faults": [str(one.fault) for _, one in rows],
              "tags": [one.tag for _, one in rows], "found": [one.found for _, one in rows],
              "expected": [one.expected for _, one in rows]}
    connection.execute(text("""
        DELETE FROM ad_tag_errors e
        WHERE e.platform = 'facebook'
          AND (e.ad_id = ANY(:ads) AND NOT EXISTS (
                   SELECT FROM unnest(CAST(:ids AS text[]), CAST(:faults AS text[]), CAST(:tags AS text[]))
                               AS given (ad_id, fault, tag)
                   WHERE (given.ad_id, given.fault, given.tag) = (e.ad_id, e.fault, e.tag))
               OR NOT EXISTS (SELECT FROM ad_objects o
                              JOIN ad_campaigns c ON c.platform = o.platform AND c.campaign_id = o.campaign_id
                                                 AND c.is_tracked
                              WHERE o.platform = e.platform AND o.kind = 'ad' AND o.object_id = e.ad_id
                                AND o.tags_read_at IS NOT NULL))"""), values)
    return connection.execute(text("""
        INSERT INTO ad_tag_errors AS e (ad_id, fault, tag, found, expected)
        SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:faults AS text[]), CAST(:tags AS text[]),
                             CAST(:found AS text[]), CAST(:expected AS text[]))
        ON CONFLICT (platform, ad_id, fault, tag) DO UPDATE SET found = excluded.found, expected = excluded.expected
        RETURNING (xmax = 0) AS is_new"""), values).scalars().all().count(True)


@dataclass(frozen=True)
class AdFault:
    """A fault of a live ad's tag; spend under these tags so far in the account's currency, ``None`` when not known."""

    ad_id: str
    ad: str
    campaign_id: str
    campaign: str
    account_id: str
    team: str | None
    error: TagError
    noticed_at: datetime
    currency: str
    spend: Decimal | None
    clicks: int | None


def load_tag_errors(connection: Connection, team_slug: str | None = None,
                    how_many: int = 200) -> tuple[AdFault, ...]:
    """The faults the viewer may see, of one team or of all, the dearest first."""
    return tuple(AdFault(
        row["ad_id"], row["ad"], row["campaign_id"], row["campaign"], row["account_id"], row["team"],
        TagError(TagFault(row["fault"]), row["tag"], row["found"], row["expected"]), row["noticed_at"],
        row["currency"], row["spend"], row["clicks"])
        for row in run(connection, "facebook/tag_errors", team=team_slug, how_many=how_many))


@dataclass(frozen=True)
class CampaignTags:
    """The tags that live ads of a campaign carry: which combination, and how many ads."""

    campaign_id: str
    url_tags: str | None
    link: str | None
    ads: int


def load_campaign_tags(connection: Connection, campaign_ids: Sequence[str]) -> tuple[CampaignTags, ...]:
    """What live ads of these campaigns carry, by campaign, the most usual first."""
    return tuple(CampaignTags(row["campaign_id"], row["url_tags"], row["link"], row["ads"])
                 for row in run(connection, "facebook/campaign_tags", ids=list(campaign_ids)))


def load_untold_ads(connection: Connection, account_id: str) -> frozenset[str]:
    """The ads of an account that deliver with wrong tags and whose people were not told of it yet."""
    return frozenset(row["ad_id"] for row in run(connection, "facebook/untold_ads", account=account_id))


def note_told(connection: Connection, ad_ids: Sequence[str]) -> None:
    """Note that the people of these ads were told."""
    connection.execute(text("""
        UPDATE ad_objects SET told_at = now()
        WHERE platform = 'facebook' AND kind = 'ad' AND object_id = ANY(:ids)"""), {"ids": list(ad_ids)})


def were_tags_read(connection: Connection, team_slug: str) -> bool:
    """Whether a live ad of this team, as far as the viewer may know, was ever read."""
    return bool(run(connection, "facebook/tags_read", team=team_slug)[0]["were_read"])
