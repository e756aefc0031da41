"""Reads the history of ad accounts in the background: 37 months, the newest days first, a month at a time.

Invariant: each part is saved with the note how far the history reaches now, so a process that dies loses one part at
most, and the next goes on where it ended. A run lasts minutes: the ordinary syncs come in between.
"""

import time
from collections.abc import Iterator
from datetime import date, timedelta

import structlog

from core.business_time import BusinessCalendar
from core.records import DateRange
from core.sentences import keep
from data.ad_history import Backfill, clamp_backfill, load_backfill, load_open_backfills
from data.ads import SelectedAccount, load_selected_accounts
from data.engine import DatabaseAway
from data.leadership import Leadership
from data.sync_runs import finish_run, save_progress
from integrations.facebook.client import FacebookClient
from integrations.facebook.errors import FacebookError, HistoryTooOld
from integrations.facebook.sentences import sentence_of
from jobs.context import JobContext
from jobs.facebook_line import Held, waiting_for
from jobs.read_account import BUSY, LEVEL, Fetched, NotConnected, oldest_day, save_history, with_token

PART_DAYS = 30
LONGEST_RUN_SECONDS = 120.0

log = structlog.get_logger()


def backfill_facebook(context: JobContext, run_id: str) -> int:
    """Read parts of the missing history until none is missing or the time of a run is over; how many parts."""
    ends_at = time.monotonic() + LONGEST_RUN_SECONDS
    errors: dict[str, str] = {}
    done = rows = 0
    for account_id in _turns(context, errors):
        if context.stop.is_set() or time.monotonic() > ends_at:
            break
        read = _read_part(context, run_id, account_id, errors)
        if read is not None:
            done, rows = done + 1, rows + read
        with context.database.transaction() as connection:
            left = sum(map(_parts_left, load_open_backfills(connection)))
            save_progress(connection, run_id, done, done + left)
    with context.database.transaction() as connection:
        finish_run(connection, run_id, "partial" if errors and done else "failed" if errors else "done",
                   {"parts": done, "rows": rows}, list(errors.values()))
    return done


def _turns(context: JobContext, errors: dict[str, str]) -> Iterator[str]:
    """The account whose history reaches back least, again and again, until no account is left that can be read."""
    while True:
        with context.database.transaction(read_only=True) as connection:
            open_ones = [one.account_id for one in load_open_backfills(connection) if one.account_id not in errors]
        if not open_ones:
            return
        yield open_ones[0]


def _parts_left(one: Backfill) -> int:
    return -(-max((one.done_from - one.wanted_from).days, 0) // PART_DAYS)


def _read_part(context: JobContext, run_id: str, account_id: str, errors: dict[str, str]) -> int | None:
    """Read the part before what is known of an account; how many rows, ``None`` when it failed (see ``errors``)."""
    wait = waiting_for(context, account_id)
    lock = Leadership(context.database, f"facebook account {account_id}")
    try:
        if wait is not None:
            errors[account_id] = wait.sentence
        elif lock.hold():
            return _read(context, run_id, account_id)
        else:
            errors[account_id] = _of_account(account_id, BUSY)
    except Held as error:
        errors[account_id] = error.pause.sentence
    except FacebookError as error:
        errors[account_id] = _of_account(account_id, sentence_of(error))
    except NotConnected as error:
        errors[account_id] = _of_account(account_id, str(error))
    except DatabaseAway:
        raise
    except Exception as error:
        # A fault of ours with one account must not leave the others without their history.
        log.exception("facebook_backfill_broken", account=account_id)
        errors[account_id] = _of_account(account_id, keep("facebook.fault.broken", kind=type(error).__name__))
    finally:
        lock.release()
    return None


def _of_account(account_id: str, reason: str) -> str:
    return keep("facebook.run_error", account=f"act_{account_id}", reason=reason)


def _read(context: JobContext, run_id: str, account_id: str) -> int:
    with context.database.transaction(read_only=True) as connection:
        selected = next(one for one in load_selected_accounts(connection) if one.account.id == account_id)
        reach = load_backfill(connection, account_id)
    if reach is None or reach.done_from <= reach.wanted_from:
        return 0
    last = reach.done_from - timedelta(days=1)
    # While the history was read, what was wanted of it may have fallen out of what Facebook keeps.
    oldest = oldest_day(BusinessCalendar(selected.account.timezone).today(context.clock()))
    if last < oldest:
        return _end_history(context, account_id, reach.done_from)
    window = DateRange(max(reach.wanted_from, oldest, last - timedelta(days=PART_DAYS - 1)), last)
    try:
        fetched = with_token(context, selected, {}, lambda client: _fetch(context, selected, window, client))
    except HistoryTooOld:
        return _end_history(context, account_id, reach.done_from)
    with context.database.transaction() as connection:
        save_history(connection, context, fetched, window, run_id)
    return len(fetched.days)


def _end_history(context: JobContext, account_id: str, first: date) -> int:
    """The history begins with this day: Facebook keeps nothing before; no row was read."""
    with context.database.transaction() as connection:
        clamp_backfill(connection, account_id, first)
    return 0


def _fetch(context: JobContext, selected: SelectedAccount, window: DateRange, client: FacebookClient) -> Fetched:
    account = selected.account
    today: date = BusinessCalendar(account.timezone).today(context.clock())
    return Fetched(account, (), window, client.fetch_insights(account, window, LEVEL),
                   client.fetch_totals(account, window), window.first, False, today)
