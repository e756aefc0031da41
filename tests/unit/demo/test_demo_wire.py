"""Form encoding of the demo bodies."""

from urllib.parse import parse_qsl, quote_plus, urlencode

from hypothesis import given
from hypothesis import strategies as st

from demo.wire import form_text, quoted

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@given(TEXTS)
def test_a_value_is_quoted_as_the_standard_library_does(text):
    assert quoted(text) == quote_plus(text)


@given(st.dictionaries(TEXTS, TEXTS, max_size=5))
def test_a_body_reads_back(pairs):
    assert form_text(pairs) == urlencode(pairs)
    assert dict(parse_qsl(form_text(pairs), keep_blank_values=True)) == pairs
