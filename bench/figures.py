"""A measured promise, and how it is told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured promise; ``limit`` ``None`` is told without judging. ``at_least``: the limit is a lower one."""

    name: str
    value: float
    limit: float | None
    unit: str
    at_least: bool = False

    @property
    def is_kept(self) -> bool:
        """True when the figure is within its limit."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        promise = "" if self.limit is None else f"{'≥' if self.at_least else '≤'} {self.limit:g}"
        digits = 2 if self.unit == "times" else 1
        return (f"{'ok  ' if self.is_kept else 'MISS'} {self.name:<52} {self.value:>9.{digits}f} {self.unit:<11}"
                f" {promise}")


def ratio(name: str, value: float, floor: float, limit: float | None, *, at_least: bool = False) -> Figure:
    """A figure against its floor of the same run."""
    return Figure(name, value / floor if floor else float("inf"), limit, "times", at_least)
