"""The inbox as an admin sees it: what came, what became of it, and once more from the start.

Invariant: a page costs the same however much the inbox holds; a search in bodies looks at a bounded number of events
and says where it stopped, so that the next page goes on from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from sqlalchemy import Connection, text

from core.cursors import read_cursor, write_cursor
from data.queries import run

SOURCES = ("amocrm", "landing", "facebook")
STATUSES = ("received", "processed", "skipped", "failed", "dead")
# What is put back must have come to an end; what still waits is on its way already.
REPLAYED = ("processed", "skipped", "failed", "dead")
SEARCHED = 1_000           # events whose bodies one page of a search looks at
MOST_REPLAYED = 10_000     # events put back at once
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_LAST_SEQ = 2**63 - 1


@dataclass(frozen=True)
class LoggedEvent:
    """A stored event without its body; ``size`` in bytes, ``seq`` in order of arrival.

    ``next_attempt_at`` ``None``: no further attempt is planned.
    """

    id: str
    seq: int
    source: str
    source_name: str | None
    received_at: datetime
    status: str
    reason: str | None
    attempts: int
    next_attempt_at: datetime | None
    processed_at: datetime | None
    size: int


@dataclass(frozen=True)
class EventFilter:
    """Which events; ``None`` is any. ``since`` counts, ``until`` does not; ``words`` are looked for in the body."""

    status: str | None = None
    source: str | None = None
    words: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    deal_id: int | None = None


@dataclass(frozen=True)
class EventPage:
    """A page of the log; ``looked_at`` events were searched for it, with ``next_cursor`` the search goes on."""

    rows: tuple[LoggedEvent, ...]
    next_cursor: str | None
    looked_at: int


@dataclass(frozen=True)
class WholeEvent:
    """An event with what it said, as it came: the body holds personal data, never show it unmasked."""

    event: LoggedEvent
    content_type: str
    headers: Mapping[str, str]
    body: bytes
    deal_ids: tuple[int, ...]


def load_events(connection: Connection, chosen: EventFilter, limit: int, cursor: str | None = None) -> EventPage:
    """A page of the newest events that fit. The events of a deal come at once, at most ``limit``."""
    if chosen.deal_id is not None:
        rows = run(connection, "webhook_log/of_deal", deal_id=chosen.deal_id, row_limit=limit, **_range(chosen))
        return EventPage(tuple(map(_to_event, rows)), None, len(rows))
    at, seq = _place(cursor)
    depth = SEARCHED if chosen.words else limit
    words = chosen.words or ""
    rows = run(connection, "webhook_log/events", depth=depth, row_limit=limit, before_at=at, before_seq=seq,
               needle=_as_escaped("".join(one.lower() if one.isascii() else one for one in words)) if words else None,
               needle_in_form=quote_plus(words).lower() if words else None, **_range(chosen))
    head, found = rows[0], [row for row in rows if row["id"] is not None]
    following = None
    if len(found) == limit:
        following = write_cursor(found[-1]["received_at"].isoformat(), str(found[-1]["seq"]))
    elif head["looked_at"] == depth:
        following = write_cursor(head["last_at"].isoformat(), str(head["last_seq"]))
    return EventPage(tuple(map(_to_event, found)), following, head["looked_at"])


def _as_escaped(words: str) -> str:
    """Words as ``encode(…, 'escape')`` writes their bytes."""
    return "".join(chr(byte) if byte < 128 and byte not in (0, 92) else "\\\\" if byte == 92 else f"\\{byte:03o}"
                   for byte in words.encode())


def _range(chosen: EventFilter) -> dict[str, Any]:
    return {"sources": [chosen.source] if chosen.source else list(SOURCES),
            "statuses": [chosen.status] if chosen.status else list(STATUSES),
            "since": chosen.since or _EARLIEST, "until": chosen.until or _LATEST}


def _place(cursor: str | None) -> tuple[datetime, int]:
    place = read_cursor(cursor, 2)
    try:
        at, seq = (datetime.fromisoformat(place[0]), int(place[1])) if place else (_LATEST, _LAST_SEQ)
    except ValueError:
        return _LATEST, _LAST_SEQ
    return (at, seq) if at.tzinfo and 0 <= seq <= _LAST_SEQ else (_LATEST, _LAST_SEQ)


def _to_event(row: Mapping[str, Any]) -> LoggedEvent:
    return LoggedEvent(**{**{one.name: row[one.name] for one in fields(LoggedEvent)}, "id": str(row["id"])})


def load_event(connection: Connection, event_id: str) -> WholeEvent | None:
    """One event with its body, ``None`` when there is none that the viewer may see."""
    rows = run(connection, "webhook_log/event", event_id=event_id)
    if not rows:
        return None
    row = rows[0]
    return WholeEvent(_to_event(row), row["content_type"], row["headers"], bytes(row["body"]), tuple(row["deal_ids"]))


def count_events(connection: Connection, chosen: EventFilter, most: int = MOST_REPLAYED + 1) -> int:
    """How many events a choice without words and deal holds, of those that may be put back; at most ``most``."""
    counted = run(connection, "webhook_log/count", most=most, **_replayed(chosen))[0]["events"]
    return min(int(counted), most)


def _replayed(chosen: EventFilter) -> dict[str, Any]:
    wanted = _range(chosen)
    return {**wanted, "statuses": [one for one in wanted["statuses"] if one in REPLAYED]}


_AGAIN = """SET status = 'received', reason = NULL, attempts = 0, next_attempt_at = now(), leased_until = NULL,
            processed_at = NULL"""


def replay_event(connection: Connection, event_id: str) -> bool:
    """Put an event back to the start of its way; ``False`` when there is none that the viewer may replay."""
    return connection.execute(text(f"UPDATE webhook_events {_AGAIN} WHERE id = CAST(:id AS uuid)"),  # nosec B608 - own text
                              {"id": event_id}).rowcount == 1


def replay_events(connection: Connection, chosen: EventFilter) -> int:
    """Put every event of a choice back that has come to an end; how many. Words and deals are not looked at."""
    return connection.execute(text(f"""
        UPDATE webhook_events {_AGAIN}
        WHERE source = ANY (CAST(:sources AS text[])) AND status = ANY (CAST(:statuses AS text[]))
          AND received_at >= CAST(:since AS timestamptz)
          AND received_at < CAST(:until AS timestamptz)"""), _replayed(chosen)).rowcount  # nosec B608 - own text


def count_waiting(connection: Connection) -> int:
    """How many deliveries nobody has processed yet."""
    waiting: int = run(connection, "webhook_log/backlog")[0]["waiting"]
    return waiting

