"""Who may have brought a sale: the person before the campaign, the campaign before the hour."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.likely_leads import LeadSign, rank_leads

SOLD = datetime(2026, 1, 15, 12, tzinfo=UTC)


def sign(lead_id: str, days: float = 1, **values: object) -> LeadSign:
    return LeadSign(lead_id, SOLD - timedelta(days=days), **{"team": "north", **values})


def test_the_same_person_comes_first_whatever_the_time() -> None:
    found = rank_leads(SOLD, "Big Sale kab1", [
        sign("near", 0.01), sign("words", 2, campaign="big sale kab1"), sign("person", 60, tie="phone")])
    assert [one.lead_id for one in found] == ["person", "words", "near"]
    assert found[0].signs == ("phone", "near")
    assert found[1].signs == ("words", "near")


def test_a_lead_from_after_the_sale_is_told_but_stands_behind() -> None:
    found = rank_leads(SOLD, None, [sign("after", -1, tie="contact"), sign("before", 80, tie="email")])
    assert [one.lead_id for one in found] == ["before", "after"]
    assert "after" in found[1].signs
    assert not rank_leads(SOLD, None, [sign("stranger", -1)])


def test_signs_of_one_lead_add_up_and_a_lead_without_team_yields() -> None:
    found = rank_leads(SOLD, "alpha beta", [
        sign("both", 3, tie="phone", campaign="alpha beta"), sign("both", 3, tie="contact", campaign="alpha beta"),
        sign("one", 3, tie="contact"), sign("nobody", 3, tie="contact", team=None)])
    assert [one.lead_id for one in found] == ["both", "one", "nobody"]
    assert found[0].signs == ("contact", "phone", "words", "near")


@given(st.lists(st.builds(sign, st.sampled_from("abcdefgh"), st.floats(-5, 200),
                          tie=st.sampled_from([None, "contact", "phone", "email"]),
                          team=st.sampled_from([None, "north"])), max_size=12), st.randoms())
def test_the_order_of_finding_does_not_matter(signs: list[LeadSign], chance: object) -> None:
    one_per_lead = list({item.lead_id: item for item in signs}.values())
    shuffled = list(one_per_lead)
    chance.shuffle(shuffled)
    found = rank_leads(SOLD, "x", one_per_lead)
    assert found == rank_leads(SOLD, "x", shuffled)
    assert len(found) <= 3
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)
