"""A sentence in the reader's language for each way in which a field of a body or query does not fit.

The ways are those of pydantic ("Validation Errors" of its manual). Invariant: no sentence
repeats what was sent.
"""

import re
from collections.abc import Mapping
from typing import Any

from core.texts import t

# Own validators raise sentences; pydantic would write its own words before them.
_OWN = ("value_error", "assertion_error")
_BOUNDS = {"greater_than_equal": ("field.least", "ge"), "less_than_equal": ("field.most", "le"),
           "greater_than": ("field.above", "gt"), "less_than": ("field.below", "lt")}
_LENGTHS = {"string_too_short": ("field.short", "least", "min_length"),
            "string_too_long": ("field.long", "most", "max_length"),
            "too_short": ("field.few", "least", "min_length"), "too_long": ("field.many", "most", "max_length")}
_KINDS = {
    "missing": "missing", "extra_forbidden": "extra", "literal_error": "choice", "enum": "choice",
    "string_type": "text", "string_sub_type": "text", "string_unicode": "text",
    "int_type": "whole", "int_parsing": "whole", "int_from_float": "whole", "int_parsing_size": "whole",
    "bool_type": "switch", "bool_parsing": "switch",
    "list_type": "list", "tuple_type": "list", "set_type": "list",
    "dict_type": "object", "model_type": "object", "model_attributes_type": "object",
    "uuid_type": "id", "uuid_parsing": "id", "is_instance_of": "id",
    "timezone_aware": "moment",
}
# What several ways begin with.
_FAMILIES = {"float_": "number", "decimal_": "number", "finite_number": "number", "uuid_": "id", "date_": "day",
             "datetime_": "moment", "time_": "moment"}


def field_sentence(flaw: Mapping[str, Any]) -> str:
    """The sentence for one entry of ``ValidationError.errors()``, read with its context."""
    kind, known = str(flaw["type"]), flaw.get("ctx", {})
    if kind in _OWN:
        return str(known.get("error") or t("field.unlike"))
    if kind in _BOUNDS:
        key, bound = _BOUNDS[kind]
        return t(key, bound=known[bound])
    if kind in _LENGTHS:
        key, name, bound = _LENGTHS[kind]
        return t(key, **{name: known[bound]})
    if _KINDS.get(kind) == "choice":
        return t("field.choice", choices=", ".join(re.findall(r"'([^']*)'", str(known["expected"]))))
    family = next((name for start, name in _FAMILIES.items() if kind.startswith(start)), "unlike")
    return t(f"field.{_KINDS.get(kind, family)}")
