"""One gate before every request: closed unless the address is public or the signed-in user holds its right.

Invariant: the decision uses the matched route, the session cookie or access token, and headers only a browser sets;
nothing in the body decides, and no right is checked after the body was read.
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request
from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed, NotFound, Unauthorized
from werkzeug.routing.exceptions import RequestRedirect

from auth.api_tokens import find_api_token_user, is_api_token
from auth.audit import Action, record
from auth.body_sizes import limit_body
from auth.callback_gate import check_callback_body
from auth.cookies import read_locale_cookie, read_session_key
from auth.origins import SAFE_METHODS, is_cross_site
from auth.permissions import may, required_permission
from auth.sign_in import EXTENSION, auth_parts, find_session_user
from auth.token_sessions import find_token_user
from auth.viewer import remember_user
from core.texts import set_locale
from data.engine import AUTH, web_database
from data.sessions import SignedInUser

LOGIN_PATH = "/login"
API_PREFIX = "/api/"
WEBHOOK_PREFIX = "/webhooks/"

# Answered before anything else happens: no session, no language, no database but their own.
WEBHOOK_ENDPOINTS = frozenset({
    "facebook_webhooks.deauthorize", "facebook_webhooks.delete_data", "webhooks.receive_amocrm",
    "webhooks.receive_landing",
})
# What a person reads under the same prefix: the state of a deletion, by a code only that person has.
WEBHOOK_PAGES = frozenset({"facebook_webhooks.show_deletion"})
# The same for everybody.
STATIC_ENDPOINTS = frozenset({
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>", "/_favicon.ico", "_dash_assets.static",
    "health.show_health", "health.show_metrics", "health.show_readiness", "landing_script.show_script",
})
# Open without a sign-in; the session is looked up when there is one.
PUBLIC_ENDPOINTS = frozenset({
    # A browser comes back from Facebook; the one-time state decides, and the session it is bound to.
    "facebook_sign_in.finish_sign_in",
    "account_pages.answer_code", "account_pages.forgot", "account_pages.show_forgot", "account_pages.show_invitation",
    "account_pages.show_reset", "account_pages.use_invitation", "account_pages.use_reset",
    "contact_pages.show_confirmation", "contact_pages.use_confirmation",
    "session.log_in", "session.refresh", "session.request_link", "session.use_link",
    "sign_in_pages.choose_language", "sign_in_pages.log_in",
    "sign_in_pages.log_out", "sign_in_pages.show_login",
})
# Dash's own addresses: open to everybody who is signed in; pages and callbacks behind them carry their own rights.
CATCH_ALL = "/<path:path>"
CALLBACK_ENDPOINT = "/_dash-update-component"
PAGE_ENDPOINTS = frozenset({"/", CATCH_ALL})
SIGNED_IN_ENDPOINTS = PAGE_ENDPOINTS | {"/_dash-dependencies", "/_dash-layout", "/_reload-hash", CALLBACK_ENDPOINT}


def guard_requests(server: Flask, callback_map: Mapping[str, Mapping[str, Any]]) -> None:
    """Put the gate in front of every request of the server; it must be the first of its kind."""
    default_locale = server.extensions[EXTENSION].settings.default_locale

    def check_request() -> Response | None:
        g.request_id = secrets.token_hex(8)
        set_locale(default_locale)  # a thread remembers the language of the request before
        if request.endpoint in STATIC_ENDPOINTS:
            return None
        if request.path.startswith(WEBHOOK_PREFIX):
            if request.endpoint in WEBHOOK_ENDPOINTS and request.method == "POST":
                return None
            if request.endpoint in WEBHOOK_PAGES and request.method == "GET":
                set_locale(read_locale_cookie(request) or default_locale)
                return None
            raise NotFound
        limit_body(request)
        _check_route(server)
        user = _find_user()
        remember_user(user)
        set_locale(user.locale if user else read_locale_cookie(request) or default_locale)
        if request.method == "OPTIONS" and request.path.startswith(API_PREFIX):
            # Flask's own answer would name the methods of the pages, which take any address.
            return Response(status=204, headers={"Allow": ", ".join((*_api_methods(server), "OPTIONS"))})
        _check_origin()
        if request.endpoint in PUBLIC_ENDPOINTS:
            return None
        if user is None:
            return _ask_to_sign_in()
        _check_right(server, user)
        if request.endpoint == CALLBACK_ENDPOINT:
            check_callback_body(callback_map)
        return None

    server.before_request_funcs.setdefault(None, []).insert(0, check_request)


def _check_route(server: Flask) -> None:
    """Addresses of the API are never pages: unknown ones are 404, wrong methods 405."""
    if not request.path.startswith(API_PREFIX) and request.path != API_PREFIX.rstrip("/"):
        if isinstance(request.routing_exception, HTTPException):
            raise request.routing_exception
        return
    if request.endpoint is not None and request.endpoint != CATCH_ALL:
        return
    allowed = _api_methods(server)
    if allowed:
        raise MethodNotAllowed(valid_methods=allowed)
    raise NotFound


def _api_methods(server: Flask) -> list[str]:
    """What the API takes at this address."""
    adapter = server.create_url_adapter(request)
    return [] if adapter is None else [
        method for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT") if _api_endpoint(adapter, method)]


def _api_endpoint(adapter: Any, method: str) -> bool:
    try:
        endpoint, _ = adapter.match(method=method)
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return False
    return endpoint != CATCH_ALL


def _find_user() -> SignedInUser | None:
    """The user of the access token (API only) or of the session cookie."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if request.path.startswith(API_PREFIX) and scheme.lower() == "bearer":
        g.by_token = True
        token = token.strip()
        return find_api_token_user(token) if is_api_token(token) else find_token_user(token)
    key = read_session_key(request)
    return None if key is None else find_session_user(key)


