"""Reads the spend of every selected ad account again: Facebook restates the past, so a sync is a window of days.

Invariant: an account is fetched completely before anything of it is saved, and saved in one transaction; an account
that failed keeps its rows and says why, and stops nobody else. Days are those of the account's own calendar.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.records import AdAccount, AdCampaign, AdDay, DateRange
from data.ad_campaigns import CampaignChange, load_deals_naming, load_leads_naming, save_campaigns, settle_campaigns
from data.ads import (
    TOKEN_PURPOSE,
    SelectedAccount,
    load_selected_accounts,
    record_failure,
    record_success,
    replace_window,
    save_accounts,
)
from data.contacts import load_deals_of_leads
from data.deals import settle_deals
from data.engine import DatabaseAway
from data.freshness import bump
from data.leads import settle_leads
from data.rules import load_rules
from data.settling import hold_settling
from data.sync_runs import create_run, finish_run, save_progress, start_run
from integrations.facebook.client import FacebookClient
from integrations.facebook.errors import ApplicationThrottled, FacebookError
from jobs.context import JobContext

LEVEL = "campaign"
LOOK_BACK_DAYS = 3
BACKFILL_DAYS = 180
NOT_CONNECTED = "There is no Facebook connection for this account: its owner has to connect again."

log = structlog.get_logger()


class _NotConnected(Exception):
    """The account has no owner who is active and connected."""


@dataclass(frozen=True)
class _Fetched:
    """One account as Facebook shows it: itself now, its campaigns, and the days of the window."""

    account: AdAccount
    campaigns: tuple[AdCampaign, ...]
    window: DateRange | None      # None: nothing of the wish has begun in the account's zone
    days: tuple[AdDay, ...]


def sync_facebook(context: JobContext, window: DateRange | None = None, run_id: str | None = None,
                  backfill_days: int = BACKFILL_DAYS) -> int:
    """Read the window of every selected account; answers how many accounts were read completely.

    Without ``window``: the last three days of the account, back to its last success when that is longer ago, and
    ``backfill_days`` when it was never read. ``run_id`` is a queued run to report on; a new one is made without it.
    """
    with context.database.transaction() as connection:
        accounts = load_selected_accounts(connection)
        run_id = run_id or create_run(connection, "facebook", _parameters(window))
        start_run(connection, run_id, len(accounts))
    counts: Counter[str] = Counter()
    errors: list[str] = []
    halted: str | None = None
    for place, selected in enumerate(accounts):
        if context.stop.is_set():
            errors.append(f"Stopped with {len(accounts) - place} accounts left; the next run reads them.")
            break
        reason = halted or _sync_account(context, selected, window, backfill_days, counts)
        if isinstance(reason, _Halt):
            halted = reason
        if reason is not None:
            errors.append(f"{selected.account.name or selected.account.id}: {reason}")
            _fail(context, selected, reason)
        with context.database.transaction() as connection:
            save_progress(connection, run_id, place + 1, len(accounts))
    with context.database.transaction() as connection:
        finish_run(connection, run_id, _ending(counts["accounts"], errors), counts, errors)
    return counts["accounts"]


class _Halt(str):
    """A reason that concerns every account of the application: nobody may call meanwhile."""


def _sync_account(context: JobContext, selected: SelectedAccount, window: DateRange | None, backfill_days: int,
                  counts: Counter[str]) -> str | None:
    """Fetch and save one account; answers why it failed, ``None`` when it did not."""
    try:
        fetched = _fetch(context, selected, window, backfill_days)
        with context.database.transaction() as connection:
            changed_days = _save(connection, fetched, context.calendar)
    except ApplicationThrottled as error:
        return _Halt(_sentence(error))
    except FacebookError as error:
        log.warning("facebook_account_failed", account=selected.account.id, reason=str(error))
        return _sentence(error)
    except _NotConnected:
        return NOT_CONNECTED
    except DatabaseAway:
        raise
    except Exception as error:
        # A fault of ours in one account must not leave the others without their spend.
        log.exception("facebook_account_broken", account=selected.account.id)
        return f"A fault of this product ({type(error).__name__}); its log has the details."
    counts.update(accounts=1, campaigns=len(fetched.campaigns), rows=len(fetched.days), changed_days=changed_days)
    return None


def _fetch(context: JobContext, selected: SelectedAccount, wish: DateRange | None, backfill_days: int) -> _Fetched:
    client = _connect(context, selected)
    account = client.fetch_account(selected.account.id)
    campaigns = client.fetch_campaigns(account.id)
    window = _window(context, selected, account, wish, backfill_days)
    days = client.fetch_insights(account, window, LEVEL) if window else ()
    return _Fetched(account, campaigns, window, days)


def _connect(context: JobContext, selected: SelectedAccount) -> FacebookClient:
    if selected.owner_user_id is None or selected.token is None:
        raise _NotConnected
    settings = context.settings
    token = context.cipher.decrypt(TOKEN_PURPOSE, selected.owner_user_id, selected.token)
    return FacebookClient(settings.facebook_graph_url, settings.facebook_api_version, settings.facebook_app_id,
                          settings.facebook_app_secret, token)


def _window(context: JobContext, selected: SelectedAccount, account: AdAccount, wish: DateRange | None,
            backfill_days: int) -> DateRange | None:
    """The days to read. "Today" is the account's: the UTC date would lose the running day east of Greenwich."""
    calendar = BusinessCalendar(account.timezone)
    today = calendar.today(context.clock())
    if wish is not None:
        return DateRange(wish.first, min(wish.last, today)) if wish.first <= today else None
    first = today - timedelta(days=LOOK_BACK_DAYS - 1)
    if selected.last_synced_at is not None:
        # After an outage the days of the outage have to be read as well, with their own look-back.
        last_read = calendar.day_of(selected.last_synced_at)
        first = min(first, last_read - timedelta(days=LOOK_BACK_DAYS - 1))
    elif not selected.has_rows:
        first = today - timedelta(days=backfill_days - 1)
    return DateRange(first, today)


