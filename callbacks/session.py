"""The frame of the application for whoever is signed in: read anew with every opening of a page."""

import dash
from dash import html

from auth.viewer import signed_in_user
from components.freshness_bar import create_freshness
from components.shell import Person, create_shell
from core.business_time import now
from core.reports import TeamLook
from data.engine import Viewer, web_database
from data.freshness import current, load_freshness
from data.people import load_teams


def show_shell() -> html.Div:
    """The shell for the viewer; bare when Dash asks for a layout at the start, before anybody came."""
    user = signed_in_user()
    if user is None:
        return html.Div(dash.page_container)
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        teams = [
            TeamLook(team.slug, team.name, team.color, team.emoji) for team in load_teams(connection) if team.is_active
        ]
        version = current(connection)
        freshness = load_freshness(connection)
    return create_shell(
        Person(user.name, user.role, user.team_slug), teams, version, create_freshness(freshness, now())
    )
