"""What a change of the rules would move: sales and money by day, team of now and team of then. Nothing is kept.

Invariant: what is told here is what settling by these rules would do. Sales assigned by hand never move; sales that
were taken back count nothing. Only what the change can reach is asked, unless the last change is still being applied.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from core.attribution import attribute_campaign
from core.attribution_reach import Reach, find_reach
from core.attribution_rules import CampaignRef, Rules
from core.records import DateRange, Utm
from data.marks_keys import MarksKeys
from data.queries import load_sql, run
from data.settling import as_json

_DAYS_AT_ONCE = 92
_TABLES = ("preview_sales", "preview_leads")
Pair = tuple[date, str | None, str | None]


@dataclass(frozen=True)
class Move:
    """Sales of one day that would leave one team for another (slugs; ``None``: no team). ``money`` in KZT."""

    day: date
    from_team: str | None
    to_team: str | None
    sales: int
    money: Decimal
    without_amount: int


@dataclass
class _Sums:
    """Moved sales by day and teams."""

    keys: MarksKeys
    moves: dict[Pair, Move] = field(default_factory=dict)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        slug_of = self.keys.names.slug_of
        for row in rows:
            pair = row["day"], slug_of(row["from_team"]), slug_of(row["to_team"])
            if pair[1] == pair[2]:
                continue
            old = self.moves.get(pair, Move(*pair, 0, Decimal(0), 0))
            self.moves[pair] = Move(*pair, old.sales + row["sales"], old.money + row["money"],
                                    old.without_amount + row["without_amount"])


def load_days(connection: Connection) -> DateRange | None:
    """The days on which anything is attributed; ``None`` when nothing is."""
    row = run(connection, "attribution/days")[0]
    return DateRange(row["first_day"], row["last_day"]) if row["first_day"] else None


def count_sales(connection: Connection, period: DateRange) -> int:
    """How many sales a period has."""
    return int(run(connection, "attribution/count_sales", first_day=period.first, last_day=period.last)[0]["sales"])


def count_open_runs(connection: Connection) -> int:
    """How many changes of the rules have not been applied to the end since the last one that was."""
    return int(run(connection, "attribution/open_runs")[0]["runs"])


def find_change(connection: Connection, before: Rules, after: Rules) -> Reach | None:
    """What a change of the rules in force can reach; ``None``: all sales have to be asked."""
    if count_open_runs(connection):
        return None     # what stands is not yet what the rules in force say
    return find_reach(before, _with_campaigns(connection, after))


def preview_moves(
    connection: Connection, rules: Rules, period: DateRange | None = None, reach: Reach | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Move]:
    """The moves of the sales of a period (``None``: all) if these rules were in force, by day and teams.

    ``reach`` is what ``find_change`` answered. With ``progress`` it goes through the days piece by piece and tells
    (days done, days in all). The transaction must be able to write: tables of its own hold what is being looked at.
    """
    period = period or load_days(connection)
    if period is None or (reach is not None and reach.is_empty):
        return []
    keys = MarksKeys(_with_campaigns(connection, rules))
    marks = None if reach is None else _marks(connection, reach)
    sums, done = _Sums(keys), 0
    for part in _parts(period, _DAYS_AT_ONCE if progress else period.days):
        _add_moves(connection, keys, part, marks, sums)
        done += part.days
        if progress:
            progress(done, period.days)
    return [move for _, move in sorted(sums.moves.items(), key=lambda item: tuple(map(str, item[0])))]


def _parts(period: DateRange, days: int) -> Iterator[DateRange]:
    first = period.first
    while first <= period.last:
        last = min(period.last, first + timedelta(days=days - 1))
        yield DateRange(first, last)
        first = last + timedelta(days=1)


def _with_campaigns(connection: Connection, rules: Rules) -> Rules:
    """The rules with every campaign that is not locked given to the team these rules give it to."""
    free = {str(row["id"]) for row in run(connection, "ads/campaigns_to_settle", account_id=None)}

    def settled(campaign: CampaignRef) -> CampaignRef:
        return replace(campaign, team_slug=attribute_campaign(campaign, None, rules).team_slug)

    return replace(rules, campaigns=tuple(
        settled(one) if one.id in free else one for one in rules.campaigns))


def _add_moves(
    connection: Connection, keys: MarksKeys, days: DateRange, marks: Mapping[str, list[str]] | None, sums: _Sums
) -> None:
    asked = {**keys.parameters, "first_day": days.first, "last_day": days.last}
    if marks is None:
        _look_at(connection, "preview_sales", "preview_all_sales", asked)
    else:
        _look_at(connection, "preview_sales", "preview_sales", {**asked, **marks})
    found = keys.deal_answers(row["key"] for row in run(connection, "attribution/preview_keys"))
    decided = _teams((key, one) for key, one in found.of_keys() if one["decided"])
    sums.add(run(connection, "attribution/preview_moved_by_marks", answers=decided))
    left = [key for key, one in found.of_keys() if not one["decided"]]
    if left:
        _look_at(connection, "preview_leads", "preview_leads", {
            **keys.parameters, "keys": left, "look_back_days": keys.rules.look_back_days})
        answers = keys.lead_answers(row["key"] for row in run(connection, "attribution/preview_lead_keys"))
        sums.add(run(connection, "attribution/preview_moved_by_person", answers=_teams(answers.of_keys()), keys=left))
    for table in _TABLES:
        connection.execute(text(f"DROP TABLE IF EXISTS pg_temp.{table}"))


def _look_at(connection: Connection, table: str, statement: str, parameters: Mapping[str, Any]) -> None:
    """Fill a table of this transaction and let the planner know it."""
    connection.execute(load_sql(f"attribution/{statement}"), parameters)
    connection.execute(text(f"ANALYZE pg_temp.{table}"))


def _marks(connection: Connection, reach: Reach) -> dict[str, list[str]]:
    """The marks that are reached, as leads and sales have them: trimmed (``core.records.Utm``), in any case."""
    sources = [row["mark"] for row in run(connection, "attribution/known_sources")] if reach.sources else []
    campaigns = [row["mark"] for row in run(connection, "attribution/known_campaigns")] if reach.words else []
    ids = sorted({*reach.ids, *(f"act_{one}" for one in reach.ids)})
    return {"sources": [mark for mark in sources if reach.covers(Utm(source=mark))], "ids": ids,
            "campaigns": ids + [mark for mark in campaigns if reach.covers(Utm(campaign=mark))]}


def _teams(answers: Iterable[tuple[str, dict[str, Any]]]) -> str:
    return as_json([{"key": key, "team_id": one["team_id"]} for key, one in answers])
