"""Raw bodies made fit to be shown: everything that names or reaches a person is blotted out, the rest stays readable.

Invariant: phones, e-mail addresses and names of the body never stand in the text, whatever field they are in; a body
that cannot be read as a form or as JSON shows its punctuation only, since nobody can tell what is a name in it.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.bodies import UnreadableBody, read_body

BLOT = "•••"
_LONGEST_SHOWN = 200_000
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]{}=&]+@[^\s@<>\"',;:()\[\]{}=&]+")
# A plus with 7 or more digits, or a Kazakh or Russian number of 10 or 11, however it is spaced.
_PHONE = re.compile(r"\+[\d\s().\-–]{7,}\d|(?<![\w.])[78][\s(.\-–]*\d{3}(?:[\s).\-–]*\d){7}(?!\w)"
                    r"|(?<![\w.])\(?7\d{2}[\s).\-–]+\d{3}(?:[\s.\-–]*\d){4}(?!\w)")
_PERSONAL = re.compile(
    r"(?:^|[_\W])(?:phone|phones|tel|telephone|mobile|whatsapp|e?mail|email|name|firstname|lastname|fullname|fio|surname"
    r"|middlename|patronymic|телефон|тел|почта|имя|фамилия|отчество|фио|аты|тегі|ip|address|адрес|instagram|telegram|text"
    r"|comment|comments|message|note|комментарий|сообщение|вопрос)"
    r"(?:$|[_\W\d])", re.IGNORECASE)
# Fields whose word "name" is not a person's: what a field is called, whose utm it is.
_HARMLESS = re.compile(r"utm|pipeline|status|formname|field_name|file|campaign|adset|ad_name|source_name",
                       re.IGNORECASE)
_PERSONAL_CODES = {"PHONE", "EMAIL", "NAME", "IM", "POSITION", "ADDRESS"}
_LABELS = ("custom_fields", "custom_fields_values", "tags", "pipelines", "statuses")
_CODE_KEYS, _NAME_KEYS = ("code", "field_code"), ("name", "field_name")
_DESCRIBING = (*_CODE_KEYS, *_NAME_KEYS, "id", "field_id", "enum", "enum_code", "enum_id")


def mask_body(body: bytes, content_type: str) -> str:
    """The body as indented text without personal data; long ones are cut."""
    try:
        tree = read_body(body, content_type)
    except UnreadableBody:
        text = re.sub(r"\w+", "•", body[:_LONGEST_SHOWN].decode("utf-8", "replace"))
    else:
        text = json.dumps(_mask(tree, (), False), ensure_ascii=False, indent=2, default=_plain)
    return text[:_LONGEST_SHOWN]


def mask_text(text: str) -> str:
    """A sentence without phones and e-mail addresses."""
    return _PHONE.sub(BLOT, _EMAIL.sub(_short_email, text))


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot stand in a body")


def _mask(value: Any, path: tuple[str, ...], is_personal: bool) -> Any:
    if isinstance(value, dict):
        hides = is_personal or _is_personal_field(value)
        return {mask_text(key): _mask(item, (*path, key), _hides(key, path, hides)) for key, item in value.items()}
    if isinstance(value, list):
        return [_mask(item, path, is_personal) for item in value]
    if value is None or isinstance(value, bool) or value == "":
        return value
    if is_personal:
        return _hint(str(value))
    masked = mask_text(str(value))
    return value if masked == str(value) else masked


def _hides(key: str, path: tuple[str, ...], inherited: bool) -> bool:
    """Whether what stands under this key is personal."""
    inside_field = any(step in _LABELS for step in path)
    if inherited:
        # Of a field that holds a phone, what it is called and its ids may be seen.
        return not (inside_field and key in _DESCRIBING)
    if _HARMLESS.search(key) or (inside_field and key in _NAME_KEYS):
        return False
    return bool(_PERSONAL.search(_words(key)))


def _words(key: str) -> str:
    """A key with its humps parted: ``firstName`` as ``first_Name``, so that each word is seen."""
    return re.sub(r"(?<=[a-zа-я])(?=[A-ZА-Я])", "_", key)


def _is_personal_field(field: Mapping[str, Any]) -> bool:
    """A custom field that says by its code or its own name that it holds something personal."""
    codes = {str(field[key]).upper() for key in _CODE_KEYS if isinstance(field.get(key), str)}
    if codes & _PERSONAL_CODES:
        return True
    holds_values = "values" in field or "value" in field
    names = [str(field[key]) for key in _NAME_KEYS if isinstance(field.get(key), str)]
    return holds_values and any(_PERSONAL.search(_words(name)) and not _HARMLESS.search(name) for name in names)


def _hint(text: str) -> str:
    """As much as helps to recognise one's own: the end of a phone, the house of an address, else nothing."""
    if "@" in text:
        return _EMAIL.sub(_short_email, text) if _EMAIL.fullmatch(text.strip()) else BLOT
    digits = re.sub(r"\D", "", text)
    return f"{BLOT}{digits[-2:]}" if len(digits) >= 7 else BLOT


def _short_email(match: re.Match[str]) -> str:
    return f"{BLOT}@{BLOT}"
