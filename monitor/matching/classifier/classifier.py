"""Words and their weights → which topic an article is likely to be of.

A linear model: an article's score is the sum of the weights of its features, divided by the square root of their
number. It does not know who does what to whom: rules do. So it decides nothing. It asks an editor about articles that
no rule matched but that it would report, and about articles that a rule would post but it would not report
(docs/decisions/0045).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from monitor.matching.classifier.features import WORD, Vocabulary, features, words
from monitor.text.unicode import fold

TOPICS = ("extradition", "rvp", "knb")  # the topics with labelled training stories
FEWEST = 10  # added to the number of known features, so that a text with few of them gets a low score
# share of a topic's own weight that is added to the score: a text surely of one topic is more likely of ours
_LEANING = 0.5
_ENOUGH = 60  # features, some twenty words; a shorter text is not called unlike
_LONG = 40  # blanks in a text; a shorter one must reach `sure`
_CYRILLIC = "\u0400"  # the first Cyrillic letter; letters below it are Latin
_TELLING, _SHORTEST = 5, 3  # words to show, and letters of the shortest: prepositions have weights but explain nothing
_UNIT = 100  # the file stores weights in hundredths
_BIAS, _LEAST, _SURE, _MOST = "(bias)", "(least)", "(sure)", "(most)"

Span = tuple[int, int]


class Leaning(NamedTuple):
    """The topic for which a feature speaks more than for the others, and by how much."""

    topic: str
    weight: float


_NO_LEANING = Leaning("", 0.0)


class Likeness(NamedTuple):
    """The topic that a text is likely to be of, and whether the score is high enough to be sure."""

    topic: str
    is_sure: bool


@dataclass(frozen=True, kw_only=True)  # no slots: it keeps its vocabulary
class Classifier:
    """`weights` say how much a feature speaks for any of our topics, `leanings` for which topic.

    An article reads like ours from a score of `least` (including `bias`), surely from `sure`, and unlike ours below
    `most`.
    """

    weights: Mapping[str, float]
    leanings: Mapping[str, Leaning]
    bias: float
    least: float
    sure: float
    most: float

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.weights.keys())

    def likeness(self, text: str, among: Collection[str]) -> Likeness | None:
        """Return the likeliest topic `among` these, or None below a score of `least` (of `sure` for a short text)."""
        scores = {topic: score for topic, score in self.scores(text).items() if topic in among}
        topic = max(scores, key=scores.__getitem__, default=None)
        if topic is None or scores[topic] < (self.least if text.count(" ") >= _LONG else self.sure):
            return None
        return Likeness(topic, is_sure=scores[topic] >= self.sure)

    def is_unlike(self, text: str) -> bool:
        """Whether a text is long enough to judge and reads like none of our topics. Kazakh in Latin letters is never
        judged, because hardly any of its words have weights.
        """
        read = words(text)
        in_latin = sum(word < _CYRILLIC for word in read)
        is_judged = len(features(read)) >= _ENOUGH and 2 * in_latin < len(read)
        return is_judged and max(self.scores(text).values()) < self.most

    def scores(self, text: str) -> Mapping[str, float]:
        """Return the score of an article for each topic."""
        known = self.vocabulary.known_features(text)
        sums = dict.fromkeys(TOPICS, sum(map(self.weights.__getitem__, known)))
        for leaning in filter(None, map(self.leanings.get, known)):
            sums[leaning.topic] += leaning.weight * _LEANING
        share = 1 / sqrt(len(known) + FEWEST)
        return {topic: self.bias + share * total for topic, total in sums.items()}

    def telling(self, text: str) -> list[Span]:
        """Return the spans of the words with the highest weights, each word once, in text order."""
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
    """Return the shipped classifier, trained on labelled stories by benchmarks/classifier.py."""
    return loads(Path(__file__).with_name("weights.tsv").read_text(encoding="utf-8"))


def loads(table: str) -> Classifier:
    """Parse a classifier from the table that `dumps` produces."""
    # equal numbers share one object, to save memory
    value: Callable[[str], float] = cache(lambda hundredths: int(hundredths) / _UNIT)
    leaning: Callable[[str, str], Leaning] = cache(lambda topic, hundredths: Leaning(topic, value(hundredths)))
    weights, leanings = {}, {}
    for feature, weight, topic, lead in (line.split("\t") for line in table.splitlines()[1:]):
        weights[feature] = value(weight)
        if topic:
            leanings[feature] = leaning(topic, lead)
    bias, least, sure, most = (weights.pop(name) for name in (_BIAS, _LEAST, _SURE, _MOST))
    return Classifier(weights=weights, leanings=leanings, bias=bias, least=least, sure=sure, most=most)


def dumps(classifier: Classifier) -> str:
    """Serialise a classifier as a table for people and for `loads`: feature, weight, topic it speaks for, how much."""
    bounds = (_LEAST, classifier.least), (_SURE, classifier.sure), (_MOST, classifier.most)
    ahead = ((_BIAS, classifier.bias), *bounds)
    weights = [*ahead, *sorted(classifier.weights.items())]
    rows = [_row(feature, weight, classifier.leanings.get(feature, _NO_LEANING)) for feature, weight in weights]
    return "".join("\t".join(row) + "\n" for row in (("feature", "weight", "topic", "weight for it"), *rows))


def _row(feature: str, weight: float, leaning: Leaning) -> tuple[str, str, str, str]:
    return feature, str(round(weight * _UNIT)), leaning.topic, str(round(leaning.weight * _UNIT))
