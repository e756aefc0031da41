"""Whatever the bytes are, reading a body ends with a tree or with UnreadableBody."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bodies import MAX_FIELDS, UnreadableBody, clean_mark, members, read_body

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def test_brackets_become_blocks_and_the_last_of_a_repeated_key_wins() -> None:
    tree = read_body(b"a%5Bb%5D%5B0%5D%5Bc%5D=1&a[b][1][c]=2&a[b][0][c]=3&x=&x=9", FORM)
    assert tree == {"a": {"b": {"0": {"c": "3"}, "1": {"c": "2"}}}, "x": "9"}


def test_empty_brackets_take_the_next_index() -> None:
    assert members(read_body(b"a[]=x&a[]=y", FORM)["a"]) == ["x", "y"]


def test_members_follow_their_indexes_not_their_arrival() -> None:
    assert members({"10": "c", "2": "b", "0": "a", "x": "d"}) == ["a", "b", "c", "d"]


def test_brackets_in_a_value_do_no_harm() -> None:
    assert read_body(b"name=a[b][c]%3Dd", FORM) == {"name": "a[b][c]=d"}


def test_json_is_known_by_its_beginning_even_with_a_form_type() -> None:
    assert read_body(b' {"price": 1.50}', FORM) == {"price": Decimal("1.50")}


def test_a_form_in_another_charset_is_read() -> None:
    assert read_body("name=Айгуль".encode("windows-1251"), FORM + "; charset=windows-1251") == {"name": "Айгуль"}


def test_a_damaged_letter_does_not_cost_the_other_fields() -> None:
    assert read_body(b"name=\xff\xfe&phone=%2B77010000000", FORM)["phone"] == "+77010000000"


def test_multipart_forms_are_read() -> None:
    body = ("--xyz\r\nContent-Disposition: form-data; name=\"Name\"\r\n\r\nАйгуль\r\n"
            "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nsecret\r\n--xyz--\r\n")
    assert read_body(body.encode(), "multipart/form-data; boundary=xyz") == {"Name": "Айгуль"}


@pytest.mark.parametrize(("body", "content_type", "reason"), [
    (b"", FORM, "empty"),
    (b"  \r\n", JSON, "empty"),
    (b'{"a":', JSON, "broken JSON"),
    (b'{"a": NaN}', JSON, "NaN"),
    (b'{"a": -Infinity}', JSON, "Infinity"),
    (b"[" * 100_000, JSON, "nested"),
    (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, JSON, "nested"),
    (b'{"a":' * 100 + b"1" + b"}" * 100, JSON, "nested"),
    (b"[1, 2]", JSON, "not an object"),
    (b'"text"', JSON, "not an object"),
    (b'{"a": "\xff"}', JSON, "UTF-8"),
    (b"a" + b"[b]" * 3_00 + b"=1", FORM, "nested"),
    (b"a" + b"[b]" * 100_000 + b"=1", FORM, "longer"),
    (b"&".join(b"k%d=1" % number for number in range(100_000)), FORM, f"more than {MAX_FIELDS}"),
    (b'{"a": [' + b"1," * 100_000 + b"1]}", JSON, f"more than {MAX_FIELDS}"),
    (b"%ff%fe=1", FORM, "not text"),
    (b"no fields at all", "multipart/form-data; boundary=xyz", "multipart"),
])
def test_pathological_bodies_are_refused_with_a_reason(body: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(UnreadableBody, match=reason):
        read_body(body, content_type)


def test_what_a_database_refuses_is_taken_out() -> None:
    assert read_body(b"a%00b=c%00d", FORM) == {"ab": "cd"}
    assert read_body(b'{"a": "x\\u0000y\\ud800"}', JSON) == {"a": "xy\ufffd"}


def test_endless_numbers_are_unknown() -> None:
    assert read_body(b'{"a": %s}' % (b"9" * 1_000), JSON) == {"a": None}
    with pytest.raises(UnreadableBody):
        read_body(b'{"a": %s}' % (b"9" * 10_000), JSON)


def test_marks_are_trimmed_and_unescaped() -> None:
    assert clean_mark("  a&amp;b ") == "a&b"
    assert clean_mark(" ") is None
    assert clean_mark({"a": 1}) is None


CONTENT_TYPES = st.sampled_from(
    [FORM, JSON, "multipart/form-data; boundary=xyz", "", "text/plain", FORM + "; charset=x"])
BODIES = st.one_of(
    st.binary(max_size=300),
    st.text(alphabet="abc[]{}=&%0123456789\":,.|#;+-\x00\ud7ff ", max_size=200).map(lambda text: text.encode()),
    st.binary(max_size=100).map(lambda raw: b"--xyz\r\nContent-Disposition: form-data; name=" + raw + b"\r\n--xyz--"),
)


@given(BODIES, CONTENT_TYPES)
def test_any_bytes_give_a_tree_or_a_reason(body: bytes, content_type: str) -> None:
    try:
        tree = read_body(body, content_type)
    except UnreadableBody:
        return
    assert isinstance(tree, dict)
    repr(tree).encode("utf-8", "strict")
