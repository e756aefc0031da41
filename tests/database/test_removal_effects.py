"""Paths as they are stored become removal effects: buyers, others, look-back, marks, reversals."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from core.records import Team
from data.engine import Database
from data.queries import run
from data.removal_effects import load_effects
from jobs.learn_effects import learn_removal_effects
from tests.factories import insert, make_lead, make_sale, make_team, noon
from tests.job_context import make_context

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = date(2026, 5, 1)


class Walks:
    """People who meet teams, and some of whom buy."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.teams: dict[str, Team] = {name: make_team(connection, name) for name in ("north", "south", "west")}
        self.people = 0

    def walk(self, *met: str, sold: date | None = DAY, apart: int = 1, **sale: Any) -> None:
        """A person who meets these teams ``apart`` days from each other, the last the day before the sale."""
        self.people += 1
        phone = f"+7701{self.people:07d}"
        insert(self.connection, "person_points", kind="phone", value=phone, person_key=f"phone:{phone}")
        last = (sold or DAY) - timedelta(days=1)
        for place, name in enumerate(reversed(met)):
            make_lead(self.connection, self.teams[name], last - timedelta(days=apart * place), phone_norm=phone)
        if sold is not None:
            insert(self.connection, "amocrm_deals", deal_id=self.people, created_at=noon(sold), modified_at=noon(sold),
                   person_key=f"phone:{phone}", created_day=sold)
            make_sale(self.connection, sale.pop("team", None), sold, deal_id=self.people,
                      **{"attribution_method": "person_match", **sale})

    def paths(self) -> dict[str, tuple[int, int]]:
        """The paths as the statement tells them: sales and losses by the teams met."""
        rows = run(self.connection, "attribution/walked_paths", since=noon(date(2025, 1, 1)), look_back_days=90)
        return {" ".join(row["teams"]): (row["sales"], row["losses"]) for row in rows}


def test_paths_of_buyers_and_of_others(db_jobs: Database) -> None:
    with db_jobs.transaction() as connection:
        walks = Walks(connection)
        walks.walk("north", "south")
        walks.walk("north", "south")
        walks.walk("north", "south", sold=None)
        walks.walk("west", "west", sold=None)
        walks.walk("west", "south", apart=100)                              # the first is before the look-back
        walks.walk("west", "north", sold=None, apart=100)
        walks.walk(team=walks.teams["west"], attribution_method="utm_exact")   # nothing but the deal's own marks
        walks.walk("south", team=walks.teams["north"], attribution_method="manual", locked=True)
        walks.walk("north", is_reversed=True)                               # bought nothing in the end
        walks.walk("north", payment_of=1)                                   # paid for another sale
        assert walks.paths() == {"north south": (2, 1), "west west": (0, 1), "south": (2, 0), "north": (0, 3),
                                 "west": (1, 0)}


@pytest.mark.parametrize(("sales", "effects"), [(25, {"north": Decimal("0.5"), "south": Decimal("0.5")}), (24, {})])
def test_effects_are_kept_and_forgotten_with_too_few_sales(
    db_jobs: Database, sales: int, effects: dict[str, Decimal]
) -> None:
    context = make_context(db_jobs, clock=lambda: NOW)
    with db_jobs.transaction() as connection:
        walks = Walks(connection)
        insert(connection, "team_removal_effects", team_id=walks.teams["west"].id, effect="0.5", learned_at=NOW)
        for _ in range(sales):
            walks.walk("north")
            walks.walk("south")
    assert learn_removal_effects(context) == len(effects)
    with db_jobs.transaction() as connection:
        found, learned_at = load_effects(connection)
    assert found == effects and learned_at == (NOW if effects else None)
