"""How large a body may be, by the door it is sent to; webhooks bound theirs themselves after the secret.

A door that takes more than its kind does (lists, uploaded files) is named here with its bound: nothing is larger by
accident, and no body is ever read beyond it. What is uploaded is parsed row by row within a bound of rows of its own.
"""

from collections.abc import Mapping

from flask import Request

KIB = 1024
API_BODY, FORM_BODY, CALLBACK_BODY = 64 * KIB, 16 * KIB, 2 * KIB * KIB
LIST_BODY = 512 * KIB
# A file of history, a third larger as base64 in JSON, with room for its name.
FILES_PATH, FILE_BODY = "/api/traffic-admin/imports", 28 * KIB * KIB
# By the beginning of the path: thousands of accounts or campaigns at once.
LARGER: Mapping[str, int] = {
    "/api/traffic-admin/facebook/": LIST_BODY,
}
MAX_FIELDS = 50


def limit_of(path: str) -> int:
    """The bytes a body sent to this path may have."""
    if path == FILES_PATH:
        return FILE_BODY
    for beginning, size in LARGER.items():
        if path.startswith(beginning):
            return size
    return API_BODY if path.startswith("/api/") else CALLBACK_BODY if path.startswith("/_dash") else FORM_BODY


def limit_body(request: Request) -> None:
    """Bound the body before anybody reads it; a larger one is 413."""
    request.max_content_length = limit_of(request.path)
    if not request.path.startswith(("/api/", "/_dash")):
        request.max_form_memory_size = FORM_BODY
        request.max_form_parts = MAX_FIELDS
