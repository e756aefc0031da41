"""The filters of a list as its address names them: unknown and bad values are as good as none."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from callbacks.reading import business_calendar

LONGEST = 200


class ListQuery:
    """The query of a page, already reduced to texts by the page."""

    def __init__(self, given: Mapping[str, str] | None) -> None:
        self.given: dict[str, str] = dict(given or {})

    def text(self, name: str, longest: int = LONGEST) -> str | None:
        """Words, ``None`` for none; what PostgreSQL cannot keep is none as well."""
        value = self.given.get(name, "").strip()[:longest]
        is_storable = "\0" not in value and value.isprintable()
        return value if value and is_storable else None

    def one_of(self, name: str, choices: Sequence[str]) -> str | None:
        """One of these words."""
        value = self.given.get(name)
        return value if value in choices else None

    def number(self, name: str, least: int = 1, most: int = 2**62) -> int | None:
        """A whole number within bounds."""
        value = self.given.get(name, "").strip()
        is_number = value.isascii() and value.isdigit() and len(value) < 20
        return int(value) if is_number and least <= int(value) <= most else None

    def day(self, name: str) -> date | None:
        """A day near enough to be one of ours."""
        try:
            found = date.fromisoformat(self.given.get(name, ""))
        except ValueError:
            return None
        return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None

    def span(self) -> tuple[datetime | None, datetime | None]:
        """The instants of the days ``from`` and ``to``, both included."""
        return business_calendar().span(self.day("from"), self.day("to"))

    @property
    def cursor(self) -> str | None:
        """The place in the list."""
        return self.given.get("cursor")
