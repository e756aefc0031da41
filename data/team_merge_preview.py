"""What a merge of two teams would move; nothing is changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from core.attribution_rules import Rules
from core.records import DateRange, Team
from data.attribution_preview import preview_moves
from data.queries import run
from data.rules import load_rules


@dataclass(frozen=True)
class DayOfTwo:
    """The figures of a day of both teams: sales, leads, revenue and spend in KZT (``None``: not known)."""

    day: date
    source: tuple[int, int, Decimal, Decimal | None]
    target: tuple[int, int, Decimal, Decimal | None]


@dataclass(frozen=True)
class Torn:
    """Sales that would be the team's without having been either's alone; ``amount`` in KZT."""

    sales: int
    amount: Decimal


def count_belongings(connection: Connection, source: Team, target: Team) -> dict[str, int]:
    """How much would go over, by kind; ``plans_kept`` stay, as the target has a plan of the same week."""
    return dict(run(connection, "people/merge_counts", team=source.id, into=target.id)[0])


def load_days_of_two(connection: Connection, source: Team, target: Team) -> list[DayOfTwo]:
    """The days on which either team has a figure."""
    nothing = (0, 0, Decimal(0), Decimal(0))
    days: dict[date, dict[str, Any]] = {}
    for row in run(connection, "people/merge_days", team=source.id, into=target.id):
        days.setdefault(row["day"], {})[str(row["team_id"])] = (
            int(row["sales"]), int(row["leads"]), row["revenue"], row["spend"])
    return [DayOfTwo(day, of.get(source.id, nothing), of.get(target.id, nothing)) for day, of in sorted(days.items())]


def merged_rules(rules: Rules, source: Team, target: Team) -> Rules:
    """The rules as they would be."""
    return replace(rules, teams=tuple(
        replace(team, merged_into=target.slug) if team.id == source.id else team for team in rules.teams))


def preview_merge(connection: Connection, source: Team, target: Team) -> dict[str, Any]:
    """Everything that would go over, with the money of each team and day before and after, as the API tells it."""
    torn = preview_torn(connection, source, target)
    return {**preview_figures(connection, source, target), "other_sales": torn.sales, "other_amount": torn.amount}


def preview_torn(connection: Connection, source: Team, target: Team, period: DateRange | None = None) -> Torn:
    """The sales of a period (``None``: all) that the two marks are torn between, or that other rules keep back.

    Every sale of the period is asked anew, which takes its time: ``parts_of`` tells pieces to ask one after another.
    """
    moves = preview_moves(connection, merged_rules(load_rules(connection), source, target), period)
    left = [one for one in moves if (one.from_team, one.to_team) != (source.slug, target.slug)]
    return Torn(sum(one.sales for one in left), sum((one.money for one in left), Decimal(0)))


def preview_figures(connection: Connection, source: Team, target: Team) -> dict[str, Any]:
    """What would go over by kind, and the money of each team and day: read from what is counted already."""
    counts = count_belongings(connection, source, target)
    listed = load_days_of_two(connection, source, target)
    rows = [{"day": one.day, **_three(one.source, one.target)} for one in listed]
    totals = _three(_sum(one.source for one in listed), _sum(one.target for one in listed))
    return {"source": source.slug, "target": target.slug, "counts": counts, "totals": totals, "days": rows}


_Figures = tuple[int, int, Decimal, Decimal | None]


def _three(source: _Figures, target: _Figures) -> dict[str, Any]:
    return {"source": _figures(source), "target": _figures(target), "together": _figures(_sum((source, target)))}


def _sum(figures: Iterable[_Figures]) -> _Figures:
    sales, leads, revenue, spend = 0, 0, Decimal(0), Decimal(0)
    is_known = True
    for one in figures:
        sales, leads, revenue = sales + one[0], leads + one[1], revenue + one[2]
        is_known = is_known and one[3] is not None
        spend += one[3] or Decimal(0)
    return sales, leads, revenue, spend if is_known else None


def _figures(one: _Figures) -> dict[str, Any]:
    return dict(zip(("sales", "leads", "revenue", "spend"), one, strict=True))
