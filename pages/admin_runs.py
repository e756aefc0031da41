"""Sync runs: what was read and computed, when and how it ended."""

from datetime import timedelta
from typing import Any

from dash import register_page

from auth.sign_in import auth_parts
from components.runs_page import create_runs_frame
from core.business_time import BusinessCalendar, now
from pages._known_query import known_query
from pages._opening import page_title

_WEEK = timedelta(days=6)


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.runs.title")


def layout(**query: Any) -> Any:
    """The frame; the list comes by ``callbacks/admin_runs.py``."""
    today = BusinessCalendar(auth_parts().settings.business_timezone).today(now())
    return create_runs_frame(known_query(query, "kind", "status", "from", "to", "cursor"), today - _WEEK, today)


register_page(__name__, path="/admin/runs", name="admin_runs", title=title, layout=layout)
