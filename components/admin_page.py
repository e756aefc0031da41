"""The frame of every page of the admin panel: its title and the way to its neighbours.

Invariant: a section stands here when its page exists; the titles are ``admin.<section>.title`` and ``.subtitle``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from components.attributes import attributes
from core.texts import t

# In the order of the navigation.
SECTIONS: Mapping[str, str] = {
    "overview": "/admin",
    "teams": "/admin/teams",
    "users": "/admin/users",
    "attribution": "/admin/attribution",
    "claims": "/admin/claims",
    "plans": "/admin/plans",
    "quality": "/admin/data-quality",
    "amocrm": "/admin/amocrm",
    "landing": "/admin/landing",
    "rates": "/admin/rates",
    "imports": "/admin/imports",
    "webhooks": "/admin/webhooks",
    "runs": "/admin/runs",
    "audit": "/admin/audit",
    "persons": "/admin/persons",
}


def create_admin_page(section: str, body: Any, *, actions: Sequence[Any] = ()) -> html.Div:
    """A page of the panel; ``section`` is a key of ``SECTIONS``, ``actions`` stand beside the title."""
    head = html.Div(
        [
            html.Div([html.H1(t(f"admin.{section}.title")), html.Div(t(f"admin.{section}.subtitle"), className="sub")]),
            html.Div(list(actions), className="row wrap"),
        ],
        className="pagehead",
    )
    return html.Div([_sections(section), head, body], className="page")


def create_tabs(
    label: str, tabs: Sequence[tuple[str, str, str]], chosen: str, class_name: str = "tabs"
) -> html.Nav:
    """Tabs with an address each: ``(key, words, href)``."""
    links = [dcc.Link(words, href=href, className="on" if key == chosen else "") for key, words, href in tabs]
    return html.Nav(links, className=class_name, **attributes({"aria-label": label}))


def _sections(chosen: str) -> html.Nav:
    tabs = [(key, t(f"admin.{key}.short"), path) for key, path in SECTIONS.items()]
    return create_tabs(t("admin.sections"), tabs, chosen, "tabs sections")
