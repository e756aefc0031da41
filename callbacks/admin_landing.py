"""The page of landing sources: the list or one of them, and what a try of a mapping read."""

from datetime import datetime
from typing import Any

from dash import Input, Output, State, callback

from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_scope
from callbacks.reading import business_calendar
from components import ids
from components.landing_page import ReadingView, SourceView, create_readings, create_source, create_sources
from data.engine import Viewer, web_database
from data.landing_sources import LandingSource, load_sources


@callback(
    Output(ids.LANDING_BODY, "children"),
    Input(ids.LANDING_REFRESH, "data"),
    State(ids.LANDING_SUBJECT, "data"),
)
@requires(Permission.LANDING_SOURCE_READ)
def show_sources(_refresh: Any, subject: Any) -> Any:
    """The list, one source, or a new one."""
    with web_database().transaction(Viewer.of(current_scope()), read_only=True) as connection:
        sources = [_view(one) for one in load_sources(connection)]
    script = f'<script src="{auth_parts().settings.public_url}/landing.js" defer></script>'
    chosen = subject if isinstance(subject, dict) else {}
    if "new" in chosen:
        return create_source(None, str(chosen["new"]), script)
    found = next((one for one in sources if one.id is not None and one.id == chosen.get("id")), None)
    return create_sources(sources, script) if found is None else create_source(found, found.slug, script)


def _view(one: LandingSource) -> SourceView:
    settings = auth_parts().settings
    address = f"{settings.public_url}/webhooks/landing/{settings.landing_webhook_secret}"
    last_at = None if one.last_at is None else one.last_at.astimezone(business_calendar().zone)
    return SourceView(one.id, one.slug, one.name, f"{address}/{one.slug}" if one.slug else address, one.mapping,
                      one.version, last_at, one.received, one.processed, one.skipped, one.failed)


@callback(
    Output(ids.LANDING_READINGS, "children"),
    Input(ids.LANDING_ANSWER, "data"),
    prevent_initial_call=True,
)
@requires(Permission.LANDING_SOURCE_READ)
def show_readings(answer: Any) -> Any:
    """What the API read by the mapping that was tried."""
    zone = business_calendar().zone
    return create_readings([ReadingView(
        datetime.fromisoformat(one["received_at"]).astimezone(zone) if one["received_at"] else None,
        one["outcome"], one["fields"], tuple(one["paths"])) for one in (answer or {}).get("readings", [])])
