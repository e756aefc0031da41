"""What every address without a page shows, and every page that the viewer may not open."""

from typing import Any

from dash import register_page

from components.states import create_not_found
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("page.not_found.title")


def layout(**_query: Any) -> Any:
    """One sentence and a way back."""
    return create_not_found()


register_page(__name__, path="/404", name="not found", title=title, layout=layout)
