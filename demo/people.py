"""The visitors of the demo company: names, and phones and e-mails the way people type them.

Invariant: every person's phone and e-mail are unlike everyone else's; every typed form of a phone but ``SHORT`` reads
as that phone, and every typed form of an e-mail as that e-mail.
"""

from dataclasses import dataclass
from random import Random

_FIRST = (
    ("Айгуль", "aigul"), ("Алия", "aliya"), ("Динара", "dinara"), ("Жанар", "zhanar"), ("Мадина", "madina"),
    ("Айдана", "aidana"), ("Әсел", "asel"), ("Гүлнұр", "gulnur"), ("Камила", "kamila"), ("Салтанат", "saltanat"),
    ("Анна", "anna"), ("Ольга", "olga"), ("Екатерина", "kate"), ("Светлана", "sveta"), ("Назгуль", "nazgul"),
    ("Ерасыл", "erasyl"), ("Нұрлан", "nurlan"), ("Арман", "arman"), ("Данияр", "daniyar"), ("Тимур", "timur"),
    ("Руслан", "ruslan"), ("Қайрат", "kairat"), ("Бауыржан", "baurzhan"), ("Алексей", "alexey"), ("Дмитрий", "dima"),
    ("Сергей", "sergey"), ("Әлихан", "alikhan"), ("Санжар", "sanzhar"), ("Ербол", "erbol"), ("Максим", "maxim"),
)  # fmt: skip
_LAST = (
    ("Ахметова", "akhmetova"), ("Серік", "serik"), ("Ким", "kim"), ("Иванова", "ivanova"), ("Нұрғали", "nurgali"),
    ("Оспан", "ospan"), ("Жұмабай", "zhumabay"), ("Петренко", "petrenko"), ("Сейтқали", "seitkali"), ("Ли", "li"),
    ("Тұрсын", "tursyn"), ("Байжан", "baizhan"), ("Абдрахман", "abdrakhman"), ("Смағұл", "smagul"), ("Цой", "tsoy"),
)  # fmt: skip
_OPERATORS = ("701", "702", "705", "707", "708", "747", "771", "775", "776", "777", "778", "700")
_DOMAINS = ("gmail.example", "mail.example", "bk.example", "yandex.example", "icloud.example", "academy-mail.example")
SHORT = ("12345", "8701", "+7 777", "нет", "111")


@dataclass(frozen=True)
class Person:
    """A visitor: ``phone`` is E.164, ``email`` lower case."""

    number: int
    name: str
    phone: str
    email: str


def make_person(rng: Random, number: int) -> Person:
    """The person of a number: unique as long as ``number`` is below ten million."""
    first, first_latin = _FIRST[rng.randrange(len(_FIRST))]
    last, last_latin = _LAST[rng.randrange(len(_LAST))]
    # An odd multiplier without the factor 5 walks through all seven-digit numbers once.
    digits = f"{(number * 7654321 + 1234567) % 10_000_000:07d}"
    code = _OPERATORS[number % len(_OPERATORS)] if number % 61 else "916"
    email = f"{first_latin}.{last_latin}{number}@{_DOMAINS[number % len(_DOMAINS)]}"
    name = first if rng.random() < 0.45 else f"{first} {last}"
    return Person(number, name, f"+7{code}{digits}", email)


def typed_phone(rng: Random, phone: str) -> str:
    """A phone of +7 as somebody types it."""
    a, b, c, d = phone[2:5], phone[5:8], phone[8:10], phone[10:12]
    forms = (
        f"+7 ({a}) {b}-{c}-{d}", f"+7 ({a}) {b}-{c}-{d}", f"+7{a}{b}{c}{d}", f"8{a}{b}{c}{d}", f"8 ({a}) {b}-{c}-{d}",
        f"8 {a} {b} {c} {d}", f"7{a}{b}{c}{d}", f"+7 {a} {b} {c}{d}", f"8-{a}-{b}-{c}-{d}", f"{a}{b}{c}{d}",
        f"+7\u00a0{a}\u00a0{b}\u00a0{c}\u00a0{d}", f"\u202a+7 {a} {b}-{c}-{d}\u202c", f" +7({a}){b}{c}{d} ",
        f"+7 ({a}) {b}-{c}-{d} доб. 12",
    )  # fmt: skip
    return forms[min(int(rng.random() ** 1.3 * len(forms)), len(forms) - 1)]


def typed_email(rng: Random, email: str) -> str:
    """An e-mail in the case and with the blanks somebody types."""
    chance = rng.random()
    if chance < 0.74:
        return email
    if chance < 0.86:
        return email[0].upper() + email[1:]
    if chance < 0.93:
        return email.upper()
    return f" {email.title()} "


def short_phone(rng: Random) -> str:
    """Something in the phone field that is no phone."""
    return SHORT[rng.randrange(len(SHORT))]
