"""The audit log for admins: filtered, page by page, or whole as CSV."""

import ipaddress
import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.analytics_shapes import csv_or
from api.encoding import csv_answer, json_answer, wants_csv
from api.fields import NearDay, PlainText
from api.openapi import create_api
from api.problems import FieldProblem, problem
from auth.audit import Action, record
from auth.permissions import Permission, requires
from auth.sign_in import auth_parts
from auth.viewer import current_user
from core.business_time import BusinessCalendar
from core.texts import t
from data.audit import AuditEntry, AuditFilter, find_broken_links, load_entries, load_head
from data.engine import Viewer, web_database

audit = create_api("audit", __name__, "/api/traffic-admin")

COLUMNS = ("id", "happened_at", "user_id", "user_email", "action", "object_type", "object_id", "before", "after",
           "address", "request_id")
MAX_LIMIT = 500
MAX_EXPORTED = 100_000


class AuditQuery(BaseModel):
    """Which entries; days are those of the business time zone, both included."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    user: UUID | None = Field(None, description="Who did it.")
    who: PlainText | None = Field(None, max_length=200, description="Part of the e-mail or the name of who did it.")
    action: Action | None = Field(None, description="What was done.")
    object_type: PlainText | None = Field(None, max_length=40, description="What it was done to: user, run, session …")
    object_id: PlainText | None = Field(None, max_length=300, description="Its id.")
    address: str | None = Field(None, max_length=45, description="From where: an IP address.")
    first: NearDay | None = Field(None, alias="from", description="First day, `YYYY-MM-DD`.")
    last: NearDay | None = Field(None, alias="to", description="Last day, included.")
    limit: int = Field(100, ge=1, le=MAX_LIMIT, description="Entries of one answer.")
    cursor: int | None = Field(None, ge=1, le=2**62, description="`next_cursor` of the answer before.")
    format: str | None = Field(None, description="csv or json; otherwise `Accept` decides.")


class AuditEntryAnswer(BaseModel):
    """One entry."""

    id: int
    happened_at: AwareDatetime
    user_id: UUID | None
    user_email: str | None
    action: str
    object_type: str
    object_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    address: str | None
    request_id: str | None


class AuditAnswer(BaseModel):
    """The newest entries."""

    rows: list[AuditEntryAnswer]
    next_cursor: int | None


@audit.get("/audit", summary="Audit log", responses=csv_or(AuditAnswer))
@requires(Permission.AUDIT_ENTRY_READ)
def list_entries(query: AuditQuery) -> Response:
    """Who did what, the newest first. CSV holds all of them, and is itself written down."""
    if query.address is not None and not _is_address(query.address):
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY,
                       errors=[FieldProblem(field="address", message=t("problem.address"))])
    chosen, user = _to_filter(query), current_user()
    if wants_csv():
        with web_database().transaction(Viewer.of(user.scope)) as connection:
            rows = [_cells(entry) for entry in _all_entries(connection, chosen)]
            record(connection, Action.AUDIT_EXPORTED, user_id=user.id, object_type="audit", after={"rows": len(rows)})
        return csv_answer("audit", COLUMNS, rows)
    with web_database().transaction(Viewer.of(user.scope), read_only=True) as connection:
        found = load_entries(connection, chosen, before=query.cursor, limit=query.limit)
    next_cursor = found[-1].id if len(found) == query.limit else None
    return json_answer({"rows": [vars(entry) for entry in found], "next_cursor": next_cursor})


class BrokenPlace(BaseModel):
    """A place at which the log is not as it was written."""

    seq: int | None
    entry_id: int
    reason: str = Field(description="removed, changed, added or gap")


class ChainAnswer(BaseModel):
    """Whether the log is as it was written: every entry is a link that holds the one before."""

    entries: int
    hash: str | None = Field(description="Of the last link; noted elsewhere, it proves the log up to there.")
    broken: list[BrokenPlace]


@audit.get("/audit/chain", summary="Whether the audit log is as it was written", responses={200: ChainAnswer})
@requires(Permission.AUDIT_ENTRY_READ)
def show_chain() -> Response:
    """Every entry checked against the chain; `broken` is empty when nothing was changed, removed or added."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        head, broken = load_head(connection), find_broken_links(connection)
    return json_answer({"entries": head.seq if head else 0, "hash": head.hash if head else None,
                        "broken": [vars(one) for one in broken]})


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _to_filter(query: AuditQuery) -> AuditFilter:
    since, until = BusinessCalendar(auth_parts().settings.business_timezone).span(query.first, query.last)
    return AuditFilter(None if query.user is None else str(query.user), query.action, query.object_type,
                       query.object_id, query.address, since, until, query.who)


def _all_entries(connection: Connection, chosen: AuditFilter) -> Iterator[AuditEntry]:
    """Every entry up to the bound of an export, page by page."""
    before, left = None, MAX_EXPORTED
    while left > 0:
        page = load_entries(connection, chosen, before=before, limit=min(left, 5000))
        yield from page
        if not page:
            return
        before, left = page[-1].id, left - len(page)


def _cells(entry: AuditEntry) -> dict[str, Any]:
    return {name: json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict) else value
            for name, value in vars(entry).items()}
