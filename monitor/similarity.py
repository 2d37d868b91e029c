"""Do two articles tell the same event? Fingerprints, how alike they are, and a shelf to find the near ones on. Pure.

The likeness is the cosine of TF-IDF vectors over title and lead. What a word weighs follows from how many recent
articles have it (`Shelf.weight`); figures count double: dates, sums and numbers of people are what retellings keep.
What a join means for the story is decided in stories.py; what is news in it, in novelty.py.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from heapq import nlargest
from zlib import crc32

from monitor.languages.everyday import SHARES

LEAD = 600  # characters of text beside the title: the lead tells the event, the tail repeats background
STEM = 6  # letters kept of a word: enough to see through most endings in both languages
ALIKE = 0.19  # mean likeness to a story's tellings from which an article tells the same event (docs/decisions/0020)
FEWEST = 8  # words; a fingerprint of fewer says too little to merge on

_FIGURES_WEIGH = 2.0
_PRIOR = 270  # articles that the shelf is as good as born with (languages/everyday.py)
_RAREST = 25  # stems by which near stories are looked up; the commoner ones add little
_NEAREST = 20  # stories worth an exact comparison

_WORD = re.compile(r"\d+|[^\W\d_]{3,}")


def fingerprint(title: str, text: str) -> tuple[int, ...]:
    """The words of title and lead, cut to stems, as sorted numbers, repeated as often as they stand there.

    Even numbers are words, odd ones figures. Blanks and case do not matter.
    """
    words = _WORD.findall(f"{title}\n{text[:LEAD]}".casefold().replace("ё", "е"))
    return tuple(sorted(_number(word) for word in words))


def _number(word: str) -> int:
    return crc32(word[:STEM].encode("utf-8", "replace")) << 1 | word.isdecimal()


_BORN_WITH = {_number(word): _PRIOR * share for word, share in SHARES.items()}  # articles that have the word


class Shelf:
    """Fingerprints of the recent stories' articles: says what a word weighs and which stories are worth comparing.

    A cache of what the database knows, filled by its owner; nothing here is lost with the process.
    """

    def __init__(self) -> None:
        self._articles: dict[int, tuple[int, datetime, frozenset[int]]] = {}
        self._having: defaultdict[int, set[int]] = defaultdict(set)  # stem → articles

    def __len__(self) -> int:
        return len(self._articles)

    def add(self, article_id: int, story_id: int, fingerprint: Iterable[int], at: datetime) -> None:
        """Put an article on the shelf; `at` is when it came."""
        stems = frozenset(fingerprint)
        self._articles[article_id] = (story_id, at, stems)
        for stem in stems:
            self._having[stem].add(article_id)

    def forget(self, before: datetime) -> None:
        """Take off what came before then."""
        for article_id in [number for number, (_, at, _) in self._articles.items() if at < before]:
            for stem in self._articles.pop(article_id)[2]:
                self._having[stem].discard(article_id)
                if not self._having[stem]:
                    del self._having[stem]

    def weight(self, stem: int) -> float:
        """Inverse document frequency, of the articles here and of those that a young shelf is as good as born with."""
        having = len(self._having.get(stem, ())) + _BORN_WITH.get(stem, 0.5) + 0.5
        return math.log((len(self._articles) + _PRIOR + 1) / having) * (_FIGURES_WEIGH if stem & 1 else 1.0)

    def nearest(self, fingerprint: Iterable[int]) -> list[int]:
        """The stories that share the most of the article's rarest words, the nearest first; at most twenty."""
        weights = {stem: self.weight(stem) for stem in set(fingerprint) if stem in self._having}
        shared: defaultdict[int, float] = defaultdict(float)
        for stem in nlargest(_RAREST, weights, key=lambda stem: (weights[stem], stem)):
            for story_id in {self._articles[article][0] for article in self._having[stem]}:
                shared[story_id] += weights[stem]
        return nlargest(_NEAREST, shared, key=lambda story_id: (shared[story_id], story_id))

    def likeness(self, one: Iterable[int], other: Iterable[int]) -> float:
        """How alike two fingerprints are, from 0 (nothing in common) to 1; below FEWEST words always 0."""
        return cosine(self.vector(one), self.vector(other))

    def vector(self, fingerprint: Iterable[int]) -> dict[int, float]:
        """What each word of a fingerprint weighs, the vector's length being 1; {} below FEWEST words."""
        counts = Counter(fingerprint)
        if len(counts) < FEWEST:
            return {}
        weights = {stem: (1 + math.log(count)) * self.weight(stem) for stem, count in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {stem: weight / length for stem, weight in weights.items()} if length else {}


def cosine(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    """The likeness of two vectors of `Shelf.vector`."""
    return sum(weight * other[stem] for stem, weight in one.items() if stem in other)
