"""Reads what lies below the campaigns of an account: ad sets and ads by day, and the tags of the ads that run.

Invariant: these rows are grains of their own and never added to campaigns; a fault here leaves the spend that was
just saved as it is, and says so. Each part of a window is handed on to be saved as soon as it was read.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from core.ad_tags import LiveAd
from core.records import AdAccount, AdDay, DateRange
from data.ad_objects import save_live_ads, save_objects
from data.ads import SelectedAccount, replace_window
from integrations.facebook.client import FacebookClient, parts_of
from jobs.context import JobContext
from jobs.lint_tags import lint_account
from jobs.read_account import Fetched, with_token

LEVELS = ("adset", "ad")
DETAIL_DAYS = 90                      # how far back ad sets and ads are read
TAGS_EVERY = timedelta(hours=6)       # creatives are heavy to read and change seldom


# A piece to be saved, in a transaction of its own: what it brought, by name.
Part = Callable[[JobContext], dict[str, int]]


def read_details(context: JobContext, selected: SelectedAccount, fetched: Fetched, dead: dict[str, str],
                 note: Callable[[str], None], save: Callable[[Part, int], None]) -> None:
    """Read ad sets, ads and, when it is time, tags; ``note`` is told each step, ``save`` is handed each part
    and how many rows it holds.

    Raises: FacebookError, NotConnected, Held; what was handed on before stays.
    """
    if not selected.reads_ads:
        return
    known = replace(selected, account=fetched.account)
    window = _window(fetched)
    if window is not None:
        note("details")
        with_token(context, known, dead, lambda client: _read_days(fetched.account, window, client, save))
    if selected.tags_read_at is None or context.clock() - selected.tags_read_at >= TAGS_EVERY:
        note("tags")
        with_token(context, known, dead, lambda client: _read_tags(fetched, client, save))


def _window(fetched: Fetched) -> DateRange | None:
    if fetched.window is None:
        return None
    first = max(fetched.window.first, fetched.today - timedelta(days=DETAIL_DAYS - 1))
    return DateRange(first, fetched.window.last) if first <= fetched.window.last else None


def _read_days(account: AdAccount, window: DateRange, client: FacebookClient,
               save: Callable[[Part, int], None]) -> None:
    for level in LEVELS:
        for part in parts_of(window):
            rows = client.fetch_insights_part(account, part, level)
            save(partial(_save_days, account, level, part, rows), len(rows))


def _save_days(account: AdAccount, level: str, window: DateRange, rows: tuple[AdDay, ...],
               context: JobContext) -> dict[str, int]:
    with context.database.transaction() as connection:
        save_objects(connection, rows)
        replace_window(connection, account, level, window, rows)
    return {"detail_rows": len(rows)}


def _read_tags(fetched: Fetched, client: FacebookClient, save: Callable[[Part, int], None]) -> None:
    ads = client.fetch_live_ads(fetched.account.id)
    campaigns = {campaign.id: campaign.name for campaign in fetched.campaigns}
    names = {ad.id: {"campaign": campaigns.get(ad.campaign_id, ""), "adset": ad.adset_name, "ad": ad.name}
             for ad in ads}
    save(partial(_save_tags, fetched.account.id, ads, names), len(ads))


def _save_tags(account_id: str, ads: tuple[LiveAd, ...], names: dict[str, dict[str, str]],
               context: JobContext) -> dict[str, int]:
    with context.database.transaction() as connection:
        save_live_ads(connection, account_id, ads, names)
        return {"ads": len(ads), "tag_faults": lint_account(connection, context, account_id)}
