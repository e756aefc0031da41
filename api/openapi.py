"""The description of the API: one OpenAPI document made from the routes, and a page that shows it without a CDN."""

import json
from collections.abc import Callable
from typing import Any, get_type_hints

from flask import Response, current_app, has_request_context, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel, ConfigDict

from api.problems import invalid, problem_answers, problem_schemas
from auth.html_pages import render_page
from auth.permissions import Permission, requires
from core.product import VERSION

DESCRIPTION = (
    "Whose advertising money came back as sales, and how much. Money and ratios are JSON numbers, what cannot be known "
    "is null, times are ISO 8601 with offset, days are days of the business time zone. Failures are RFC 9457 "
    "application/problem+json. Sign in by session cookie or by `Authorization: Bearer <access token>`."
)
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}]
SECURITY_SCHEMES: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "td_session"},
}


def create_openapi_server(name: str) -> OpenAPI:
    """The Flask server whose routes describe themselves; it serves no files of its own."""
    return OpenAPI(
        name, info=Info(title="Traffic Dashboard", version=VERSION, description=DESCRIPTION),
        security_schemes=SECURITY_SCHEMES, doc_ui=False, validation_error_callback=invalid, static_folder=None,
        template_folder=None,
    )


class StrictBody:
    """Reads a body by its model and nothing looser: a number is no switch, a text no number.

    It stands in place of the model where the routing asks for one.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def model_validate(self, obj: Any) -> BaseModel:
        """The body of parsed JSON; nothing sent at all is an object without fields. Raises: ValidationError."""
        if obj is None and has_request_context() and not request.get_data():
            obj = {}
        return self._model.model_validate_json(json.dumps(obj), strict=True)

    def model_validate_json(self, json_data: Any) -> BaseModel:
        """The body when it is a JSON text, which no model is. Raises: ValidationError."""
        return self.model_validate(json_data)


class StrictBlueprint(APIBlueprint):
    """Routes whose bodies are read strictly, so that the description says exactly what is taken.

    A body of which every field may be left out may be left out itself.
    """

    def _collect_openapi_info(self, rule: str, func: Callable[..., Any], **told: Any) -> Any:
        body = get_type_hints(func).get("body")
        if body is not None:
            asked = any(field.is_required() for field in body.model_fields.values())
            body.model_config["openapi_extra"] = {"required": asked}
        return super()._collect_openapi_info(rule, func, **told)

    @staticmethod
    def create_view_func(
        func: Any, header: Any, cookie: Any, path: Any, query: Any, form: Any, body: Any, raw: Any,
        view_class: Any = None, view_kwargs: Any = None, responses: Any = None, validate_response: bool | None = None,
    ) -> Any:
        """The view with its body read by ``StrictBody``."""
        strict = StrictBody(body) if body else None
        return APIBlueprint.create_view_func(func, header, cookie, path, query, form, strict, raw, view_class,
                                             view_kwargs, responses, validate_response)


def create_api(name: str, import_name: str, prefix: str, *, signed_in: bool = True) -> StrictBlueprint:
    """A group of routes under ``prefix``; ``signed_in`` ones name the sign-in they need in the description."""
    usual = (401, 403, 405, 413, 422, 429, 503) if signed_in else (405, 413, 422, 429, 503)
    return StrictBlueprint(name, import_name, url_prefix=prefix, abp_security=SECURITY if signed_in else None,
                        abp_responses=problem_answers(*usual))


description = create_api("description", __name__, "/api")


class DescriptionAnswer(BaseModel):
    """An OpenAPI document."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]


@description.get("/openapi.json", summary="This description", responses={200: DescriptionAnswer})
@requires(Permission.API_DESCRIPTION_READ)
def show_description() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(_document())


@description.get("/docs", doc_ui=False)
@requires(Permission.API_DESCRIPTION_READ)
def show_docs() -> Response:
    """The same, readable by people."""
    return Response(render_page("api_docs.html", document=_document()), mimetype="text/html")


def _document() -> dict[str, Any]:
    server = current_app
    if not isinstance(server, OpenAPI):
        raise TypeError("the API is served by an OpenAPI server")
    document: dict[str, Any] = server.api_doc
    document["components"]["schemas"].update(problem_schemas())
    return document
