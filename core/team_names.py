"""Names of teams: an address made of a name, and names that a person would take for one another.

Invariant: two names with one ``skeleton`` look alike on a screen, whatever alphabet each letter comes from.
"""

import re
import unicodedata

LONGEST_SLUG = 40
LONGEST_NAME = 60
SLUG = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
SOURCE_PREFIX = "fb_"
RESERVED = frozenset({"none"})  # stands for "without a team" in addresses

# Russian and Kazakh letters as they are usually written in Latin.
_LATIN = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch",
    "ш": "sh", "щ": "sch", "ъ": "", "ы": "y", "і": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}
# Letters that look like a Latin one, small or capital, and digits that look like letters.
_LOOKS_LIKE = str.maketrans({
    "а": "a", "ӓ": "a", "в": "b", "ь": "b", "с": "c", "ҫ": "c", "ԁ": "d", "е": "e", "ё": "e", "ә": "e", "һ": "h",
    "н": "h", "ң": "h", "і": "i", "ї": "i", "ӏ": "i", "l": "i", "1": "i", "ј": "j", "к": "k", "қ": "k", "м": "m",
    "о": "o", "ө": "o", "0": "o", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "у": "y", "ү": "y", "ұ": "y", "ԝ": "w",
    "х": "x", "ҳ": "x", "з": "3",
})


def propose_slug(name: str) -> str:
    """An address for a name: small Latin letters and digits, words joined by ``-``; empty when nothing is left."""
    letters = "".join(_LATIN.get(letter, letter) for letter in unicodedata.normalize("NFKC", name).lower())
    plain = "".join(one for one in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")


def propose_source(slug: str) -> str:
    """The UTM source of a team by its slug."""
    return SOURCE_PREFIX + slug if slug else ""


def skeleton(name: str) -> str:
    """What a name looks like: case, accents, alphabet, blanks and dashes left aside."""
    small = unicodedata.normalize("NFKC", name).casefold().translate(_LOOKS_LIKE)
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", small) if not unicodedata.combining(mark))
    return re.sub(r"[\W_]+", "", bare.translate(_LOOKS_LIKE))


def foreign_letters(slug: str) -> str:
    """The letters of an address that are not Latin, each once; empty when there are none."""
    return "".join(dict.fromkeys(letter for letter in slug if letter.isalpha() and not letter.isascii()))
