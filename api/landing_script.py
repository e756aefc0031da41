"""The script that landing pages of other sites load: it keeps a visitor's marks and fills them into forms.

Invariant: the same bytes for everybody; neither a session nor a secret has anything to do with it.
"""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request

landing_script = Blueprint("landing_script", __name__)

_FILE = Path(__file__).resolve().parent / "public" / "landing.js"


@landing_script.get("/landing.js")
def show_script() -> Response:
    """The script; other sites may load it, and browsers keep it for an hour."""
    content, tag = _script()
    answer = Response(content, content_type="text/javascript; charset=utf-8")
    answer.set_etag(tag)
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer.make_conditional(request)  # type: ignore[return-value]


@cache
def _script() -> tuple[bytes, str]:
    content = _FILE.read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:20]