def _save(connection: Connection, fetched: _Fetched, calendar: BusinessCalendar) -> int:
    """Save one account; answers how many days changed."""
    # Held before anything is read or written, as by everybody who settles: no lead can slip in between.
    hold_settling(connection)
    save_accounts(connection, [fetched.account])
    changes = save_campaigns(connection, _all_campaigns(fetched))
    moved = settle_campaigns(connection, load_rules(connection))
    _settle_marks(connection, [*changes, *moved], calendar)
    changed: frozenset[object] = frozenset()
    if fetched.window is not None:
        changed = replace_window(connection, fetched.account, LEVEL, fetched.window, fetched.days)
    record_success(connection, fetched.account.id)
    bump(connection)
    return len(changed)


def _all_campaigns(fetched: _Fetched) -> list[AdCampaign]:
    """The campaigns of the account, and those that only rows of spend know of: their money must find a team too."""
    known = {campaign.id for campaign in fetched.campaigns}
    unknown = {day.object_id: AdCampaign(day.object_id, day.account_id, day.name)
               for day in fetched.days if day.object_id not in known}
    return [*fetched.campaigns, *unknown.values()]


def _settle_marks(connection: Connection, changes: Sequence[CampaignChange], calendar: BusinessCalendar) -> None:
    """Attribute anew the leads and deals whose marks name a campaign that is new, renamed or of another team."""
    if not changes:
        return
    rules = load_rules(connection)
    lead_ids = load_leads_naming(connection, changes)
    settle_leads(connection, lead_ids, rules, calendar)
    deal_ids = load_deals_naming(connection, changes) | load_deals_of_leads(connection, lead_ids)
    settle_deals(connection, deal_ids, rules, calendar)


def _fail(context: JobContext, selected: SelectedAccount, reason: str) -> None:
    with context.database.transaction() as connection:
        record_failure(connection, selected.account.id, reason)
        bump(connection)


def _sentence(error: FacebookError) -> str:
    wait = getattr(error, "wait_seconds", None)
    return f"{error} (wait {round(wait / 60) or 1} min)" if wait else str(error)


def _ending(done: int, errors: Sequence[str]) -> str:
    if not errors:
        return "done"
    return "partial" if done else "failed"


def _parameters(window: DateRange | None) -> dict[str, str]:
    return {"from": window.first.isoformat(), "to": window.last.isoformat()} if window else {}
