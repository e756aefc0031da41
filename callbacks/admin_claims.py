"""Claims for admins: a page of the list."""

from datetime import datetime
from typing import Any
from uuid import UUID

from dash import Input, Output, State, callback

from auth.permissions import Permission, requires
from auth.viewer import current_scope
from callbacks.reading import business_calendar
from components import ids
from components.claims_page import STATES, create_claim_list
from components.states import create_away
from data.claims import load_claims
from data.engine import DatabaseAway, Viewer, web_database


@callback(Output(ids.CLAIMS_LIST, "children"), Input(ids.CLAIMS_CHANGED, "data"), State(ids.CLAIMS_QUERY, "data"))
@requires(Permission.CLAIMS_SALE_DECIDE)
def show_claims(_changed: Any, query: Any) -> Any:
    """The claims of the state that the address names."""
    given = {str(name): str(value) for name, value in query.items()} if isinstance(query, dict) else {}
    state = given.get("status", "open")
    given["status"] = state if state in STATES else "open"
    at, _, claim_id = given.get("cursor", "").partition("_")
    try:
        cursor = (datetime.fromisoformat(at).isoformat(), str(UUID(claim_id))) if at else None
    except ValueError:
        cursor = None
    try:
        with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
            claims, following = load_claims(connection, status=given["status"], cursor=cursor, limit=20)
    except DatabaseAway:
        return create_away()
    return create_claim_list(claims, given, following, business_calendar().zone)
