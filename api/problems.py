"""Failures as answers: RFC 9457 ``application/problem+json`` for programs, a page for people.

Invariant: no answer holds a traceback, a statement or a value somebody sent; what happened is in the log under the
request id that the answer names.
"""

import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from dash.exceptions import DependencyException
from flask import Flask, Response, g, request
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import HTTPException

from auth.html_pages import render_page
from core.texts import has_text, t
from data.engine import DatabaseAway

PROBLEM_TYPE = "application/problem+json"
RETRY_SECONDS = 5
_PYDANTIC = "Value error, "  # what pydantic puts before a sentence of ours
_PROGRAM_PREFIXES = ("/api/", "/webhooks/", "/_dash", "/_reload-hash", "/metrics", "/healthz", "/readyz")

log = logging.getLogger(__name__)


# Responses of an OpenAPI operation by status.
Answers = dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]


class FieldProblem(BaseModel):
    """One field that does not fit: its path with points, and a sentence."""

    field: str = Field(description="Path of the field, for example `email` or `account_ids.0`.")
    message: str


class Problem(BaseModel):
    """A failure as RFC 9457 writes it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


def problem(
    status: int,
    *,
    detail: str | None = None,
    errors: Sequence[FieldProblem] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """A failure for programs; the words follow from the status unless ``detail`` is given."""
    title, usual = _words(status)
    body = Problem(title=title, status=status, detail=detail or usual, errors=list(errors))
    return Response(json.dumps(body.model_dump(), ensure_ascii=False), status, headers, content_type=PROBLEM_TYPE)


def _words(status: int) -> tuple[str, str]:
    known = status if has_text(f"problem.{status}.title") else (500 if status >= 500 else 400)
    return t(f"problem.{known}.title"), t(f"problem.{known}.detail")


def invalid(error: ValidationError) -> Response:
    """422 with a sentence per field; what was sent is not repeated."""
    problems = [
        FieldProblem(field=".".join(str(part) for part in one["loc"]) or "body",
                     message=one["msg"].removeprefix(_PYDANTIC))
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors=problems)


def handle_problems(server: Flask) -> None:
    """Register the answers to everything that can go wrong."""
    server.register_error_handler(HTTPException, _show_http_problem)
    server.register_error_handler(DatabaseAway, _show_database_away)
    server.register_error_handler(DependencyException, _show_missing_file)
    server.register_error_handler(Exception, _show_failure)


def _show_http_problem(error: HTTPException) -> Response:
    if error.response is not None:  # made by the code that gave up, complete already
        return error.response  # type: ignore[return-value]
    if (error.code or 500) < 400:  # a redirection of the router
        return error.get_response()  # type: ignore[return-value]
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    if error.code == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return _show(error.code or 500, headers)


def _show_database_away(error: DatabaseAway) -> Response:
    log.warning("database away: %s", error)
    return _show(HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_SECONDS)})


def _show_missing_file(error: Exception) -> Response:
    return _show(HTTPStatus.NOT_FOUND)


def _show_failure(error: Exception) -> Response:
    log.error("request failed: %s %s, request id %s", request.method, _endpoint(), g.get("request_id"),
              exc_info=error)
    return _show(HTTPStatus.INTERNAL_SERVER_ERROR)


def _endpoint() -> str:
    """The matched rule, which unlike the path holds no secret of a webhook."""
    return request.url_rule.rule if request.url_rule else "unmatched address"


def _show(status: int, headers: dict[str, str] | None = None) -> Response:
    if request.path == "/api" or request.path.startswith(_PROGRAM_PREFIXES):
        return problem(status, headers=headers)
    title, detail = _words(status)
    page = render_page("problem.html", title=title, detail=detail, request_id=g.get("request_id"))
    return Response(page, status, headers, mimetype="text/html")


def problem_schemas() -> dict[str, Any]:
    """The shapes ``problem_answers`` refer to, for the components of the description."""
    shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    inner: dict[str, Any] = shape.pop("$defs")
    return {"Problem": shape, **inner}


def problem_answers(*statuses: int) -> Answers:
    """The statuses as responses of an OpenAPI operation."""
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}
