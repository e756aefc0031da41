"""The due times of the timetable, kept so that a restart neither drops a job nor runs it twice.

Invariant: a due time is used up by exactly one claim, however many processes believe that they lead.
"""

from datetime import datetime

from sqlalchemy import Connection, text

_LONGEST_ERROR = 500


def plan_tick(connection: Connection, job: str, due_at: datetime) -> datetime:
    """Note when a job is due by the timetable; answers when it really is: a kept earlier time stands."""
    planned: datetime = connection.execute(text("""
        INSERT INTO job_ticks AS kept (job, due_at) VALUES (:job, :due_at)
        ON CONFLICT (job) DO UPDATE SET due_at = LEAST(kept.due_at, excluded.due_at)
        RETURNING due_at"""), {"job": job, "due_at": due_at}).scalar_one()
    return planned


def claim_tick(connection: Connection, job: str, now: datetime, next_due_at: datetime) -> bool:
    """Take the due job; false when it is not due, because somebody else has taken it."""
    return connection.execute(text("""
        UPDATE job_ticks SET due_at = :next_due_at, last_run_at = :now
        WHERE job = :job AND due_at <= :now"""),
        {"job": job, "now": now, "next_due_at": next_due_at}).rowcount == 1


def save_tick_result(connection: Connection, job: str, error: str | None) -> None:
    """Keep why the last run of a job failed; ``None`` after a success."""
    connection.execute(text("UPDATE job_ticks SET last_error = :error WHERE job = :job"),
                       {"job": job, "error": error and error[:_LONGEST_ERROR]})
