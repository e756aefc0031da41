"""Filters of an address: what cannot be is as good as none, and what changed is told name by name."""

from datetime import date

import pytest

from callbacks.admin_audit import differences
from callbacks.list_query import ListQuery


@pytest.mark.parametrize(("given", "text", "number", "day"), [
    (None, None, None, None), ({"x": ""}, None, None, None), ({"x": " words "}, "words", None, None),
    ({"x": "a\0b"}, None, None, None), ({"x": "12"}, "12", 12, None), ({"x": "0"}, "0", None, None),
    ({"x": "9" * 30}, "9" * 30, None, None), ({"x": "²"}, "²", None, None),
    ({"x": "2026-01-31"}, "2026-01-31", None, date(2026, 1, 31)), ({"x": "2026-02-30"}, "2026-02-30", None, None),
    ({"x": "0001-01-01"}, "0001-01-01", None, None)], ids=range(11))
def test_bad_values_are_none(given: dict[str, str] | None, text: object, number: object, day: object) -> None:
    query = ListQuery(given)
    assert (query.text("x"), query.number("x"), query.day("x")) == (text, number, day)
    assert query.one_of("x", ("a", "b")) is None


def test_what_changed_is_told_and_what_stayed_is_not() -> None:
    after = {"a": 2, "same": [1], "new": {"deep": True}, "list": ["u", 1]}
    told = differences({"a": 1, "same": [1], "gone": "x"}, after)
    assert [(one.name, one.before, one.after) for one in told] == [
        ("a", "1", "2"), ("gone", "x", None), ("list", None, "u, 1"), ("new", None, "deep: да")]
    assert differences(None, None) == ()
