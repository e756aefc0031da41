"""What the data-driven model learned of each team: learned from all paths, kept until it is learned anew.

Invariant: all effects that are kept are of one learning.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, text

from core.removal_effects import WalkedPath, removal_effects
from data.queries import run

LEARNED_DAYS = 365


def learn_effects(connection: Connection, look_back_days: int, at: datetime) -> int:
    """Learn from the paths of the year before ``at`` and keep it; the number of teams, 0 with too few sales."""
    since = at - timedelta(days=LEARNED_DAYS + look_back_days)
    rows = run(connection, "attribution/walked_paths", since=since, look_back_days=look_back_days)
    effects = removal_effects(WalkedPath(tuple(row["teams"]), int(row["sales"]), int(row["losses"])) for row in rows)
    connection.execute(text("DELETE FROM team_removal_effects"))
    connection.execute(text("""
        INSERT INTO team_removal_effects (team_id, effect, learned_at)
        SELECT t.id, given.effect, :at
        FROM unnest(CAST(:slugs AS text[]), CAST(:effects AS numeric[])) AS given (slug, effect)
        JOIN traffic_teams t ON t.slug = given.slug"""),
        {"slugs": list(effects), "effects": list(effects.values()), "at": at})
    return len(effects)


def load_effects(connection: Connection) -> tuple[Mapping[str, Decimal], datetime | None]:
    """The effects by slug, as far as the viewer may see them, and when they were learned."""
    rows = run(connection, "attribution/removal_effects")
    return {row["slug"]: row["effect"] for row in rows}, max((row["learned_at"] for row in rows), default=None)
