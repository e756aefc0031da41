"""Settings: who the viewer is, the language, other sign-ins."""

from typing import Any

from dash import register_page

from auth.permissions import Permission, holds
from auth.sign_in import auth_parts
from auth.viewer import current_user
from components.facebook_settings import create_facebook_frame
from components.settings_page import Account, SignIn, create_settings, create_settings_tab
from components.states import create_away_page
from core.business_time import BusinessCalendar
from core.texts import has_text, t
from data.engine import AUTH, DatabaseAway, web_database
from data.sessions import load_open_sessions
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("settings.title")


def layout(tab: Any = None, notice: Any = None, **_query: Any) -> Any:
    """The page of whoever asks; ``tab`` and ``notice`` come from the address and may be anything."""
    user = current_user()
    may_connect = holds(user.role, Permission.ADS_CONNECTION_READ)
    if tab == "facebook" and may_connect:
        key = f"facebook.notice.{notice}"
        said = t(key) if isinstance(notice, str) and notice.replace("_", "").isalpha() and has_text(key) else None
        return create_settings_tab("facebook", create_facebook_frame(said))
    try:
        with web_database().transaction(AUTH, read_only=True) as connection:
            sessions = load_open_sessions(connection, user.id)
    except DatabaseAway:
        return create_away_page()
    zone = BusinessCalendar(auth_parts().settings.business_timezone).zone
    sign_ins = [
        SignIn(one.user_agent, one.kind != "browser", one.last_seen_at.astimezone(zone), one.id == user.session_id)
        for one in sessions
    ]
    account = Account(user.name, user.email, t(f"role.{user.role}"), user.team_name)
    return create_settings(account, sign_ins, with_tabs=may_connect)


register_page(__name__, path="/settings", name="settings", title=title, layout=layout)
