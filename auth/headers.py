"""What every answer tells the browser: which scripts may run, what may be kept, who may embed it."""

import re
from collections.abc import Callable, Sequence

from flask import Flask, Response, g, request

from auth.cookies import is_behind_tls
from core.settings import Settings

_FINGERPRINT = re.compile(r"\.v[\w-]+m[0-9a-fA-F]+\.")
_YEAR = "public, max-age=31536000, immutable"
_POLICY = ("accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
           "microphone=(), midi=(), payment=(), usb=()")


def content_security_policy(script_hashes: Sequence[str]) -> str:
    """Own scripts and the named inline ones; styles of the grid and the charts need ``unsafe-inline``."""
    return "; ".join((
        "default-src 'none'",
        " ".join(("script-src 'self'", *script_hashes)),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ))


def add_headers(server: Flask, settings: Settings, script_hashes: Callable[[], Sequence[str]]) -> None:
    """Put the headers on every answer; the hashes are asked for once all callbacks are known."""
    fixed = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": _POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if is_behind_tls(settings):
        fixed["Strict-Transport-Security"] = "max-age=31536000"

    @server.after_request
    def add(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        response.headers["Content-Security-Policy"] = content_security_policy(script_hashes())
        response.headers["Cache-Control"] = cache_rule(request.path, request.query_string, response.status_code)
        if "request_id" in g:
            response.headers["X-Request-ID"] = g.request_id
        return response


def cache_rule(path: str, query: bytes, status: int) -> str:
    """Files whose address changes with their content are kept; other files are asked about; answers are not kept."""
    is_component_file = path.startswith("/_dash-component-suites/")
    if path == "/_favicon.ico" or is_component_file or path.startswith("/assets/"):
        if status < 300 and (is_component_file and _FINGERPRINT.search(path) or query.startswith(b"m=")):
            return _YEAR
        return "no-cache"
    # What other sites load from here has one address whatever it holds.
    return "public, max-age=3600" if path == "/landing.js" and status < 400 else "no-store"
