"""A repeated delivery has the name of the first one; a new happening has its own."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus

from hypothesis import given
from hypothesis import strategies as st

from core.dedup import dedup_key

FORM = "application/x-www-form-urlencoded"
NOON = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
TIMED = [("leads[status][0][id]", "1"), ("leads[status][0][status_id]", "142"),
         ("leads[status][0][last_modified]", "1700000000"), ("account[id]", "5")]
IDS_ONLY = [("leads[status][0][id]", "1"), ("leads[status][0][status_id]", "142"), ("account[id]", "5")]


def form(pairs: list[tuple[str, str]]) -> bytes:
    return "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in pairs).encode()


@given(st.permutations(TIMED), st.integers(0, 10**7))
def test_order_of_keys_and_time_of_receipt_do_not_matter(pairs: list[tuple[str, str]], later: int) -> None:
    first = dedup_key("amocrm", form(TIMED), FORM, NOON)
    assert dedup_key("amocrm", form(pairs), FORM, NOON + timedelta(seconds=later)) == first


def test_another_time_or_value_is_another_happening() -> None:
    keys = {dedup_key("amocrm", form([*TIMED[:2], ("leads[status][0][last_modified]", str(second))]), FORM, NOON)
            for second in (1_700_000_000, 1_700_000_001)}
    assert len(keys) == 2


def test_a_body_of_ids_only_may_happen_again_after_ten_minutes() -> None:
    first = dedup_key("amocrm", form(IDS_ONLY), FORM, NOON)
    assert dedup_key("amocrm", form(IDS_ONLY), FORM, NOON + timedelta(minutes=9)) == first
    assert dedup_key("amocrm", form(IDS_ONLY), FORM, NOON + timedelta(minutes=10)) != first


def test_a_submission_id_names_a_lead_in_any_case_and_format() -> None:
    by_form = dedup_key("landing", b"TRANID=1:2&Phone=1", FORM, NOON)
    by_json = dedup_key("landing", b'{"tranid": "1:2", "phone": "2"}', "application/json", NOON + timedelta(days=1))
    assert by_form == by_json
    assert dedup_key("landing", b"tranid=1:3&Phone=1", FORM, NOON) != by_form


def test_a_builders_uuid_names_a_lead_unless_it_is_empty() -> None:
    body = b'{"payload": {"uuid": "%s", "data": {"n": %d}}}'
    key = [dedup_key("landing", body % (b"9b1deb4d-3b7d", number), "application/json", NOON) for number in (1, 2)]
    assert key[0] == key[1]
    empty = [dedup_key("landing", body % (b"0000-0000", number), "application/json", NOON) for number in (1, 2)]
    assert empty[0] != empty[1]


def test_the_same_form_sent_again_an_hour_later_is_a_new_lead() -> None:
    body = b"name=A&phone=%2B77010000000"
    assert dedup_key("landing", body, FORM, NOON) == dedup_key("landing", body, FORM, NOON + timedelta(minutes=5))
    assert dedup_key("landing", body, FORM, NOON) != dedup_key("landing", body, FORM, NOON + timedelta(hours=1))


def test_sources_do_not_share_names() -> None:
    assert dedup_key("amocrm", form(TIMED), FORM, NOON) != dedup_key("landing", form(TIMED), FORM, NOON)


@given(st.binary(max_size=200), st.sampled_from(["amocrm", "landing", "facebook"]))
def test_any_bytes_have_a_name(body: bytes, source: str) -> None:
    key = dedup_key(source, body, "application/json", NOON)
    assert key.startswith(source) and len(key) <= 120
