"""Reads one ad account from Facebook and saves it: the account, its campaigns, the days of a window.

Invariant: an account is fetched completely before anything of it is saved, and saved in one transaction. Days are those
of the account's own calendar.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.records import AdAccount, AdCampaign, AdDay, DateRange
from core.sentences import keep
from data.ad_campaigns import CampaignChange, save_campaigns, settle_campaigns
from data.ad_history import load_backfill, note_read, record_restatements, replace_reconciliation
from data.ads import AccountToken, SelectedAccount, record_success, replace_window, save_accounts
from data.facebook_connections import TOKEN_PURPOSE, note_problem
from data.freshness import bump
from data.rules import load_rules
from data.settling import hold_settling
from integrations.facebook.client import FacebookClient
from integrations.facebook.errors import (
    FacebookError,
    ObjectMissing,
    PermissionMissing,
    TokenInvalid,
)
from integrations.facebook.token_problems import problem_of
from jobs.context import JobContext
from jobs.facebook_line import stand_in_line
from jobs.facebook_messages import tell_ended
from jobs.settle_campaigns import settle_marks

LEVEL = "campaign"
LOOK_BACK_DAYS = 3
MONTHS_KEPT = 37
NOT_CONNECTED = keep("facebook.fault.not_connected")
BUSY = keep("facebook.fault.busy")

T = TypeVar("T")
log = structlog.get_logger()


class NotConnected(Exception):
    """No token reaches the account; the message is a kept sentence that says what its owner has to do."""


@dataclass(frozen=True)
class Wish:
    """Which days are wanted: a window by date, or so many last days; nothing means the usual look-back."""

    window: DateRange | None = None
    last_days: int | None = None


@dataclass(frozen=True)
class Fetched:
    """One account as Facebook shows it: itself now, its campaigns, and the days of the window."""

    account: AdAccount
    campaigns: tuple[AdCampaign, ...]
    window: DateRange | None      # None: nothing of the wish has begun in the account's zone
    days: tuple[AdDay, ...]
    totals: Mapping[date, Decimal] | None       # None: Facebook did not tell them
    complete_before: date         # days from then on were not over when they were read last
    is_first: bool
    today: date
    reaches_now: bool = False     # no day is missing between the last reading and the running day
    usage_percent: float | None = None
    gone_metrics: tuple[str, ...] = ()      # what Facebook does not tell any more


@dataclass(frozen=True)
class Saved:
    """What saving an account changed; ``difference`` in the account's currency."""

    changed_days: int
    restated: int
    difference: Decimal


def fetch_account(context: JobContext, selected: SelectedAccount, wish: Wish, first_days: int,
                  dead: dict[str, str]) -> Fetched:
    """One account with the days wanted of it; ``dead`` and what it raises as for ``with_token``."""
    return with_token(context, selected, dead, lambda client: _fetch(context, selected, wish, first_days, client))


def with_token(context: JobContext, selected: SelectedAccount, dead: dict[str, str],
               read: Callable[[FacebookClient], T]) -> T:
    """Read by the best token that reaches the account, by the next one when Facebook refuses it.

    ``dead`` holds the connections whose token this run found dead, with the key of the reason: nobody asks with them
    again. Raises: FacebookError of the last token, NotConnected, Held.
    """
    refused: FacebookError | None = None
    for token in selected.tokens:
        if token.connection_id in dead:
            continue
        try:
            return read(connect(context, token, selected.account.id))
        except TokenInvalid as error:
            refused = error
            dead[token.connection_id] = note_dead_token(context, token.connection_id, error, token.token)
        except (PermissionMissing, ObjectMissing) as error:
            refused = error
    if refused is not None:
        raise refused
    problem = next((dead[token.connection_id] for token in selected.tokens), selected.problem)
    if problem:
        raise NotConnected(keep(problem))
    raise NotConnected(NOT_CONNECTED)


def connect(context: JobContext, token: AccountToken, account_id: str = "") -> FacebookClient:
    """Facebook as a stored token sees it; where it would tell Throttled, a call raises Held."""
    settings = context.settings
    secret = context.cipher.decrypt(TOKEN_PURPOSE, token.user_id, token.token)
    return FacebookClient(settings.facebook_graph_url, settings.facebook_api_version, settings.facebook_app_id,
                          settings.facebook_app_secret, secret, turn=lambda: stand_in_line(context, account_id))


def note_dead_token(context: JobContext, connection_id: str, error: TokenInvalid, token: bytes | None) -> str:
    """Say at the connection why Facebook refuses its token, and what to do; the key of that sentence.

    ``token`` is the one refused: its owner may have connected again since it was loaded.
    """
    state, problem = problem_of(error)
    with context.database.transaction() as connection:
        if note_problem(connection, connection_id, state, problem, token):
            tell_ended(connection, context.settings, connection_id, problem)
        bump(connection)
    return problem


