"""A page surveyed: what its parts are called, where its title stands, how much prose each element holds.

The measures that finding an article is made of, after the page's leftovers are taken out of the count. Deciding by them
is `prose`'s affair.
"""

import re

from monitor.sources.pages import boilerplate, class_names
from monitor.sources.pages.class_names import Part
from monitor.sources.pages.flat_dom import Outline, measure

LEAST = 250  # letters of prose; less under a promising name is a teaser of another article

_NEAR = 7  # lines
_MOST_LEFT_OVER = 0.6  # share of the page's prose in something called a leftover: then the name misleads
_LEAST_AGREEMENT = 0.45  # share of the title's words in the heading that shows it
_RANKS = {"h1": 1.0, "h2": 0.8, "h3": 0.7}
_OPENING = 12  # lines in which an article speaks of what its title says
_WORD = re.compile(r"\w{4,}")
_STEM = 5


class Survey:
    """The facts about one page. Amounts are letters; of dropped lines nothing counts."""

    def __init__(self, outline: Outline, title: str) -> None:
        self.outline = outline
        self.title, self.title_stems = title, stems(title)
        self.parts = [class_names.part(*called) for called in zip(outline.tags, outline.names, strict=True)]
        self.parts[0] = Part.UNKNOWN  # the whole is never a part
        self.heading = self._find_heading(title)  # number of the line that shows the title; -1: none does
        self.dropped = bytearray(len(outline.lines))
        self._recount()
        self._drop_leftovers()
        self._drop_below_comments()
        self._recount()

    def _recount(self) -> None:
        kept = [None if gone else line for line, gone in zip(self.outline.lines, self.dropped, strict=True)]
        self.prose = [line.prose if line else 0 for line in kept]
        self.sums = measure(self.prose)
        self.shown = measure(len(line.text) if line else 0 for line in kept)
        self.linked = measure(line.linked if line else 0 for line in kept)

    def _drop_leftovers(self) -> None:
        """Drops what is called a leftover; but a name that most of the prose bears, or all that is left, misleads."""
        much = self.sums[-1] * _MOST_LEFT_OVER
        spans: list[range] = []
        for element, part in enumerate(self.parts):
            span = self.outline.span(element)
            if part is not Part.LEFTOVER or not span or (spans and span.start < spans[-1].stop):
                continue
            if self.amount(element) <= much and self.heading not in span:
                spans.append(span)
        amounts = [self.sums[span.stop] - self.sums[span.start] for span in spans]
        if spans and self.sums[-1] - sum(amounts) < LEAST:
            del spans[amounts.index(max(amounts))]
        for span in spans:
            self._drop(span)

    def _drop(self, numbers: range) -> None:
        self.dropped[numbers.start : numbers.stop] = b"\1" * len(numbers)

    def _drop_below_comments(self) -> None:
        before = self.sums[self.heading + 1]
        for number, line in enumerate(self.outline.lines):
            if self.sums[number] - before >= LEAST and boilerplate.opens_comments(line.text):
                self._drop(range(number, len(self.outline.lines)))
                return

    def _find_heading(self, title: str) -> int:
        """The line that shows the title: a first-rank heading if one agrees, else any."""
        wanted = self.title_stems
        best, found = 0.0, -1
        for element, tag in enumerate(self.outline.tags):
            if tag not in _RANKS:
                continue
            span = self.outline.span(element)
            shown = " ".join(self.outline.lines[number].text for number in span[:5])
            likeness = (agreement(wanted, stems(shown)) if title != shown else 1.0) * _RANKS[tag]
            if span and likeness > max(best, _LEAST_AGREEMENT):
                best, found = likeness, span.stop - 1
        return found

    def amount(self, element: int) -> int:
        """Letters of prose inside an element."""
        return self.sums[self.outline.ends[element]] - self.sums[self.outline.firsts[element]]

    def letters(self, element: int) -> int:
        """Letters of any kind that an element shows."""
        return self.shown[self.outline.ends[element]] - self.shown[self.outline.firsts[element]]

    def link_share(self, element: int) -> float:
        """The share of its letters that are in links."""
        span = self.outline.span(element)
        return (self.linked[span.stop] - self.linked[span.start]) / (self.letters(element) or 1)

    def follows(self, element: int) -> bool:
        """Whether the title stands right above an element, or in it."""
        return 0 <= self.heading < self.outline.ends[element] and self.outline.firsts[element] - self.heading <= _NEAR

    def told(self, element: int, *, without: range = range(0)) -> float:
        """The share of the title's words that an element's opening speaks of."""
        span = self.outline.span(element)
        start = max(span.start, self.heading + 1) if self.heading < span.stop else span.start
        numbers = [
            number for number in range(start, min(start + _OPENING + len(without), span.stop)) if number not in without
        ]
        opening = " ".join(self.outline.lines[number].text for number in numbers[:_OPENING])
        return agreement(self.title_stems, stems(opening[:1_500]))

    def tag(self, number: int) -> str:
        """The tag of the element that a line stands in."""
        return self.outline.tags[self.outline.lines[number].owner]


def agreement(wanted: frozenset[str], shown: frozenset[str]) -> float:
    """The share of the wanted words' beginnings that are shown."""
    return len(wanted & shown) / len(wanted) if wanted else 0.0


def stems(readable: str) -> frozenset[str]:
    """The beginnings of its longer words: enough to see whether two texts speak of one thing in spite of endings."""
    return frozenset(word[:_STEM].lower() for word in _WORD.findall(readable))
