"""How often attribution is right: asked of sales whose team is confirmed, kept with the time of asking."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from core.attribution_rules import Rules
from core.business_time import BusinessCalendar
from core.rightness import Rightness
from data.deals import decide_sales
from data.queries import run
from data.settling import chunks

_CHUNK = 500


def measure(connection: Connection, rules: Rules, calendar: BusinessCalendar) -> tuple[Rightness, ...]:
    """Both measures as of now; nothing is kept."""
    by_marks = run(connection, "quality/pairs_by_marks", look_back_days=rules.look_back_days)[0]
    return (_by_hand(connection, rules, calendar),
            Rightness("marks", by_marks["pairs"], by_marks["given"], by_marks["correct"]))


def _by_hand(connection: Connection, rules: Rules, calendar: BusinessCalendar) -> Rightness:
    """What the rules would say of sales that admins have said the team of."""
    meant = {(row["deal_id"], row["product"]): str(row["team_id"]) for row in run(connection, "quality/manual_sales")}
    said: dict[tuple[int, str], str | None] = {}
    for deal_ids in chunks(sorted({deal_id for deal_id, _ in meant}), _CHUNK):
        said |= {key: row["team_id"] for key, row in decide_sales(connection, deal_ids, rules, calendar).items()}
    given = [key for key in meant if said.get(key) is not None]
    return Rightness("manual", len(meant), len(given), sum(1 for key in given if said[key] == meant[key]))


def save_measures(connection: Connection, measures: Iterable[Rightness]) -> None:
    """Keep measures; one without a single pair says nothing and is left out."""
    for one in measures:
        if one.pairs:
            connection.execute(text("""
                INSERT INTO attribution_measures (kind, pairs, given, correct)
                VALUES (:kind, :pairs, :given, :correct)"""),
                {"kind": one.kind, "pairs": one.pairs, "given": one.given, "correct": one.correct})


def load_measures(connection: Connection) -> tuple[Rightness, ...]:
    """The newest measure of each kind; none that was never made."""
    return tuple(_to_rightness(row) for row in run(connection, "quality/measures"))


def _to_rightness(row: Any) -> Rightness:
    return Rightness(row["kind"], row["pairs"], row["given"], row["correct"], row["measured_at"])
