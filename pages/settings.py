"""Settings: who the viewer is, the language, other sign-ins."""

from typing import Any

from dash import register_page

from auth.sign_in import auth_parts
from auth.viewer import current_user
from components.settings_page import Account, SignIn, create_settings
from components.states import create_away_page
from core.business_time import BusinessCalendar
from core.texts import t
from data.engine import AUTH, DatabaseAway, web_database
from data.sessions import load_open_sessions
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("settings.title")


def layout(**_query: Any) -> Any:
    """The page of whoever asks."""
    user = current_user()
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
    return create_settings(Account(user.name, user.email, t(f"role.{user.role}"), user.team_name), sign_ins)


register_page(__name__, path="/settings", name="settings", title=title, layout=layout)
