"""The events that the channel told of in the last days, by their words.

An article may go on with one of them in words that no rule knows, and name nobody who is followed: «Стали известны
имена двоих переданных». When it shares enough words with what was told, maintainers are asked.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.stories.similarity import SimilarityIndex, fingerprint
from monitor.text.unicode import sentences

TOLD: Final = timedelta(days=3)  # since its story was touched last
ALIKE: Final = 0.25  # of 317 follow-ups by ten authors 244 are so much alike; of 4,359 press articles 2, to 200 stories
RULE: Final = "похоже на ту же новость"
"""Stands where a verdict names its rule."""
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)  # nothing here is ever forgotten


class RecentEvents:
    """What the channel told, ready to be compared with any number of articles."""

    def __init__(self, tellings: Iterable[tuple[str, str]] = ()) -> None:
        """`tellings`: headlines and texts, or their beginnings."""
        kept = [*tellings]
        self._index = SimilarityIndex()
        self._sentences = {words for _, text in kept for words in _sentences_of(text)}
        fingerprints = [fingerprint(title, text) for title, text in kept]
        for number, words in enumerate(fingerprints):
            self._index.add(number, number, words, _UNDATED)
        self._having: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)  # by stem: tellings, its weights
        for number, words in enumerate(fingerprints):
            for stem, weight in self._index.vector(words).items():
                self._having[stem].append((number, weight))

    def has(self, title: str, text: str) -> bool:
        """Whether an article is as much alike to one of the tellings as one of the same event is, also without the
        sentences that both have word for word: what a channel writes under each post says nothing of an event.
        """
        if not self._having or self._likeness(title, text) < ALIKE:
            return False
        own = " ".join(words for words in _sentences_of(text) if words not in self._sentences)
        return self._likeness(title, own) >= ALIKE

    def _likeness(self, title: str, text: str) -> float:
        """To the nearest telling."""
        likeness: defaultdict[int, float] = defaultdict(float)
        for stem, weight in self._index.vector(fingerprint(title, text)).items():
            for number, its_weight in self._having.get(stem, ()):
                likeness[number] += weight * its_weight
        return max(likeness.values(), default=0.0)


def _sentences_of(text: str) -> list[str]:
    return [text[slice(*span)] for span in sentences(text)]


NONE: Final = RecentEvents()
