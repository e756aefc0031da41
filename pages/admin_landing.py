"""Landing sources: who sends leads, and one of them with its mapping."""

import re
from typing import Any
from uuid import UUID

from dash import register_page

from components import ids
from components.admin_page import create_admin_page
from components.admin_place import create_place
from pages._opening import page_title

_SLUG = re.compile(r"[A-Za-z0-9_-]{0,64}")


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.landing.title")


def layout(id: Any = None, new: Any = None, **_query: Any) -> Any:
    """The list, the source that the address names, or a new one."""
    subject: dict[str, str] = {}
    if isinstance(new, str) and _SLUG.fullmatch(new):
        subject = {"new": new}
    elif isinstance(id, str):
        try:
            subject = {"id": str(UUID(id))}
        except ValueError:
            subject = {}
    return create_admin_page("landing", create_place(ids.LANDING_BODY, ids.LANDING_REFRESH, ids.LANDING_SUBJECT,
                                                     subject, ids.LANDING_TICK))


register_page(__name__, path="/admin/landing", name="admin_landing", title=title, layout=layout)
