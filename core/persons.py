"""Who is one person: contacts, phones and addresses that were told together, joined transitively.

Invariant: the result is a function of the set of links alone; neither their order nor their repetition matters. A point
that too many different people share joins nobody: it is a person of its own.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import TypeVar

# A point beside which more other phones, or more addresses, stand than this is shared: an office, a placeholder.
SHARED_POINTS = 5
# The same by differently written names; more of them, since people write their own name in many ways.
SHARED_NAMES = 10
Owner = TypeVar("Owner")
_RANK = {"phone": 1, "email": 2, "contact": 3}


@dataclass(frozen=True)
class Point:
    """A phone (E.164), an e-mail (lower case) or the id of a contact, as text."""

    kind: str
    value: str

    @property
    def key(self) -> str:
        """The point as the name of a person."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True)
class Membership:
    """Whose a point is. ``sure``: the person when addresses join nobody; ``None`` for an address itself."""

    person: str
    sure: str | None


def join_points(owners: Mapping[Owner, Set[Point]], shared: Set[Point]) -> dict[Point, Membership]:
    """Every point of these owners (a contact, a lead) with its person, named by the person's first point.

    Phones come first, then addresses, then contacts, each in the order of their characters.
    """
    points = sorted({point for held in owners.values() for point in held}, key=_order)
    persons = _components(points, [held - shared for held in owners.values()])
    sure = _components(points, [{one for one in held - shared if one.kind != "email"} for held in owners.values()])
    return {point: Membership(persons[point].key, None if point.kind == "email" else sure[point].key)
            for point in points}


def _order(point: Point) -> tuple[int, str]:
    return _RANK[point.kind], point.value


def _components(points: list[Point], groups: Iterable[Set[Point]]) -> dict[Point, Point]:
    """Every point with the first point it hangs together with."""
    parents = {point: point for point in points}

    def first_of(point: Point) -> Point:
        while parents[point] != point:
            parents[point] = parents[parents[point]]
            point = parents[point]
        return point

    for group in groups:
        roots = sorted({first_of(point) for point in group}, key=_order)
        for root in roots[1:]:
            parents[root] = roots[0]
    return {point: first_of(point) for point in points}
