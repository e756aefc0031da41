"""A landing body as a flat list of named texts, and the names by which form builders call the same thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from core.bodies import Tree, as_text, members

# Blocks whose fields are about the form or the purchase, not about the person.
_NOT_PERSONAL = frozenset({"payment", "products", "form", "order", "cart"})

NAMES: dict[str, frozenset[str]] = {
    "phone": frozenset({"phone", "phone_number", "phonenumber", "tel", "telephone", "mobile", "mobile_phone",
                        "whatsapp", "телефон", "номер_телефона", "ваш_телефон", "номер", "телефон_нөмірі",
                        "телефоныңыз"}),
    "email": frozenset({"email", "e_mail", "mail", "email_address", "почта", "эл_почта", "электронная_почта",
                        "ваш_email", "ваша_почта"}),
    "name": frozenset({"name", "fullname", "full_name", "fio", "фио", "имя", "ваше_имя", "имя_и_фамилия",
                       "your_name", "client_name", "customer_name", "аты", "атыңыз", "есімі", "есіміңіз"}),
    "first_name": frozenset({"first_name", "firstname"}),
    "last_name": frozenset({"last_name", "lastname", "surname", "фамилия"}),
    "submission_id": frozenset({"tranid", "submission_id", "payload.uuid"}),
    "form_id": frozenset({"formid", "form_id", "form.uuid", "form.id"}),
    "form_name": frozenset({"formname", "form_name", "form", "form.name", "form.title"}),
    "order_id": frozenset({"payment.orderid", "payment.order_id", "orderid", "order_id"}),
    "order_amount": frozenset({"payment.amount"}),
    "fbclid": frozenset({"fbclid"}),
    "fbc": frozenset({"fbc", "_fbc"}),
    "fbp": frozenset({"fbp", "_fbp"}),
    "client_id": frozenset({"client_id", "clientid", "ga_client_id", "cid"}),
    "funnel": frozenset({"funnel"}),
    "amocrm_lead_id": frozenset({"amocrm_lead_id", "amo_lead_id", "amocrm_deal_id", "amocrm_id"}),
    "submitted_at": frozenset({"submitted_at", "created_at", "payload.created_at", "submittedat", "createdat"}),
    "link": frozenset({"page", "page_url", "pageurl", "url", "landing_url", "landing_page", "href", "location", "link",
                       "referer", "referrer", "page_link"}),
    "cookies": frozenset({"cookies", "cookie"}),
    "test": frozenset({"test"}),
}
# Never kept with a lead: secrets of the sender, and what says nothing about the person.
MARKS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id")
# What a mapping may say where to find.
MEANINGS = (*(name for name in NAMES if name != "test"), *MARKS)
_NOT_KEPT = frozenset({"token", "secret", "api_key", "apikey", "password", "payment", "event_type"})
MAX_EXTRA = 60
_MAX_EXTRA_TEXT = 2_000


@dataclass
class FlatBody:
    """``fields``: (dotted lower-case name, name as sent, text), outer ones first; ``used``: names understood so far."""

    fields: list[tuple[str, str, str]]
    products: int = 0
    used: set[str] = field(default_factory=set)
    mapped: set[str] = field(default_factory=set)   # paths that a mapping names
    named: dict[str, list[tuple[str, str]]] = field(default_factory=dict)   # (dotted name, text) by meaning

    @classmethod
    def of(cls, tree: Tree, mapping: Mapping[str, Sequence[str]] | None = None) -> "FlatBody":
        """The fields of a tree; a ``payment`` that is one JSON text is opened.

        ``mapping`` names paths for meanings, the first with a value counting; a meaning without one of them that has a
        value is found by its usual names.
        """
        tree = {name: _opened(value) if name.lower() == "payment" else value for name, value in tree.items()}
        fields = sorted(_leaves(tree, ()), key=lambda leaf: len(leaf[0]))
        payment = next((value for name, value in tree.items() if name.lower() == "payment"), None)
        products = members(payment.get("products")) if isinstance(payment, dict) else []
        body = cls([], len(products))
        for path, text in fields:
            dotted = dotted_name(path)
            body.fields.append((dotted, ".".join(path), text))
            for meaning in meanings_of(dotted):
                body.named.setdefault(meaning, []).append((dotted, text))
        body._map(mapping or {})
        return body

    def _map(self, mapping: Mapping[str, Sequence[str]]) -> None:
        """Put the fields of own paths before those of usual names; such a field means nothing else any more."""
        by_path = {dotted: text for dotted, _, text in self.fields}
        own = {meaning: [(path, by_path[path]) for path in map(plain_path, paths) if by_path.get(path, "").strip()]
               for meaning, paths in mapping.items()}
        taken = {path for pairs in own.values() for path, _ in pairs}
        for meaning, pairs in self.named.items():
            self.named[meaning] = [pair for pair in pairs if pair[0] not in taken]
        for meaning, pairs in own.items():
            if pairs:
                self.named[meaning] = [*pairs, *self.named.get(meaning, ())]
                self.mapped.update(path for path, _ in pairs)

    def take(self, meaning: str) -> str | None:
        """The first non-blank field of a meaning (a key of ``NAMES``), marked as used with its namesakes."""
        value = None
        for dotted, text in self.named.get(meaning, ()):
            self.used.add(dotted)
            value = value or text.strip() or None
        return value

    def unused(self) -> Iterator[tuple[str, str, str]]:
        """Fields about the person that nothing has understood so far."""
        for dotted, sent, text in self.fields:
            if dotted not in self.used and ("." not in dotted or not _NOT_PERSONAL & set(dotted.split("."))):
                yield dotted, sent, text

    def extra(self) -> dict[str, str]:
        """The remaining fields by the name as sent."""
        rest = [(sent, text) for dotted, sent, text in self.unused() if dotted.split(".")[-1] not in _NOT_KEPT]
        return {sent: text[:_MAX_EXTRA_TEXT] for sent, text in rest[:MAX_EXTRA] if text.strip()}


# Forms are few and their fields are always called the same: what a name means is worked out once.
@lru_cache(maxsize=4096)
def meanings_of(dotted: str) -> tuple[str, ...]:
    """The keys of ``NAMES`` that a dotted lower-case name stands for."""
    return tuple(meaning for meaning, names in NAMES.items() if _means(dotted, names, meaning))


@lru_cache(maxsize=4096)
def dotted_name(path: tuple[str, ...]) -> str:
    """The steps of a field as one lower-case name."""
    return ".".join(map(_plain, path))


def plain_path(path: str) -> str:
    """A path as people write it (``Answers.Phone-1``) in the form in which fields are named."""
    return dotted_name(tuple(path.split(".")))


def _means(dotted: str, names: frozenset[str], meaning: str) -> bool:
    """A full dotted name, or the last part of one outside the blocks that are not about the person."""
    if dotted in names:
        return True
    *blocks, last = dotted.split(".")
    if blocks and _NOT_PERSONAL & set(blocks):
        return ".".join((blocks[-1], last)) in names
    if meaning in ("submission_id", "submitted_at", "test") and blocks:
        return ".".join((blocks[-1], last)) in names
    base, _, number = last.rpartition("_")
    return last in names or (number.isdigit() and base in names)


def _plain(step: str) -> str:
    return "_".join(step.strip().lower().replace("-", " ").replace("_", " ").split()) if step.strip("_") else step


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path, str(place)))
    else:
        text = as_text(value)
        if text is not None and path:
            yield path, text


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            opened = orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
        return opened
    return value