def _fetch(context: JobContext, selected: SelectedAccount, wish: Wish, first_days: int,
           client: FacebookClient) -> Fetched:
    account = client.fetch_account(selected.account.id)
    campaigns = client.fetch_campaigns(account.id)
    calendar = BusinessCalendar(account.timezone)
    today = calendar.today(context.clock())
    window = _window(selected, calendar, today, wish, first_days)
    days = client.fetch_insights(account, window, LEVEL) if window else ()
    # The running day grows between two requests, so only days that are over are compared.
    over = DateRange(window.first, min(window.last, today - timedelta(days=1))) if window else None
    totals = client.fetch_totals(account, over) if over and over.days > 0 else None
    last_read = today if selected.last_synced_at is None else calendar.day_of(selected.last_synced_at)
    reaches_now = window is not None and window.last >= today and (
        selected.last_synced_at is None or window.first <= last_read)
    return Fetched(account, campaigns, window, days, totals, last_read, not selected.has_rows, today, reaches_now,
                   client.usage_percent, client.gone_metrics)


def _window(selected: SelectedAccount, calendar: BusinessCalendar, today: date, wish: Wish,
            first_days: int) -> DateRange | None:
    """The days to read. "Today" is the account's: the UTC date would lose the running day east of Greenwich."""
    if wish.window is not None:
        oldest = oldest_day(today)
        if wish.window.first > today or wish.window.last < oldest:
            return None
        return DateRange(max(wish.window.first, oldest), min(wish.window.last, today))
    look_back = wish.last_days or selected.look_back_days
    first = today - timedelta(days=look_back - 1)
    if selected.last_synced_at is not None:
        # After an outage the days of the outage have to be read as well, with their own look-back.
        last_read = calendar.day_of(selected.last_synced_at)
        first = min(first, last_read - timedelta(days=LOOK_BACK_DAYS - 1))
    elif not selected.has_rows:
        first = today - timedelta(days=first_days - 1)
    return DateRange(max(first, oldest_day(today)), today)


def oldest_day(today: date) -> date:
    """The first day of which Facebook still keeps figures, with a day to spare."""
    months = today.year * 12 + today.month - 1 - MONTHS_KEPT
    return date(months // 12, months % 12 + 1, min(today.day, 28)) + timedelta(days=1)


def save_account(connection: Connection, context: JobContext, fetched: Fetched, run_id: str | None = None) -> Saved:
    """Save one account with everything that follows from it."""
    # Held before anything is read or written, as by everybody who settles: no lead can slip in between.
    hold_settling(connection)
    save_accounts(connection, [fetched.account])
    changes = save_campaigns(connection, _all_campaigns(fetched))
    settle_marks(connection, [*changes, *_settle_own(connection, context, fetched)], context.calendar)
    saved = Saved(0, 0, Decimal(0))
    if fetched.window is not None:
        saved = save_days(connection, fetched, fetched.window, run_id)
    record_success(connection, fetched.account.id, fetched.usage_percent, is_up_to_date=fetched.reaches_now)
    bump(connection)
    return saved


def save_days(connection: Connection, fetched: Fetched, window: DateRange, run_id: str | None) -> Saved:
    """Replace a window; what Facebook changed of it and where its total disagrees is kept."""
    account = fetched.account
    before = load_backfill(connection, account.id)
    restated = 0
    if before is not None and not fetched.is_first and window.last >= before.done_from:
        # Days that nobody had read before are no restatement when they come.
        known = DateRange(max(window.first, before.done_from), window.last)
        rows = [row for row in fetched.days if known.first <= row.day]
        restated = record_restatements(connection, account, LEVEL, known, rows, fetched.complete_before, run_id)
    changed = replace_window(connection, account, LEVEL, window, fetched.days)
    if before is not None or window.last >= fetched.today:
        note_read(connection, account.id, window, oldest_day(fetched.today))
    difference = Decimal(0)
    if fetched.totals is not None:
        over = DateRange(window.first, min(window.last, fetched.today - timedelta(days=1)))
        compared = [row for row in fetched.days if row.day <= over.last]
        difference = replace_reconciliation(connection, account, over, fetched.totals, compared, run_id)
    return Saved(len(changed), restated, difference)


def save_history(connection: Connection, context: JobContext, fetched: Fetched, window: DateRange,
                 run_id: str | None) -> Saved:
    """Save a part of the history: its days, and the campaigns that only they know of."""
    hold_settling(connection)
    changes = save_campaigns(connection, _all_campaigns(fetched))
    if changes:
        settle_marks(connection, [*changes, *_settle_own(connection, context, fetched)], context.calendar)
    saved = save_days(connection, fetched, window, run_id)
    bump(connection)
    return saved


def _settle_own(connection: Connection, context: JobContext, fetched: Fetched) -> tuple[CampaignChange, ...]:
    """Nothing but the campaigns of this account can have changed by reading it; those that moved."""
    own = fetched.account.id
    return settle_campaigns(connection, load_rules(connection, own), context.calendar.today(context.clock()), own)


def _all_campaigns(fetched: Fetched) -> list[AdCampaign]:
    """The campaigns of the account, and those that only rows of spend know of: their money must find a team too."""
    known = {campaign.id for campaign in fetched.campaigns}
    unknown = {day.object_id: AdCampaign(day.object_id, day.account_id, day.name)
               for day in fetched.days if day.object_id not in known}
    return [*fetched.campaigns, *unknown.values()]
