"""A team's page, the start page of its targetologists. A team one may not see looks like one that does not exist."""

from typing import Any
from urllib.parse import unquote

from dash import register_page

from components.filter_bar import create_filter_bar
from components.report_page import create_team_page
from components.states import create_away_page, create_not_here
from data.engine import DatabaseAway
from pages._opening import open_page, page_title


def title(**_variables: Any) -> str:
    """The title of the tab; it names no team, since the title is told before the team is known to exist."""
    return page_title("team_page.title")


def layout(slug: str = "", **query: Any) -> Any:
    """The page of the team in the address, for the filters of its query."""
    query.pop("team", None)
    try:
        opening = open_page(query)
    except DatabaseAway:
        return create_away_page()
    wanted = unquote(slug)
    team = next((one for one in opening.choices.teams if one.slug == wanted), None)
    if team is None:
        return create_not_here()
    bar = create_filter_bar(opening.filters, opening.choices, opening.period, with_teams=False)
    return create_team_page(team, bar)


register_page(__name__, path_template="/teams/<slug>", name="team", title=title, layout=layout)
