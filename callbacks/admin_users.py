"""Users for admins: a page of the list, and the link that is shown once."""

from typing import Any
from uuid import UUID

from dash import Input, Output, State, callback

from auth.permissions import Permission, requires
from auth.sign_in import FREE_ATTEMPTS
from auth.viewer import current_user
from callbacks.reading import business_calendar
from components import ids
from components.states import create_away
from components.users_page import ROLES, create_link, create_user_list, create_user_marks
from data.engine import DatabaseAway, Viewer, web_database
from data.people_list import UserFilter, load_user_page
from data.user_settings import load_user_settings


@callback(Output(ids.USERS_LIST, "children"), Input(ids.USERS_CHANGED, "data"), State(ids.USERS_QUERY, "data"))
@requires(Permission.PEOPLE_USER_READ)
def show_users(_changed: Any, query: Any) -> Any:
    """The users that the filters of the address let through."""
    user = current_user()
    given = {str(name): str(value)[:254] for name, value in query.items()} if isinstance(query, dict) else {}
    role = given.get("role")
    chosen = UserFilter(given.get("search"), role if role in ROLES else None, given.get("team"),
                        {"active": True, "closed": False}.get(given.get("state", "")))
    admin = Viewer.of(user.scope)
    try:
        with web_database().transaction(admin, read_only=True) as connection:
            users, following = load_user_page(connection, admin, chosen, free_attempts=FREE_ATTEMPTS,
                                              after=given.get("cursor"))
    except DatabaseAway:
        return create_away()
    return create_user_list(users, given, following, business_calendar().zone, user.id)


@callback(Output(ids.USERS_LINK, "children"), Input(ids.USERS_ANSWER, "data"), prevent_initial_call=True)
@requires(Permission.PEOPLE_USER_WRITE)
def show_link(answer: Any) -> Any:
    """The link of an invitation or a new password: this once."""
    link = answer.get("link") if isinstance(answer, dict) else None
    return create_link(link if isinstance(link, str) else None)


@callback(Output(ids.USER_UTM, "children"), Input(ids.USER_UTM_CHANGED, "data"), State(ids.USER_UTM_WHOSE, "data"))
@requires(Permission.PEOPLE_USER_WRITE)
def show_user_marks(_changed: Any, whose: Any) -> Any:
    """The source of the user who is being changed, as it stands now."""
    try:
        user_id = str(UUID(str(whose)))
        with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
            found = load_user_settings(connection, user_id)
    except ValueError:
        return []
    except DatabaseAway:
        return create_away()
    return create_user_marks(found) if found else []
