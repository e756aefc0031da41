"""Imports: files of history, and one of them with its mapping and preview."""

from typing import Any
from uuid import UUID

from dash import register_page

from components import ids
from components.admin_page import create_admin_page
from components.admin_place import create_place
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.imports.title")


def layout(id: Any = None, **_query: Any) -> Any:
    """The list, or the import that the address names."""
    body = create_place(ids.IMPORTS_BODY, ids.IMPORTS_REFRESH, ids.IMPORTS_SUBJECT, _known_form(id), ids.IMPORTS_TICK)
    return create_admin_page("imports", body)


def _known_form(given: Any) -> str | None:
    try:
        return str(UUID(given)) if isinstance(given, str) else None
    except ValueError:
        return None


register_page(__name__, path="/admin/imports", name="admin_imports", title=title, layout=layout)
