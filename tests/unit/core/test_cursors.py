"""A place in a list survives the way through an address; nonsense is the beginning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cursors import read_cursor, write_cursor


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=30), max_size=4))
def test_what_was_written_is_read(parts: list[str]) -> None:
    assert read_cursor(write_cursor(*parts), len(parts)) == parts


@pytest.mark.parametrize("cursor", [None, "", "x", "é", "%%%", "W10", "eyJhIjoxfQ", "WzEsMl0", "a" * 3000,
                                    write_cursor("only one"), write_cursor("\0", "b")])
def test_nonsense_is_the_beginning(cursor: str | None) -> None:
    assert read_cursor(cursor, 2) is None
