"""The tags of a team's live ads that are wrong, on the page of the team."""

from typing import Any

from dash import Input, Output, State, callback

from auth.permissions import Permission, requires
from auth.viewer import current_scope
from callbacks.tag_faults import fault_view
from components import ids
from components.facebook_tags import create_faults
from components.states import create_error
from data.ad_objects import load_tag_errors, were_tags_read
from data.engine import DatabaseAway, Viewer, web_database


@callback(
    Output(ids.TEAM_TAG_FAULTS, "children"),
    Input(ids.SHELL_VERSION, "data"),
    State(ids.PAGE_TEAM, "data"),
)
@requires(Permission.ANALYTICS_REPORT_READ)
def show_team_faults(_version: Any, team: Any) -> Any:
    """The faults with their money; of a team whose ads were never read there is no card."""
    try:
        with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
            if not were_tags_read(connection, str(team or "")):
                return None
            found = load_tag_errors(connection, str(team or ""))
    except DatabaseAway:
        return create_error()
    return create_faults([fault_view(one) for one in found], was_read=True)
