"""The log of webhooks: a page of it, the event of the address, and how many the filters would put back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dash import Input, Output, callback
from sqlalchemy import Connection

from auth.permissions import Permission, requires
from auth.viewer import current_user
from callbacks.list_query import ListQuery
from callbacks.reading import business_calendar
from components import ids
from components.states import shown
from components.webhooks_page import EventsView, EventView, OpenEvent, create_webhooks
from core.masking import mask_body, mask_text
from data.engine import Viewer, web_database
from data.webhook_log import (
    MOST_REPLAYED,
    SOURCES,
    STATUSES,
    EventFilter,
    LoggedEvent,
    count_events,
    count_waiting,
    load_event,
    load_events,
)

_ROWS = 50


@callback(Output(ids.EVENTS_BODY, "children"), Input(ids.EVENTS_REFRESH, "data"), Input(ids.EVENTS_QUERY, "data"))
@requires(Permission.INBOX_EVENT_READ)
def show_events(_refresh: Any, given: Mapping[str, str] | None) -> Any:
    """The page the address asks for, as it stands now."""
    return shown("webhooks", lambda: create_webhooks(_load(ListQuery(given))))


def _load(query: ListQuery) -> EventsView:
    since, until = query.span()
    chosen = EventFilter(query.one_of("status", STATUSES), query.one_of("source", SOURCES), query.text("q"), since,
                         until, query.number("deal"))
    is_narrowed = any((chosen.status, chosen.source, since, until))
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        page = load_events(connection, chosen, _ROWS, query.cursor)
        # Words and deals narrow what is shown, not what a range would put back.
        may_replay = is_narrowed and chosen.words is None and chosen.deal_id is None
        replayable = count_events(connection, chosen) if may_replay else None
        opened = _open(connection, query.given.get("id"))
        waiting = count_waiting(connection)
    return EventsView(tuple(map(_event, page.rows)), page.next_cursor, page.looked_at, query.given, waiting, replayable,
                      MOST_REPLAYED, opened, bool(query.given.get("id")) and opened is None)


def _open(connection: Connection, event_id: str | None) -> OpenEvent | None:
    try:
        found = load_event(connection, str(UUID(event_id))) if event_id else None
    except ValueError:
        return None
    if found is None:
        return None
    headers = {name: mask_text(str(value)) for name, value in found.headers.items()}
    return OpenEvent(_event(found.event), found.content_type, headers, mask_body(found.body, found.content_type),
                     found.deal_ids)


def _event(one: LoggedEvent) -> EventView:
    def local(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(business_calendar().zone)

    return EventView(one.id, one.source, one.source_name, one.received_at.astimezone(business_calendar().zone),
                     one.status, mask_text(one.reason) if one.reason else None, one.attempts,
                     local(one.next_attempt_at) if one.status in ("received", "failed") else None,
                     local(one.processed_at), one.size)
