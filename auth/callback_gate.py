"""Bodies of callback requests, checked before Dash sees them: a malformed one is a 400, never an error of ours.

A callback's declaration names its inputs and states in order; the body must bring exactly these. Values are not
checked here: they are the callback's own business.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

MAX_DEPTH = 100


def check_callback_body(callback_map: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises: BadRequest or UnsupportedMediaType when the body does not fit a callback of the application."""
    if not request.is_json:
        raise UnsupportedMediaType
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest
    output = body.get("output")
    declared = callback_map.get(output) if isinstance(output, str) else None
    if declared is None or "callback" not in declared:  # a client-side callback has no server side
        raise BadRequest
    fits = (
        _fit(body.get("inputs", []), declared["inputs"])
        and _fit(body.get("state", []), declared["state"])
        and _outputs_fit(body.get("outputs"), output or "", declared)
        and _are_texts(body.get("changedPropIds", []))
        and _depth_is_bounded(body)
    )
    if not fits:
        raise BadRequest


def _fit(given: Any, declared: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the given inputs are the declared ones, in order."""
    if not isinstance(given, list) or len(given) != len(declared):
        return False
    return all(_is_value_of(one, spec) for one, spec in zip(given, declared, strict=True))


def _is_value_of(given: Any, spec: Mapping[str, Any]) -> bool:
    if _is_pattern(spec["id"]):
        matches = given if isinstance(given, list) else [given]
        return all(isinstance(one, dict) and isinstance(one.get("id"), dict) and one.get("property") == spec["property"]
                   and set(one["id"]) == set(json.loads(spec["id"])) for one in matches)
    return isinstance(given, dict) and given.get("id") == spec["id"] and given.get("property") == spec["property"]


def _is_pattern(component_id: Any) -> bool:
    return isinstance(component_id, str) and component_id.startswith("{")


def _outputs_fit(given: Any, output: str, declared: Mapping[str, Any]) -> bool:
    """``outputs`` repeats in parts what ``output`` says in one text."""
    if given is None:
        return True
    if declared.get("no_output"):
        return given in ([], {})
    several = output.startswith("..") and output.endswith("..")
    names = output[2:-2].split("...") if several else [output]
    parts = given if several else [given]
    if not isinstance(parts, list) or len(parts) != len(names):
        return False
    return all(_is_output(part, name) for part, name in zip(parts, names, strict=True))


def _is_output(part: Any, name: str) -> bool:
    if _is_pattern(name):
        matches = part if isinstance(part, list) else [part]
        return all(isinstance(one, dict) and isinstance(one.get("id"), dict) and isinstance(one.get("property"), str)
                   for one in matches)
    if not isinstance(part, dict):
        return False
    component_id, _, prop = name.rpartition(".")
    given_property = part.get("property")
    return part.get("id") == component_id and isinstance(given_property, str) and (
        given_property == prop or prop.partition("@")[0] == given_property.partition("@")[0])


def _are_texts(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(one, str) for one in given)


def _depth_is_bounded(body: Any) -> bool:
    """Walk the body level by level; a deeper one would exhaust the stack of whoever walks it recursively."""
    level = [body]
    for _ in range(MAX_DEPTH):
        level = [child for one in level if isinstance(one, dict | list)
                 for child in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return True
    return False
