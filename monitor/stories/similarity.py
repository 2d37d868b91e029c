"""How alike two articles are: fingerprints, their likeness, and an index that finds the stories near to one.

The likeness is the cosine of TF-IDF vectors over title and lead. What a word weighs follows from how many recent
articles have it (`SimilarityIndex.weights`). What retellings keep counts for more: names, figures, the words of the
headline. Which likeness is enough is decided in placement.py; what is news in a retelling, in novelty.py.
"""

import math
import re
from array import array
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from heapq import heappop, heappush, nlargest
from operator import mul
from zlib import crc32

from monitor.models.articles import Article
from monitor.stories.people.latin_names import in_cyrillic
from monitor.text.languages.word_frequencies import SHARES

LEAD = 600  # characters of title and of text: the lead has the event, the tail repeats background
STEM = 6  # letters kept of a word: enough to see through most endings in both languages
FEWEST = 8  # words; a fingerprint of fewer says too little to merge on

_FIGURES_WEIGH = 1.5  # times a word as rare: dates, sums and numbers of people
_NAMES_COUNT = 3  # times a word with a capital within a sentence: names are what retellings keep
_TITLE_COUNTS = 2  # times the headline: it has the event, the text its background too
_FEWEST_NAMES = 2  # names and figures; fewer say nothing
_PRIOR = 270  # articles that an empty index counts with (text/languages/word_frequencies.py)
_RAREST = 25  # stems by which near stories are looked up; the commoner ones add little
_NEAREST = 12  # stories worth an exact comparison

_QUOTES = ' «„“"('
_BEFORE = 4  # characters before a word that tell whether a sentence begins with it
_WORD = re.compile(r"\d+|[^\W\d_]{3,}")


def fingerprint(title: str, text: str) -> tuple[int, ...]:
    """The words of title and lead, cut to stems, as sorted numbers, repeated as often as they count.

    Even numbers are words, odd ones figures. Blanks do not matter; capitals only say which words are names.
    """
    stems: list[int] = []
    for part, times in ((in_cyrillic(title[:LEAD]), _TITLE_COUNTS), (in_cyrillic(text[:LEAD]), 1)):
        for word in _WORD.finditer(part):
            stems += [stem_of(word[0])] * (times * _NAMES_COUNT if _is_name(part, word) else times)
    return tuple(sorted(stems))


def names_and_figures(title: str, text: str) -> frozenset[int]:
    """The names and figures of title and lead, as a fingerprint numbers them: what a retelling keeps."""
    return names_and_figures_in(in_cyrillic(title[:LEAD]), in_cyrillic(text[:LEAD]))


def names_and_figures_in(*parts: str) -> frozenset[int]:
    """The same of whole texts."""
    words = ((part, word) for part in parts for word in _WORD.finditer(part))
    return frozenset(stem_of(word[0]) for part, word in words if word[0].isdecimal() or _is_name(part, word))


def is_short(article: Article) -> bool:
    """Whether it has too few words to be compared by its likeness."""
    return len(set(article.fingerprint)) < FEWEST


def stem_of(word: str) -> int:
    """A word as a fingerprint numbers it."""
    return _number(word.casefold().replace("ё", "е"))


def _is_name(part: str, word: re.Match[str]) -> bool:
    """Whether it has a capital that no beginning of a sentence explains."""
    if not word[0].istitle():
        return False
    before = part[max(0, word.start() - _BEFORE) : word.start()].rstrip(_QUOTES)
    return before[-1:].isalnum() or before[-1:] == ","


def _number(word: str) -> int:
    return crc32(word[:STEM].encode("utf-8", "replace")) << 1 | word.isdecimal()


_ANYWHERE = frozenset(_number(str(figure)) for figure in (*range(10), *range(1900, 2100)))  # digits, years
_PRIOR_COUNTS = {_number(word): _PRIOR * share for word, share in SHARES.items()}  # articles that have the word


def _commonness(stem: int, having: int = 0) -> float:
    """The logarithm of how many articles have it, with those that an empty index counts with."""
    return math.log(having + _PRIOR_COUNTS.get(stem, 0.5) + 0.5)


class _Commonness(dict[int, float]):
    """By stem; of what the index does not have, asked for or not, as of a word that no article has."""

    def __missing__(self, stem: int) -> float:
        return _commonness(stem)


