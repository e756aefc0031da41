"""What Facebook itself tells us: a person removed the application, a person wants the own data deleted.

Invariant: nothing happens without Facebook's signature, and what it said before a connection was made does not end it.
"""

import re
import secrets
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, NotFound

from auth.audit import Action, record
from auth.html_pages import render_page
from auth.sign_in import auth_parts
from core.business_time import BusinessCalendar, now
from core.texts import format_moment, t
from data.engine import AUTH, web_database
from data.facebook_connections import delete_connections_of, end_connections_of
from data.facebook_sign_ins import load_deletion, save_deletion
from integrations.facebook.signed_request import BadSignature, SignedRequest, read_signed_request

MAX_BODY = 16 * 1024
_CODE = re.compile(r"[A-Za-z0-9_-]{20,64}")

facebook_webhooks = Blueprint("facebook_webhooks", __name__, url_prefix="/webhooks/facebook")


@facebook_webhooks.post("/deauthorize")
def deauthorize() -> Response:
    """A person removed the application at Facebook: the tokens go, the connections say why."""
    said = _read()
    with web_database().transaction(AUTH) as connection:
        ended = end_connections_of(connection, said.user_id, said.issued_at)
        record(connection, Action.FACEBOOK_DEAUTHORIZED, object_type="facebook_user", after={"connections": ended})
    return jsonify(success=True)


@facebook_webhooks.post("/data-deletion")
def delete_data() -> Response:
    """A person wants the own data deleted: done at once; the answer names the page that tells so."""
    said = _read()
    code = secrets.token_urlsafe(24)
    with web_database().transaction(AUTH) as connection:
        deleted = delete_connections_of(connection, said.user_id, said.issued_at)
        save_deletion(connection, code, deleted)
        record(connection, Action.FACEBOOK_DATA_DELETED, object_type="facebook_user", after={"connections": deleted})
    address = f"{auth_parts().settings.public_url.rstrip('/')}/webhooks/facebook/data-deletion/{code}"
    return jsonify(url=address, confirmation_code=code)


@facebook_webhooks.get("/data-deletion/<code>")
def show_deletion(code: str) -> Response:
    """The state of a request to delete data, for the person who has its code."""
    found = None
    if _CODE.fullmatch(code):
        with web_database().transaction(AUTH, read_only=True) as connection:
            found = load_deletion(connection, code)
    if found is None:
        raise NotFound
    zone = BusinessCalendar(auth_parts().settings.business_timezone).zone
    done = found.done_at and found.done_at.astimezone(zone)
    detail = t("facebook.deletion.pending") if done is None else t("facebook.deletion.done", when=format_moment(done))
    page = render_page("problem.html", title=t("facebook.deletion.title"), detail=detail, request_id=None)
    return Response(page, HTTPStatus.OK, mimetype="text/html")


def _read() -> SignedRequest:
    """What Facebook signed. Raises: NotFound without an application, BadRequest for anything not signed by it."""
    secret = auth_parts().settings.facebook_app_secret
    if not secret:
        raise NotFound
    request.max_content_length = MAX_BODY
    try:
        return read_signed_request(request.form.get("signed_request", ""), secret, now())
    except BadSignature:
        raise BadRequest from None
