"""A form submission without the person: marks and ids of the form stay, phones and e-mails become stand-ins.

Invariant: what is kept is named here, everything else goes; read again, the body gives the same marks, the same moment
and the stand-ins.
"""

from typing import Any

import orjson

from core.bodies import as_text, read_body, write_body
from core.erasure import StandIns
from core.wire_values import bare_link
from integrations.landing.flat import dotted_name, meanings_of

# About the form, the visit or the purchase; ids of a browser (fbclid, client_id) are about the person.
_KEPT = frozenset({"submission_id", "form_id", "form_name", "order_amount", "funnel", "amocrm_lead_id", "submitted_at",
                   "test"})
_MARKS = frozenset({"source", "medium", "campaign", "content", "term", "id"})


def names_person(body: bytes, content_type: str, stand_ins: StandIns) -> bool:
    """Whether a phone or an e-mail of the person stands anywhere in the body. Raises: UnreadableBody."""
    return _names(read_body(body, content_type), stand_ins)


def erase_lead(body: bytes, content_type: str, stand_ins: StandIns) -> bytes:
    """The body without its person, as JSON. Raises: UnreadableBody."""
    tree = read_body(body, content_type)
    return write_body({name: _erased(value, (name,), stand_ins) for name, value in tree.items()})


def _names(value: Any, stand_ins: StandIns) -> bool:
    if isinstance(value, dict | list):
        return any(_names(item, stand_ins) for item in (value.values() if isinstance(value, dict) else value))
    return bool(stand_ins.instead_of(as_text(value)))


def _erased(value: Any, path: tuple[str, ...], stand_ins: StandIns) -> Any:
    if isinstance(value, dict):
        return {name: _erased(item, (*path, name), stand_ins) for name, item in value.items()}
    if isinstance(value, list):
        return [_erased(item, (*path, str(place)), stand_ins) for place, item in enumerate(value)]
    text = as_text(value)
    if text is None:
        return None
    if path[-1].lower() == "payment" and text.lstrip().startswith("{"):
        return _erased_payment(text, path, stand_ins)
    return _leaf(dotted_name(path), text, stand_ins)


def _erased_payment(text: str, path: tuple[str, ...], stand_ins: StandIns) -> Any:
    try:
        opened = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ""
    return _erased(opened, path, stand_ins)


def _leaf(dotted: str, text: str, stand_ins: StandIns) -> str:
    """What stays of one field."""
    stand_in = stand_ins.instead_of(text)
    if stand_in:
        return stand_in
    *blocks, last = dotted.split(".")
    meanings = set(meanings_of(dotted))
    mark = last.removeprefix("utm_")
    if mark in _MARKS and (last != mark or (blocks and blocks[-1] == "utm")):
        return text
    if last == "utm" and "=" in text:
        return bare_link("?" + text.lstrip("?")).removeprefix("?")
    if "link" in meanings:
        return bare_link(text)
    if "cookies" in meanings:
        return ";".join(part for part in text.split(";") if part.strip().startswith("TILDAUTM="))
    return text if meanings & _KEPT else ""
