"""Runs of reading account by account: how far each is, what it brought, why it failed (kept sentences)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from data.queries import run


@dataclass(frozen=True)
class RunAccount:
    """One account of a run. ``step`` is campaigns, days, details or tags while it is read."""

    account_id: str
    name: str
    status: str
    step: str | None
    errors: tuple[str, ...]


@dataclass(frozen=True)
class AccountsRun:
    """A run as far as a person's own accounts go.

    ``by`` tells who asked: me, timetable or colleague. ``days``: how many each account was read for at most.
    """

    id: str
    status: str
    by: str
    begun_at: datetime
    finished_at: datetime | None
    days: int | None
    is_stopping: bool
    accounts: tuple[RunAccount, ...]


def plan_accounts(connection: Connection, run_id: str, account_ids: Sequence[str]) -> None:
    """Note which accounts a run is about to read, in their order."""
    connection.execute(text("""
        INSERT INTO facebook_run_accounts (run_id, account_id, position, is_scheduled)
        SELECT r.id, given.account_id, given.position, r.requested_by IS NULL
        FROM unnest(CAST(:ids AS text[])) WITH ORDINALITY AS given (account_id, position), sync_runs r
        WHERE r.id = CAST(:run_id AS uuid)
        ON CONFLICT (run_id, account_id) DO NOTHING"""), {"run_id": run_id, "ids": list(account_ids)})


def note_step(connection: Connection, run_id: str, account_id: str, step: str) -> None:
    """Note what of an account is being read now."""
    connection.execute(text("""
        UPDATE facebook_run_accounts SET status = 'running', step = :step,
            started_at = coalesce(started_at, clock_timestamp())
        WHERE run_id = CAST(:run_id AS uuid) AND account_id = :account AND finished_at IS NULL"""),
        {"run_id": run_id, "account": account_id, "step": step})


def end_account(connection: Connection, run_id: str, account_id: str, status: str, counts: Mapping[str, int],
                errors: Sequence[str], days: int | None = None) -> None:
    """End an account of a run as done, partial or failed."""
    connection.execute(text("""
        UPDATE facebook_run_accounts SET status = :status, step = NULL, counts = CAST(:counts AS jsonb),
            errors = CAST(:errors AS jsonb), days = :days, finished_at = clock_timestamp()
        WHERE run_id = CAST(:run_id AS uuid) AND account_id = :account"""), {
        "run_id": run_id, "account": account_id, "status": status, "counts": json.dumps(dict(counts)),
        "errors": json.dumps(list(errors), ensure_ascii=False), "days": days})


def end_left_accounts(connection: Connection, reason: str) -> int:
    """End as failed what runs that are over left unread, for a kept reason; how many accounts."""
    return connection.execute(text("""
        UPDATE facebook_run_accounts p SET status = 'failed', step = NULL, errors = CAST(:errors AS jsonb),
            finished_at = clock_timestamp()
        FROM sync_runs r
        WHERE r.id = p.run_id AND p.finished_at IS NULL AND r.status NOT IN ('queued', 'running')"""),
        {"errors": json.dumps([reason], ensure_ascii=False)}).rowcount


def load_account_runs(connection: Connection, user_id: str, how_many: int) -> tuple[AccountsRun, ...]:
    """The newest runs that read one of the user's own accounts, or that the user asked for."""
    return tuple(_to_run(row) for row in run(connection, "facebook/account_runs", user_id=user_id, how_many=how_many))


def _to_run(row: Mapping[str, Any]) -> AccountsRun:
    accounts = tuple(RunAccount(one["account_id"], one["name"], one["status"], one["step"], tuple(one["errors"]))
                     for one in row["accounts"])
    by = "me" if row["is_mine"] else "timetable" if row["is_scheduled"] else "colleague"
    return AccountsRun(str(row["id"]), row["status"] or _status(accounts), by, row["begun_at"], row["finished_at"],
                       row["days"], row["is_stopping"], accounts)


def _status(accounts: Sequence[RunAccount]) -> str:
    """How a run went as far as these accounts show it."""
    found = {one.status for one in accounts}
    if found & {"queued", "running"}:
        return "running"
    return found.pop() if len(found) == 1 else "partial"


def want_stop(connection: Connection, run_id: str) -> bool:
    """Let a run that waits or goes on end after the account it is at; false when the viewer may not, or it is over."""
    return bool(connection.execute(text("""
        UPDATE sync_runs SET stop_wanted_at = coalesce(stop_wanted_at, now())
        WHERE id = CAST(:run_id AS uuid) AND kind = 'facebook' AND status IN ('queued', 'running')"""),
        {"run_id": run_id}).rowcount)


def is_stop_wanted(connection: Connection, run_id: str) -> bool:
    """Whether somebody wants a run to end."""
    return bool(run(connection, "facebook/stop_wanted", run_id=run_id)[0]["is_wanted"])
