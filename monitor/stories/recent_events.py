"""The events that the channel told of in the last days, by their words.

An article may go on with one of them in words that no rule knows, and name nobody who is followed: «Стали известны
имена двоих переданных». When it shares enough words with what was told, maintainers are asked.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Final, NamedTuple

from monitor.stories.similarity import SimilarityIndex, cosine, fingerprint
from monitor.text.remembered import remembered
from monitor.text.unicode import sentences

TOLD: Final = timedelta(days=3)  # since its story was touched last
ALIKE: Final = 0.25  # of 317 follow-ups by ten authors 244 are so much alike; of 4,359 press articles 2, to 200 stories
MOST: Final = 100  # tellings; a channel posts some thirty in three days
RULE: Final = "похоже на ту же новость"
"""Stands where a verdict names its rule."""
_SHARED: Final = 3  # words in common, without which no two texts are so much alike
_WEIGHING: Final = SimilarityIndex()  # of no articles: a word weighs by how common it is in the press


class _Told(NamedTuple):
    """A telling's words as a vector, in arrays, which take a tenth of what dicts do; and hashes of its sentences."""

    stems: "array[int]"
    weights: "array[float]"
    sentences: frozenset[int]


class RecentEvents:
    """What the channel told, ready to be compared with any number of articles."""

    def __init__(self, tellings: Iterable[tuple[str, str]] = ()) -> None:
        """`tellings`: headlines and texts, or their beginnings, the newest first; only so many are compared with."""
        self._tellings = [_told(text, title) for title, text in islice(tellings, MOST)]
        self._having: defaultdict[int, list[int]] = defaultdict(list)  # by stem: numbers of tellings
        for number, telling in enumerate(self._tellings):
            for stem in telling.stems:
                self._having[stem].append(number)

    def has(self, title: str, text: str) -> bool:
        """Whether an article is as much alike to one of the tellings as one of the same event is, also without the
        sentences that both have word for word: what a channel writes under each post says nothing of an event.
        """
        if not self._having or not self._is_alike(title, text):
            return False
        known = frozenset[int]().union(*(telling.sentences for telling in self._tellings))
        return self._is_alike(title, " ".join(words for words in _sentences_of(text) if hash(words) not in known))

    def _is_alike(self, title: str, text: str) -> bool:
        ours = _WEIGHING.vector(fingerprint(title, text))
        shared = Counter(number for stem in ours.keys() & self._having.keys() for number in self._having[stem])
        near = (self._tellings[number] for number, count in shared.items() if count >= _SHARED)
        return any(cosine(dict(zip(one.stems, one.weights, strict=True)), ours) >= ALIKE for one in near)


@remembered(2 * MOST)
def _told(text: str, title: str) -> _Told:
    vector = _WEIGHING.vector(fingerprint(title, text))
    return _Told(array("Q", vector), array("f", vector.values()), frozenset(map(hash, _sentences_of(text))))


def _sentences_of(text: str) -> list[str]:
    return [text[slice(*span)] for span in sentences(text)]


NONE: Final = RecentEvents()
