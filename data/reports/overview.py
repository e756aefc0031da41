"""The state of the installation: sources, queues, the timetable, versions, and the room that is left."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from core.business_time import BusinessCalendar
from core.overview import (
    LATE,
    LEAST_FREE,
    STALE,
    UNDELIVERED_PLACE,
    UNDELIVERED_SHOWN,
    Level,
    OverviewItem,
    Undelivered,
    backlog,
    none_expected,
    silence,
)
from core.product import VERSION
from core.sentences import read_or_none
from data.leadership import TIMETABLE, lock_name
from data.migrate import head
from data.queries import run

Row = Mapping[str, Any]
_MOST_UNDELIVERED = 20


def load_overview(
    connection: Connection, calendar: BusinessCalendar, at: datetime, folder: Path
) -> tuple[OverviewItem, ...]:
    """Everything the overview shows, as of ``at``; ``folder`` is on the disk whose room is told. For an admin."""
    row = run(connection, "reports/overview", yesterday=at - timedelta(days=1), last_week=at - UNDELIVERED_SHOWN,
              hour=at.astimezone(calendar.zone).hour, leadership=lock_name(TIMETABLE))[0]
    found = (*_sources(row, calendar, at), *_queues(row, at), *_schedules(connection, row, at), *_versions(row),
             *_storage(row, folder))
    return tuple(replace(one, at=one.at.astimezone(calendar.zone)) if one.at else one for one in found)


def load_undelivered(connection: Connection, calendar: BusinessCalendar, at: datetime) -> tuple[Undelivered, ...]:
    """The latest messages that will never arrive, as of ``at``. For an admin."""
    rows = run(connection, "outbox/undelivered", since=at - UNDELIVERED_SHOWN, how_many=_MOST_UNDELIVERED)
    return tuple(Undelivered(
        row["channel"], row["recipient"], row["subject"], read_or_none(row["last_error"]) or "",
        row["tried_at"].astimezone(calendar.zone), None if row["user_id"] is None else str(row["user_id"]), row["who"])
        for row in rows)


def _sources(row: Row, calendar: BusinessCalendar, at: datetime) -> Iterator[OverviewItem]:
    yield silence("sources", "amocrm", row["amocrm_at"], at, "/admin/amocrm")
    yield silence("sources", "landing", row["landing_at"], at, "/admin/landing")
    yield _facebook(row, at)
    yesterday, day = calendar.today(at) - timedelta(days=1), row["rate_day"]
    level = Level.BAD if day is None else Level.GOOD if day >= yesterday else Level.WEAK
    yield OverviewItem("sources", "rates", level, text=day.isoformat() if day else None,
                       step="" if level is Level.GOOD else "rates", place="/admin/rates")
    if row["compared_at"] is not None:
        left = row["compared_left"]
        yield OverviewItem("sources", "reconciliation", Level.WEAK if left else Level.GOOD, left, at=row["compared_at"],
                           step="reconciliation" if left else "", place="/admin/amocrm")


def _facebook(row: Row, at: datetime) -> OverviewItem:
    place, synced = "/settings?tab=facebook", row["facebook_at"]
    if not row["accounts"]:
        return OverviewItem("sources", "facebook", Level.WEAK, step="facebook_none", place=place)
    if row["accounts_failed"]:
        return OverviewItem("sources", "facebook", Level.BAD, at=synced, step="facebook_failed", place=place)
    is_old = synced is None or at - synced > STALE
    return OverviewItem("sources", "facebook", Level.WEAK if is_old else Level.GOOD, at=synced,
                        step="facebook_old" if is_old else "", place=place)


def _queues(row: Row, at: datetime) -> Iterator[OverviewItem]:
    yield backlog("inbox_waiting", row["inbox_waiting"], row["inbox_since"], at, "/admin/webhooks?status=received")
    yield none_expected("inbox_failed", row["inbox_failed"], "/admin/webhooks?status=failed")
    yield none_expected("inbox_dead", row["inbox_dead"], "/admin/webhooks?status=dead", Level.BAD)
    yield backlog("outbox_waiting", row["outbox_waiting"], row["outbox_since"], at, "/settings?tab=notifications")
    yield none_expected("outbox_failed", row["outbox_failed"], "/settings?tab=notifications")
    yield none_expected("outbox_dead", row["outbox_dead"], UNDELIVERED_PLACE, Level.BAD)
    yield none_expected("runs_failed", row["runs_failed"], "/admin/runs?status=failed")


def _schedules(connection: Connection, row: Row, at: datetime) -> Iterator[OverviewItem]:
    yield OverviewItem("schedules", "leader", Level.GOOD if row["is_led"] else Level.BAD,
                       step="" if row["is_led"] else "leader", place="/admin/runs")
    for job in run(connection, "reports/overview_jobs"):
        is_late, is_broken = at - job["due_at"] > LATE, job["last_error"] is not None
        level = Level.BAD if is_broken else Level.WEAK if is_late else Level.GOOD
        yield OverviewItem("schedules", "job", level, at=job["last_run_at"], name=job["job"],
                           text=read_or_none(job["last_error"]),
                           step="job_broken" if is_broken else "job_late" if is_late else "", place="/admin/runs")


def _versions(row: Row) -> Iterator[OverviewItem]:
    yield OverviewItem("versions", "product", Level.GOOD, text=VERSION)
    is_current = row["revision"] == head()
    yield OverviewItem("versions", "schema", Level.GOOD if is_current else Level.BAD, text=row["revision"],
                       step="" if is_current else "schema")
    yield OverviewItem("versions", "postgresql", Level.GOOD, text=row["postgresql"].split(" ")[0])
    yield OverviewItem("versions", "python", Level.GOOD, text=sys.version.split(" ")[0])
    yield OverviewItem("versions", "dash", Level.GOOD, text=metadata.version("dash"))


def _storage(row: Row, folder: Path) -> Iterator[OverviewItem]:
    yield OverviewItem("storage", "database", Level.GOOD, row["database_size"])
    place = next((one for one in (folder, *folder.parents) if one.exists()), None)
    if place is not None:
        disk = shutil.disk_usage(place)
        is_short = disk.free < LEAST_FREE * disk.total
        yield OverviewItem("storage", "disk", Level.BAD if is_short else Level.GOOD, disk.free,
                           step="disk" if is_short else "")
