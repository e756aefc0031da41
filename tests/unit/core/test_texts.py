"""Texts: three complete languages, plural forms, and figures written as people of that language write them."""

import string
import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core import texts
from core.metrics import METRICS
from core.records import DateRange, Role


@pytest.fixture(params=texts.LOCALES)
def language(request):
    with texts.locale(request.param):
        yield request.param


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_has_the_same_keys():
    russian = texts.load_catalogue("ru")
    for code in texts.LOCALES:
        other = texts.load_catalogue(code)
        assert set(other.plain) == set(russian.plain), code
        assert set(other.plural) == set(russian.plural), code


def test_no_text_is_empty_and_all_languages_fill_in_the_same_values(language):
    russian, other = texts.load_catalogue("ru"), texts.load_catalogue(language)
    for key, text in other.plain.items():
        assert text.strip(), key
        assert fields_of(text) == fields_of(russian.plain[key]), key
    for key, forms in other.plural.items():
        assert len(forms) == (3 if language == "ru" else 2) and all(forms), key


def test_every_metric_and_role_has_a_name(language):
    for metric in METRICS:
        assert texts.t(f"metric.{metric.name}") and texts.t(f"metric.{metric.name}.hint")
    for role in Role:
        assert texts.t(f"role.{role}")


def test_a_missing_key_is_loud():
    with pytest.raises(texts.MissingText):
        texts.t("no.such.key")
    with pytest.raises(texts.MissingText):
        texts.tn("no.such.key", 1)
    with pytest.raises(ValueError, match="unknown language"):
        texts.load_catalogue("fr")


def test_an_unknown_language_means_the_default():
    with texts.locale("xx"):
        assert texts.current_locale() == "ru"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0 продаж"),
        (1, "1 продажа"),
        (2, "2 продажи"),
        (5, "5 продаж"),
        (11, "11 продаж"),
        (12, "12 продаж"),
        (21, "21 продажа"),
        (22, "22 продажи"),
        (111, "111 продаж"),
        (1001, "1\u00a0001 продажа"),
    ],
)
def test_russian_has_three_plural_forms(number, written):
    with texts.locale("ru"):
        assert texts.tn("unit.sales", number) == written


@pytest.mark.parametrize(("code", "one", "many"), [("kk", "1 лид", "5 лид"), ("en", "1 lead", "5 leads")])
def test_kazakh_and_english_have_two_plural_forms(code, one, many):
    with texts.locale(code):
        assert (texts.tn("unit.leads", 1), texts.tn("unit.leads", 5)) == (one, many)


@pytest.mark.parametrize(
    ("code", "written"),
    [("ru", "−1\u00a0234\u00a0567,89"), ("kk", "−1\u00a0234\u00a0567,89"), ("en", "−1,234,567.89")],
)
def test_numbers_have_a_real_minus_and_groups_that_do_not_break(code, written):
    with texts.locale(code):
        assert texts.format_number(Decimal("-1234567.885"), 2) == written


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        ("2.675", 2, "2,68"),
        ("2.665", 2, "2,67"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "−3"),
        ("-0.004", 2, "0,00"),
        ("0", 0, "0"),
    ],
)
def test_rounding_is_half_up_and_zero_has_no_sign(value, digits, written):
    with texts.locale("ru"):
        assert texts.format_number(Decimal(value), digits) == written


def test_signed_numbers_show_a_rise():
    with texts.locale("ru"):
        assert texts.format_number(Decimal("7.66"), 1, signed=True) == "+7,7"
        assert texts.format_number(Decimal("0.04"), 1, signed=True) == "0,0"
        assert texts.format_percent(Decimal("195.7766"), signed=True) == "+195,78\u00a0%"


def test_money_in_parts_and_in_one_piece():
    with texts.locale("ru"):
        assert texts.format_money(Decimal("86180000.4"), "KZT") == "86\u00a0180\u00a0000\u00a0₸"
        assert texts.format_money(Decimal("25.424"), "USD") == "25,42\u00a0$"
        assert texts.format_money(Decimal("4.5"), "KZT") == "4,50\u00a0₸"
        assert texts.write_money(Decimal("86180000"), "KZT", compact=True) == texts.Written("86,2", after="млн\u00a0₸")
        assert texts.format_money(Decimal("1320000"), "KZT", compact=True) == "1,32\u00a0млн\u00a0₸"
        assert texts.format_money(Decimal("34583"), "KZT", compact=True) == "34,6\u00a0тыс.\u00a0₸"
    with texts.locale("en"):
        assert texts.format_money(Decimal("-1234.5"), "USD") == "−$1,234.50"
        assert texts.format_money(Decimal("135852.68"), "KZT") == "₸135,853"


def test_the_unknown_is_a_dash(language):
    assert texts.format_number(None) == texts.format_percent(None) == texts.format_money(None, "KZT") == "—"
    assert texts.format_time(None) == texts.format_moment(None) == "—"


def test_days_and_periods():
    with texts.locale("ru"):
        assert texts.format_day(date(2026, 10, 24)) == "24\u00a0окт"
        assert texts.format_day(date(2026, 5, 1), long=True) == "1\u00a0мая\u00a02026"
        same_year = DateRange(date(2026, 10, 24), date(2026, 11, 22))
        assert texts.format_period(same_year).replace("\u00a0", " ") == "24 октября – 22 ноября 2026"
        over_years = DateRange(date(2025, 12, 31), date(2026, 1, 1))
        assert texts.format_period(over_years).replace("\u00a0", " ") == "31 декабря 2025 – 1 января 2026"
        one_month = DateRange(date(2026, 11, 16), date(2026, 11, 22))
        assert texts.format_period(one_month).replace("\u00a0", " ") == "16–22 ноября 2026"
        one_day = DateRange(date(2026, 11, 22), date(2026, 11, 22))
        assert texts.format_period(one_day).replace("\u00a0", " ") == "22 ноября 2026"
        assert texts.format_weekday(date(2026, 11, 22)) == "вс"
        assert texts.format_moment(datetime(2026, 11, 22, 14, 2, tzinfo=UTC)) == "22.11\u00a014:02"
    with texts.locale("kk"):
        assert texts.format_day(date(2026, 11, 22), long=True) == "22\u00a0қараша\u00a02026"
    with texts.locale("en"):
        assert texts.format_month(date(2026, 11, 22)) == "Nov\u00a02026"


def test_one_viewers_language_does_not_reach_another():
    seen = {}

    def read(code: str) -> None:
        texts.set_locale(code)
        seen[code] = texts.t("shell.logout")

    threads = [threading.Thread(target=read, args=(code,)) for code in texts.LOCALES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"ru": "Выйти", "en": "Log out", "kk": "Шығу"}
    assert texts.current_locale() == "ru"
