"""How often the API may be asked: so much a minute for each class of routes and whoever asks.

Invariant: only the API and the public forms that send something are counted here. Webhooks never are, neither are pages
and callbacks; guessing passwords is counted in the database (``data/login_attempts.py``), where all processes see it.
"""

import logging
import math
import time

from flask import Flask, Response, request
from flask_limiter import Limiter
from werkzeug.exceptions import TooManyRequests

from auth.viewer import signed_in_user
from core.settings import Settings

SIGN_IN, EXPORT, WRITE, READ = "sign_in", "export", "write", "read"
A_MINUTE = {SIGN_IN: 60, EXPORT: 30, WRITE: 120, READ: 600}
WINDOW_SECONDS = 60
EXTENSION = "api_limits"

# Open to everybody and answered with work: a mail, a token, a look-up of a link.
SIGN_IN_ENDPOINTS = frozenset({
    "session.log_in", "session.refresh", "session.request_link", "session.use_link", "account_pages.answer_code",
    "account_pages.forgot", "account_pages.show_invitation", "account_pages.show_reset", "account_pages.use_invitation",
    "account_pages.use_reset", "contact_pages.show_confirmation", "contact_pages.use_confirmation",
})

log = logging.getLogger(__name__)


def route_class() -> str | None:
    """The class of this request, ``None`` when it is not counted."""
    if request.endpoint in SIGN_IN_ENDPOINTS:
        return SIGN_IN
    if not request.path.startswith("/api/") or request.method == "OPTIONS" or request.endpoint is None:
        return None
    if request.method not in ("GET", "HEAD"):
        return WRITE
    wants_file = request.args.get("format") == "csv" or "text/csv" in request.headers.get("Accept", "")
    return EXPORT if wants_file else READ


def who_asks() -> str:
    """The signed-in user, whatever the address is; else the address, as the proxies we trust report it."""
    user = signed_in_user()
    return f"{route_class()}:{user.id if user else request.remote_addr or 'nowhere'}"


def limit_requests(server: Flask, settings: Settings) -> Limiter:
    """Count and refuse. With Redis all machines count together; when it is away each process counts for itself."""

    def limit_of_request() -> str:
        amount = A_MINUTE[route_class() or READ] * settings.api_rate_factor
        return f"{max(1, math.ceil(amount))} per {WINDOW_SECONDS} second"

    limiter = Limiter(
        who_asks, application_limits=[limit_of_request], application_limits_exempt_when=lambda: route_class() is None,
        strategy="moving-window", storage_uri=settings.redis_url or "memory://", key_prefix="traffic",
        storage_options={"socket_connect_timeout": 1, "socket_timeout": 1} if settings.redis_url else {},
        in_memory_fallback_enabled=True, headers_enabled=False,
    )
    limiter.init_app(server)
    server.extensions[EXTENSION] = limiter

    @server.after_request
    def tell(response: Response) -> Response:
        current = limiter.current_limit
        if current is None or response.status_code == TooManyRequests.code and "Retry-After" in response.headers:
            return response  # not counted, or refused by the throttle of passwords, which waits longer
        try:
            seconds, left = max(0, math.ceil(current.reset_at - time.time())), max(0, current.remaining)
        except Exception as error:  # noqa: BLE001 - whatever the storage raises: the answer itself is ready
            log.warning("the limits of the API cannot be read: %s", type(error).__name__)
            return response
        response.headers["RateLimit-Limit"] = str(current.limit.amount)
        response.headers["RateLimit-Remaining"] = str(left)
        response.headers["RateLimit-Reset"] = str(seconds)
        response.headers["RateLimit-Policy"] = f"{current.limit.amount};w={WINDOW_SECONDS}"
        if response.status_code == TooManyRequests.code:
            response.headers["Retry-After"] = str(max(1, seconds))
        return response

    return limiter
