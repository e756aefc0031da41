"""The admin panel's first page: how the installation is, and the next step of everything that is not well."""

from typing import Any

from dash import register_page

from auth.sign_in import auth_parts
from auth.viewer import current_scope
from components.admin_page import create_admin_page
from components.overview_page import create_overview
from components.states import create_away_page
from core.business_time import BusinessCalendar, now
from data.engine import DatabaseAway, Viewer, web_database
from data.reports.overview import load_overview, load_undelivered
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.overview.title")


def layout(**_query: Any) -> Any:
    """The page as of now."""
    settings, at = auth_parts().settings, now()
    calendar = BusinessCalendar(settings.business_timezone)
    try:
        with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
            items = load_overview(connection, calendar, at, settings.var_dir)
            undelivered = load_undelivered(connection, calendar, at)
    except DatabaseAway:
        return create_away_page()
    return create_admin_page("overview", create_overview(items, undelivered))


register_page(__name__, path="/admin", name="admin", title=title, layout=layout)
