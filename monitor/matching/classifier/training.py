"""Labelled stories → a classifier: logistic regression by stochastic gradient descent with AdaGrad steps.

The same stories in the same shuffled order give the same classifier.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from math import exp, sqrt
from typing import Any, NamedTuple

from monitor.matching.classifier.classifier import FEWEST, TOPICS, Classifier, Leaning
from monitor.matching.classifier.features import features, words

KEPT = 5_000  # features kept; six times as many are no better
_RARE = 3  # texts in which a feature must occur to be kept
_ROUNDS, _STEP, _BIAS_STEP, _SHRINK = 10, 0.3, 0.05, 1e-5
_LEARNT = 0.02  # a smaller error changes no weights
_LEANING = 0.5  # the smallest lead over the other topics that is stored

_Shuffle = Callable[[list[Any]], None]


class LabelledText(NamedTuple):
    """A text and the topics it is of; none means that it is not ours."""

    title: str
    text: str
    topics: tuple[str, ...]


class _Sample(NamedTuple):
    features: list[str]
    topics: tuple[str, ...]


class _Model(NamedTuple):
    weights: dict[str, float]
    bias: float


def train(texts: Iterable[LabelledText], *, least: float, sure: float, most: float, shuffle: _Shuffle) -> Classifier:
    """Train a classifier with these bounds; `shuffle` reorders a list in place, before each round."""
    samples = [_Sample(sorted(features(words(text))), topics) for text, topics in _parts(texts)]
    counts = Counter(one for sample in samples for one in sample.features)
    common = _among(samples, {one for one, count in counts.items() if count >= _RARE})
    every = _fitted(common, TOPICS, shuffle).weights
    kept = sorted(every, key=lambda one: (-abs(every[one]), one))[:KEPT]
    samples = _among(common, set(kept))
    ours = _fitted(samples, TOPICS, shuffle)
    by_topic = {topic: _fitted(samples, (topic,), shuffle).weights for topic in TOPICS}
    leanings = {one: _leaning({topic: by_topic[topic][one] for topic in TOPICS}) for one in kept}
    strong_leanings = {one: leaning for one, leaning in leanings.items() if leaning.weight >= _LEANING}
    return Classifier(weights=ours.weights, leanings=strong_leanings, bias=ours.bias, least=least, sure=sure, most=most)


def _parts(texts: Iterable[LabelledText]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield training samples. An article that is not ours is also used as title only and as text only, so that the
    shortest headlines teach what a place name alone is worth. An article that is ours is used whole only.
    """
    for title, text, topics in texts:
        yield f"{title}\n{text}", topics
        if title and text and not topics:
            yield title, topics
            yield text, topics


def _among(samples: Iterable[_Sample], kept: Collection[str]) -> list[_Sample]:
    return [_Sample([one for one in sample.features if one in kept], sample.topics) for sample in samples]


def _fitted(samples: Sequence[_Sample], topics: Collection[str], shuffle: _Shuffle) -> _Model:
    """Fit weights that separate the stories of these topics from all others."""
    weights: dict[str, float] = dict.fromkeys((one for sample in samples for one in sample.features), 0.0)
    steps: defaultdict[str, float] = defaultdict(lambda: 1e-6)  # sums of squared gradients
    bias = 0.0
    labelled = [(sample.features, not set(topics).isdisjoint(sample.topics)) for sample in samples]
    for _ in range(_ROUNDS):
        shuffle(labelled)
        for known, is_ours in labelled:
            share = 1 / sqrt(len(known) + FEWEST)
            error = _likely(bias + share * sum(map(weights.__getitem__, known))) - is_ours
            bias -= _BIAS_STEP * error
            for one in known if abs(error) >= _LEARNT else ():
                gradient = error * share + _SHRINK * weights[one]
                steps[one] += gradient * gradient
                weights[one] -= _STEP * gradient / sqrt(steps[one])
    return _Model(weights, bias)


def _likely(score: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))


def _leaning(weights: dict[str, float]) -> Leaning:
    first, second, *_ = sorted(weights, key=weights.__getitem__, reverse=True)
    return Leaning(first, weights[first] - weights[second])
