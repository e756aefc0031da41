"""amoCRM: the connection, the mapping, the history and the comparisons."""

from typing import Any

from dash import register_page

from components.admin_page import create_admin_page
from components.amocrm_page import create_amocrm_frame
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.amocrm.title")


def layout(notice: Any = None, **_query: Any) -> Any:
    """The page; ``notice`` tells how a connection went and may be anything."""
    return create_admin_page("amocrm", create_amocrm_frame(notice if isinstance(notice, str) else None))


register_page(__name__, path="/admin/amocrm", name="admin_amocrm", title=title, layout=layout)
