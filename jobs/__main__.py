"""Starts a jobs process: ``python -m jobs``. Any number may run beside one another; one of them leads the timetable."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import stamina.instrumentation
import structlog

from auth.encryption import Cipher, KeyRingError
from core.business_time import BusinessCalendar, TimeZoneDataError, check_time_zone_data
from core.logs import configure_logs
from core.settings import SettingsError, load_settings
from data.engine import Database, DatabaseAway
from data.health import load_health
from data.installation import ForeignDatabase, check_demo
from data.login_rights import find_mighty_logins
from jobs.collector import collect_rarely
from jobs.context import JobContext
from jobs.runner import start_workers

PATIENCE = 25.0     # seconds the work at hand may take to end

log = structlog.get_logger()


def main() -> int:
    """Run until told to stop (SIGTERM, Ctrl-C). Answers the exit code."""
    try:
        settings = load_settings()
        check_time_zone_data()
        cipher = Cipher(settings.encryption_keys)
        mighty = [] if settings.demo else find_mighty_logins({"DATABASE_JOBS_URL": settings.database_jobs_url})
        if mighty:
            raise SettingsError(mighty)
    except (SettingsError, TimeZoneDataError, KeyRingError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    configure_logs(settings.log_level)
    collect_rarely()
    # The hook that comes with it writes what a call was made with.
    stamina.instrumentation.set_on_retry_hooks([])
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopper(stop))
    context = JobContext(settings, Database.for_jobs(settings), cipher, BusinessCalendar(settings.business_timezone),
                         stop=stop)
    try:
        _wait_until_ready(context)
    except ForeignDatabase as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return _work(context)


def _work(context: JobContext) -> int:
    threads = [] if context.stop.is_set() else start_workers(context)
    log.info("jobs_started", threads=[thread.name for thread in threads])
    while not context.stop.wait(3600):
        pass
    log.info("jobs_stopping")
    deadline = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = [thread.name for thread in threads if thread.is_alive()]
    log.info("jobs_stopped", still_at_work=late)
    context.database.dispose()
    return 1 if late else 0


def _wait_until_ready(context: JobContext) -> None:
    """Wait for the database and for its schema. Raises: ForeignDatabase in demo mode."""
    while not context.stop.is_set():
        try:
            with context.database.transaction() as connection:
                is_ready = load_health(connection).is_migrated
                if is_ready and context.settings.demo:
                    check_demo(connection)
            if is_ready:
                return
            log.warning("waiting_for_migrations")
        except DatabaseAway as error:
            log.warning("database_away", reason=str(error))
        context.stop.wait(2)


def _stopper(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    def obey(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return obey


if __name__ == "__main__":
    sys.exit(main())
