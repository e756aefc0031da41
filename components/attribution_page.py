"""The frame of the attribution manager: tabs with an address each, and the places to be filled."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from components import ids
from components.admin_page import create_admin_page, create_tabs
from components.frames import create_card
from components.list_parts import create_progress, list_address
from components.rule_lists import PATH
from components.states import create_rows_skeleton
from core.texts import t

TABS = ("queue", "aliases", "tokens", "bindings", "rules", "versions")
TICK_MILLISECONDS = 3000


def chosen_tab(query: Mapping[str, str]) -> str:
    """The tab an address asks for, else the queue."""
    return query["tab"] if query.get("tab") in TABS else TABS[0]


def create_attribution_frame(query: Mapping[str, str]) -> html.Div:
    """The page before its content comes."""
    tab = chosen_tab(query)
    tabs = [(one, t(f"attribution.tab.{one}"), list_address(PATH, {"tab": one})) for one in TABS]
    return create_admin_page("attribution", html.Div([
        create_tabs(t("attribution.tabs"), tabs, tab),
        dcc.Store(id=ids.RULES_QUERY, data={**query, "tab": tab}),
        dcc.Store(id=ids.RULES_REFRESH), dcc.Store(id=ids.RULES_DRAFT), dcc.Store(id=ids.RULES_MOVED),
        dcc.Interval(id=ids.RULES_TICK, interval=TICK_MILLISECONDS),
        html.Div(id=ids.RULES_RUN),
        html.Div(id=ids.RULES_PANEL),
        html.Div(create_rows_skeleton(), id=ids.RULES_BODY),
    ], className="col g16"))


def create_rerun(done: int, total: int) -> Any:
    """The run that brings every sale in line with the rules of now."""
    return create_card(t("attribution.rerun"), create_progress(t("attribution.rerun.text"), done, total), class_name="")
