"""What is held of one person outside: told or erased at that person's request."""

from typing import Any

from dash import register_page

from components.admin_page import create_admin_page
from components.persons_page import create_persons_frame
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.persons.title")


def layout(**_query: Any) -> Any:
    """The question who it is; an address names nobody, so that no log of addresses does."""
    return create_admin_page("persons", create_persons_frame())


register_page(__name__, path="/admin/persons", name="admin_persons", title=title, layout=layout)
