"""Which of the generator's systematic cases are sent: none that asks the same question of the same field again.

The generator loads this file. For each field of each operation it offers every wrong type there is, every value of a
list, and the same sound body over and over while it walks through the other fields. The answers differ by field and
by kind of case, so a few of each are kept; kinds that are not named here are all sent.
"""

from collections import Counter
from zlib import crc32

import schemathesis
from schemathesis import Case, HookContext

KEPT = {"valid_object": 3, "object_required_and_optional": 1, "object_only_required": 1, "null_value": 1,
        "object_unexpected_properties": 2, "default_positive_test": 2, "enum_value": 5}
WRONG_TYPE = "incorrect_type"
_KINDS_OF_WRONG = 5
_seen: Counter[tuple[str | None, ...]] = Counter()


@schemathesis.hook
def filter_case(context: HookContext, case: Case) -> bool:
    """Whether the case is sent."""
    data = case.meta.phase.data if case.meta else None
    kind = str(getattr(getattr(data, "scenario", None), "value", ""))
    if kind != WRONG_TYPE and kind not in KEPT:
        return True
    place = str(getattr(data.parameter_location, "value", ""))
    about = data.description.partition(": ")[0] if kind == "valid_object" else data.description  # the field it is of
    key = (case.operation.label, kind, place, data.parameter, data.location, about)
    _seen[key] += 1
    if kind != WRONG_TYPE:
        return _seen[key] <= KEPT[kind]
    # An address holds text, whatever the type. Of a body's field two wrong types, and not the same two everywhere.
    return _seen[key] == 1 or (place == "body" and _seen[key] == 2 + crc32(repr(key).encode()) % (_KINDS_OF_WRONG - 1))
