"""Passwords everybody tries first, recognised without asking anybody: a shipped list and the usual disguises."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

_FILE = Path(__file__).with_name("common_passwords.txt")
# Digits and signs written for letters; each is tried alone, since 1 stands for l and for i.
_DISGUISES = tuple(str.maketrans(table) for table in (
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"},
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "8": "b", "9": "g"},
))
_AROUND = r"[\W\d_]*"
_EDGES = re.compile(rf"^{_AROUND}(.*?){_AROUND}$", re.DOTALL)
_SHORTEST_PART = 3


@cache
def _common() -> frozenset[str]:
    lines = _FILE.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def is_common(password: str, *, email: str = "") -> bool:
    """Whether the password is one of the most common, made of few letters, or made of the person's own address.

    Digits and signs before and after, capitals, digits written for letters, and repetition change nothing.
    """
    plain = "".join(password.lower().split())
    if len(set(plain)) < 4 or _is_row(plain):
        return True
    own = {part for part in re.split(r"[\W_\d]+", email.lower()) if len(part) >= _SHORTEST_PART}
    own |= {email.lower(), email.lower().partition("@")[0]} - {""}
    return any(_is_made_of(form, own) for form in _forms(plain))


def _forms(plain: str) -> set[str]:
    """The password as it is and undressed."""
    undisguised = {plain, *(plain.translate(table) for table in _DISGUISES)}
    bare = {match[1] for form in undisguised if (match := _EDGES.match(form))}
    # Disguises inside the word, numbers around it: "P@ssw0rd2026!".
    edges = _EDGES.match(plain)
    inside = {edges[1].translate(table) for table in _DISGUISES} if edges else set()
    return {form for form in undisguised | bare | inside if form}


def _is_made_of(form: str, own: set[str]) -> bool:
    """Whether the text is one or two common words, one of them repeated, or words of the person's address."""
    words = _common() | own
    if form in words:
        return True
    for length in range(_SHORTEST_PART, len(form) // 2 + 1):
        if len(form) % length == 0 and form == form[:length] * (len(form) // length) and form[:length] in words:
            return True
    return any(form[:cut] in words and form[cut:] in words for cut in range(_SHORTEST_PART, len(form) - 2))


def _is_row(plain: str) -> bool:
    """Whether every letter follows the one before it: 2345678901, abcdefghij, and the same backwards."""
    steps = {(ord(after) - ord(before)) for before, after in pairwise(plain)}
    return len(steps) == 1 and abs(steps.pop()) <= 1
