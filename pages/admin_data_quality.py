"""Data quality: what is wrong with the data, what it is worth, and where each thing is mended."""

from typing import Any

from dash import register_page

from auth.sign_in import auth_parts
from auth.viewer import current_scope
from components.admin_page import create_admin_page
from components.quality_page import create_measure_button, create_quality
from components.states import create_away_page
from core.business_time import BusinessCalendar, now
from data.engine import DatabaseAway, Viewer, web_database
from data.reports.quality import load_quality
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.quality.title")


def layout(**_query: Any) -> Any:
    """The page as of now."""
    calendar = BusinessCalendar(auth_parts().settings.business_timezone)
    try:
        with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
            report = load_quality(connection, calendar, now())
    except DatabaseAway:
        return create_away_page()
    return create_admin_page("quality", create_quality(report), actions=[create_measure_button()])


register_page(__name__, path="/admin/data-quality", name="admin_quality", title=title, layout=layout)
