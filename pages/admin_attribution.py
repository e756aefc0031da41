"""Attribution manager: money without a team, aliases, tokens, bindings, the rules in force and their versions."""

from typing import Any

from dash import register_page

from components.attribution_page import create_attribution_frame
from pages._known_query import known_query
from pages._opening import page_title

FILTERS = ("tab", "q", "team", "kind", "reason", "source", "campaign", "from", "to", "by", "edit", "cursor",
           "utm_source", "campaign_token", "for_team")


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.attribution.title")


def layout(**query: Any) -> Any:
    """The frame; what stands in it comes by ``callbacks/admin_attribution.py``."""
    return create_attribution_frame(known_query(query, *FILTERS))


register_page(__name__, path="/admin/attribution", name="admin_attribution", title=title, layout=layout)
