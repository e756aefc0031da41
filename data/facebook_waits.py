"""Waits that Facebook asked for, shared by every process and kept over restarts: calling meanwhile prolongs them.

Invariant: times are those of the database; a wait is only ever made longer while it lasts.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from data.queries import run

APPLICATION, ACCOUNT = "application", "account"
_STEPS = (60.0, 120.0, 300.0, 900.0)    # seconds, when Facebook names none
_LONGEST = 24 * 3600.0
_LONGEST_REASON = 300


@dataclass(frozen=True)
class FacebookWait:
    """Until when nobody calls for an account, or for any account of the application."""

    scope: str
    key: str
    until: datetime
    reason: str


def load_waits(connection: Connection, application: str, account_id: str | None = None) -> tuple[FacebookWait, ...]:
    """The waits that are not over: the application's first, then those of one account or of all the viewer knows."""
    rows = sorted(run(connection, "facebook/waits", application=application, account=account_id),
                  key=lambda row: (row["scope"] != APPLICATION, row["key"]))
    return tuple(FacebookWait(row["scope"], row["key"], row["until"], row["reason"]) for row in rows)


def load_held_accounts(connection: Connection, application: str) -> frozenset[str]:
    """The selected accounts that a wait kept from being read, and whose wait is over."""
    return frozenset(row["account_id"] for row in run(connection, "facebook/held_accounts", application=application))


def keep_refusal(connection: Connection, application: str, account_id: str, *, is_for_all: bool,
                 seconds: float | None, reason: str) -> FacebookWait:
    """Keep the wait of a refused call: of the application when it is for all, else of the account."""
    scope, key = (APPLICATION, application) if is_for_all else (ACCOUNT, account_id)
    return save_wait(connection, scope, key, seconds, reason)


def save_wait(connection: Connection, scope: str, key: str, seconds: float | None, reason: str,
              jitter: Callable[[], float] = random.random) -> FacebookWait:
    """Keep a wait of so many seconds; without a number it grows with each refusal in a row: 1, 2, 5, 15 minutes."""
    before = connection.execute(text("""
        SELECT refusals FROM facebook_waits
        WHERE scope = :scope AND key = :key AND until > now() - interval '1 hour' FOR UPDATE"""),
        {"scope": scope, "key": key}).scalar_one_or_none() or 0
    step = _STEPS[min(before, len(_STEPS) - 1)]
    lasting = min(seconds if seconds and seconds > 0 else step * (1 + 0.2 * jitter()), _LONGEST)
    until = connection.execute(text("""
        INSERT INTO facebook_waits AS w (scope, key, until, refusals, reason)
        VALUES (:scope, :key, clock_timestamp() + make_interval(secs => :seconds), :refusals, :reason)
        ON CONFLICT (scope, key) DO UPDATE SET until = greatest(w.until, excluded.until),
            refusals = excluded.refusals, reason = excluded.reason, noticed_at = now()
        RETURNING until"""), {"scope": scope, "key": key, "seconds": lasting, "refusals": before + 1,
                              "reason": reason[:_LONGEST_REASON]}).scalar_one()
    return FacebookWait(scope, key, until, reason)
