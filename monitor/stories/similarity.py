"""How similar two articles are: fingerprints, their similarity, and an index of the nearest stories.

The similarity is the cosine of TF-IDF vectors over title and lead; a word's weight follows from how many recent
articles have it (`SimilarityIndex.weights`). What retellings keep weighs more: names, figures, words of the headline.
placement.py decides which similarity is enough, novelty.py what is news in a retelling.
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

LEAD = 600  # characters of title and of text: the lead has the event, the rest is background
STEM = 6  # letters kept of a word, enough to ignore most endings in both languages
FEWEST = 8  # words; a fingerprint of fewer says too little to merge on

_FIGURES_WEIGH = 1.5  # factor for dates, sums and numbers of people
_NAMES_COUNT = 3  # repetitions of a word with a capital within a sentence: retellings keep names
_TITLE_COUNTS = 2  # repetitions of the headline's words: it has the event, the text background too
_FEWEST_NAMES = 2  # names and figures; fewer say nothing
_PRIOR = 270  # articles that an empty index is assumed to have (text/languages/word_frequencies.py)
_RAREST = 25  # stems by which near stories are looked up; commoner ones add little
_NEAREST = 12  # stories compared exactly

_QUOTES = ' «„“"('
_BEFORE = 4  # characters before a word that show whether it begins a sentence
_WORD = re.compile(r"\d+|[^\W\d_]{3,}")


def fingerprint(title: str, text: str) -> tuple[int, ...]:
    """Return the words of title and lead, cut to stems, as sorted numbers, repeated by their importance.

    Even numbers are words, odd ones figures. Blanks do not matter; capitals only show which words are names.
    """
    stems: list[int] = []
    for part, times in ((in_cyrillic(title[:LEAD]), _TITLE_COUNTS), (in_cyrillic(text[:LEAD]), 1)):
        for word in _WORD.finditer(part):
            stems += [stem_of(word[0])] * (times * _NAMES_COUNT if _is_name(part, word) else times)
    return tuple(sorted(stems))


def names_and_figures(title: str, text: str) -> frozenset[int]:
    """Return the names and figures of title and lead, numbered as in a fingerprint: what a retelling keeps."""
    return names_and_figures_in(in_cyrillic(title[:LEAD]), in_cyrillic(text[:LEAD]))


def names_and_figures_in(*parts: str) -> frozenset[int]:
    """Return the names and figures of whole texts, numbered as in `names_and_figures`."""
    words = ((part, word) for part in parts for word in _WORD.finditer(part))
    return frozenset(stem_of(word[0]) for part, word in words if word[0].isdecimal() or _is_name(part, word))


def is_short(article: Article) -> bool:
    """Whether the article has too few words to be compared by similarity."""
    return len(set(article.fingerprint)) < FEWEST


def stem_of(word: str) -> int:
    """Return a word's number in fingerprints."""
    return _number(word.casefold().replace("ё", "е"))


def _is_name(part: str, word: re.Match[str]) -> bool:
    """Whether the word has a capital that is not due to the beginning of a sentence."""
    if not word[0].istitle():
        return False
    before = part[max(0, word.start() - _BEFORE) : word.start()].rstrip(_QUOTES)
    return before[-1:].isalnum() or before[-1:] == ","


def _number(word: str) -> int:
    return crc32(word[:STEM].encode("utf-8", "replace")) << 1 | word.isdecimal()


_ANYWHERE = frozenset(_number(str(figure)) for figure in (*range(10), *range(1900, 2100)))  # digits, years
_PRIOR_COUNTS = {_number(word): _PRIOR * share for word, share in SHARES.items()}  # articles that have the word


def _commonness(stem: int, having: int = 0) -> float:
    """Return the logarithm of the number of articles with the stem, with those an empty index is assumed to have."""
    return math.log(having + _PRIOR_COUNTS.get(stem, 0.5) + 0.5)


class _Commonness(dict[int, float]):
    """Map a stem to the logarithm of its number of articles; a missing stem gets the value of a word in no article."""

    def __missing__(self, stem: int) -> float:
        return _commonness(stem)


class SimilarityIndex:
    """Fingerprints of the recent stories' articles: word weights, and which stories are worth comparing.

    A cache of the database that its owner fills; nothing is lost with the process.
    """

    def __init__(self) -> None:
        self._articles: dict[int, tuple[int, datetime, array[int]]] = {}
        # a heap, the oldest first; articles added again occur twice, even unchanged
        self._ages: list[tuple[datetime, int]] = []
        # stem → the stories of its articles
        self._having: defaultdict[int, array[int]] = defaultdict(partial(array, "I"))
        self._commonness = _Commonness()

    def add(self, article_id: int, story_id: int, fingerprint: Iterable[int], at: datetime) -> None:
        """Count an article; `at` is when it came."""
        if article_id in self._articles:
            self._drop(article_id)
        stems = array("Q", frozenset(fingerprint))  # arrays take a tenth of the memory of sets
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
        """Drop the articles that came before this time."""
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
        """Return inverse document frequencies over the articles here and those an empty index is assumed to have."""
        whole, commonness = math.log(len(self._articles) + _PRIOR + 1), self._commonness
        return [(whole - commonness[stem]) * _FIGURES_WEIGH if stem & 1 else whole - commonness[stem] for stem in stems]

    def nearest(self, fingerprint: Iterable[int]) -> list[int]:
        """Return the stories that share most of the article's rarest words, the nearest first; at most a dozen."""
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
        for weight, stories in having:  # most stories share one word only; of them, those that share a rare one
            if weight >= least:
                shared.update(dict.fromkeys(stories - again, weight))
        return [story_id for _, story_id in _best(shared)]

    def vector(self, fingerprint: Iterable[int]) -> dict[int, float]:
        """Return the weight of each word of a fingerprint, normalised to length 1; {} below FEWEST words."""
        counts = Counter(fingerprint)
        if len(counts) < FEWEST:
            return {}
        pairs = zip(counts.values(), self.weights(counts), strict=True)
        weights = [weight if count == 1 else (1 + math.log(count)) * weight for count, weight in pairs]
        length = math.sqrt(sum(map(mul, weights, weights)))
        return {stem: weight / length for stem, weight in zip(counts, weights, strict=True)} if length else {}

    def agreement(self, one: Article, other: Article) -> float:
        """Return the share, by weight, of one article's names and figures that the other has too; the larger of both
        directions.

        From 0 (nothing in common) to 1; 1 if one of them has fewer than two.
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
    """Return the similarity of two vectors of `SimilarityIndex.vector`, from 0 (nothing in common) to 1."""
    return sum(weight * other[stem] for stem, weight in one.items() if stem in other)


def common_figures(one: Iterable[int], other: Iterable[int]) -> frozenset[int]:
    """Return the figures in both fingerprints, except single digits and years, which are in any news."""
    return frozenset(stem for stem in one if stem & 1).difference(_ANYWHERE).intersection(other)
