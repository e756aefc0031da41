import pytest

from auth.sign_in import clean_email, seconds_to_wait
from data.login_attempts import Failures


@pytest.mark.parametrize(("failures", "wait"), [
    (Failures(0, 0, 0, 0, 0), 0),
    (Failures(4, 1, 10, 4, 10), 0),
    (Failures(5, 1, 20, 5, 20), 29),
    (Failures(5, 30, 60, 5, 60), 0),
    (Failures(9, 29.5, 300, 9, 300), 1),
    (Failures(10, 100, 300, 10, 300), 300),
    (Failures(0, 0, 0, 100, 590), 10),
])
def test_the_pause_grows_with_the_failures(failures: Failures, wait: int) -> None:
    assert seconds_to_wait(failures) == wait


@pytest.mark.parametrize(("typed", "stored"), [
    ("  Admin@Example.COM ", "admin@example.com"), ("a\x00b@c.d", "ab@c.d"), ("", ""), ("x" * 300, "x" * 254),
])
def test_an_address_is_looked_up_as_it_is_stored(typed: str, stored: str) -> None:
    assert clean_email(typed) == stored
