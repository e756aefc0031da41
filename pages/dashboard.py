"""The dashboard of all teams; those who have one team begin on its page."""

from typing import Any

from dash import dcc, register_page

from components import ids
from components.filter_bar import create_filter_bar
from components.report_page import create_dashboard
from components.states import create_away_page
from data.engine import DatabaseAway
from pages._opening import open_page, page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("dashboard.title")


def layout(**query: Any) -> Any:
    """The page for the filters of its address."""
    try:
        opening = open_page(query)
    except DatabaseAway:
        return create_away_page()
    scope = opening.scope
    if not scope.sees_all_teams and scope.team_slug is not None:
        return dcc.Location(id=ids.START_PAGE, href=f"/teams/{scope.team_slug}", refresh=True)
    return create_dashboard(create_filter_bar(opening.filters, opening.choices, opening.period))


register_page(__name__, path="/", name="dashboard", title=title, layout=layout)
