"""Calls for figures and with conversions one behind another, and none during a wait Facebook asked for.

Invariant: a process makes one such call at a time, and a refusal is kept for every process before the next call begins.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from core.sentences import keep
from data.facebook_waits import APPLICATION, FacebookWait, keep_refusal, load_waits
from integrations.facebook.errors import ApplicationThrottled, Throttled
from jobs.context import JobContext

_FRESH_SECONDS = 1.0    # how long a look at the waits of all processes counts


@dataclass(frozen=True)
class Pause:
    """A wait as a kept sentence; ``is_for_all``: every account of the application has to wait."""

    until: datetime
    sentence: str
    is_for_all: bool


class Held(Exception):
    """Facebook has to be left alone: a call was refused, or would fall into a wait. The wait is kept by then."""

    def __init__(self, pause: Pause) -> None:
        self.pause = pause
        super().__init__(pause.sentence)


def waiting_for(context: JobContext, account_id: str) -> Pause | None:
    """The wait that forbids to call for an account now; asked before every call, by every process."""
    with context.database.transaction(read_only=True) as connection:
        waits = load_waits(connection, context.settings.facebook_app_id or "", account_id)
    return _pause(context, waits[0]) if waits else None


def keep_wait(context: JobContext, error: Throttled, account_id: str) -> Pause:
    """Remember for everybody that Facebook refused."""
    with context.database.transaction() as connection:
        return _pause(context, keep_refusal(
            connection, context.settings.facebook_app_id or "", account_id,
            is_for_all=isinstance(error, ApplicationThrottled), seconds=error.wait_seconds, reason=str(error)))


@contextmanager
def stand_in_line(context: JobContext, account_id: str) -> Iterator[None]:
    """One call of this process, when no wait forbids it; to be entered by any thread. Raises: Held."""
    line = context.facebook_line
    refusals = line.refusals
    _demand_no_wait(context, account_id)
    asked_at = time.monotonic()
    with line.turn:
        # The call before may have lasted a minute; what another process learnt meanwhile is not to be overlooked.
        if line.refusals != refusals or time.monotonic() - asked_at > _FRESH_SECONDS:
            _demand_no_wait(context, account_id)
        try:
            yield
        except Throttled as error:
            pause = keep_wait(context, error, account_id)
            line.refusals += 1
            raise Held(pause) from error


def _demand_no_wait(context: JobContext, account_id: str) -> None:
    pause = waiting_for(context, account_id)
    if pause is not None:
        raise Held(pause)


def _pause(context: JobContext, wait: FacebookWait) -> Pause:
    at = wait.until.astimezone(context.calendar.zone)
    sentence = keep("facebook.fault.waiting", until=f"{at:%H:%M}", said=wait.reason)
    return Pause(wait.until, sentence, wait.scope == APPLICATION)
