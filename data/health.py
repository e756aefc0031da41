"""What a health check asks the database, as the viewer ``system``."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from data.migrate import applied_revision, head
from data.queries import run


@dataclass(frozen=True)
class Health:
    """``is_migrated``: the schema is the one this code was written for; ``last_job_at`` ``None``: no job ever ran."""

    is_migrated: bool
    last_job_at: datetime | None
    data_version: int | None


def load_health(connection: Connection) -> Health:
    """The state of schema, timetable and data."""
    if applied_revision(connection) != head():
        return Health(is_migrated=False, last_job_at=None, data_version=None)
    row = run(connection, "health/state")[0]
    return Health(is_migrated=True, last_job_at=row["last_job_at"], data_version=row["data_version"])
