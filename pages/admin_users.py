"""Users for admins."""

from typing import Any
from uuid import UUID

from dash import register_page

from auth.sign_in import FREE_ATTEMPTS, auth_parts
from auth.viewer import current_user
from components.states import create_away_page, create_not_here
from components.users_page import create_users_page
from data.engine import DatabaseAway, Viewer, web_database
from data.people import load_teams
from data.people_list import load_listed_user
from pages._opening import page_title

_FILTERS = ("search", "role", "team", "state", "cursor")


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.users.title")


def layout(edit: Any = None, **query: Any) -> Any:
    """The list by the filters of the address, and an invitation or the user who is being changed."""
    user = current_user()
    admin = Viewer.of(user.scope)
    filters = {name: str(query[name]).strip() for name in _FILTERS if str(query.get(name) or "").strip()}
    try:
        with web_database().transaction(admin, read_only=True) as connection:
            teams = [(team.slug, team.name) for team in load_teams(connection) if team.is_active]
            chosen = None if edit is None else load_listed_user(
                connection, admin, str(UUID(str(edit))), free_attempts=FREE_ATTEMPTS)
    except ValueError:
        return create_not_here()
    except DatabaseAway:
        return create_away_page()
    if edit is not None and chosen is None:
        return create_not_here()
    return create_users_page(filters, teams, chosen, chosen is not None and chosen.id == user.id,
                             auth_parts().settings.mail_ready)


register_page(__name__, path="/admin/users", name="admin_users", title=title, layout=layout)
