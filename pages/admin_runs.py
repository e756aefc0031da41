"""Sync runs: what was read and computed, when and how it ended."""

from datetime import timedelta
from typing import Any

from dash import register_page

from auth.sign_in import auth_parts
from auth.viewer import current_scope
from components.runs_page import create_runs_frame
from components.states import create_away_page
from core.business_time import BusinessCalendar, now
from data.amocrm_connection import load_connection
from data.engine import DatabaseAway, Viewer, web_database
from pages._known_query import known_query
from pages._opening import page_title

_WEEK = timedelta(days=6)


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.runs.title")


def layout(**query: Any) -> Any:
    """The frame; the list comes by ``callbacks/admin_runs.py``."""
    settings = auth_parts().settings
    today = BusinessCalendar(settings.business_timezone).today(now())
    try:
        with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
            is_connected = load_connection(connection) is not None
    except DatabaseAway:
        return create_away_page()
    has_amocrm = is_connected or bool(settings.amocrm_account_url and settings.amocrm_access_token)
    return create_runs_frame(known_query(query, "kind", "status", "from", "to", "cursor"), today - _WEEK, today,
                             has_amocrm)


register_page(__name__, path="/admin/runs", name="admin_runs", title=title, layout=layout)
