"""Reads a raw request body (PHP-style form, JSON, multipart) into one tree of plain values.

Invariant: whatever the bytes are, reading ends with a tree or with ``UnreadableBody``. The tree holds only ``dict``
(text keys), ``list`` and scalars (text, int, Decimal, bool, None); no text holds NUL or a lone surrogate, which
PostgreSQL refuses.
"""

import html
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from email.parser import BytesParser
from email.policy import HTTP
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

MAX_DEPTH = 24
MAX_FIELDS = 20_000
_MAX_KEY = 1_000
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Tree = dict[str, Any]
Pair = tuple[tuple[str, ...], str]  # the steps of a field's name, its value


class UnreadableBody(ValueError):
    """The body cannot be understood; ``reason`` is one sentence for people, without the body's content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_body(body: bytes, content_type: str) -> Tree:
    """The tree of a body. A body that begins like JSON is read as JSON whatever its content type says.

    Raises:
        UnreadableBody: empty, too deep, too many fields, broken JSON, keys that are not text.
    """
    start = body.lstrip()[:1]
    if not start:
        raise UnreadableBody("the body is empty")
    kind = content_type.lower()
    if "json" in kind or start in b"{[":
        return _read_json(body)
    if "multipart/form-data" in kind:
        return _build_tree(_multipart_pairs(body, content_type))
    return _build_tree(_form_pairs(body, _charset(kind)))


def write_body(tree: Tree) -> bytes:
    """A tree as JSON that ``read_body`` reads as the same tree, whatever content type it is kept with."""
    return orjson.dumps(tree, default=str)


def members(value: Any) -> list[Any]:
    """The elements of a list, or of a form's ``[0]``, ``[1]``, … block in the order of its indexes."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value[key] for key in sorted(value, key=_index_order)]
    return []


def as_text(value: Any) -> str | None:
    """A scalar as text; ``None`` for nothing and for blocks."""
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else str(value)


def clean_mark(value: Any) -> str | None:
    """A scalar trimmed and HTML-unescaped; blank is ``None``."""
    text = as_text(value)
    if text is None:
        return None
    if "&" in text:
        text = html.unescape(text).replace("\x00", "")
    return text.strip() or None


def _index_order(key: str) -> tuple[int, int]:
    return (0, int(key)) if key.isascii() and key.isdigit() and len(key) < 10 else (1, 0)


# ---- JSON

def _refuse_constant(name: str) -> None:
    raise UnreadableBody(f"broken JSON: {name} is not a number")


def _read_json(body: bytes) -> Tree:
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant)
    except UnreadableBody:
        raise
    except RecursionError:
        raise UnreadableBody(f"nested deeper than {MAX_DEPTH} levels") from None
    except UnicodeDecodeError:
        raise UnreadableBody("the JSON is not UTF-8") from None
    except (ValueError, ArithmeticError) as error:
        place = f" at position {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableBody(f"broken JSON{place}") from None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise UnreadableBody("the JSON is not an object")
    return _clean(value, MAX_DEPTH, [MAX_FIELDS])


def _clean(value: Any, depth: int, budget: list[int]) -> Any:
    """A copy without characters that cannot be stored; ``budget`` counts down the fields still allowed."""
    budget[0] -= 1
    if budget[0] < 0:
        raise UnreadableBody(f"more than {MAX_FIELDS} fields")
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, dict | list):
        if depth == 0:
            raise UnreadableBody(f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            return {_clean_text(key): _clean(item, depth - 1, budget) for key, item in value.items()}
        return [_clean(item, depth - 1, budget) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and not -10**18 < value < 10**18:
        return None  # no id, time or amount is that large, and its text could be endless
    return value


def _clean_text(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


# ---- forms

def _charset(content_type: str) -> str:
    match = re.search(r"charset=\"?([a-z0-9_-]+)", content_type)
    name = match.group(1) if match else "utf-8"
    return name if name in ("utf-8", "windows-1251", "cp1251", "koi8-r", "iso-8859-1") else "utf-8"


def _form_pairs(body: bytes, charset: str) -> Iterator[Pair]:
    if body.count(b"&") >= MAX_FIELDS:
        raise UnreadableBody(f"more than {MAX_FIELDS} fields")
    for part in body.strip().split(b"&"):
        if part:
            key, _, value = part.partition(b"=")
            if len(key) > _MAX_KEY:
                raise UnreadableBody("a field name is longer than 1000 bytes")
            if value.isalnum():
                yield _key_path(key, charset), value.decode("ascii")
            else:
                yield _key_path(key, charset), _decode_value(value, charset)


def _decode_value(raw: bytes, charset: str) -> str:
    """One damaged letter must not cost the whole lead: bytes that are no text become U+FFFD."""
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        raw = unquote_to_bytes(raw)
    return _clean_text(raw.decode(charset, "replace"))


# The same few thousand names come again and again: working one out is most of the cost of reading a form.
@lru_cache(maxsize=16_384)
def _key_path(raw: bytes, charset: str) -> tuple[str, ...]:
    try:
        return _path(_clean_text(unquote_to_bytes(raw.replace(b"+", b" ")).decode(charset)))
    except UnicodeDecodeError:
        raise UnreadableBody("a field name is not text") from None


def _multipart_pairs(body: bytes, content_type: str) -> Iterator[Pair]:
    header = content_type.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace")
    try:
        message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + header + b"\r\n\r\n" + body)
        parts = list(message.iter_parts()) if message.is_multipart() else []
        fields = [(part.get_param("name", header="content-disposition"), part)
                  for part in parts if not part.get_filename()]
        pairs = [(str(name), part.get_payload(decode=True)) for name, part in fields if name]
    except (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError):
        raise UnreadableBody("broken multipart form") from None
    if not pairs:
        raise UnreadableBody("the multipart form has no fields")
    if len(pairs) > MAX_FIELDS:
        raise UnreadableBody(f"more than {MAX_FIELDS} fields")
    for name, payload in pairs:
        if isinstance(payload, bytes):
            yield _path(_clean_text(name)), _clean_text(payload.decode("utf-8", "replace"))


def _path(key: str) -> tuple[str, ...]:
    """``a[b][0][]`` as ``('a', 'b', '0', '')``; brackets that do not pair belong to the name."""
    head, bracket, rest = key.partition("[")
    if not bracket or not head or not rest.endswith("]"):
        return (key,)
    steps = tuple(rest[:-1].split("]["))
    if len(steps) >= MAX_DEPTH:
        raise UnreadableBody(f"nested deeper than {MAX_DEPTH} levels")
    return (head, *steps)


def _build_tree(pairs: Iterator[Pair]) -> Tree:
    """PHP's reading: a repeated key keeps its last value, ``[]`` takes the next index, a block replaces a scalar."""
    tree: Tree = {}
    for path, value in pairs:
        node = tree
        for step in path[:-1]:
            step = step or str(len(node))
            child = node.get(step)
            if not isinstance(child, dict):
                child = node[step] = {}
            node = child
        node[path[-1] or str(len(node))] = value
    if not tree:
        raise UnreadableBody("the form has no fields")
    return tree
