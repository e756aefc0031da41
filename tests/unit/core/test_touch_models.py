"""Other models share one sale exactly."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.touch_models import MODELS, share_sale

START = datetime(2026, 1, 1, tzinfo=UTC)
TOUCHES = st.lists(st.tuples(st.integers(0, 90).map(lambda day: START + timedelta(days=day)),
                             st.sampled_from(["a", "b", "c"])), max_size=9)


def shares(*touches: tuple[int, str]) -> dict:
    return share_sale([(START + timedelta(days=day), team) for day, team in touches])


@given(TOUCHES, st.randoms(use_true_random=False))
def test_every_model_shares_exactly_one_sale_whatever_the_order(touches, random):
    found = share_sale(touches)
    assert set(found) == set(MODELS)
    for model in MODELS:
        assert sum(found[model].values()) == 1
        assert all(share > 0 for share in found[model].values())
    shuffled = [*touches]
    random.shuffle(shuffled)
    assert share_sale(shuffled) == found


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