def _check_origin() -> None:
    """A browser's cookie counts only for what our own pages ask; an access token is never sent by itself."""
    if request.method in SAFE_METHODS or g.get("by_token"):
        return
    settings = auth_parts().settings
    if request.path.startswith(API_PREFIX) and request.headers.get("Origin") in settings.cors_credentials:
        return
    if is_cross_site(request, settings.public_url):
        raise Forbidden("cross-site request")


def _ask_to_sign_in() -> Response:
    """401 where a program listens, the sign-in page where a person does."""
    if request.path.startswith(API_PREFIX):
        raise Unauthorized
    if request.path.startswith("/_dash") or request.path == "/_reload-hash" or request.method not in SAFE_METHODS:
        return Response("Sign in first.", status=401, mimetype="text/plain", headers={"X-Login": LOGIN_PATH})
    wanted = request.full_path if request.query_string else request.path
    return redirect_to_login(wanted)


def redirect_to_login(wanted: str) -> Response:
    """The sign-in page, which comes back to the wanted one."""
    query = "" if wanted == "/" else "?" + urlencode({"next": wanted})
    return redirect(LOGIN_PATH + query)  # type: ignore[return-value]


def _check_right(server: Flask, user: SignedInUser) -> None:
    """The mark of the matched route; a route without one is closed."""
    if request.endpoint in SIGNED_IN_ENDPOINTS:
        return
    permission = required_permission(server.view_functions[request.endpoint or ""])
    if permission is None:
        raise NotFound
    if not may(user, permission):
        _note_denial(user)
        raise Forbidden


def _note_denial(user: SignedInUser) -> None:
    """Somebody signed in knocked at a door of others: the rule of the address, which holds nothing that was sent."""
    with web_database().transaction(AUTH) as connection:
        record(connection, Action.ACCESS_DENIED, user_id=user.id, object_type="route",
               object_id=request.url_rule.rule if request.url_rule else "")
