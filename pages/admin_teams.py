"""The team constructor: teams made, changed, merged, put away; whose a link is."""

from typing import Any
from uuid import UUID

from dash import register_page

from auth.sign_in import auth_parts
from auth.viewer import current_scope
from components.states import create_away_page, create_not_here
from components.team_form import create_constructor, create_editor
from components.teams_page import create_merge_card, create_teams_page
from core.business_time import now
from core.records import DateRange
from data.engine import DatabaseAway, Viewer, web_database
from data.people import load_teams
from data.teams import load_arranged_team
from pages._opening import page_title


def title(**_variables: Any) -> str:
    """The title of the tab."""
    return page_title("admin.teams.title")


def layout(edit: Any = None, merge: Any = None, state: Any = None, **_query: Any) -> Any:
    """A new team, or the one to change, or two to merge; the address says which and may be anything."""
    where = "archive" if state == "archive" else "active"
    try:
        with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
            if merge is not None:
                teams = [team for team in load_teams(connection) if team.merged_into is None]
                return create_teams_page(create_merge_card(
                    [(team.id, team.name) for team in teams],
                    [(team.id, team.name) for team in teams if team.is_active]), where, with_preview=False)
            if edit is None:
                return create_teams_page(create_constructor(auth_parts().settings.mail_ready), where)
            today = now().date()
            found = load_arranged_team(connection, str(UUID(str(edit))), DateRange(today, today))
    except ValueError:
        return create_not_here()
    except DatabaseAway:
        return create_away_page()
    if found is None or found.team.merged_into is not None:
        return create_not_here()
    return create_teams_page(create_editor(found.team.id, found.team.slug, found.settings, found.version), where)


register_page(__name__, path="/admin/teams", name="admin_teams", title=title, layout=layout)
