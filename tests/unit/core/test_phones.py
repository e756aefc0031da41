"""Phones and addresses as people, forms and other systems write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.phones import find_phones, normalize_email, normalize_phone


@pytest.mark.parametrize(
    "typed",
    [
        "+77011234567",
        "+7 701 123 45 67",
        "+7 (701) 123-45-67",
        "8 (701) 123-45-67",
        "8-701-123-45-67",
        "87011234567",
        "77011234567",
        "7 701 123 45 67",
        "7011234567",
        "701 123 45 67",
        "(701) 123 45 67",
        "8\u00a0701\u00a0123\u00a045\u00a067",                 # no-break spaces
        "8\u202f701\u2009123\u200945\u200967",                 # narrow and thin spaces
        "\u202a+7 701 123 45 67\u202c",                        # direction marks of a copied contact
        "\u200b8701\u200d123\ufeff4567",                       # zero-width
        "+7\u2011701\u2013123\u201445\u221267".replace("\u2212", "-"),
        "+٧ ٧٠١ ١٢٣ ٤٥ ٦٧",                                    # other scripts' digits
        "тел.: 8 701 123 45 67",
        "8 701 123 45 67 доб. 12",
        "8 701 123 45 67 доб.12",
        "8 701 123 45 67, вн. 305",
        "+7 701 123 45 67 ext. 5",
        "+7 701 123 45 67x12",
        "+8 701 123 45 67",
        "007 701 123 45 67",
        "87011234567 (WhatsApp)",
        "tel:+77011234567",
    ],
)
def test_one_person_typed_in_many_ways_is_one_key(typed):
    assert normalize_phone(typed) == "+77011234567"


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("+7 600 123 45 67", "+76001234567"),        # Kazakhstan
        ("8 727 250 12 34", "+77272501234"),         # a landline of Almaty
        ("+7 916 123-45-67", "+79161234567"),        # Russia stays Russia
        ("8 916 123 45 67", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("+7 495 123-45-67", "+74951234567"),
        ("+998 90 123 45 67", "+998901234567"),
        ("+996 555 123 456", "+996555123456"),
        ("+81 3 1234 5678", "+81312345678"),         # eleven digits after a plus that begin with 8
        ("00 998 90 123 45 67", "+998901234567"),
    ],
)
def test_other_numbers(typed, phone):
    assert normalize_phone(typed) == phone


@pytest.mark.parametrize(
    "typed",
    [
        None, "", " ", "2001", "12345", "701 123 45", "+7 701 123 45", "87011234", "+7", "нет", "-", "a@b.kz",
        "870112345678",          # twelve digits
        "770112300123",          # an identity number
        "998901234567",          # another country without a plus
        "7701123456789012",
        "+770112345678",
        "+999 123 456 789",      # no such country
        "+7 870 112 34 56",      # the trunk 8 typed into a mask, the last digit lost
        "IwAR0EXAMPLE",
    ],
)
def test_what_is_no_phone_stays_unknown(typed):
    assert normalize_phone(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "87011234567, 87029876543",
        "87011234567 87029876543",
        "8 701 123 45 67 8 702 987 65 43",
        "+77011234567+77029876543",
        "+7 701 123 45 67 / +7 702 987 65 43",
        "8701 123 45 67; 8702 987 65 43; 87011234567",
        "87011234567 или 87029876543",
        "87011234567\n87029876543",
        "8 701 123 45 67 доб. 12, 8 702 987 65 43 доб. 3",
    ],
)
def test_several_numbers_in_one_value(typed):
    assert find_phones(typed) == ["+77011234567", "+77029876543"]
    assert normalize_phone(typed) == "+77011234567"


def test_a_phone_in_the_name_of_a_deal():
    assert find_phones("Заказ #87856, +7 (701) 959-00-11") == ["+77019590011"]
    assert find_phones("Заказ 87856 +7 (701) 959-00-11") == ["+77019590011"]
    assert find_phones("Сделка №1234567") == []


@given(st.text())
def test_any_text_gives_a_clean_key_or_none(text):
    phone = normalize_phone(text)
    assert phone is None or re.fullmatch(r"\+[0-9]{10,15}", phone)


KAZAKH = st.integers(6_000_000_000, 7_999_999_999)


@given(KAZAKH, st.sampled_from(["+7", "8", "7", ""]), st.sampled_from(["", " ", "-"]))
def test_a_kazakh_number_survives_any_prefix_and_a_second_reading(national, prefix, gap):
    digits = str(national)
    typed = f"{prefix}{gap}{digits[:3]}{gap}{digits[3:6]}{gap}{digits[6:]}"
    assert normalize_phone(typed) == f"+7{digits}"
    assert normalize_phone(f"+7{digits}") == f"+7{digits}"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Aigerim@Example.KZ", "aigerim@example.kz"),
        ("  a.b+c@mail.example.com \u00a0", "a.b+c@mail.example.com"),
        ("<a@b.kz>", "a@b.kz"),
        ("mailto:a@b.kz", "a@b.kz"),
        ("a@b.kz, c@d.kz", "a@b.kz"),
        ("Почта: a@b.kz.", "a@b.kz"),
        ("\u200ba@b.kz", "a@b.kz"),
        ("айгерим@пошта.каз", "айгерим@пошта.каз"),
    ],
)
def test_addresses(typed, address):
    assert normalize_email(typed) == address


@pytest.mark.parametrize("typed", [None, "", "a", "a@b", "@b.kz", "a@", "a b.kz", "a@.kz", "87011234567"])
def test_what_is_no_address_stays_unknown(typed):
    assert normalize_email(typed) is None
