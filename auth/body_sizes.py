"""How large a body may be, by the door it is sent to; webhooks bound theirs themselves after the secret."""

from flask import Request

KIB = 1024
API_BODY, FORM_BODY, CALLBACK_BODY = 64 * KIB, 16 * KIB, 2 * KIB * KIB
MAX_FIELDS = 50
# A file of history, a third larger as base64 in JSON, with room for its name.
FILES_PATH, FILE_BODY = "/api/traffic-admin/imports", 28 * KIB * KIB


def limit_body(request: Request) -> None:
    """Bound the body before anybody reads it; a larger one is 413."""
    if request.path == FILES_PATH:
        request.max_content_length = FILE_BODY
    elif request.path.startswith("/api/"):
        request.max_content_length = API_BODY
    elif request.path.startswith("/_dash"):
        request.max_content_length = CALLBACK_BODY
    else:
        request.max_content_length = request.max_form_memory_size = FORM_BODY
        request.max_form_parts = MAX_FIELDS
