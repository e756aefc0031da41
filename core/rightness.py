"""How often attribution is right on sales whose team is confirmed: counts, precision and recall."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.metrics import conversion


@dataclass(frozen=True)
class Rightness:
    """``pairs`` confirmed sales, ``given`` a team by what is asked, ``correct`` the confirmed one.

    ``kind``: ``manual`` (an admin said the team, the rules are asked) or ``marks`` (the deal's own marks say it, the
    match by person is asked).
    """

    kind: str
    pairs: int
    given: int
    correct: int
    measured_at: datetime | None = None

    @property
    def precision(self) -> Decimal | None:
        """Percent of the given teams that are right; ``None`` without any."""
        return conversion(self.correct, self.given)

    @property
    def recall(self) -> Decimal | None:
        """Percent of the confirmed sales that got their team; ``None`` without any."""
        return conversion(self.correct, self.pairs)
