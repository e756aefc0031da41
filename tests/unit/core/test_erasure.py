"""Stand-ins read as phones and e-mails of their own, and nothing leads back from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.erasure import StandIns
from core.phones import find_phones, normalize_email, normalize_phone

PHONES = ("+77015556677", "+77479998811")
STAND_INS = StandIns.draw(PHONES, ("a@b.kz",))


def test_a_stand_in_is_a_phone_and_an_e_mail_of_nobody() -> None:
    for phone in STAND_INS.phones.values():
        assert phone.startswith("+999") and normalize_phone(phone) == phone
    (email,) = STAND_INS.emails.values()
    assert email.endswith("@erased.invalid") and normalize_email(email) == email
    assert StandIns.draw(PHONES, ()).phones != STAND_INS.phones, "drawn, not computed"


@pytest.mark.parametrize(("written", "phones", "emails"), [
    ("8 (701) 555-66-77", 1, 0), ("+7 701 555 66 77, 8 747 999 88 11", 2, 0), ("Айгуль 87015556677", 1, 0),
    ("87010000000", 0, 0), ("A@B.kz", 0, 1), ("a@b.kz; c@d.kz", 0, 1), ("", 0, 0), (None, 0, 0), ("Айгуль", 0, 0),
])
def test_only_the_stand_ins_of_the_person_are_left_of_a_text(written: str | None, phones: int, emails: int) -> None:
    left = STAND_INS.instead_of(written)
    assert len(find_phones(left)) == phones
    assert (normalize_email(left) is not None) == bool(emails)
    assert set(find_phones(left)) <= set(STAND_INS.phones.values())


@given(st.text())
def test_whatever_is_written_nothing_else_of_it_is_left(written: str) -> None:
    left = STAND_INS.instead_of(f"{written} 87015556677 {written}")
    assert left.replace(", ", "").replace(STAND_INS.phones[PHONES[0]], "") == "" or not find_phones(
        f"{written} 87015556677 {written}").count(PHONES[0])
