"""Log of webhooks: what arrived, what it said and what became of it."""

from typing import Any

from dash import register_page

from components.webhooks_page import create_webhooks_frame
from pages._known_query import known_query
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.webhooks.title")


def layout(**query: Any) -> Any:
    """The frame; what stands in it comes by ``callbacks/admin_webhooks.py``."""
    return create_webhooks_frame(known_query(query, "q", "deal", "source", "status", "from", "to", "id", "cursor"))


register_page(__name__, path="/admin/webhooks", name="admin_webhooks", title=title, layout=layout)
