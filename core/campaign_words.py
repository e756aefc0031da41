"""Words of campaign names: tokens are found as whole, consecutive words, never as parts of words.

Invariant: a name is split at everything that is neither a letter nor a digit and compared in lower case, so that
``pb_agency`` is two words found in ``PB-Agency onAI``, and ``tima`` is not found in ``optimal_test``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

_WORD = re.compile(r"[^\W_]+")
Owner = TypeVar("Owner")


def split_words(text: str | None) -> tuple[str, ...]:
    """The words of a name in lower case, in order."""
    return tuple(_WORD.findall(text.lower())) if text else ()


class WordIndex(Generic[Owner]):
    """Tokens of one or more words with what they stand for, looked up by their first word."""

    def __init__(self, tokens: Iterable[tuple[tuple[str, ...], Owner]]) -> None:
        """``tokens`` are (words, owner); a token without words is found nowhere."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], Owner]]] = {}
        for words, owner in tokens:
            if words:
                self._by_first.setdefault(words[0], []).append((words, owner))

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def find(self, words: tuple[str, ...]) -> Iterator[Owner]:
        """The owners of all tokens standing in ``words``, by place; one may come twice."""
        for place in range(len(words)):
            yield from (owner for _, owner in self._at(words, place))

    def find_longest(self, words: tuple[str, ...]) -> Iterator[Owner]:
        """As ``find``, but of the tokens that begin at the same place only the longest one counts."""
        for place in range(len(words)):
            found = list(self._at(words, place))
            longest = max((len(token) for token, _ in found), default=0)
            yield from (owner for token, owner in found if len(token) == longest)

    def _at(self, words: tuple[str, ...], place: int) -> Iterator[tuple[tuple[str, ...], Owner]]:
        for token, owner in self._by_first.get(words[place], ()):
            if words[place:place + len(token)] == token:
                yield token, owner
