"""Which custom fields of an account carry UTM marks, the page link, fbclid and the client id.

Rows of ``amocrm_fields`` name them for a target; a target without rows uses the defaults below.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from core.bodies import clean_mark
from core.records import CustomField, Utm
from core.wire_values import link_marks, utm_from_link

_MARKS = ("source", "medium", "campaign", "content", "term", "id")

Row = tuple[str, str, str, int]

DEFAULT_FIELDS: tuple[Row, ...] = (
    ("utm_source", "id", "434731", 0), ("utm_source", "code", "utm_source", 1), ("utm_source", "name", "utm_source", 2),
    ("utm_medium", "id", "434727", 0), ("utm_medium", "code", "utm_medium", 1), ("utm_medium", "name", "utm_medium", 2),
    ("utm_campaign", "id", "434729", 0), ("utm_campaign", "code", "utm_campaign", 1),
    ("utm_campaign", "name", "utm_campaign", 2),
    ("utm_content", "id", "434725", 0), ("utm_content", "code", "utm_content", 1),
    ("utm_content", "name", "utm_content", 2),
    ("utm_term", "id", "434733", 0), ("utm_term", "code", "utm_term", 1), ("utm_term", "name", "utm_term", 2),
    ("utm_id", "code", "utm_id", 1), ("utm_id", "name", "utm_id", 2),
    ("referrer", "id", "434735", 0), ("referrer", "code", "utm_referrer", 1), ("referrer", "code", "referrer", 2),
    ("fbclid", "id", "434761", 0), ("fbclid", "code", "fbclid", 1), ("fbclid", "name", "fbclid", 2),
    ("page_link", "code", "source_page", 1), ("page_link", "name", "ссылка на сайт", 2),
    ("page_link", "name", "page_link", 3), ("page_link", "name", "source_page", 4),
)


@dataclass(frozen=True)
class FieldMap:
    """``places``: (kind, value in lower case) → (target, rank); the smallest rank that has a value wins."""

    places: dict[tuple[str, str], tuple[str, int]]

    @classmethod
    def of(cls, rows: Iterable[Row] = ()) -> "FieldMap":
        """The map for rows (target, kind, value, position) of one account; missing targets take the defaults."""
        own = list(rows)
        named = {row[0] for row in own}
        used = own + [row for row in DEFAULT_FIELDS if row[0] not in named]
        return cls({(kind, value.strip().lower()): (target, position) for target, kind, value, position in used})

    def marks(self, fields: Iterable[CustomField]) -> "Marks":
        """What the custom fields of one deal say about where it came from."""
        found: dict[str, tuple[int, str]] = {}
        links: list[str] = []
        for field in fields:
            place = self._place(field)
            value = next((mark for mark in map(clean_mark, field.values) if mark), None)
            if value is None:
                continue
            if place and (place[0] not in found or place[1] < found[place[0]][0]):
                found[place[0]] = (place[1], value)
            if value.lower().startswith(("http://", "https://")) and "?" in value:
                links.append(value)
        values = {target: value for target, (_, value) in found.items()}
        return _weigh(values, links)

    def _place(self, field: CustomField) -> tuple[str, int] | None:
        place = self.places.get(("id", str(field.id)))
        if place is None and field.code:
            place = self.places.get(("code", field.code.strip().lower()))
        if place is None and field.name:
            place = self.places.get(("name", field.name.strip().lower()))
        return place


@dataclass(frozen=True)
class Marks:
    """``utm`` and the click id of Facebook, empty when no field tells them."""

    utm: Utm
    fbclid: str | None


def _weigh(values: dict[str, str], links: list[str]) -> Marks:
    """Own fields count; only when all are empty does a page link speak, the mapped one before any other."""
    utm = Utm(**{mark: values.get(f"utm_{mark}") for mark in _MARKS})
    ordered = [values[target] for target in ("page_link", "referrer") if target in values] + links
    fbclid = values.get("fbclid")
    for link in ordered:
        if utm.is_empty:
            utm = utm_from_link(link)
        fbclid = fbclid or link_marks(link).get("fbclid")
    return Marks(utm=utm, fbclid=fbclid)
