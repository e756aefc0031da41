"""Commands about teams; only cli.py imports this module."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import click
from flask.cli import AppGroup

from auth.audit import Action, record
from core.settings import Settings
from data.legacy_teams import LEGACY_TEAMS, LegacyTeam, load_legacy_teams, purge_legacy_teams
from jobs.context import JobContext
from jobs.recalculate_stats import recalculate_stats
from jobs.rerun_attribution import rerun_attribution

Opening = Callable[[Settings], AbstractContextManager[JobContext]]


def team_commands(settings: Settings, open_context: Opening) -> AppGroup:
    """``teams purge-legacy``."""
    teams = AppGroup("teams", help="Teams.")

    @teams.command("purge-legacy")
    @click.option("--dry-run", is_flag=True, help="Only show what would go.")
    def purge_legacy(dry_run: bool) -> None:
        """Take the former teams out of use; their UTM marks become aliases and their history keeps its names."""
        with open_context(settings) as context:
            today = context.calendar.today(context.clock())
            with context.database.transaction() as connection:
                found = load_legacy_teams(connection, today)
                for team in found:
                    click.echo(_describe(team))
                if dry_run or all(team.is_clean for team in found):
                    click.echo("Nothing was changed." if dry_run else "There is nothing to do.")
                    return
                gone = purge_legacy_teams(connection, today)
                record(connection, Action.TEAMS_PURGED, object_type="team", object_id=",".join(LEGACY_TEAMS),
                       before={team.slug: list(team.marks) for team in found}, after=dict(gone))
            rerun_attribution(context)
            recalculate_stats(context)
        click.echo("Gone: " + ", ".join(f"{name} {count}" for name, count in gone.items() if name != "aliases")
                   + f". Marks kept as aliases: {gone['aliases']}.")

    return teams


def _describe(team: LegacyTeam) -> str:
    goes = ", ".join(f"{name} {getattr(team, name)}" for name in ("users", "sessions", "settings", "plans"))
    marks = ", ".join(team.marks) or "none"
    return (f"{team.name}: {'active' if team.is_active else 'out of use'}; marks to archive: {marks}; goes: {goes};"
            f" stays under its name: leads {team.leads}, sales {team.sales}.")
