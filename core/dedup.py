"""Names a delivered body so that a repeated delivery of the same thing gets the same name.

Invariant: equal content means equal key whatever the order of its fields. Content that carries neither a time nor an
id of its own may honestly happen again, so its key also holds the ten minutes of its receipt.
"""

import hashlib
from datetime import datetime
from typing import Any

import orjson

from core.bodies import Tree, UnreadableBody, as_text, read_body

BUCKET_SECONDS = 600
_SUBMISSION_IDS = ("tranid", "submission_id")
_OWN_TIMES = {
    "amocrm": frozenset({"last_modified", "updated_at", "date_create", "created_at", "uid"}),
    "landing": frozenset({"created_at", "submitted_at"}),
}


def dedup_key(source: str, body: bytes, content_type: str, received_at: datetime) -> str:
    """The unique name of a delivery of ``source`` (``amocrm``, ``landing``, ``facebook``), whatever its bytes.

    A landing body with its builder's submission id is named by that id; any other by a hash of its content.
    """
    try:
        tree = read_body(body, content_type)
    except UnreadableBody:
        return f"{source}:raw:{_digest(body)}"
    if source == "landing":
        submission = _submission_id(tree)
        if submission:
            return f"landing:id:{submission}"
    content = _digest(orjson.dumps(tree, default=str, option=orjson.OPT_SORT_KEYS))
    if _has_any(tree, _OWN_TIMES.get(source, frozenset())):
        return f"{source}:{content}"
    return f"{source}:{content}:{time_bucket(received_at)}"


def time_bucket(received_at: datetime) -> int:
    """The number of the ten-minute interval of a receipt."""
    return int(received_at.timestamp()) // BUCKET_SECONDS


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:40]


def _submission_id(tree: Tree) -> str | None:
    named = [value for name, value in tree.items() if name.strip().lower() in _SUBMISSION_IDS]
    payload = tree.get("payload")
    if isinstance(payload, dict):
        named.append(payload.get("uuid"))
    for value in named:
        text = (as_text(value) or "").strip()
        if text.strip("0-"):
            return text if len(text) <= 100 else _digest(text.encode())
    return None


def _has_any(value: Any, names: frozenset[str]) -> bool:
    if isinstance(value, dict):
        return any((key.lower() in names and item not in ("", None)) or _has_any(item, names)
                   for key, item in value.items())
    return isinstance(value, list) and any(_has_any(item, names) for item in value)
