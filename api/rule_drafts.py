"""Changes of the rules as somebody fills them in: checked field by field, given back as what to preview and apply.

Nothing is changed here. ``attribution/preview`` tells what a draft would move, ``attribution/apply`` puts it in force.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.encoding import json_answer
from api.openapi import create_api
from api.problems import problem, problem_answers
from api.rule_conflicts import changed_since
from api.rule_shapes import AliasBody, BindingBody, ChangeBody, Words, refused, to_change
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.business_time import now
from core.rule_book import FlawedChange, change_book
from data.engine import Viewer, web_database
from data.rule_books import load_book
from data.rules import load_rules

rule_drafts = create_api("rule_drafts", __name__, "/api/traffic-admin/attribution/drafts")


class DraftAlias(AliasBody):
    """A new alias, or with an ``id`` the whole of a changed one as of a ``version`` of the rules."""

    id: UUID | None = None
    version: int | None = None


class DraftBinding(BindingBody):
    """A new binding, or with an ``id`` the whole of a changed one as of a ``version`` of the rules."""

    id: UUID | None = None
    version: int | None = None
    note: Words = ""


class DraftLookBack(BaseModel):
    """Another look-back."""

    look_back_days: int = Field(description="How old a lead may be to explain a sale of its person.")
    note: Words = ""


class DraftRemoval(BaseModel):
    """A rule to be taken away."""

    alias: UUID | None = None
    binding: UUID | None = None
    note: Words = ""


class DraftAnswer(BaseModel):
    """A change that may be previewed and applied as it is, unless the rules change meanwhile."""

    change: dict[str, Any] = Field(description="Body of `attribution/preview` and `attribution/apply`.")
    drafted_at: datetime


@rule_drafts.post("/alias", summary="Check an alias", responses={200: DraftAnswer, **problem_answers(409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def draft_alias(body: DraftAlias) -> Response:
    """What giving a team this name would change in the rules."""
    given = body.model_dump(mode="json", exclude={"version"}, exclude_none=True)
    return _draft({"aliases": [given], "note": body.note}, "aliases.0.", body.id, body.version)


@rule_drafts.post("/binding", summary="Check a binding", responses={200: DraftAnswer, **problem_answers(409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def draft_binding(body: DraftBinding) -> Response:
    """What giving this advertising to a team would change in the rules."""
    given = body.model_dump(mode="json", exclude={"version", "note"}, exclude_none=True)
    return _draft({"bindings": [given], "note": body.note}, "bindings.0.", body.id, body.version)


@rule_drafts.post("/look-back", summary="Check a look-back", responses={200: DraftAnswer, **problem_answers(409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def draft_look_back(body: DraftLookBack) -> Response:
    """What another look-back would change in the rules."""
    return _draft({"look_back_days": body.look_back_days, "note": body.note})


@rule_drafts.post("/removal", summary="Check a removal", responses={200: DraftAnswer, **problem_answers(409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def draft_removal(body: DraftRemoval) -> Response:
    """What taking a rule away would change."""
    gone = {"remove_aliases": [str(body.alias)] if body.alias else [],
            "remove_bindings": [str(body.binding)] if body.binding else []}
    return _draft({**gone, "note": body.note})


def _draft(
    change: dict[str, Any], strip: str = "", rule_id: UUID | None = None, version: int | None = None
) -> Response:
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        conflict = changed_since(connection, str(rule_id), version) if rule_id and version is not None else None
        if conflict:
            return problem(409, detail=conflict)
        return _checked(connection, change, strip)


def _checked(connection: Connection, change: dict[str, Any], strip: str) -> Response:
    rules = load_rules(connection)
    try:
        change_book(load_book(connection, rules), to_change(ChangeBody.model_validate(change)), rules.teams)
    except FlawedChange as error:
        return refused(error, strip)
    return json_answer({"change": {**change, "version": rules.version}, "drafted_at": now()})
