"""The threads of a jobs process: the inbox, the runs that were asked for, the messages, the timetable.

Invariant: a fault in one step is logged and waited out; no thread ever ends before the process is told to stop, and
then each finishes the step it is at.
"""

import threading
import time
from collections.abc import Callable

import structlog

from data.engine import DatabaseAway
from data.leadership import Leadership
from jobs.context import JobContext
from jobs.hear_telegram import BotWorker
from jobs.process_inbox import process_inbox
from jobs.recalculate_stats import recalculate_stats
from jobs.requested_runs import end_abandoned_runs, run_next
from jobs.scheduling import Timetable
from jobs.send_messages import OutboxWorker

BATCH = 500
_IDLE = 1.0             # seconds an empty inbox is left alone
_STATS_AT_LEAST = 5.0   # seconds: under load the statistics follow at least so often
_LOOK_EVERY = 2.0       # seconds between two looks at who takes runs
_LONGEST_BACK_OFF = 30.0

log = structlog.get_logger()


class InboxWorker:
    """Empties the inbox and keeps the statistics up with it; several processes share the work."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._stats_at = 0.0

    def step(self) -> float:
        """Process one batch; the seconds until the next. Raises: DatabaseAway."""
        taken = process_inbox(self._context, BATCH)
        is_busy = taken == BATCH
        if not is_busy or time.monotonic() - self._stats_at > _STATS_AT_LEAST:
            recalculate_stats(self._context)
            self._stats_at = time.monotonic()
        return 0.0 if taken else _IDLE

    def close(self) -> None:
        """Nothing is held between two steps."""


class RunWorker:
    """Brings requested runs to their end, in one process at a time."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._leadership = Leadership(context.database, "runs")
        self._leads = False

    def step(self) -> float:
        """Work on the next run; the seconds until the next look. Raises: DatabaseAway."""
        led = self._leads
        self._leads = False
        if not self._leadership.hold():
            return _LOOK_EVERY
        if not led:
            end_abandoned_runs(self._context)
        self._leads = True
        return 0.0 if run_next(self._context) else _IDLE

    def close(self) -> None:
        """Let another process take runs."""
        self._leadership.release()


Worker = InboxWorker | RunWorker | OutboxWorker | BotWorker | Timetable


def start_workers(context: JobContext) -> list[threading.Thread]:
    """Start the threads of this process; they end when ``context.stop`` is set."""
    workers: list[Worker] = [InboxWorker(context), RunWorker(context), OutboxWorker(context)]
    if context.settings.telegram_bot_token:
        workers.append(BotWorker(context))
    if context.settings.scheduler:
        workers.append(Timetable(context))
    threads = [threading.Thread(target=work, args=(worker, context.stop), name=type(worker).__name__, daemon=True)
               for worker in workers]
    for thread in threads:
        thread.start()
    return threads


def work(worker: Worker, stop: threading.Event) -> None:
    """Take step after step until told to stop, waiting longer after each fault in a row."""
    back_off = 1.0
    while not stop.is_set():
        pause = _try(worker.step)
        if pause is None:
            pause, back_off = back_off, min(back_off * 2, _LONGEST_BACK_OFF)
        else:
            back_off = 1.0
        stop.wait(pause)
    worker.close()


def _try(step: Callable[[], float]) -> float | None:
    """The pause a step asks for; ``None`` when it failed."""
    try:
        return step()
    except DatabaseAway as error:
        log.warning("database_away", reason=str(error))
    except Exception:
        # Whatever it was, the thread must live: the next step may well succeed.
        log.exception("step_failed")
    return None
