"""Who is one person, kept for SQL to join by: the points of people, and joins that look wrong.

Invariant: whoever changes what contacts or leads hold notes the points in the same transaction; whoever settles deals
joins what was noted first. Afterwards ``person_points`` is what joining everybody anew would make of the stored facts.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from core.persons import SHARED_NAMES, SHARED_POINTS, Membership, Point, join_points
from data.patience import more_time
from data.queries import run
from data.settling import as_json

# With more points than this noted, everybody is joined in the database instead.
_ONE_BY_ONE = 20_000
_SECONDS_FOR_EVERYBODY = 3600
_LIMITS = {"points_limit": SHARED_POINTS, "names_limit": SHARED_NAMES}
Row = tuple[str, str | None, bool]


def load_suspicious_joins(connection: Connection, how_many: int = 100) -> list[dict[str, Any]]:
    """Joins that look wrong: why, the point that joins, the contacts, what disagrees, and how many sales it touches."""
    return [dict(row) for row in run(connection, "identity/suspicious", how_many=how_many)]


def load_contact_points(connection: Connection, contact_ids: Iterable[int]) -> frozenset[Point]:
    """What these contacts hold."""
    ids = list(contact_ids)
    return _points(run(connection, "identity/contact_points", contact_ids=ids)) if ids else frozenset()


def load_lead_points(
    connection: Connection, event_ids: Iterable[str] = (), deal_ids: Iterable[int] = ()
) -> frozenset[Point]:
    """What the leads of these deliveries hold, and those tied to these deals, with the contacts of the deals."""
    events, deals = list(event_ids), list(deal_ids)
    if not events and not deals:
        return frozenset()
    return _points(run(connection, "identity/lead_points", event_ids=events, deal_ids=deals))


def note_points(connection: Connection, points: Iterable[Point]) -> None:
    """Have these points joined at the next settling: who holds them has changed."""
    noted = sorted({(point.kind, point.value) for point in points})
    if noted:
        connection.execute(text("""
            INSERT INTO people_to_join (kind, value)
            SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:points AS text[]))
            ON CONFLICT DO NOTHING"""), _pairs(noted))


def note_everybody(connection: Connection) -> None:
    """Have everybody joined anew at the next settling, as after rows came in by another way."""
    note_points(connection, [Point("everybody", "")])


def join_noted(connection: Connection) -> frozenset[int]:
    """Join whom the noted points concern; answers the deals of persons that are others than before.

    The caller holds the settling lock.
    """
    noted = _points(connection.execute(text("DELETE FROM people_to_join RETURNING kind, value")).mappings())
    if not noted:
        return frozenset()
    if len(noted) > _ONE_BY_ONE or Point("everybody", "") in noted:
        # Some 50 seconds of processor time for a million leads: on a busy server more than a statement usually has.
        with more_time(connection, _SECONDS_FOR_EVERYBODY):
            persons = set(connection.execute(
                text("SELECT join_all_persons(:points_limit, :names_limit)"), _LIMITS).scalars())
    else:
        persons = _join(connection, set(noted))
    rows = run(connection, "identity/deals_of_persons", persons=sorted(persons)) if persons else []
    return frozenset(row["deal_id"] for row in rows)


def _join(connection: Connection, points: set[Point]) -> set[str]:
    """Join whoever hangs together with these points, now or so far; answers the persons that changed."""
    points |= _points(run(connection, "identity/members", **_pairs([(one.kind, one.value) for one in points])))
    owners, shared = _follow(connection, points)
    joined = join_points(owners, shared)
    reached = points | set(joined)
    stored = {Point(row["kind"], row["value"]): (row["person_key"], row["sure_key"], row["is_shared"])
              for row in run(connection, "identity/stored", **_pairs([(one.kind, one.value) for one in reached]))}
    fresh = {point: _row(joined.get(point), point, shared) for point in reached if point in joined or point in shared}
    changed = {point: row for point, row in fresh.items() if stored.get(point) != row}
    _save(connection, changed)
    _forget(connection, stored.keys() - fresh.keys())
    other = changed.keys() | (stored.keys() - fresh.keys())
    return {rows[point][0] for rows in (stored, fresh) for point in other if point in rows}


def _row(found: Membership | None, point: Point, shared: set[Point]) -> Row:
    if point in shared or found is None:
        return point.key, None if point.kind == "email" else point.key, True
    return found.person, found.sure, False


def _follow(connection: Connection, points: Iterable[Point]) -> tuple[dict[str, set[Point]], set[Point]]:
    """The owners that hang together with these points, each with what it holds, and the shared points met."""
    owners: dict[str, set[Point]] = {}
    shared: set[Point] = set()
    asked: set[Point] = set()
    frontier = set(points)
    while frontier:
        by_kind = {kind: [one.value for one in frontier if one.kind == kind] for kind in ("phone", "email", "contact")}
        found = run(connection, "identity/links", phones=by_kind["phone"], emails=by_kind["email"],
                    contacts=[int(value) for value in by_kind["contact"]], **_LIMITS)
        asked |= frontier
        frontier = set()
        for row in found:
            point = Point(row["kind"], row["value"])
            if row["owner"] is None:
                shared.add(point)
            else:
                owners.setdefault(row["owner"], set()).add(point)
                frontier.add(point)
        frontier -= asked
    return owners, shared


def _points(rows: Iterable[Any]) -> frozenset[Point]:
    return frozenset(Point(row["kind"], row["value"]) for row in rows)


def _pairs(points: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {"kinds": [kind for kind, _ in points], "points": [value for _, value in points]}


def _save(connection: Connection, rows: dict[Point, Row]) -> None:
    if rows:
        kept = [{"kind": point.kind, "value": point.value, "person_key": person, "sure_key": sure, "is_shared": shared}
                for point, (person, sure, shared) in rows.items()]
        connection.execute(text("""
            INSERT INTO person_points (kind, value, person_key, sure_key, is_shared)
            SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
                kind text, value text, person_key text, sure_key text, is_shared boolean)
            ON CONFLICT (kind, value) DO UPDATE SET
                person_key = excluded.person_key, sure_key = excluded.sure_key, is_shared = excluded.is_shared"""),
            {"rows": as_json(kept)})


def _forget(connection: Connection, points: Iterable[Point]) -> None:
    """Points that nobody holds any more."""
    gone = [(point.kind, point.value) for point in points]
    if gone:
        connection.execute(text("""
            DELETE FROM person_points p
            USING unnest(CAST(:kinds AS text[]), CAST(:points AS text[])) AS given (kind, value)
            WHERE (p.kind, p.value) = (given.kind, given.value)"""), _pairs(gone))
