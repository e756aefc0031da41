"""Audit log: who changed what and when."""

from typing import Any

from dash import register_page

from components.audit_page import create_audit_frame
from pages._known_query import known_query
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.audit.title")


def layout(**query: Any) -> Any:
    """The frame; what stands in it comes by ``callbacks/admin_audit.py``."""
    return create_audit_frame(known_query(query, "who", "action", "object", "object_id", "from", "to", "cursor"))


register_page(__name__, path="/admin/audit", name="admin_audit", title=title, layout=layout)
