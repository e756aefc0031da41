"""Analytics: campaigns with every metric, the five UTM marks, coverage, and sales one by one."""

from typing import Any

from dash import register_page

from components.analytics_page import create_analytics
from components.filter_bar import create_filter_bar
from components.states import create_away_page
from data.engine import DatabaseAway
from pages._opening import open_page, page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("analytics.title")


def layout(**query: Any) -> Any:
    """The page for the filters of its address."""
    try:
        opening = open_page(query)
    except DatabaseAway:
        return create_away_page()
    bar = create_filter_bar(
        opening.filters, opening.choices, opening.period, with_teams=opening.scope.sees_all_teams, with_steps=False
    )
    return create_analytics(bar, with_models=opening.scope.sees_all_teams)


register_page(__name__, path="/analytics", name="analytics", title=title, layout=layout)
