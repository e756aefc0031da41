"""The state of the installation as items: how each is, since when, and the next step for those that are not well."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GROUPS = ("sources", "queues", "schedules", "versions", "storage")

# How long a source may be silent, an event wait, and a due job be late before somebody should look.
SILENCE = timedelta(hours=24)
WAIT = timedelta(minutes=5)
LATE = timedelta(minutes=15)
STALE = timedelta(hours=6)
LEAST_FREE = 0.1    # of a disk
UNDELIVERED_SHOWN = timedelta(days=7)    # how long a message that never arrived asks for somebody
UNDELIVERED_PLACE = "/admin#undelivered"


class Level(StrEnum):
    """How something is."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"


@dataclass(frozen=True)
class OverviewItem:
    """``key`` names what it is, ``name`` which one of several (a job). ``step`` is a key of the next step's words and
    ``place`` the page where it is done; both empty when there is nothing to do."""

    group: str
    key: str
    level: Level
    number: int | None = None
    text: str | None = None
    at: datetime | None = None
    name: str | None = None
    step: str = ""
    place: str = ""

    @property
    def needs_somebody(self) -> bool:
        """True when there is a next step."""
        return self.level is not Level.GOOD


@dataclass(frozen=True)
class Undelivered:
    """A message that will never arrive, and whom it was for; ``tried_at`` is in the zone of the business."""

    channel: str
    recipient: str
    subject: str
    reason: str
    tried_at: datetime
    user_id: str | None
    who: str | None


def silence(group: str, key: str, at: datetime | None, now: datetime, place: str) -> OverviewItem:
    """A source by when it last told anything: never is worse than long ago."""
    if at is None:
        return OverviewItem(group, key, Level.BAD, at=None, step=f"{key}_never", place=place)
    level = Level.GOOD if now - at <= SILENCE else Level.WEAK
    return OverviewItem(group, key, level, at=at, step="" if level is Level.GOOD else f"{key}_silent", place=place)


def backlog(key: str, number: int, since: datetime | None, now: datetime, place: str) -> OverviewItem:
    """A queue by how long its oldest entry waits."""
    is_late = since is not None and now - since > WAIT
    return OverviewItem("queues", key, Level.BAD if is_late else Level.GOOD, number, at=since if number else None,
                        step=key if is_late else "", place=place)


def none_expected(key: str, number: int, place: str, level: Level = Level.WEAK) -> OverviewItem:
    """A count that should be zero."""
    return OverviewItem("queues", key, level if number else Level.GOOD, number, step=key if number else "", place=place)
