"""Removal effects of small chains by hand, and what holds of any chain."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.removal_effects import FEWEST_SALES, WalkedPath, chain_effects, removal_effects

Walks = list[tuple[str, int, int]]   # (teams as letters, sales, losses)
PATHS: st.SearchStrategy[Walks] = st.lists(
    st.tuples(st.text("abcd", max_size=6), st.integers(0, 9), st.integers(0, 9)), max_size=8)


def walked(*paths: tuple[str, int, int]) -> list[WalkedPath]:
    return [WalkedPath(tuple(teams), sales, losses) for teams, sales, losses in paths]


@pytest.mark.parametrize(("paths", "effects"), [
    # One team alone: without it nothing is sold.
    ([("a", 1, 0)], {"a": "1"}),
    ([("a", 2, 3)], {"a": "1"}),
    # Two teams that never meet: each takes its own sales with it.
    ([("a", 1, 0), ("b", 1, 0)], {"a": "0.5", "b": "0.5"}),
    ([("a", 3, 1), ("b", 1, 3)], {"a": "0.75", "b": "0.25"}),
    # A chain through both: either missing breaks it.
    ([("ab", 4, 0)], {"a": "1", "b": "1"}),
    # Of three starts a has two and b one; a goes to b half the time, else to a sale; b sells always.
    ([("a", 1, 0), ("ab", 1, 0), ("b", 1, 0)], {"a": "0.666666666667", "b": "0.666666666667"}),
    # a starts 2/3, half of it goes to b, half is lost; b starts 1/3, half of b is sold: 1/3 sold, without a 1/6.
    ([("ab", 1, 0), ("b", 0, 1), ("a", 0, 1)], {"a": "0.5", "b": "1"}),
    # There and back: a starts; of its three steps one goes to b, one is sold, one is lost; b always comes back: half
    # is sold, without b a third.
    ([("aba", 1, 0), ("a", 0, 1)], {"a": "1", "b": "0.333333333333"}),
    # A touch right after its own says nothing new.
    ([("aaab", 4, 0), ("b", 4, 0)], {"a": "0.5", "b": "1"}),
    # A team whose visitors never buy.
    ([("a", 5, 0), ("c", 0, 5)], {"a": "1", "c": "0"}),
    # Nothing sold, nothing walked, nobody met.
    ([("a", 0, 5)], {}),
    ([("a", 0, 0)], {}),
    ([("", 7, 0)], {}),
    ([], {}),
])
def test_small_chains_by_hand(paths: Walks, effects: dict[str, str]) -> None:
    assert chain_effects(walked(*paths)) == {team: Decimal(effect) for team, effect in effects.items()}


@given(PATHS)
def test_an_effect_is_what_is_lost_when_the_team_leads_nowhere(paths: Walks) -> None:
    effects = chain_effects(walked(*paths))
    chance = _chance(paths, without=None)
    assert bool(effects) == (chance > 0)
    for team, effect in effects.items():
        lost = 1 - _chance(paths, without=team) / chance
        assert abs(Fraction(effect) - lost) <= Fraction(1, 10 ** 11)
        assert 0 <= effect <= 1


@given(PATHS, st.randoms(use_true_random=False))
def test_neither_order_nor_grouping_of_paths_matters(paths: Walks, random: object) -> None:
    singly = [(teams, *end) for teams, sales, losses in paths for end in [(1, 0)] * sales + [(0, 1)] * losses]
    random.shuffle(singly)  # type: ignore[attr-defined]
    assert chain_effects(walked(*singly)) == chain_effects(walked(*paths))


@given(PATHS)
def test_too_few_sales_teach_nothing(paths: Walks) -> None:
    sales = sum(sold for teams, sold, _ in paths if teams)
    assert bool(removal_effects(walked(*paths))) == (sales >= FEWEST_SALES)


def test_fifty_sales_are_enough() -> None:
    assert removal_effects(walked(("a", FEWEST_SALES - 1, 9))) == {}
    assert removal_effects(walked(("a", FEWEST_SALES, 9))) == {"a": 1}


def _chance(paths: Walks, without: str | None) -> Fraction:
    """The chance of a sale, by solving the chain in fractions; whoever comes to ``without`` is lost."""
    steps: dict[str, Counter[str]] = {}
    for teams, sales, losses in paths:
        short = [team for place, team in enumerate(teams) if place == 0 or teams[place - 1] != team]
        for walks, end in ((sales, "+"), (losses, "-")):
            if walks and short:
                for here, there in zip(["^", *short], [*short, end], strict=True):
                    steps.setdefault(here, Counter())[there] += walks
    states = [state for state in steps if state != without]
    rows = [[Fraction(one == other) - Fraction(steps[one][other], steps[one].total()) for other in states]
            + [Fraction(steps[one]["+"], steps[one].total())] for one in states]
    for place in range(len(states)):
        pivot = next(row for row in range(place, len(states)) if rows[row][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for other in range(len(states)):
            if other != place:
                factor = rows[other][place]
                rows[other] = [value - factor * own for value, own in zip(rows[other], rows[place], strict=True)]
    return rows[states.index("^")][-1] if "^" in states else Fraction(0)
