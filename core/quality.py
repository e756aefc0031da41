"""The quality of the data as lines: what is wrong, how much of it, what money it concerns, and where it is mended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.attribution import REASONS
from core.metrics import conversion
from core.rightness import Rightness

# Sales and leads older than this are no longer asked for their marks; an account not read for so long stands still.
COVERAGE_DAYS = 90
STALE_HOURS = 6

# Where each kind is mended, in the order in which people read them.
PLACES: Mapping[str, str] = {
    "rightness": "/admin/attribution",
    "unattributed": "/admin/attribution",
    "campaigns_without_team": "/admin/attribution?tab=bindings",
    "sales_without_amount": "/admin/amocrm",
    "sales_without_contact": "/admin/amocrm",
    "leads_without_contact": "/admin/landing",
    "days_without_rate": "/admin/rates",
    "accounts_stale": "/settings?tab=facebook",
    "events_in_error": "/admin/webhooks",
    "reconciliation": "/admin/amocrm",
    "joins": "/admin/data-quality#quality-joins",
    "coverage": "/settings?tab=utm",
}


@dataclass(frozen=True)
class QualityLine:
    """``how_many`` are wrong, ``of_all`` were looked at; ``name`` is a reason or a team's slug, ``label``
    how people know the team; ``money`` in KZT.
    """

    kind: str
    how_many: int
    of_all: int | None = None
    money: Decimal | None = None
    name: str | None = None
    at: datetime | None = None
    label: str | None = None

    @property
    def place(self) -> str:
        """The address at which it is mended."""
        if self.kind == "unattributed" and self.name in REASONS:
            return f"{PLACES[self.kind]}?reason={self.name}"
        return PLACES[self.kind]

    @property
    def share(self) -> Decimal | None:
        """Percent that are wrong; ``None`` when nobody knows of how many."""
        return None if self.of_all is None else conversion(self.how_many, self.of_all)

    @property
    def is_good(self) -> bool:
        """True when there is nothing to mend."""
        return self.how_many == 0


@dataclass(frozen=True)
class QualityReport:
    """The page of data quality; a line of which no figure is known is absent."""

    rightness: tuple[Rightness, ...]
    lines: tuple[QualityLine, ...]
    joins: tuple[Mapping[str, object], ...]

    def of(self, kind: str) -> tuple[QualityLine, ...]:
        """The lines of one kind, the greatest first."""
        found = [line for line in self.lines if line.kind == kind]
        return tuple(sorted(found, key=lambda line: (-(line.money or 0), -line.how_many, line.name or "")))
