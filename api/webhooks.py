"""The intake: authentic? small enough? stored once? then 200. Everything else is done later by a worker.

Invariant: 200 is answered only after the body was committed; a wrong secret looks like an unknown address.
"""

import hmac
import re
from http import HTTPStatus

import psycopg
from flask import Blueprint, Request, Response, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from api.problems import problem
from auth.sign_in import auth_parts
from core.business_time import now
from core.dedup import dedup_key
from data.engine import DatabaseAway, web_database
from data.intake import Delivery, store_delivery

MAX_BODY = 1024 * 1024
MAX_DRAINED = 8 * 1024 * 1024  # of a refused body: read and dropped, so that the sender gets the answer
_CHUNK = 64 * 1024
_KEPT_HEADERS = ("User-Agent", "Content-Length", "X-Request-Id")
_PING = re.compile(rb"(?i)\s*(test=test|\{\s*\"test\"\s*:\s*\"test\"\s*\})\s*")
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")

webhooks = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@webhooks.post("/amocrm/<secret>")
def receive_amocrm(secret: str) -> Response:
    """Keep a body of amoCRM."""
    settings = auth_parts().settings
    _check_secret(secret, settings.amocrm_webhook_secret, settings.amocrm_webhook_secret_before)
    return _keep("amocrm", None, _read_body(request))


@webhooks.post("/landing/<secret>")
@webhooks.post("/landing/<secret>/<source>")
def receive_landing(secret: str, source: str | None = None) -> Response:
    """Keep a submission of a landing form; the connection check of a form builder is answered ``ok``."""
    settings = auth_parts().settings
    _check_secret(secret, settings.landing_webhook_secret, settings.landing_webhook_secret_before)
    if source is not None and not _SOURCE.fullmatch(source):
        raise NotFound
    body = _read_body(request)
    if _PING.fullmatch(body):
        return Response("ok", mimetype="text/plain")
    return _keep("landing", source, body)


def _check_secret(given: str, now_valid: str, valid_before: str | None) -> None:
    """Compare in constant time with the secret of now and, while one replaces the other, with the one before.

    Raises: NotFound, as for any address that is not there.
    """
    sent = given.encode("utf-8", "surrogatepass")
    matches = [hmac.compare_digest(sent, expected.encode()) for expected in (now_valid, valid_before or now_valid)]
    if not any(matches):
        raise NotFound


def _read_body(incoming: Request) -> bytes:
    """The whole body, at most ``MAX_BODY`` bytes. Raises: RequestEntityTooLarge."""
    if (incoming.content_length or 0) > MAX_BODY:
        _drain(incoming, incoming.content_length or 0)
        raise RequestEntityTooLarge
    # One byte more than allowed: at its limit the stream just ends, and a body cut short must not pass for a whole one.
    incoming.max_content_length = MAX_BODY + 1
    body = incoming.get_data(cache=False, parse_form_data=False)
    if len(body) > MAX_BODY:
        _drain(incoming, MAX_DRAINED)
        raise RequestEntityTooLarge
    return body


def _drain(incoming: Request, left: int) -> None:
    """Read a refused body of bearable size away: a connection closed in its middle would lose our answer."""
    if left > MAX_DRAINED:
        return
    stream = incoming.environ["wsgi.input"]
    while left > 0:
        chunk = stream.read(min(_CHUNK, left))
        if not chunk:
            return
        left -= len(chunk)


def _keep(source: str, source_name: str | None, body: bytes) -> Response:
    """Store the body once and commit; whatever prevents that is 503, and the sender tries again."""
    content_type = request.headers.get("Content-Type", "")[:200]
    headers = {name: request.headers[name][:300] for name in _KEPT_HEADERS if name in request.headers}
    key = dedup_key(source, body, content_type, now())
    try:
        is_new = store_delivery(web_database(), Delivery(source, source_name, headers, content_type, body, key))
    except (DatabaseAway, SQLAlchemyError, psycopg.Error) as error:
        current_app.logger.warning("webhook of %s was not stored: %s", source, type(error).__name__)
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})
    return jsonify(stored=int(is_new), duplicates=int(not is_new))
