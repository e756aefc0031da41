"""Reads the spend of every selected ad account again: Facebook restates the past, so a sync is a window of days.

Invariant: an account that failed keeps its rows and says why, and stops nobody else; an account is read by one thread
of one process at a time, and nobody calls Facebook during a wait it asked for.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from threading import Lock

import structlog

from core.records import DateRange
from core.sentences import keep
from data.ads import SelectedAccount, load_selected_accounts, record_failure, settle_selection
from data.engine import DatabaseAway
from data.facebook_runs import end_account, end_left_accounts, is_stop_wanted, note_step, plan_accounts
from data.facebook_waits import load_held_accounts
from data.freshness import bump
from data.leadership import Leadership
from data.sync_runs import create_run, finish_run, save_progress, start_run
from integrations.facebook.errors import FacebookError
from integrations.facebook.sentences import sentence_of
from jobs.context import JobContext
from jobs.facebook_line import Held, Pause, waiting_for
from jobs.read_account import BUSY, Fetched, NotConnected, Wish, fetch_account, oldest_day, save_account
from jobs.read_details import Part, read_details
from jobs.saver import Saver
from jobs.settle_campaigns import settle_all_campaigns

FIRST_DAYS = 180     # read at once when an account is new; the history before follows in the background
_SIDE_BY_SIDE = 2    # while one account's answer is read and kept, Facebook may be asked for another

log = structlog.get_logger()


def sync_facebook(context: JobContext, window: DateRange | None = None, run_id: str | None = None,
                  first_days: int = FIRST_DAYS, last_days: int | None = None, *, held_only: bool = False) -> int:
    """Read the window of every selected account; answers how many accounts were read completely.

    Without ``window``: the last three (or ``last_days``) days of the account, back to its last success when that is
    longer ago, and ``first_days`` when it was never read. ``run_id`` is a queued run to report on; a new one is made
    without it. ``held_only``: of the accounts only those that a wait kept from being read, when it is over.
    """
    settle_all_campaigns(context)   # a campaign handed on changes its team with the day, whether it is read or not
    with context.database.transaction() as connection:
        settle_selection(connection)
        accounts = load_selected_accounts(connection)
        if held_only:
            held = load_held_accounts(connection, context.settings.facebook_app_id or "")
            accounts = tuple(one for one in accounts if one.account.id in held)
        run_id = run_id or create_run(connection, "facebook", _parameters(window))
        start_run(connection, run_id, len(accounts))
        plan_accounts(connection, run_id, [one.account.id for one in accounts])
    reading = _Reading(context, run_id, Wish(window, last_days), first_days, len(accounts))
    with reading:
        reading.read(accounts)
    with context.database.transaction() as connection:
        finish_run(connection, run_id, _ending(reading.counts["accounts"], reading.errors), reading.counts,
                   reading.errors)
        end_left_accounts(connection, keep("facebook.fault.not_reached"))
    return reading.counts["accounts"]


class _Reading:
    """One run over the accounts: what was read, what went wrong, and whether all have to wait.

    Some threads ask Facebook, each one account after another; one more saves what came meanwhile, the parts of an
    account in their order.
    """

    def __init__(self, context: JobContext, run_id: str, wish: Wish, first_days: int, total: int) -> None:
        self.counts: Counter[str] = Counter()
        self.errors: list[str] = []
        self._context, self._run_id, self._wish, self._first_days = context, run_id, wish, first_days
        self._total, self._done = total, 0
        self._halted: str | None = None
        self._dead: dict[str, str] = {}
        self._held: list[Leadership] = []
        self._left: deque[SelectedAccount] = deque()
        self._choosing = Lock()
        self._saver = Saver("facebook-save")

    def __enter__(self) -> "_Reading":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._saver.close(is_orderly=kind is None)
        finally:
            for lock in self._held:
                lock.release()

    def read(self, accounts: Sequence[SelectedAccount]) -> None:
        """Read the accounts and have them saved, until the run is to stop. Raises: DatabaseAway."""
        self._left.extend(accounts)
        # The first is read alone: that a token is dead, or that everybody has to wait, is learnt from one call.
        self._read_next()
        with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="facebook-read") as readers:
            turns = [readers.submit(copy_context().run, self._take_turns) for _ in range(_SIDE_BY_SIDE)]
        for turn in turns:
            turn.result()

    def _take_turns(self) -> None:
        try:
            while self._read_next():
                pass
        finally:
            self._left.clear()    # whatever ends one reader ends the others

    def _read_next(self) -> bool:
        """Read the next account; whether there was one and it was to be read."""
        with self._choosing:
            if self._left and self._is_to_stop():
                self.errors.append(keep("facebook.fault.stopped", left=len(self._left)))
                self._left.clear()
            selected = self._left.popleft() if self._left else None
        if selected is not None:
            self._read_one(selected)
        return selected is not None

    def _is_to_stop(self) -> bool:
        """Whether the process ends, or somebody wants this run to end."""
        if self._context.stop.is_set():
            return True
        with self._context.database.transaction() as connection:
            return is_stop_wanted(connection, self._run_id)

    def _read_one(self, selected: SelectedAccount) -> None:
        """Read one account and have it saved; a failure is noted at the account and in the run."""
        account = _Account(selected, Leadership(self._context.database, f"facebook account {selected.account.id}"))
        self._held.append(account.lock)
        reason = self._halted or self._asked(account)
        if reason is not None:
            account.reason = reason
        self._saver.put(lambda: self._finish(account))

    def _asked(self, account: "_Account") -> str | None:
        wait = waiting_for(self._context, account.id)
        if wait is not None:
            return self._waits(wait)
        if not account.lock.hold():
            return BUSY
        reason = self._tried(account, lambda: self._fetch(account))
        if reason is None:
            # What lies below the campaigns: when it fails the account was read all the same, and its errors say so.
            below = self._tried(account, lambda: self._fetch_details(account))
            account.add_error(below and keep("facebook.fault.details", reason=below))
        return reason

    def _tried(self, account: "_Account", work: Callable[[], None]) -> str | None:
        """Do a part of an account; answers why it failed, ``None`` when it did not."""
        try:
            work()
        except Held as error:
            return self._waits(error.pause)
        except FacebookError as error:
            log.warning("facebook_account_failed", account=account.id, reason=str(error))
            return sentence_of(error)
        except NotConnected as error:
            return str(error)
        except DatabaseAway:
            raise
        except Exception as error:
            # A fault of ours in one account must not leave the others without their spend.
            log.exception("facebook_account_broken", account=account.id)
            return keep("facebook.fault.broken", kind=type(error).__name__)
        return None

    def _waits(self, pause: Pause) -> str:
        """The sentence of a wait; one for everybody halts the run."""
        if pause.is_for_all:
            self._halted = pause.sentence
        return pause.sentence

    def _fetch(self, account: "_Account") -> None:
        self._note(account, "days")
        fetched = fetch_account(self._context, account.selected, self._wish, self._first_days, self._dead)
        account.fetched = replace(fetched, days=())
        self._saver.put(lambda: self._save(account, fetched), len(fetched.days))

    def _save(self, account: "_Account", fetched: Fetched) -> None:
        account.reason = self._tried(account, lambda: self._save_days(account, fetched))

    def _save_days(self, account: "_Account", fetched: Fetched) -> None:
        with self._context.database.transaction() as connection:
            saved = save_account(connection, self._context, fetched, self._run_id)
        account.counts.update(accounts=1, campaigns=len(fetched.campaigns), rows=len(fetched.days),
                              changed_days=saved.changed_days, restated=saved.restated)
        if fetched.window is None:
            account.add_error(keep("facebook.fault.no_days", oldest=f"{oldest_day(fetched.today):%d.%m.%Y}"))
        for metric in fetched.gone_metrics:
            account.add_error(keep("facebook.fault.metric", metric=metric))
        if saved.difference:
            account.add_error(keep("facebook.fault.difference", currency=fetched.account.currency,
                                   amount=f"{saved.difference.normalize():f}"))

    def _fetch_details(self, account: "_Account") -> None:
        if account.fetched is not None:
            read_details(self._context, account.selected, account.fetched, self._dead,
                         lambda step: self._note(account, step),
                         lambda part, rows: self._saver.put(lambda: self._save_part(account, part), rows))

    def _save_part(self, account: "_Account", part: Part) -> None:
        if account.reason is None:
            below = self._tried(account, lambda: account.counts.update(part(self._context)))
            account.add_error(below and keep("facebook.fault.details", reason=below))

    def _finish(self, account: "_Account") -> None:
        """Note how an account ended, and let others read it."""
        try:
            if account.reason is not None:
                account.errors.append(account.reason)
            name = account.selected.account.name or account.id
            self.errors += [keep("facebook.run_error", account=name, reason=error) for error in account.errors]
            self.counts.update(account.counts)
            self._done += 1
            status = "failed" if account.reason is not None else "partial" if account.errors else "done"
            with self._context.database.transaction() as connection:
                end_account(connection, self._run_id, account.id, status, account.counts, account.errors, account.days)
                # Who reads an account at this moment says how that ends; not being needed for it is no failure of it.
                if account.reason not in (None, BUSY):
                    record_failure(connection, account.id, account.reason)
                    bump(connection)
                save_progress(connection, self._run_id, self._done, self._total)
        finally:
            account.lock.release()

    def _note(self, account: "_Account", step: str) -> None:
        with self._context.database.transaction() as connection:
            note_step(connection, self._run_id, account.id, step)


@dataclass
class _Account:
    """An account while it is read: what came of it so far, and why it failed."""

    selected: SelectedAccount
    lock: Leadership
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    fetched: Fetched | None = None
    reason: str | None = None

    @property
    def id(self) -> str:
        return self.selected.account.id

    @property
    def days(self) -> int | None:
        """How many days were read."""
        return self.fetched.window.days if self.fetched and self.fetched.window else None

    def add_error(self, error: str | None) -> None:
        """Note what went wrong without failing the account; the same once."""
        if error and error not in self.errors:
            self.errors.append(error)


def _ending(done: int, errors: Sequence[str]) -> str:
    if not errors:
        return "done"
    return "partial" if done else "failed"


def _parameters(window: DateRange | None) -> dict[str, str]:
    return {"from": window.first.isoformat(), "to": window.last.isoformat()} if window else {}
