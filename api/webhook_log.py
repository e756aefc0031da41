"""The log of webhooks: what arrived, what it said (without personal data), what became of it, and once more."""

from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from flask import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.encoding import json_answer
from api.fields import NearDay, PlainText
from api.openapi import create_api
from api.problems import problem, problem_answers
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar
from core.masking import mask_body
from core.texts import t, tn
from data.engine import Viewer, web_database
from data.webhook_log import (
    MOST_REPLAYED,
    EventFilter,
    LoggedEvent,
    count_events,
    load_event,
    load_events,
    replay_event,
    replay_events,
)

webhook_log = create_api("webhook_log", __name__, "/api/traffic-admin")

EventStatus = Literal["received", "processed", "skipped", "failed", "dead"]
EventSource = Literal["amocrm", "landing", "facebook"]


class EventRange(BaseModel):
    """Which events; days are those of the business time zone, both included."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    status: EventStatus | None = None
    source: EventSource | None = None
    first: NearDay | None = Field(None, alias="from", description="First day, `YYYY-MM-DD`.")
    last: NearDay | None = Field(None, alias="to", description="Last day, included.")


class EventsQuery(EventRange):
    """Which events, and what is looked for in them."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    q: PlainText | None = Field(None, max_length=200, description="Looked for in the body and the reason.")
    deal_id: int | None = Field(None, ge=1, le=2**62, description="Events that told of this deal.")
    limit: int = Field(100, ge=1, le=500)
    cursor: str | None = Field(None, max_length=200, description="`next_cursor` of the answer before.")


class ReplayBody(EventRange):
    """Which events to put back, and how many they are: another number is refused."""

    count: int = Field(ge=1, strict=True, description="`count` of the answer that was shown before.")


class EventPath(BaseModel):
    """An event by its id."""

    id: UUID


class EventAnswer(BaseModel):
    """A stored event without what it said."""

    id: UUID
    source: str
    source_name: str | None
    received_at: AwareDatetime
    status: str
    reason: str | None
    attempts: int
    next_attempt_at: AwareDatetime | None
    processed_at: AwareDatetime | None
    size: int


class EventsAnswer(BaseModel):
    """The newest events; a search looks at a bounded number of them and goes on with the cursor."""

    rows: list[EventAnswer]
    looked_at: int
    next_cursor: str | None


class WholeEventAnswer(EventAnswer):
    """A stored event with what it said; phones, e-mails and names are blotted out."""

    content_type: str
    headers: dict[str, str]
    body: str
    deal_ids: list[int]


class CountAnswer(BaseModel):
    """How many events a choice holds that have come to an end; more than `most` are not counted."""

    count: int
    most: int


class ReplayedAnswer(BaseModel):
    """How many events wait again."""

    replayed: int


def to_filter(query: EventRange) -> EventFilter:
    """The events a query or a body speaks of."""
    since, until = BusinessCalendar(auth_parts().settings.business_timezone).span(query.first, query.last)
    words, deal_id = (query.q, query.deal_id) if isinstance(query, EventsQuery) else (None, None)
    return EventFilter(query.status, query.source, words or None, since, until, deal_id)


@webhook_log.get("/webhooks", summary="Log of webhooks", responses={200: EventsAnswer})
@requires(Permission.INBOX_EVENT_READ)
def list_events(query: EventsQuery) -> Response:
    """What came in and what became of it, the newest first; bodies, which hold personal data, are not shown."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        page = load_events(connection, to_filter(query), query.limit, query.cursor)
    return json_answer({"rows": [_describe(event) for event in page.rows], "looked_at": page.looked_at,
                        "next_cursor": page.next_cursor})


@webhook_log.get("/webhook-ranges/count", summary="How many events a replay would take", responses={200: CountAnswer})
@requires(Permission.INBOX_EVENT_READ)
def count(query: EventRange) -> Response:
    """Of those that have come to an end; what still waits is on its way already."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        return json_answer({"count": count_events(connection, to_filter(query)), "most": MOST_REPLAYED})


@webhook_log.get("/webhooks/<id>", summary="One event", responses={200: WholeEventAnswer, **problem_answers(404)})
@requires(Permission.INBOX_EVENT_READ)
def show_event(path: EventPath) -> Response:
    """What it said, readable and without personal data."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        found = load_event(connection, str(path.id))
    if found is None:
        return problem(HTTPStatus.NOT_FOUND)
    return json_answer({
        **_describe(found.event), "content_type": found.content_type, "headers": dict(found.headers),
        "body": mask_body(found.body, found.content_type), "deal_ids": list(found.deal_ids)})


def _describe(event: LoggedEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in EventAnswer.model_fields}


@webhook_log.post("/webhooks/<id>/replay", summary="Process an event again",
                  responses={202: ReplayedAnswer, **problem_answers(404)})
@requires(Permission.INBOX_EVENT_REPLAY)
def replay(path: EventPath) -> Response:
    """Put a stored event back into the queue; processing twice has the effect of once."""
    user, event_id = current_user(), str(path.id)
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        before = load_event(connection, event_id)
        if before is None or not replay_event(connection, event_id):
            return problem(HTTPStatus.NOT_FOUND)
        record(connection, Action.EVENT_REPLAYED, user_id=user.id, object_type="webhook", object_id=event_id,
               before={"status": before.event.status, "reason": before.event.reason}, after={"status": "received"})
    return json_answer({"replayed": 1}, HTTPStatus.ACCEPTED)


@webhook_log.post("/webhook-ranges/replay", summary="Process a range of events again",
                  responses={202: ReplayedAnswer, **problem_answers(409)})
@requires(Permission.INBOX_EVENT_REPLAY)
def replay_range(body: ReplayBody) -> Response:
    """Put every event of the range back that has come to an end; refused when there are more or fewer by now."""
    user, chosen = current_user(), to_filter(body)
    if body.count > MOST_REPLAYED:
        return problem(HTTPStatus.CONFLICT, detail=t("webhooks.too_many", most=MOST_REPLAYED))
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        now_there = count_events(connection, chosen)
        if now_there != body.count:
            return problem(HTTPStatus.CONFLICT, detail=tn("webhooks.other_count", now_there))
        replayed = replay_events(connection, chosen)
        record(connection, Action.EVENTS_REPLAYED, user_id=user.id, object_type="webhook",
               before=body.model_dump(mode="json", by_alias=True, exclude={"count"}, exclude_none=True),
               after={"replayed": replayed})
    return json_answer({"replayed": replayed}, HTTPStatus.ACCEPTED)
