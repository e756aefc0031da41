"""Aliases of teams and bindings of advertising, one by one; every change is a version of the rules."""

from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from api.encoding import json_answer
from api.fields import PlainText
from api.openapi import create_api
from api.problems import problem, problem_answers
from api.rule_changes import Applied, apply_change
from api.rule_conflicts import changed_since
from api.rule_shapes import (
    VERSION,
    AliasAnswer,
    AliasBody,
    AliasesAnswer,
    AliasPatch,
    AliasSaved,
    BindingAnswer,
    BindingBody,
    BindingPatch,
    BindingsAnswer,
    BindingSaved,
    RemovedAnswer,
    describe_alias,
    describe_binding,
    refused,
    to_alias,
    to_binding,
)
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.rule_book import FlawedChange, RuleBook, RuleChange
from data.engine import Viewer, web_database
from data.rule_books import hold_book, load_book
from data.rule_lists import RuleFilter, RulePage, load_aliases, load_bindings

rules = create_api("rules", __name__, "/api/traffic-admin")


class RulesQuery(BaseModel):
    """Which rules, in the order of what they name."""

    q: PlainText | None = Field(None, max_length=200, description="Looked for in everything a rule says.")
    team: PlainText | None = Field(None, max_length=200, description="Slug of a team.")
    kind: Literal["source", "token", "account", "campaign", "ad"] | None = Field(
        None, description="Aliases by source or tokens of campaign names; bindings of an account, a campaign, an ad.")
    limit: int = Field(500, ge=1, le=500)
    cursor: str | None = Field(None, max_length=2000, description="`next_cursor` of the answer before.")

    def to_filter(self) -> RuleFilter:
        """The same for the database."""
        return RuleFilter(self.q, self.team, self.kind)


class RemovalQuery(BaseModel):
    """What the remover has before the eyes."""

    version: int | None = Field(None, description=VERSION)


class RulePath(BaseModel):
    """A rule by its id."""

    id: UUID


@rules.get("/aliases", summary="Aliases", responses={200: AliasesAnswer})
@requires(Permission.ATTRIBUTION_RULES_READ)
def list_aliases(query: RulesQuery) -> Response:
    """Other names of teams, tokens of campaign names included."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        page = load_aliases(connection, query.to_filter(), query.limit, query.cursor)
    return json_answer(_page(page, AliasAnswer))


@rules.post("/aliases", summary="Add an alias", responses={201: AliasSaved})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def add_alias(body: AliasBody) -> Response:
    """Give a team another name."""
    return _save_alias(body, None, {})


@rules.patch("/aliases/<id>", summary="Change an alias", responses={200: AliasSaved, **problem_answers(404, 409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def change_alias(path: RulePath, body: AliasPatch) -> Response:
    """Change what is given; the rest stays."""
    return _save_alias(body, str(path.id), body.model_dump(exclude_unset=True, exclude={"version"}), body.version)


def _save_alias(
    body: AliasBody, rule_id: str | None, given: dict[str, object], version: int | None = None
) -> Response:
    with web_database().transaction(Viewer.of(current_user().scope)) as connection:
        if rule_id is not None:
            hold_book(connection)
            known = {one.rule.id: one for one in load_book(connection).aliases}
            if rule_id not in known:
                return problem(HTTPStatus.NOT_FOUND)
            conflict = changed_since(connection, rule_id, version) if version is not None else None
            if conflict:
                return problem(HTTPStatus.CONFLICT, detail=conflict)
            before = {name: value for name, value in describe_alias(known[rule_id]).items() if name != "id"}
            body = AliasBody(**{**before, **given})
        alias = to_alias(body, rule_id)
        try:
            done = apply_change(connection, RuleChange(save_aliases=(alias,)), "")
        except FlawedChange as error:
            return refused(error, "aliases.0.")
    return json_answer({"alias": describe_alias(alias), **_applied(done)},
                       HTTPStatus.OK if rule_id else HTTPStatus.CREATED)


@rules.delete("/aliases/<id>", summary="Remove an alias", responses={200: RemovedAnswer, **problem_answers(404, 409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def remove_alias(path: RulePath, query: RemovalQuery) -> Response:
    """Take a name from a team; what it named is attributed anew."""
    return _remove(RuleChange(remove_aliases=(str(path.id),)), query.version)


@rules.get("/bindings", summary="Bindings", responses={200: BindingsAnswer})
@requires(Permission.ATTRIBUTION_RULES_READ)
def list_bindings(query: RulesQuery) -> Response:
    """Ad accounts, campaigns and ads that belong to a team."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        page = load_bindings(connection, query.to_filter(), query.limit, query.cursor)
    return json_answer(_page(page, BindingAnswer))


