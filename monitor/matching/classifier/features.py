"""What the classifier weighs in an article: beginnings of words, their endings, and pairs of neighbours."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple, Self

from monitor.text.unicode import fold

WORD = re.compile(r"[^\W\d_]+")  # in folded text
_BEGINNING, _ENDING = 5, 2  # letters that tell a word, whatever its form, and the form («ресей~ге», «росси~ии»)


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return WORD.findall(fold(text).text)


class Vocabulary(NamedTuple):
    """What of everything that can be weighed is: where an article has none of it, nothing need be put together."""

    weighed: AbstractSet[str]
    paired: frozenset[str]  # beginnings that begin a pair
    formed: frozenset[str]  # beginnings whose endings are weighed

    @classmethod
    def of(cls, weighed: AbstractSet[str]) -> Self:
        """`weighed` as `features` calls it."""
        return cls(weighed, *(frozenset(one.partition(sign)[0] for one in weighed if sign in one) for sign in " ~"))

    def known(self, of: Sequence[str]) -> set[str]:
        """Those of the `features` of these words that are weighed."""
        begun = [word[:_BEGINNING] for word in of]
        pairs = [f"{first} {second}" for first, second in pairwise(begun) if first in self.paired]
        forms = [
            f"{start}~{word[-_ENDING:]}"
            for start, word in zip(begun, of, strict=True)
            if start in self.formed and len(word) > _BEGINNING
        ]
        return set(self.weighed & {*begun, *pairs, *forms})


def features(of: Sequence[str]) -> set[str]:
    """Everything that is weighed in these words, each once however often it stands there."""
    begun = [word[:_BEGINNING] for word in of]
    forms = [f"{word[:_BEGINNING]}~{word[-_ENDING:]}" for word in of if len(word) > _BEGINNING]
    return {*begun, *map(" ".join, pairwise(begun)), *forms}
