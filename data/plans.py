"""Weekly plans of teams, what was reached of them, and the thresholds by which verdicts are read."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from core.metrics import Thresholds
from core.plans import GOALS, Plan, WeekOfTeam
from core.reports import TeamLook
from data.people import OtherVersion
from data.queries import run
from data.reports.figures import to_sums

_COLUMNS = ", ".join(f"plan_{name}" for name in GOALS)


class PlanExists(Exception):
    """The team has a plan of this week already."""


def load_week(connection: Connection, week_start: date, team_slug: str | None = None) -> tuple[WeekOfTeam, ...]:
    """The teams the viewer may know in a week, in their order."""
    found = []
    for row in run(connection, "plans/week", week=week_start, team=team_slug):
        plan = None if row["id"] is None else _to_plan({**row, "week_start": week_start})
        look = TeamLook(row["slug"], row["name"], row["color"], row["emoji"])
        found.append(WeekOfTeam(look, plan, row["currency"], to_sums(row)))
    return tuple(found)


def load_plan(connection: Connection, plan_id: str) -> Plan | None:
    """One plan, held until the transaction ends; ``None`` when the viewer sees none of this id."""
    rows = run(connection, "plans/plan", id=plan_id)
    return _to_plan(rows[0]) if rows else None


def create_plan(
    connection: Connection, team_id: str, week_start: date, currency: str, goals: Mapping[str, Decimal | None]
) -> str:
    """Save a new plan; its id. Raises: PlanExists."""
    saved = connection.execute(text(f"""
        INSERT INTO traffic_weekly_plans (team_id, week_start, currency, {_COLUMNS})
        VALUES (CAST(:team_id AS uuid), :week_start, :currency, :revenue, :sales, :spend, :roas, :cpa)
        ON CONFLICT (team_id, week_start) DO NOTHING RETURNING id"""),  # nosec B608 - our own names
        {"team_id": team_id, "week_start": week_start, "currency": currency, **_given(goals)}).scalar_one_or_none()
    if saved is None:
        raise PlanExists
    return str(saved)


def change_plan(
    connection: Connection, plan: Plan, version: int, currency: str, goals: Mapping[str, Decimal | None]
) -> None:
    """Give a plan these figures. Raises: OtherVersion."""
    if plan.version != version:
        raise OtherVersion
    connection.execute(text("""
        UPDATE traffic_weekly_plans SET currency = :currency, plan_revenue = :revenue, plan_sales = :sales,
            plan_spend = :spend, plan_roas = :roas, plan_cpa = :cpa, updated_at = now()
        WHERE id = CAST(:id AS uuid)"""), {"id": plan.id, "currency": currency, **_given(goals)})


def delete_plans(connection: Connection, plan_ids: Sequence[str]) -> int:
    """Remove plans; how many there were."""
    return connection.execute(text("DELETE FROM traffic_weekly_plans WHERE id = ANY(CAST(:ids AS uuid[]))"),
                              {"ids": list(plan_ids)}).rowcount


def copy_plans(connection: Connection, week_start: date) -> list[str]:
    """Give the week the plans of the week before where an active team has none; the ids of the new ones."""
    return [str(one) for one in connection.execute(text(f"""
        INSERT INTO traffic_weekly_plans (team_id, week_start, currency, {_COLUMNS})
        SELECT p.team_id, :week, p.currency, {_COLUMNS}
        FROM traffic_weekly_plans p JOIN traffic_teams t ON t.id = p.team_id AND t.is_active
        WHERE p.week_start = :before
        ON CONFLICT (team_id, week_start) DO NOTHING RETURNING id"""),  # nosec B608 - our own names
        {"week": week_start, "before": week_start - timedelta(days=7)}).scalars()]


def load_thresholds(connection: Connection) -> tuple[Thresholds, int]:
    """The thresholds and their version."""
    row = run(connection, "plans/thresholds")[0]
    return Thresholds(row["goal"], row["pays_back"], row["weak"]), row["version"]


def save_thresholds(connection: Connection, thresholds: Thresholds, version: int) -> int:
    """Read every verdict by these from now on; the new version. Raises: OtherVersion."""
    saved = connection.execute(text("""
        UPDATE verdict_thresholds SET goal = :goal, pays_back = :pays_back, weak = :weak, updated_at = now()
        WHERE version = :version RETURNING version"""), {**vars(thresholds), "version": version}).scalar_one_or_none()
    if saved is None:
        raise OtherVersion
    return int(saved)


def _given(goals: Mapping[str, Decimal | None]) -> dict[str, Decimal | None]:
    return {name: goals.get(name) for name in GOALS}


def _to_plan(row: Mapping[str, Any]) -> Plan:
    goals = {name: None if row[f"plan_{name}"] is None else Decimal(row[f"plan_{name}"]) for name in GOALS}
    return Plan(str(row["id"]), row["slug"], row["week_start"], row["currency"], row["version"], goals)
