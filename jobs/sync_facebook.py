"""Reads the spend of every selected ad account again: Facebook restates the past, so a sync is a window of days.

Invariant: an account that failed keeps its rows and says why, and stops nobody else; an account is read by one process
at a time, and nobody calls Facebook during a wait it asked for.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import structlog

from core.records import DateRange
from data.ads import SelectedAccount, load_selected_accounts, record_failure, settle_selection
from data.engine import DatabaseAway
from data.freshness import bump
from data.leadership import Leadership
from data.sync_runs import create_run, finish_run, save_progress, start_run
from integrations.facebook.errors import FacebookError, Throttled
from jobs.context import JobContext
from jobs.read_account import BUSY, NotConnected, Wish, fetch_account, keep_wait, save_account, waiting_for

FIRST_DAYS = 180     # read at once when an account is new; the history before follows in the background

log = structlog.get_logger()


def sync_facebook(context: JobContext, window: DateRange | None = None, run_id: str | None = None,
                  first_days: int = FIRST_DAYS, last_days: int | None = None) -> int:
    """Read the window of every selected account; answers how many accounts were read completely.

    Without ``window``: the last three (or ``last_days``) days of the account, back to its last success when that is
    longer ago, and ``first_days`` when it was never read. ``run_id`` is a queued run to report on; a new one is made
    without it.
    """
    with context.database.transaction() as connection:
        settle_selection(connection)
        accounts = load_selected_accounts(connection)
        run_id = run_id or create_run(connection, "facebook", _parameters(window))
        start_run(connection, run_id, len(accounts))
    reading = _Reading(context, run_id, Wish(window, last_days), first_days)
    for place, selected in enumerate(accounts):
        if context.stop.is_set():
            reading.errors.append(f"Stopped with {len(accounts) - place} accounts left; the next run reads them.")
            break
        reading.read(selected)
        with context.database.transaction() as connection:
            save_progress(connection, run_id, place + 1, len(accounts))
    with context.database.transaction() as connection:
        finish_run(connection, run_id, _ending(reading.counts["accounts"], reading.errors), reading.counts,
                   reading.errors)
    return reading.counts["accounts"]


class _Reading:
    """One run over the accounts: what was read, what went wrong, and whether all have to wait."""

    def __init__(self, context: JobContext, run_id: str, wish: Wish, first_days: int) -> None:
        self.counts: Counter[str] = Counter()
        self.errors: list[str] = []
        self._context, self._run_id, self._wish, self._first_days = context, run_id, wish, first_days
        self._halted: str | None = None
        self._dead: dict[str, str] = {}

    def read(self, selected: SelectedAccount) -> None:
        """Read and save one account; a failure is noted at the account and in the run."""
        reason = self._halted or self._locked(selected)
        if reason is not None:
            self.errors.append(f"{selected.account.name or selected.account.id}: {reason}")
            with self._context.database.transaction() as connection:
                record_failure(connection, selected.account.id, reason)
                bump(connection)

    def _locked(self, selected: SelectedAccount) -> str | None:
        wait = waiting_for(self._context, selected.account.id)
        if wait is not None:
            self._halted = wait.sentence if wait.is_for_all else None
            return wait.sentence
        lock = Leadership(self._context.database, f"facebook account {selected.account.id}")
        try:
            return self._tried(selected) if lock.hold() else BUSY
        finally:
            lock.release()

    def _tried(self, selected: SelectedAccount) -> str | None:
        """Fetch and save one account; answers why it failed, ``None`` when it did not."""
        try:
            self._fetch_and_save(selected)
        except Throttled as error:
            wait = keep_wait(self._context, error, selected.account.id)
            self._halted = wait.sentence if wait.is_for_all else None
            return wait.sentence
        except FacebookError as error:
            log.warning("facebook_account_failed", account=selected.account.id, reason=str(error))
            return str(error)
        except NotConnected as error:
            return str(error)
        except DatabaseAway:
            raise
        except Exception as error:
            # A fault of ours in one account must not leave the others without their spend.
            log.exception("facebook_account_broken", account=selected.account.id)
            return f"A fault of this product ({type(error).__name__}); its log has the details."
        return None

    def _fetch_and_save(self, selected: SelectedAccount) -> None:
        fetched = fetch_account(self._context, selected, self._wish, self._first_days, self._dead)
        with self._context.database.transaction() as connection:
            saved = save_account(connection, self._context, fetched, self._run_id)
        self.counts.update(accounts=1, campaigns=len(fetched.campaigns), rows=len(fetched.days),
                           changed_days=saved.changed_days, restated=saved.restated)
        if saved.difference:
            self.errors.append(_difference(fetched.account.name or fetched.account.id, saved.difference,
                                           fetched.account.currency))


def _difference(name: str, difference: Decimal, currency: str) -> str:
    amount = f"{difference.normalize():f} {currency}"
    return f"{name}: Facebook's total of the account differs from its campaigns by {amount}."


def _ending(done: int, errors: Sequence[str]) -> str:
    if not errors:
        return "done"
    return "partial" if done else "failed"


def _parameters(window: DateRange | None) -> dict[str, str]:
    return {"from": window.first.isoformat(), "to": window.last.isoformat()} if window else {}
