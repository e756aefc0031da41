"""Settings: a tab for each thing a person arranges, by the address."""

from typing import Any

from dash import register_page

from auth.permissions import Permission, holds
from auth.viewer import current_user
from components.facebook_settings import create_facebook_frame
from components.settings_page import FACEBOOK, create_drawn_tab, create_settings_tab, tabs_of
from core.records import Role
from core.texts import has_text, t
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("settings.title")


def layout(tab: Any = None, notice: Any = None, template: Any = None, **_query: Any) -> Any:
    """The page of whoever asks; what comes from the address may be anything."""
    user = current_user()
    tabs = tabs_of(may_connect=holds(user.role, Permission.ADS_CONNECTION_READ), may_mark=user.role is not Role.ANALYST)
    chosen = tab if isinstance(tab, str) and tab in tabs else tabs[0]
    if chosen == FACEBOOK:
        key = f"facebook.notice.{notice}"
        said = t(key) if isinstance(notice, str) and notice.replace("_", "").isalpha() and has_text(key) else None
        return create_settings_tab(chosen, create_facebook_frame(said, is_bad=notice != "connected"), tabs)
    wanted = template[:100] if isinstance(template, str) else ""
    return create_settings_tab(chosen, create_drawn_tab(chosen, wanted), tabs)


register_page(__name__, path="/settings", name="settings", title=title, layout=layout)