class SimilarityIndex:
    """Fingerprints of the recent stories' articles: what a word weighs, and which stories are worth comparing.

    A cache of what the database has, filled by its owner: nothing is lost with the process.
    """

    def __init__(self) -> None:
        self._articles: dict[int, tuple[int, datetime, array[int]]] = {}
        self._ages: list[tuple[datetime, int]] = []  # a heap: the oldest first; what was added again, also as it was
        self._having: defaultdict[int, array[int]] = defaultdict(partial(array, "I"))  # stem → its articles' stories
        self._commonness = _Commonness()

    def add(self, article_id: int, story_id: int, fingerprint: Iterable[int], at: datetime) -> None:
        """Count an article; `at` is when it came."""
        if article_id in self._articles:
            self._drop(article_id)
        stems = array("Q", frozenset(fingerprint))  # arrays take a tenth of what sets do
        self._articles[article_id] = (story_id, at, stems)
        heappush(self._ages, (at, article_id))
        for stem in stems:
            having = self._having[stem]
            if having and story_id < having[-1]:
                insort(having, story_id)
            else:
                having.append(story_id)
            self._commonness[stem] = _commonness(stem, having=len(having))

    def forget(self, before: datetime) -> None:
        """Drop the articles that came before then."""
        while self._ages and self._ages[0][0] < before:
            at, number = heappop(self._ages)
            if number in self._articles and self._articles[number][1] == at:
                self._drop(number)

    def _drop(self, number: int) -> None:
        story_id, _, stems = self._articles.pop(number)
        for stem in stems:
            having = self._having[stem]
            del having[bisect_left(having, story_id)]
            if having:
                self._commonness[stem] = _commonness(stem, having=len(having))
            else:
                del self._having[stem], self._commonness[stem]

    def weights(self, stems: Iterable[int]) -> list[float]:
        """Inverse document frequencies, of the articles here and of those that an empty index counts with."""
        whole, commonness = math.log(len(self._articles) + _PRIOR + 1), self._commonness
        return [(whole - commonness[stem]) * _FIGURES_WEIGH if stem & 1 else whole - commonness[stem] for stem in stems]

    def nearest(self, fingerprint: Iterable[int]) -> list[int]:
        """The stories that share the most of the article's rarest words, the nearest first; at most a dozen."""
        known = self._having.keys() & frozenset(fingerprint)
        rarest = sorted(zip(self.weights(known), known, strict=True), reverse=True)[:_RAREST]
        having = [(weight, frozenset(self._having[stem])) for weight, stem in rarest]
        once, again = set[int](), set[int]()
        for _, stories in having:
            again |= once & stories
            once |= stories
        shared: defaultdict[int, float] = defaultdict(float)
        for weight, stories in having:
            for story_id in again & stories:
                shared[story_id] += weight
        best = _best(shared)
        least = best[-1][0] if len(best) == _NEAREST else 0.0
        for weight, stories in having:  # most share one word only: of them, those that share a rare one
            if weight >= least:
                shared.update(dict.fromkeys(stories - again, weight))
        return [story_id for _, story_id in _best(shared)]

    def vector(self, fingerprint: Iterable[int]) -> dict[int, float]:
        """What each word of a fingerprint weighs, the vector's length being 1; {} below FEWEST words."""
        counts = Counter(fingerprint)
        if len(counts) < FEWEST:
            return {}
        pairs = zip(counts.values(), self.weights(counts), strict=True)
        weights = [weight if count == 1 else (1 + math.log(count)) * weight for count, weight in pairs]
        length = math.sqrt(sum(map(mul, weights, weights)))
        return {stem: weight / length for stem, weight in zip(counts, weights, strict=True)} if length else {}

    def agreement(self, one: Article, other: Article) -> float:
        """How much of the names and figures of one article, by weight, the other has at all; of the two, the more.

        From 0 (each has its own) to 1; 1 when one of them has fewer than two.
        """
        sides = ((names_and_figures(one.title, one.text), other), (names_and_figures(other.title, other.text), one))
        if any(len(its) < _FEWEST_NAMES for its, _ in sides):
            return 1.0
        return max(self._share(its, frozenset(theirs.fingerprint)) for its, theirs in sides)

    def _share(self, its: frozenset[int], theirs: frozenset[int]) -> float:
        return sum(self.weights(its & theirs)) / sum(self.weights(its))


def _best(shared: Mapping[int, float]) -> list[tuple[float, int]]:
    return nlargest(_NEAREST, zip(shared.values(), shared, strict=True))


def cosine(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    """How alike two vectors of `SimilarityIndex.vector` are, from 0 (nothing in common) to 1."""
    return sum(weight * other[stem] for stem, weight in one.items() if stem in other)


def common_figures(one: Iterable[int], other: Iterable[int]) -> frozenset[int]:
    """The figures that stand in both fingerprints; single digits and years are in any news and do not count."""
    return frozenset(stem for stem in one if stem & 1).difference(_ANYWHERE).intersection(other)
