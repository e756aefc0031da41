"""Reads what lies below the campaigns of an account: ad sets and ads by day, and the tags of the ads that run.

Invariant: these rows are grains of their own and never added to campaigns; a fault here leaves the spend that was
just saved as it is, and says so. Each part of a window is saved before the next is read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from core.records import AdAccount, DateRange
from data.ad_objects import save_live_ads, save_objects
from data.ads import SelectedAccount, replace_window
from integrations.facebook.client import FacebookClient, parts_of
from jobs.context import JobContext
from jobs.lint_tags import lint_account
from jobs.read_account import Fetched, with_token

LEVELS = ("adset", "ad")
DETAIL_DAYS = 90                      # how far back ad sets and ads are read
TAGS_EVERY = timedelta(hours=6)       # creatives are heavy to read and change seldom


@dataclass
class DetailCounts:
    """What was read below the campaigns."""

    rows: int = 0
    ads: int = 0
    faults: int = 0


def read_details(context: JobContext, selected: SelectedAccount, fetched: Fetched, dead: dict[str, str],
                 note: Callable[[str], None]) -> DetailCounts:
    """Read ad sets, ads and, when it is time, tags; ``note`` is told each step.

    Raises: FacebookError, NotConnected; what was saved before stays.
    """
    counts, known = DetailCounts(), replace(selected, account=fetched.account)
    window = _window(fetched)
    if window is not None:
        note("details")
        with_token(context, known, dead, lambda client: _read_days(context, fetched.account, window, client, counts))
    if selected.tags_read_at is None or context.clock() - selected.tags_read_at >= TAGS_EVERY:
        note("tags")
        with_token(context, known, dead, lambda client: _read_tags(context, fetched, client, counts))
    return counts


def _window(fetched: Fetched) -> DateRange | None:
    if fetched.window is None:
        return None
    first = max(fetched.window.first, fetched.today - timedelta(days=DETAIL_DAYS - 1))
    return DateRange(first, fetched.window.last) if first <= fetched.window.last else None


def _read_days(context: JobContext, account: AdAccount, window: DateRange, client: FacebookClient,
               counts: DetailCounts) -> None:
    for level in LEVELS:
        for part in parts_of(window):
            rows = client.fetch_insights_part(account, part, level)
            with context.database.transaction() as connection:
                save_objects(connection, rows)
                replace_window(connection, account, level, part, rows)
            counts.rows += len(rows)


def _read_tags(context: JobContext, fetched: Fetched, client: FacebookClient, counts: DetailCounts) -> None:
    ads = client.fetch_live_ads(fetched.account.id)
    campaigns = {campaign.id: campaign.name for campaign in fetched.campaigns}
    names = {ad.id: {"campaign": campaigns.get(ad.campaign_id, ""), "adset": ad.adset_name, "ad": ad.name}
             for ad in ads}
    with context.database.transaction() as connection:
        save_live_ads(connection, fetched.account.id, ads, names)
        counts.faults = lint_account(connection, context, fetched.account.id)
    counts.ads = len(ads)
