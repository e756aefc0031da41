"""Runs the timetable in the one process that leads, each due time once.

Invariant: a job runs only after its due time was claimed in the database, so that neither two processes nor a restart
run it twice, and a time missed while nobody was there is made up for once.
"""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from core.sentences import keep
from data.engine import DatabaseAway
from data.leadership import TIMETABLE, Leadership
from data.ticks import claim_tick, plan_tick, save_tick_result
from jobs.context import JobContext
from jobs.run_faults import KNOWN_FAULTS, fault_sentence
from jobs.timetable import JOBS, Daily, Every, Hourly, Job

_LOOK_EVERY = 2.0    # seconds between two looks at who leads

log = structlog.get_logger()


def to_trigger(schedule: Every | Hourly | Daily, zone: ZoneInfo) -> BaseTrigger:
    """The schedule as APScheduler reads it; times of day are local, by the name of the zone."""
    if isinstance(schedule, Every):
        return IntervalTrigger(seconds=schedule.seconds, timezone=zone)
    if isinstance(schedule, Hourly):
        return CronTrigger(minute=schedule.minute, timezone=zone)
    return CronTrigger(hour=schedule.hour, minute=schedule.minute, timezone=zone)


class Timetable:
    """The timetable of one process: it runs while the process leads, and stops when it does not."""

    def __init__(self, context: JobContext, jobs: tuple[Job, ...] = JOBS) -> None:
        self._context = context
        self._jobs = tuple(job for job in jobs if job.in_demo or not context.settings.demo)
        self._leadership = Leadership(context.database, TIMETABLE)
        self._scheduler: BackgroundScheduler | None = None

    def step(self) -> float:
        """Look whether this process leads, and start or stop accordingly; the seconds until the next look.

        Raises: DatabaseAway; the timetable stands still then.
        """
        try:
            leads = self._leadership.hold()
        except DatabaseAway:
            self._stop()
            raise
        if leads and self._scheduler is None:
            self._start()
        elif not leads:
            self._stop()
        return _LOOK_EVERY

    def close(self) -> None:
        """Wait for the jobs that run, and let another process lead."""
        self._stop()
        self._leadership.release()

    def _start(self) -> None:
        scheduler = BackgroundScheduler(timezone=self._context.calendar.zone)
        for job in self._jobs:
            scheduler.add_job(self._tick, to_trigger(job.schedule, self._context.calendar.zone), args=[job],
                              id=job.name, next_run_time=self._plan(job), coalesce=True, max_instances=1,
                              misfire_grace_time=int(job.grace.total_seconds()))
        scheduler.start()
        self._scheduler = scheduler
        log.info("timetable_started", jobs=[job.name for job in self._jobs])

    def _stop(self) -> None:
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=True)
            log.info("timetable_stopped")

    def _plan(self, job: Job) -> datetime:
        """When the job is due: a time kept from before, when nobody has used it up, else the next of its schedule."""
        with self._context.database.transaction() as connection:
            return plan_tick(connection, job.name, self._next_time(job))

    def _next_time(self, job: Job) -> datetime:
        at = self._context.clock().astimezone(self._context.calendar.zone)
        following: datetime = to_trigger(job.schedule, self._context.calendar.zone).get_next_fire_time(None, at)
        return following

    def _tick(self, job: Job) -> None:
        """Run a due job, unless another process has already."""
        try:
            with self._context.database.transaction() as connection:
                if not claim_tick(connection, job.name, self._context.clock(), self._next_time(job)):
                    return
            error = self._run(job.run, job.name)
            with self._context.database.transaction() as connection:
                save_tick_result(connection, job.name, error)
        except DatabaseAway:
            log.warning("job_without_database", job=job.name)

    def _run(self, function: Callable[[JobContext], object], name: str) -> str | None:
        """Run a job; why it failed, ``None`` when it did not. Raises: DatabaseAway."""
        try:
            result = function(self._context)
        except DatabaseAway:
            raise
        except Exception as error:
            # The timetable goes on; the job has its next time, and everybody can read why it failed.
            log.exception("job_failed", job=name)
            if isinstance(error, KNOWN_FAULTS):
                return fault_sentence(error)
            return keep("run_fault.broken_job", kind=type(error).__name__, said=error)
        log.debug("job_done", job=name, result=result)
        return None
