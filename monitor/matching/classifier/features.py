"""What the classifier weighs in an article: beginnings of words, their endings, and pairs of neighbours."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from monitor.text.broken_words import LONGEST_PIECE
from monitor.text.unicode import fold

WORD = re.compile(r"[^\W\d_]+")  # in folded text
_REMEMBERED = 15_000  # pieces: of leads there are fewer than of texts, 2 MB
_BEGINNING, _ENDING = 5, 2  # letters that tell a word, whatever its form, and the form («ресей~ге», «росси~ии»)


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return WORD.findall(fold(text).text)


class _Piece(NamedTuple):
    """What stands between blanks and has words: what of it is weighed, and its first and its last beginning, but ""
    where no pair that is weighed ends or begins so.
    """

    known: frozenset[str]
    first: str
    last: str


class Vocabulary(dict[str, _Piece | None]):
    """What of everything that can be weighed is; and of pieces of texts, so that only new ones are looked into."""

    def __init__(self, weighed: AbstractSet[str]) -> None:
        """`weighed` as `features` calls it."""
        super().__init__()
        self._weighed = weighed
        pairs = [one.split() for one in weighed if " " in one]
        self._begin, self._end = ({pair[place] for pair in pairs} for place in (0, 1))
        self._shared = cache(_Piece)  # one object for all pieces that say the same

    def known(self, text: str) -> set[str]:
        """Those of the `features` of a text's words that are weighed."""
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
    """Everything that is weighed in these words, each once however often it stands there."""
    begun = [word[:_BEGINNING] for word in of]
    forms = [f"{word[:_BEGINNING]}~{word[-_ENDING:]}" for word in of if len(word) > _BEGINNING]
    return {*begun, *map(" ".join, pairwise(begun)), *forms}