def _page(page: RulePage, shape: type[BaseModel]) -> dict[str, Any]:
    """The columns the answer names, of those the list has."""
    rows = [{name: str(row[name]) if name == "id" else row[name] for name in shape.model_fields} for row in page.rows]
    return {"rows": rows, "next_cursor": page.next_cursor}


@rules.post("/bindings", summary="Add a binding", responses={201: BindingSaved})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def add_binding(body: BindingBody) -> Response:
    """Give an ad account, a campaign or an ad to a team."""
    return _save_binding(body, None, {})


@rules.patch("/bindings/<id>", summary="Change a binding", responses={200: BindingSaved, **problem_answers(404, 409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def change_binding(path: RulePath, body: BindingPatch) -> Response:
    """Change what is given; the rest stays."""
    return _save_binding(body, str(path.id), body.model_dump(exclude_unset=True, exclude={"version"}), body.version)


def _save_binding(
    body: BindingBody, rule_id: str | None, given: dict[str, object], version: int | None = None
) -> Response:
    with web_database().transaction(Viewer.of(current_user().scope)) as connection:
        if rule_id is not None:
            hold_book(connection)
            known = {one.id: one for one in load_book(connection).bindings}
            if rule_id not in known:
                return problem(HTTPStatus.NOT_FOUND)
            conflict = changed_since(connection, rule_id, version) if version is not None else None
            if conflict:
                return problem(HTTPStatus.CONFLICT, detail=conflict)
            before = {name: value for name, value in describe_binding(known[rule_id]).items() if name != "id"}
            body = BindingBody(**{**before, **given})
        binding = to_binding(body, rule_id)
        try:
            done = apply_change(connection, RuleChange(save_bindings=(binding,)), "")
        except FlawedChange as error:
            return refused(error, "bindings.0.")
    return json_answer({"binding": describe_binding(binding), **_applied(done)},
                       HTTPStatus.OK if rule_id else HTTPStatus.CREATED)


@rules.delete("/bindings/<id>", summary="Remove a binding", responses={200: RemovedAnswer, **problem_answers(404, 409)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def remove_binding(path: RulePath, query: RemovalQuery) -> Response:
    """Take advertising from a team."""
    return _remove(RuleChange(remove_bindings=(str(path.id),)), query.version)


def _remove(change: RuleChange, version: int | None) -> Response:
    rule_id = (*change.remove_aliases, *change.remove_bindings)[0]
    with web_database().transaction(Viewer.of(current_user().scope)) as connection:
        conflict = changed_since(connection, rule_id, version) if version is not None else None
        if conflict:
            return problem(HTTPStatus.CONFLICT, detail=conflict)
        try:
            done = apply_change(connection, change, "")
        except FlawedChange:
            return problem(HTTPStatus.NOT_FOUND)
    return json_answer({**_applied(done), "undo": _way_back(done.before, rule_id)})


def _way_back(before: RuleBook, rule_id: str) -> dict[str, object]:
    """The request that makes the removed rule anew."""
    for alias in before.aliases:
        if alias.rule.id == rule_id:
            body = {name: value for name, value in describe_alias(alias).items() if name != "id"}
            return {"method": "POST", "path": "/api/traffic-admin/aliases", "body": body}
    binding = next(one for one in before.bindings if one.id == rule_id)
    body = {name: value for name, value in describe_binding(binding).items() if name != "id"}
    return {"method": "POST", "path": "/api/traffic-admin/bindings", "body": body}


def _applied(done: Applied) -> dict[str, object]:
    return {"version": done.version, "run_id": done.run_id}
