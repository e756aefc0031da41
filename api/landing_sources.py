"""Landing pages: their names, where things stand in their bodies, and a try before a mapping is saved."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.encoding import json_answer
from api.fields import PlainText
from api.openapi import create_api
from api.problems import FieldProblem, problem, problem_answers
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.bodies import UnreadableBody
from core.business_time import BusinessCalendar, now
from core.masked_contacts import mask_contact
from core.texts import format_moment, t
from data.engine import Viewer, web_database
from data.landing_sources import (
    LandingSource,
    StoredBody,
    load_bodies,
    load_source,
    load_sources,
    remove_source,
    save_source,
)
from integrations.landing.flat import MEANINGS
from integrations.landing.mapping import Ping, list_paths, parse_lead

landing_sources = create_api("landing_sources", __name__, "/api/traffic-admin")

_SLUG = r"^[A-Za-z0-9_-]{1,64}$"
_Path = Annotated[PlainText, Field(max_length=200)]
_Paths = Annotated[dict[str, Annotated[list[_Path], Field(max_length=10)]],
                   Field(max_length=60, description="Meaning to paths; the first with a value counts.",
                         json_schema_extra={"additionalProperties": False, "properties": {meaning: {
                             "type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 200}}
                             for meaning in MEANINGS}})]


class LandingPath(BaseModel):
    """A source by its id."""

    id: UUID


class _WithMapping(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mapping: _Paths = {}

    @field_validator("mapping")
    @classmethod
    def _known(cls, given: _Paths) -> _Paths:
        for meaning in given:
            if meaning not in MEANINGS:
                raise ValueError(t("landing.no_such_meaning", meaning=meaning[:40]))
        return {meaning: kept for meaning, paths in given.items()
                if (kept := [path.strip() for path in paths if path.strip()])}


class LandingSourceBody(_WithMapping):
    """A landing page."""

    name: PlainText = Field(min_length=1, max_length=100, pattern=r"\S")
    slug: str = Field(pattern=_SLUG, description="The {source} of the address.")


class LandingSourcePatch(LandingSourceBody):
    """The whole source in its new form."""

    version: int


class LandingTestBody(_WithMapping):
    """A try: with a pasted body, else with the last bodies of the source."""

    slug: str = Field("", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    body: PlainText = Field("", max_length=60_000)


class LandingSourceAnswer(BaseModel):
    """A source; one without an id only sent something. Counts are of thirty days."""

    id: UUID | None
    slug: str
    name: str | None
    address: str
    mapping: dict[str, list[str]]
    version: int | None
    last_at: datetime | None
    received: int
    processed: int
    skipped: int
    failed: int


class LandingSavedAnswer(LandingSourceAnswer):
    """A source as saved, and how to go back."""

    undo: dict[str, Any]


class LandingUndoAnswer(BaseModel):
    """How to go back."""

    undo: dict[str, Any]


class LandingSourcesAnswer(BaseModel):
    """Every source, and the meanings a mapping may have."""

    rows: list[LandingSourceAnswer]
    meanings: list[str]


class LandingReading(BaseModel):
    """What a mapping reads in one body; what tells a person is shown in part."""

    received_at: datetime | None
    outcome: str
    fields: dict[str, str]
    paths: list[str]


class LandingTestAnswer(BaseModel):
    """The readings, the newest body first."""

    readings: list[LandingReading]


@landing_sources.get("/landing-sources", summary="Landing sources", responses={200: LandingSourcesAnswer})
@requires(Permission.LANDING_SOURCE_READ)
def list_sources() -> Response:
    """Who sends leads, and how much of it could be read."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        rows = load_sources(connection)
    return json_answer({"rows": [_describe(one) for one in rows], "meanings": list(MEANINGS)})


@landing_sources.post("/landing-sources", summary="Add a landing source",
                      responses={201: LandingSavedAnswer, **problem_answers(409)})
@requires(Permission.LANDING_SOURCE_WRITE)
def add_source(body: LandingSourceBody) -> Response:
    """Give a landing page a name and an address."""
    return _save(None, body)


@landing_sources.patch("/landing-sources/<id>", summary="Change a landing source",
                       responses={200: LandingSavedAnswer, **problem_answers(404, 409)})
@requires(Permission.LANDING_SOURCE_WRITE)
def change_source(path: LandingPath, body: LandingSourcePatch) -> Response:
    """What comes from now on is read by the new mapping."""
    return _save(str(path.id), body)


