"""How much each team's touches matter: the Markov removal effect, learned from paths that ended in a sale and others.

Invariant: pure and exact to twelve digits; the result depends on how often each path was walked, not on the order in
which the paths are given. A touch of the same team right after its own says nothing new and is left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

# Fewer than so many sales with a touch say more of chance than of teams: nothing is learned from them.
FEWEST_SALES = 50
_DIGITS = 50
_STEP = Decimal("1e-12")
_Row = list[Decimal]


@dataclass(frozen=True)
class WalkedPath:
    """A path: the teams in the order of their touches, how often it ended in a sale, how often without one."""

    teams: tuple[str, ...]
    sales: int
    losses: int


def removal_effects(paths: Iterable[WalkedPath]) -> dict[str, Decimal]:
    """By team the part of all sales, 0 to 1, that would be lost if whoever comes to its touches went no further.

    A chain of first order: the next touch, the sale or the loss depends on the present team only. Empty as long as
    fewer than ``FEWEST_SALES`` paths ended in a sale.
    """
    walked = [path for path in paths if path.teams]
    if sum(path.sales for path in walked) < FEWEST_SALES:
        return {}
    return chain_effects(walked)


def chain_effects(paths: Iterable[WalkedPath]) -> dict[str, Decimal]:
    """The same however few the paths are; empty without any that ended in a sale."""
    steps, ends = _count_steps(paths)
    teams = sorted(ends)
    with localcontext() as context:
        context.prec = _DIGITS
        rest, sold = _chances(teams, steps, ends)
        visits = _inverse(rest)
        starts = _parts([steps[None][team] for team in teams], sum(steps[None].values()))
        wins = [_product(row, sold) for row in visits]
        chance = _product(starts, wins)
        if not chance:
            return {}
        # Whoever reaches a team does so as often as the team is seen, but for coming back to it.
        reached = [_product(starts, [row[place] for row in visits]) / visits[place][place]
                   for place in range(len(teams))]
        return {team: (reached[place] * wins[place] / chance).quantize(_STEP) for place, team in enumerate(teams)}


def _count_steps(paths: Iterable[WalkedPath]) -> tuple[dict[str | None, Counter[str]], dict[str, Counter[str]]]:
    """How often each team came after each (``None``: at first), and how often each was the end of a sale or a loss."""
    steps: dict[str | None, Counter[str]] = {None: Counter()}
    ends: dict[str, Counter[str]] = {}
    for path in paths:
        walks = path.sales + path.losses
        if not path.teams or not walks:
            continue
        before: str | None = None
        for team in path.teams:
            steps.setdefault(team, Counter())
            ends.setdefault(team, Counter())
            if team != before:
                steps[before][team] += walks
            before = team
        ends[path.teams[-1]].update({"sale": path.sales, "loss": path.losses})
    return steps, ends


def _chances(
    teams: Sequence[str], steps: Mapping[str | None, Counter[str]], ends: Mapping[str, Counter[str]]
) -> tuple[list[_Row], _Row]:
    """One minus the chances of going from team to team, and each team's chance of a sale as the next step."""
    rest, sold = [], []
    for place, team in enumerate(teams):
        total = sum(steps[team].values()) + sum(ends[team].values())
        going = _parts([steps[team][other] for other in teams], total)
        rest.append([Decimal(column == place) - part for column, part in enumerate(going)])
        sold.append(Decimal(ends[team]["sale"]) / total)
    return rest, sold


def _inverse(matrix: Sequence[_Row]) -> list[_Row]:
    """Gauss and Jordan without exchanges: every team has a way out, so no pivot is zero."""
    size = len(matrix)
    rows = [[*row, *(Decimal(column == place) for column in range(size))] for place, row in enumerate(matrix)]
    for place in range(size):
        pivot = rows[place][place]
        rows[place] = [value / pivot for value in rows[place]]
        for other in range(size):
            factor = rows[other][place]
            if other != place and factor:
                rows[other] = [value - factor * own for value, own in zip(rows[other], rows[place], strict=True)]
    return [row[size:] for row in rows]


def _parts(counts: Sequence[int], total: int) -> _Row:
    return [Decimal(count) / total for count in counts] if total else [Decimal(0) for _ in counts]


def _product(left: Sequence[Decimal], right: Sequence[Decimal]) -> Decimal:
    return sum((one * other for one, other in zip(left, right, strict=True)), Decimal(0))
