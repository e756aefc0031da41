"""Marks written into notes: what is plainly marked counts, what people write does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import Utm
from integrations.amocrm.fields import Marks
from integrations.amocrm.notes import bare_note, read_note_marks

NOTHING = Marks(Utm(), None)


@pytest.mark.parametrize(("text", "marks"), [
    ("UTM-метки:\ncampaign: spring\nsource: ig", Marks(Utm(source="ig", campaign="spring"), None)),
    ("UTM tags\n\nsource = fb_north\nmedium=cpc", Marks(Utm(source="fb_north", medium="cpc"), None)),
    ("How many?\nTwo\nutm_source: fb_north\nutm_id=77", Marks(Utm(source="fb_north", id="77"), None)),
    ("utm_source: first\nutm_source: second", Marks(Utm(source="first"), None)),
    ("Page: https://q.example/?utm_source=a&amp;utm_term=b&amp;fbclid=C1", Marks(Utm(source="a", term="b"), "C1")),
    ("https://a.example/ and https://b.example/?utm_source=b", Marks(Utm(source="b"), None)),
    ("utm_source: a\nhttps://q.example/?utm_source=b&utm_medium=c&fbclid=C1", Marks(Utm(source="a"), "C1")),
    # A conversation is no mark.
    ("source: a friend told her", NOTHING),
    ("UTM-метки:\nthe client did not say\nsource: a friend", NOTHING),
    ("Asked for utm_source, nobody knows", NOTHING),
    ("https://q.example/?fbclid=C1", NOTHING),
    ("utm_source:", NOTHING),
    ("", NOTHING),
    (None, NOTHING),
])
def test_what_a_note_says(text: str | None, marks: Marks) -> None:
    assert read_note_marks(text) == marks


@given(st.text(st.sampled_from("utm_source:=ig \nhttps://?&") | st.characters(), max_size=200))
def test_a_bare_note_is_read_as_the_same_marks(text: str) -> None:
    utm = read_note_marks(text).utm
    assert read_note_marks(bare_note(text)).utm == utm
    assert bare_note(bare_note(text)) == bare_note(text)
    assert bool(bare_note(text)) != utm.is_empty
