"""People are joined by what was told together, whatever the order."""

from hypothesis import given
from hypothesis import strategies as st

from core.persons import Point, join_points

POINTS = st.builds(Point, st.sampled_from(["phone", "email", "contact"]), st.sampled_from("123456"))
GROUPS = st.lists(st.sets(POINTS, min_size=1, max_size=4), max_size=9)


def people_of(groups, shared=frozenset()):
    return join_points(dict(enumerate(groups)), shared)


@given(GROUPS, st.randoms(use_true_random=False), st.sets(POINTS, max_size=2))
def test_neither_order_nor_repetition_matters(groups, random, shared):
    shuffled = groups + groups[:2]
    random.shuffle(shuffled)
    assert people_of(shuffled, shared) == people_of(groups, shared)


@given(GROUPS)
def test_whoever_was_told_together_is_one_person(groups):
    found = people_of(groups)
    for group in groups:
        assert len({found[point].person for point in group}) == 1
        assert len({found[point].sure for point in group if point.kind != "email"}) <= 1
    for point, membership in found.items():
        assert membership.person in {one.key for one in found}
        assert (membership.sure is None) == (point.kind == "email")
        same = {one for one, other in found.items() if other.person == membership.person}
        reached = {point}
        while more := {one for group in groups if group & reached for one in group} - reached:
            reached |= more
        assert same == reached


def test_the_first_phone_names_the_person_and_addresses_are_no_sure_sign():
    found = people_of([{Point("contact", "7"), Point("email", "a@b.kz")},
                       {Point("email", "a@b.kz"), Point("phone", "+77010000002")},
                       {Point("phone", "+77010000002"), Point("phone", "+77010000001")}])
    assert {one.person for one in found.values()} == {"phone:+77010000001"}
    assert found[Point("contact", "7")].sure == "contact:7"
    assert found[Point("phone", "+77010000002")].sure == "phone:+77010000001"


def test_a_shared_point_joins_nobody():
    office = Point("phone", "+77270000000")
    found = people_of([{office, Point("contact", "1")}, {office, Point("contact", "2")}], {office})
    assert len({one.person for one in found.values()}) == 3
