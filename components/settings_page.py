"""The settings page: its tabs, each with an address, and the place in which a tab is drawn."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_page import create_tabs
from components.attributes import attributes
from components.frames import create_card
from components.states import create_rows_skeleton
from core.texts import t

FACEBOOK, UTM, NOTIFICATIONS, TEAM = "facebook", "utm", "notifications", "team"


def tabs_of(*, may_connect: bool, may_mark: bool) -> tuple[str, ...]:
    """The tabs a person has: connections, marks and look where the role sets them, notifications always."""
    marks = (UTM, NOTIFICATIONS, TEAM) if may_mark else (NOTIFICATIONS,)
    return (FACEBOOK, *marks) if may_connect else marks


def create_settings_tab(name: str, body: Any, tabs: Sequence[str]) -> html.Div:
    """The page with one of its tabs open; the profile is a page of its own and stands beside them."""
    head = html.Div(
        html.Div([html.H1(t("settings.title")), html.Div(t(f"settings.subtitle.{name}"), className="sub")]),
        className="pagehead",
    )
    links = [(one, t(f"settings.tab.{one}"), f"/settings?tab={one}") for one in tabs]
    nav = create_tabs(t("settings.title"), [*links, ("profile", t("settings.tab.profile"), "/profile")], name)
    return html.Div([head, nav, body], className="page")


def create_drawn_tab(name: str, template: str) -> html.Div:
    """A tab that a callback draws, again after every change; ``template`` is what the address asks for."""
    waiting = html.Div(create_card(t(f"settings.tab.{name}"), create_rows_skeleton(4)), className="grid",
                       **attributes({"aria-busy": "true"}))
    return html.Div([
        dcc.Store(id=ids.SETTINGS_TAB, data={"tab": name, "template": template}),
        dcc.Store(id=ids.SETTINGS_REFRESH),
        html.Div(waiting, id=ids.SETTINGS_BODY),
    ])