def _save(source_id: str | None, body: LandingSourceBody) -> Response:
    user = current_user()
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        before = load_source(connection, source_id, locked=True) if source_id else None
        if source_id is not None and before is None:
            return problem(HTTPStatus.NOT_FOUND)
        if before is not None and isinstance(body, LandingSourcePatch) and before.version != body.version:
            at = before.updated_at.astimezone(_zone()) if before.updated_at else None
            return problem(HTTPStatus.CONFLICT, detail=t("landing.changed_by_other", who=before.updated_by,
                                                         time=format_moment(at)))
        mapping = {meaning: tuple(paths) for meaning, paths in body.mapping.items()}
        saved = save_source(connection, source_id, slug=body.slug, name=body.name.strip(), mapping=mapping,
                            user_id=user.id)
        if saved is None:
            return problem(HTTPStatus.CONFLICT, errors=[FieldProblem(field="slug", message=t("landing.slug_taken"))])
        after = load_source(connection, saved)
        record(connection, Action.LANDING_CHANGED if before else Action.LANDING_ADDED, user_id=user.id,
               object_type="landing_source", object_id=saved, before=_audited(before), after=_audited(after))
    if after is None:
        raise RuntimeError("a viewer who may save sources must be able to read them")
    path = f"/api/traffic-admin/landing-sources/{saved}"
    undo = {"method": "DELETE", "path": path, "body": {}} if before is None else {
        "method": "PATCH", "path": path, "body": {**(_audited(before) or {}), "version": after.version}}
    return json_answer({**_describe(after), "undo": undo}, HTTPStatus.OK if before else HTTPStatus.CREATED)


@landing_sources.delete("/landing-sources/<id>", summary="Forget a landing source",
                        responses={200: LandingUndoAnswer, **problem_answers(404)})
@requires(Permission.LANDING_SOURCE_WRITE)
def forget_source(path: LandingPath) -> Response:
    """Its leads stay; what it still sends is read without a mapping."""
    user, source_id = current_user(), str(path.id)
    with web_database().transaction(Viewer.of(user.scope)) as connection:
        before = load_source(connection, source_id, locked=True)
        if before is None:
            return problem(HTTPStatus.NOT_FOUND)
        remove_source(connection, source_id)
        record(connection, Action.LANDING_REMOVED, user_id=user.id, object_type="landing_source", object_id=source_id,
               before=_audited(before))
    return json_answer({"undo": {"method": "POST", "path": "/api/traffic-admin/landing-sources",
                                 "body": _audited(before)}})


@landing_sources.post("/landing-readings", summary="Try a mapping", responses={200: LandingTestAnswer})
@requires(Permission.LANDING_SOURCE_READ)
def try_mapping(body: LandingTestBody) -> Response:
    """What a mapping reads in a pasted body or in the last ones of the source; nothing is saved."""
    mapping = {meaning: tuple(paths) for meaning, paths in body.mapping.items()}
    if body.body.strip():
        bodies = [StoredBody("", now(), "", "", body.body.strip().encode())]
        return json_answer({"readings": [{**_read(one, body.slug, mapping), "received_at": None} for one in bodies]})
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        stored = load_bodies(connection, body.slug)
    return json_answer({"readings": [_read(one, body.slug, mapping) for one in stored]})


def _read(one: StoredBody, slug: str, mapping: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    told: dict[str, Any] = {"received_at": one.received_at, "fields": {}, "paths": []}
    try:
        lead = parse_lead(one.body, one.content_type, one.received_at, slug or None, mapping)
        told["paths"] = list_paths(one.body, one.content_type)
    except UnreadableBody as unreadable:
        return {**told, "outcome": t("landing.unreadable", reason=unreadable.reason)}
    if isinstance(lead, Ping):
        return {**told, "outcome": t("landing.ping")}
    found = {"name": mask_contact(lead.name), "phone": mask_contact(lead.phone_norm or lead.phone),
             "email": mask_contact(lead.email_norm or lead.email), "submission_id": lead.submission_id,
             "funnel": lead.funnel, "form_name": lead.form_name, "fbclid": lead.fbclid, "client_id": lead.client_id,
             "amocrm_lead_id": lead.amocrm_lead_id,
             **{f"utm_{mark}": value for mark, value in vars(lead.utm).items()}}
    told["fields"] = {name: str(value) for name, value in found.items() if value is not None}
    has_contact = bool(lead.phone or lead.email)
    return {**told, "outcome": t("landing.becomes_lead" if has_contact else "landing.no_contact")}


def _describe(one: LandingSource) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in LandingSourceAnswer.model_fields if name != "address"}
    return {**told, "address": landing_address(one.slug),
            "mapping": {meaning: list(paths) for meaning, paths in one.mapping.items()}}


def landing_address(slug: str) -> str:
    """Where a landing page sends its forms."""
    settings = auth_parts().settings
    address = f"{settings.public_url}/webhooks/landing/{settings.landing_webhook_secret}"
    return f"{address}/{slug}" if slug else address


def _audited(one: LandingSource | None) -> dict[str, Any] | None:
    return None if one is None else {"slug": one.slug, "name": one.name,
                                     "mapping": {meaning: list(paths) for meaning, paths in one.mapping.items()}}


def _zone() -> Any:
    return BusinessCalendar(auth_parts().settings.business_timezone).zone
