"""Aliases of teams and bindings of advertising, one by one; every change is a version of the rules."""

from http import HTTPStatus
from uuid import UUID

from flask import Response
from pydantic import BaseModel

from api.encoding import json_answer
from api.openapi import create_api
from api.problems import problem, problem_answers
from api.rule_changes import Applied, apply_change
from api.rule_shapes import (
    AliasBody,
    AliasesAnswer,
    AliasPatch,
    AliasSaved,
    AppliedAnswer,
    BindingBody,
    BindingPatch,
    BindingsAnswer,
    BindingSaved,
    describe_alias,
    describe_binding,
    refused,
    to_alias,
    to_binding,
)
from auth.permissions import Permission, requires
from auth.viewer import current_user
from core.rule_book import FlawedChange, RuleChange
from data.engine import Viewer, web_database
from data.rule_books import hold_book, load_book

rules = create_api("rules", __name__, "/api/traffic-admin")


class RulePath(BaseModel):
    """A rule by its id."""

    id: UUID


@rules.get("/aliases", summary="Aliases", responses={200: AliasesAnswer})
@requires(Permission.ATTRIBUTION_RULES_READ)
def list_aliases() -> Response:
    """Every other name of a team, tokens of campaign names included."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        return json_answer({"rows": [describe_alias(one) for one in load_book(connection).aliases]})


@rules.post("/aliases", summary="Add an alias", responses={201: AliasSaved})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def add_alias(body: AliasBody) -> Response:
    """Give a team another name."""
    return _save_alias(body, None, {})


@rules.patch("/aliases/<id>", summary="Change an alias", responses={200: AliasSaved, **problem_answers(404)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def change_alias(path: RulePath, body: AliasPatch) -> Response:
    """Change what is given; the rest stays."""
    return _save_alias(body, str(path.id), body.model_dump(exclude_unset=True))


def _save_alias(body: AliasBody, rule_id: str | None, given: dict[str, object]) -> Response:
    with web_database().transaction(Viewer.of(current_user().scope)) as connection:
        if rule_id is not None:
            hold_book(connection)
            known = {one.rule.id: one for one in load_book(connection).aliases}
            if rule_id not in known:
                return problem(HTTPStatus.NOT_FOUND)
            before = {name: value for name, value in describe_alias(known[rule_id]).items() if name != "id"}
            body = AliasBody(**{**before, **given})
        alias = to_alias(body, rule_id)
        try:
            done = apply_change(connection, RuleChange(save_aliases=(alias,)), "")
        except FlawedChange as error:
            return refused(error, "aliases.0.")
    return json_answer({"alias": describe_alias(alias), **_applied(done)},
                       HTTPStatus.OK if rule_id else HTTPStatus.CREATED)


@rules.delete("/aliases/<id>", summary="Remove an alias", responses={200: AppliedAnswer, **problem_answers(404)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def remove_alias(path: RulePath) -> Response:
    """Take a name from a team; what it named is attributed anew."""
    return _remove(RuleChange(remove_aliases=(str(path.id),)))


@rules.get("/bindings", summary="Bindings", responses={200: BindingsAnswer})
@requires(Permission.ATTRIBUTION_RULES_READ)
def list_bindings() -> Response:
    """Ad accounts, campaigns and ads that belong to a team."""
    with web_database().transaction(Viewer.of(current_user().scope), read_only=True) as connection:
        return json_answer({"rows": [describe_binding(one) for one in load_book(connection).bindings]})


@rules.post("/bindings", summary="Add a binding", responses={201: BindingSaved})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def add_binding(body: BindingBody) -> Response:
    """Give an ad account, a campaign or an ad to a team."""
    return _save_binding(body, None, {})


@rules.patch("/bindings/<id>", summary="Change a binding", responses={200: BindingSaved, **problem_answers(404)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def change_binding(path: RulePath, body: BindingPatch) -> Response:
    """Change what is given; the rest stays."""
    return _save_binding(body, str(path.id), body.model_dump(exclude_unset=True))


def _save_binding(body: BindingBody, rule_id: str | None, given: dict[str, object]) -> Response:
    with web_database().transaction(Viewer.of(current_user().scope)) as connection:
        if rule_id is not None:
            hold_book(connection)
            known = {one.id: one for one in load_book(connection).bindings}
            if rule_id not in known:
                return problem(HTTPStatus.NOT_FOUND)
            before = {name: value for name, value in describe_binding(known[rule_id]).items() if name != "id"}
            body = BindingBody(**{**before, **given})
        binding = to_binding(body, rule_id)
        try:
            done = apply_change(connection, RuleChange(save_bindings=(binding,)), "")
        except FlawedChange as error:
            return refused(error, "bindings.0.")
    return json_answer({"binding": describe_binding(binding), **_applied(done)},
                       HTTPStatus.OK if rule_id else HTTPStatus.CREATED)


@rules.delete("/bindings/<id>", summary="Remove a binding", responses={200: AppliedAnswer, **problem_answers(404)})
@requires(Permission.ATTRIBUTION_RULES_WRITE)
def remove_binding(path: RulePath) -> Response:
    """Take advertising from a team."""
    return _remove(RuleChange(remove_bindings=(str(path.id),)))


def _remove(change: RuleChange) -> Response:
    with web_database().transaction(Viewer.of(current_user().scope)) as connection:
        try:
            done = apply_change(connection, change, "")
        except FlawedChange:
            return problem(HTTPStatus.NOT_FOUND)
    return json_answer(_applied(done))


def _applied(done: Applied) -> dict[str, object]:
    return {"version": done.version, "run_id": done.run_id}
