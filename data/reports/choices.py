"""What the filter bar may offer a viewer."""

from sqlalchemy import Connection

from core.records import Scope
from core.reports import FilterChoices, TeamLook
from data.queries import run


def load_choices(connection: Connection, scope: Scope) -> FilterChoices:
    """Teams and campaigns the viewer may see and the earliest day with a figure: one statement."""
    row = run(connection, "reports/choices")[0]
    teams = tuple(
        TeamLook(team["slug"], team["name"], team["color"], team["emoji"])
        for team in row["teams"]
        if scope.sees_all_teams or team["id"] == scope.team_id
    )
    return FilterChoices(teams, tuple((campaign_id, name) for campaign_id, name in row["campaigns"]), row["first_day"])
