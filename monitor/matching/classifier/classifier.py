"""Words and their weights → which topic an article is likely to be of.

A linear model: how much an article reads like ours is the sum of the weights of what stands in it, divided by the root
of how much of that there is. It knows nothing of who does what to whom: rules do. So it decides nothing: it asks an
editor about what they did not find and it would, and before they post what it would not (docs/decisions/0045).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from monitor.matching.classifier.features import WORD, Vocabulary, features, words
from monitor.text.unicode import fold

TOPICS = ("extradition", "rvp", "knb")  # whose stories taught it
FEWEST = 10  # things known in a text, about, that make a sum say as much as it seems to
_LEANING = 0.5  # of what speaks for one topic: being surely of one is some of being ours
_ENOUGH = 60  # things in a text, some twenty words, without which it tells nothing
_LONG = 40  # blanks in a text that has said what it is about
_CYRILLIC = "\u0400"  # and on
_TELLING, _SHORTEST = 5, 3  # words to show, and letters of each: prepositions weigh something, and tell nothing
_UNIT = 100  # weights are written in hundredths
_BIAS, _LEAST, _SURE, _MOST = "(bias)", "(least)", "(sure)", "(most)"

Span = tuple[int, int]


class Leaning(NamedTuple):
    """The topic that something speaks for more than for the others, and by how much."""

    topic: str
    weight: float


_NO_LEANING = Leaning("", 0.0)


class Likeness(NamedTuple):
    """The topic that a text is likely to be of, and whether it is surely of ours."""

    topic: str
    is_sure: bool


@dataclass(frozen=True, kw_only=True)  # no slots: it keeps its vocabulary
class Classifier:
    """`weights` tell how much something speaks for an article of ours, `leanings` of which topic it would be. It reads
    like ours from a sum of `least` on, `bias` included, surely so from `sure` on, and unlike ours below `most`.
    """

    weights: Mapping[str, float]
    leanings: Mapping[str, Leaning]
    bias: float
    least: float
    sure: float
    most: float

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What of a text is weighed."""
        return Vocabulary(self.weights.keys())

    def likeness(self, text: str, among: Collection[str]) -> Likeness | None:
        """The likeliest of these topics, for a text that reads like one of them, a short one surely so; None for any
        other text.
        """
        scores = {topic: score for topic, score in self.scores(text).items() if topic in among}
        topic = max(scores, key=scores.__getitem__, default=None)
        if topic is None or scores[topic] < (self.least if text.count(" ") >= _LONG else self.sure):
            return None
        return Likeness(topic, is_sure=scores[topic] >= self.sure)

    def is_unlike(self, text: str) -> bool:
        """Whether a text is long enough to tell, and reads like none of ours. Kazakh in Latin letters has hardly a word
        that was weighed: nothing is told of it.
        """
        read = words(text)
        in_latin = sum(word < _CYRILLIC for word in read)
        is_judged = len(features(read)) >= _ENOUGH and 2 * in_latin < len(read)
        return is_judged and max(self.scores(text).values()) < self.most

    def scores(self, text: str) -> Mapping[str, float]:
        """How much an article reads like the stories of each topic."""
        known = self.vocabulary.known(text)
        sums = dict.fromkeys(TOPICS, sum(map(self.weights.__getitem__, known)))
        for leaning in filter(None, map(self.leanings.get, known)):
            sums[leaning.topic] += leaning.weight * _LEANING
        share = 1 / sqrt(len(known) + FEWEST)
        return {topic: self.bias + share * total for topic, total in sums.items()}

    def telling(self, text: str) -> list[Span]:
        """Where the words stand that speak for it most, each once, in their order."""
        folded = fold(text)
        spans: dict[str, Span] = {}
        for word in WORD.finditer(folded.text):
            if len(word[0]) >= _SHORTEST:
                spans.setdefault(word[0], word.span())
        weights = {word: sum(self.weights.get(one, 0.0) for one in features([word])) for word in spans}
        best = sorted(weights, key=weights.__getitem__, reverse=True)[:_TELLING]
        return sorted(folded.original_span(*spans[word]) for word in best if weights[word] > 0)


@cache
def trained() -> Classifier:
    """The one that labelled stories taught (benchmarks/classifier.py)."""
    return read(Path(__file__).with_name("weights.tsv").read_text(encoding="utf-8"))


def read(table: str) -> Classifier:
    """A classifier as `written` writes it."""
    value: Callable[[str], float] = cache(lambda hundredths: int(hundredths) / _UNIT)  # one object for equal ones
    leaning: Callable[[str, str], Leaning] = cache(lambda topic, hundredths: Leaning(topic, value(hundredths)))
    weights, leanings = {}, {}
    for feature, weight, topic, lead in (line.split("\t") for line in table.splitlines()[1:]):
        weights[feature] = value(weight)
        if topic:
            leanings[feature] = leaning(topic, lead)
    bias, least, sure, most = (weights.pop(name) for name in (_BIAS, _LEAST, _SURE, _MOST))
    return Classifier(weights=weights, leanings=leanings, bias=bias, least=least, sure=sure, most=most)


def written(classifier: Classifier) -> str:
    """A table for people and for `read`: what is weighed, its weight, the topic it speaks for and how much."""
    bounds = (_LEAST, classifier.least), (_SURE, classifier.sure), (_MOST, classifier.most)
    ahead = ((_BIAS, classifier.bias), *bounds)
    weights = [*ahead, *sorted(classifier.weights.items())]
    rows = [_row(feature, weight, classifier.leanings.get(feature, _NO_LEANING)) for feature, weight in weights]
    return "".join("\t".join(row) + "\n" for row in (("feature", "weight", "topic", "weight for it"), *rows))


def _row(feature: str, weight: float, leaning: Leaning) -> tuple[str, str, str, str]:
    return feature, str(round(weight * _UNIT)), leaning.topic, str(round(leaning.weight * _UNIT))
