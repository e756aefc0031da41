"""Claims of sales, for admins."""

from typing import Any

from dash import register_page

from components.claims_page import STATES, create_claims_page
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.claims.title")


def layout(status: Any = None, cursor: Any = None, **_query: Any) -> Any:
    """The claims of a state; open ones unless the address says otherwise."""
    query = {"status": status} if status in STATES else {}
    if isinstance(cursor, str):
        query["cursor"] = cursor
    return create_claims_page(query)


register_page(__name__, path="/admin/claims", name="admin_claims", title=title, layout=layout)
