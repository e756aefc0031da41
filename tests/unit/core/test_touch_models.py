"""Other models share one sale exactly."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.touch_models import MODELS, is_learned, round_parts, share_by, share_sale

START = datetime(2026, 1, 1, tzinfo=UTC)
TOUCHES = st.lists(st.tuples(st.integers(0, 90).map(lambda day: START + timedelta(days=day)),
                             st.sampled_from(["a", "b", "c"])), max_size=9)

EFFECTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.decimals(0, 1, places=12), max_size=3)


def shares(*touches: tuple[int, str]) -> dict:
    return share_sale([(START + timedelta(days=day), team) for day, team in touches])


@given(TOUCHES, EFFECTS, st.randoms(use_true_random=False))
def test_every_model_shares_exactly_one_sale_whatever_the_order(touches, effects, random):
    found = share_sale(touches, effects)
    assert set(found) == set(MODELS)
    for model in MODELS:
        assert sum(found[model].values()) == 1
        assert all(share > 0 for share in found[model].values())
    shuffled = [*touches]
    random.shuffle(shuffled)
    assert share_sale(shuffled, effects) == found


def test_each_model_weighs_as_it_says():
    found = shares((0, "a"), (7, "b"), (14, "a"), (14, "c"))
    assert found["last"] == {"c": 1}
    assert found["first"] == {"a": 1}
    assert found["linear"] == {"a": Decimal("0.5"), "b": Decimal("0.25"), "c": Decimal("0.25")}
    assert found["position"] == {"a": Decimal("0.5"), "b": Decimal("0.1"), "c": Decimal("0.4")}
    decay = shares((0, "a"), (7, "b"))["time_decay"]
    assert decay == {"a": Decimal("0.333333"), "b": Decimal("0.666667")}


def test_without_touches_the_sale_is_nobodys():
    assert shares()["linear"] == {None: 1}


def test_the_data_driven_model_shares_by_removal_effects():
    effects = {"a": Decimal("0.6"), "b": Decimal("0.2"), "c": Decimal(0)}
    touches = [(START, "a"), (START + timedelta(days=1), "b"), (START + timedelta(days=2), "a")]
    assert share_by("data_driven", touches, effects) == {"a": Decimal("0.75"), "b": Decimal("0.25")}
    assert share_by("data_driven", [*touches, (START, "c")], effects) == {"a": Decimal("0.75"), "b": Decimal("0.25")}
    assert share_by("data_driven", [(START, "a")], effects) == {"a": 1}


@given(TOUCHES, EFFECTS)
def test_without_an_effect_of_each_team_it_shares_evenly(touches, effects):
    teams = [team for _, team in touches]
    found = share_by("data_driven", touches, effects)
    if not is_learned(teams, effects):
        assert found == share_by("linear", touches)
    else:
        assert set(found) <= {team for team in teams if effects[team] > 0}


@given(st.dictionaries(st.sampled_from("abcdef"), st.decimals(0, 10**9, places=8), max_size=6))
def test_rounded_parts_add_up_and_move_by_less_than_a_step(parts):
    rounded = round_parts(parts, Decimal("0.01"))
    assert sum(rounded.values()) == sum(parts.values(), Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert all(abs(rounded[key] - part) < Decimal("0.01") for key, part in parts.items())
    assert round_parts(dict(reversed(parts.items())), Decimal("0.01")) == rounded


def test_what_rounding_leaves_goes_to_the_largest_remainder():
    third = Decimal(100) / 3
    assert round_parts({"a": third, "b": third, "c": third + Decimal("0.001")}, Decimal("0.01")) == {
        "a": Decimal("33.33"), "b": Decimal("33.33"), "c": Decimal("33.34")}
