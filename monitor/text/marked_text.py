"""Split a text by marks, spans that may overlap, into consecutive pieces with the marks each bears. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

MarkedSpan = tuple[int, int, int]  # `[start, end)` in the text, and the number of a mark


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPiece:
    """A stretch of a text with the same marks throughout: their numbers, sorted; () for none."""

    text: str
    marks: tuple[int, ...] = ()


def mark(text: str, spans: Iterable[MarkedSpan]) -> tuple[MarkedPiece, ...]:
    """Return pieces that together are the text; neighbours differ in marks. What of a span is outside is ignored."""
    alike = groupby(_between_edges(len(text), spans), key=itemgetter(2))
    stretches = ((list(stretch), marks) for marks, stretch in alike)
    return tuple(MarkedPiece(text=text[stretch[0][0] : stretch[-1][1]], marks=marks) for stretch, marks in stretches)


def _between_edges(length: int, spans: Iterable[MarkedSpan]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Yield the stretches between edges of spans, with the marks of each."""
    changes = _changes(length, spans)
    bearing: Counter[int] = Counter()
    at = 0
    for place in sorted({*changes, length}):
        if at < place:
            yield at, place, tuple(sorted(+bearing))
        bearing.update(changes[place])
        at = place


def _changes(length: int, spans: Iterable[MarkedSpan]) -> defaultdict[int, Counter[int]]:
    """Return for each position how many spans of each mark begin there, minus those that end."""
    changes: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for start, end, mark in spans:
        first, last = max(start, 0), min(end, length)
        if first < last:
            changes[first][mark] += 1
            changes[last][mark] -= 1
    return changes
