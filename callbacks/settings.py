"""The settings page: ending the account's other sign-ins."""

from typing import Any

from dash import Input, Output, callback, no_update

from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.viewer import current_user
from callbacks.reading import business_calendar
from components import ids
from components.settings_page import SignIn, create_sign_in_list
from data.engine import AUTH, web_database
from data.sessions import end_sessions, load_open_sessions


@callback(
    Output(ids.SETTINGS_SESSIONS, "children"),
    Input(ids.SETTINGS_END_OTHERS, "n_clicks"),
    prevent_initial_call=True,
)
@requires(Permission.ACCOUNT_SESSION_END)
def show_ended(clicks: Any) -> Any:
    """Only this sign-in is left afterwards."""
    if not clicks:
        return no_update
    user = current_user()
    with web_database().transaction(AUTH) as connection:
        end_sessions(connection, user.id, except_for=user.session_id)
        record(connection, Action.SESSIONS_ENDED, user_id=user.id, object_type="user", object_id=user.id)
        left = load_open_sessions(connection, user.id)
    zone = business_calendar().zone
    return create_sign_in_list(
        [
            SignIn(one.user_agent, one.kind != "browser", one.last_seen_at.astimezone(zone), one.id == user.session_id)
            for one in left
        ]
    )
