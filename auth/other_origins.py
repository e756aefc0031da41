"""Pages of other origins that may call the API: exactly those of the settings, and nothing but the API."""

from flask import Flask, Response, request
from flask_cors import CORS

from core.settings import Settings

_HEADERS = ["Authorization", "Content-Type"]
_EXPOSED = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "X-Request-ID"]


def allow_origins(server: Flask, settings: Settings) -> None:
    """Answer the listed origins on ``/api/*``; a browser's sign-in counts for those listed for it, and no other."""
    if not settings.cors_origins:
        return
    @server.after_request
    def allow_credentials(response: Response) -> Response:
        origin = response.headers.get("Access-Control-Allow-Origin")
        if origin is not None and origin in settings.cors_credentials and request.path.startswith("/api/"):
            response.headers["Access-Control-Allow-Credentials"] = "true"
        return response

    # Registered last, so it answers before the function above looks at the answer.
    CORS(server, resources={r"/api/*": {"origins": list(settings.cors_origins)}}, max_age=600, allow_headers=_HEADERS,
         expose_headers=_EXPOSED, supports_credentials=False)
