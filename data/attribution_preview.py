"""What a change of the rules would move: sales and money by day, team of now and team of then. Nothing is written.

Invariant: what is told here is what settling by these rules would do. Sales assigned by hand never move; sales that
were taken back count nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from core.attribution import PersonLead, Touch, attribute_campaign, attribute_deal, attribute_touch
from core.attribution_rules import CampaignRef, Rules
from core.records import DateRange, Utm
from data.marks_keys import MarksKeys
from data.queries import run
from data.settled_rows import SAME_SECOND, before_moment
from data.settling import as_json

_TIES = {1: "contact", 2: "phone", 3: "email"}
_DAYS_AT_ONCE = 92
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
class _Sum:
    sales: int = 0
    money: Decimal = Decimal(0)
    without_amount: int = 0

    def add(self, sales: int, money: Decimal, without_amount: int) -> None:
        self.sales += sales
        self.money += money
        self.without_amount += without_amount


def load_days(connection: Connection) -> DateRange | None:
    """The days on which anything is attributed; ``None`` when nothing is."""
    row = run(connection, "attribution/days")[0]
    return DateRange(row["first_day"], row["last_day"]) if row["first_day"] else None


def count_sales(connection: Connection, period: DateRange) -> int:
    """How many sales a period has."""
    return int(run(connection, "attribution/count_sales", first_day=period.first, last_day=period.last)[0]["sales"])


def preview_moves(
    connection: Connection, rules: Rules, period: DateRange | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Move]:
    """The moves of the sales of a period (``None``: all) if these rules were in force, by day and teams.

    With ``progress`` it goes through the days piece by piece and tells (days done, days in all).
    """
    period = period or load_days(connection)
    if period is None:
        return []
    keys = MarksKeys(_with_campaigns(connection, rules))
    sums: dict[Pair, _Sum] = defaultdict(_Sum)
    done = 0
    for part in _parts(period, _DAYS_AT_ONCE if progress else period.days):
        _add_moves(connection, keys, part, sums)
        done += part.days
        if progress:
            progress(done, period.days)
    return [Move(day, source, target, one.sales, one.money, one.without_amount)
            for (day, source, target), one in sorted(sums.items(), key=lambda item: tuple(map(str, item[0])))]


def _parts(period: DateRange, days: int) -> Iterator[DateRange]:
    first = period.first
    while first <= period.last:
        last = min(period.last, first + timedelta(days=days - 1))
        yield DateRange(first, last)
        first = last + timedelta(days=1)


def _with_campaigns(connection: Connection, rules: Rules) -> Rules:
    """The rules with every campaign that is not locked given to the team these rules give it to."""
    free = {str(row["id"]) for row in run(connection, "ads/campaigns_to_settle")}

    def settled(campaign: CampaignRef) -> CampaignRef:
        return replace(campaign, team_slug=attribute_campaign(campaign, None, rules).team_slug)

    return replace(rules, campaigns=tuple(
        settled(one) if one.id in free else one for one in rules.campaigns))


def _add_moves(connection: Connection, keys: MarksKeys, days: DateRange, sums: dict[Pair, _Sum]) -> None:
    asked = {**keys.parameters, "first_day": days.first, "last_day": days.last}
    found = keys.deal_answers(row["key"] for row in run(connection, "attribution/sale_keys", **asked))
    decided = [{"key": one["key"], "team_id": one["team_id"]} for one in found if one["decided"]]
    slug_of = keys.names.slug_of
    for row in run(connection, "attribution/sales_moved_by_marks", answers=as_json(decided), **asked):
        sums[row["day"], slug_of(row["from_team"]), slug_of(row["to_team"])].add(
            row["sales"], row["money"], row["without_amount"])
    left = [one["key"] for one in found if not one["decided"]]
    if left:
        rows = run(connection, "attribution/leads_of_undecided_sales", keys=left, **asked)
        for row, target in _by_person(rows, keys):
            source = slug_of(row["team_id"])
            if source != target:
                amount = row["sale_amount"]
                sums[row["sale_day"], source, target].add(1, amount or Decimal(0), int(amount is None))


def _by_person(rows: Sequence[Any], keys: MarksKeys) -> Iterator[tuple[Any, str | None]]:
    """Each sale (as its first row) with the team its person gives it."""
    answers: dict[str, str | None] = {}

    def team_of(row: Any) -> str | None:
        if row["locked"]:
            return keys.names.slug_of(row["lead_team"])
        if row["key"] not in answers:
            answers[row["key"]] = attribute_touch(keys.touch(row["key"]), keys.rules).team_slug
        return answers[row["key"]]

    for _, of_sale in groupby(sorted(rows, key=lambda row: row["id"]), key=lambda row: row["id"]):
        sale = list(of_sale)
        yield sale[0], _team_by_person(sale, team_of, keys.rules)


def _team_by_person(rows: Sequence[Any], team_of: Callable[[Any], str | None], rules: Rules) -> str | None:
    leads = [PersonLead(str(row["lead_id"]), row["created_at"], team_of(row), _TIES[row["tie"]])
             for row in rows if row["lead_id"] is not None]
    if not leads:
        return None
    sold_at = rows[0]["sale_date"]
    # Only the person is asked: the marks have been found to say nothing.
    nameless = Touch(Utm(), rows[0]["sale_day"])
    return attribute_deal(
        nameless, sold_at, [before_moment(lead, sold_at, SAME_SECOND) for lead in leads], rules).team_slug
