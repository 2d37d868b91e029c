"""The classifier's features of an article: first letters of words, their endings, and pairs of neighbouring words."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from monitor.text.broken_words import LONGEST_PIECE
from monitor.text.unicode import fold

WORD = re.compile(r"[^\W\d_]+")  # in folded text
_REMEMBERED = 15_000  # cached pieces of text, about 2 MB; leads have fewer different ones than whole texts
# letters that identify a word whatever its form, and letters that identify the form («ресей~ге», «росси~ии»)
_BEGINNING, _ENDING = 5, 2


def words(text: str) -> list[str]:
    """Return the folded words of a text."""
    return WORD.findall(fold(text).text)


class _Piece(NamedTuple):
    """The features of a piece of text between blanks. `first` and `last` are the beginnings of its first and last word,
    or "" when no weighted pair ends or begins with them.
    """

    known: frozenset[str]
    first: str
    last: str


class Vocabulary(dict[str, _Piece | None]):
    """The features that have weights, with a cache from a piece of text between blanks to its features."""

    def __init__(self, weighed: AbstractSet[str]) -> None:
        """`weighed` are feature names as `features` returns them."""
        super().__init__()
        self._weighed = weighed
        pairs = [one.split() for one in weighed if " " in one]
        self._begin, self._end = ({pair[place] for pair in pairs} for place in (0, 1))
        self._shared = cache(_Piece)  # equal pieces share one object

    def known_features(self, text: str) -> set[str]:
        """Return those features of a text that have weights."""
        pieces = [piece for piece in map(self.__getitem__, text.split()) if piece]
        known = set[str]().union(*[piece.known for piece in pieces])
        last = ""
        for _, first, next_last in pieces:
            if last and first and (pair := f"{last} {first}") in self._weighed:
                known.add(pair)
            last = next_last
        return known

    def __missing__(self, text: str) -> _Piece | None:
        read = words(text)
        piece = self._of(read) if read else None
        if len(self) >= _REMEMBERED:
            self.clear()
            self._shared.cache_clear()
        if len(text) <= LONGEST_PIECE:
            self[text] = piece
        return piece

    def _of(self, read: Sequence[str]) -> _Piece:
        first, last = read[0][:_BEGINNING], read[-1][:_BEGINNING]
        known = frozenset(features(read) & self._weighed)
        return self._shared(known, first if first in self._end else "", last if last in self._begin else "")


def features(of: Sequence[str]) -> set[str]:
    """Return all features of these words, each once."""
    begun = [word[:_BEGINNING] for word in of]
    forms = [f"{word[:_BEGINNING]}~{word[-_ENDING:]}" for word in of if len(word) > _BEGINNING]
    return {*begun, *map(" ".join, pairwise(begun)), *forms}
