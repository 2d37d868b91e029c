"""Where the title, the lines, the sentences and the words of an article are; each is looked for when first asked for.

Positions are those of `title + "\\n" + text` as they came, so that the title is a place before the text.
"""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate

from monitor.matching.term_index import Span
from monitor.models.articles import Where
from monitor.text.unicode import sentences

_COUNTED = re.compile(r"\w\S*|\n\s*")  # words as a reader counts them: what stands between blanks, dashes not counted
_LINE_BREAK = 15  # words that a new paragraph counts for: what stands in two of them seldom belongs together
_BESIDE = 80  # characters around a word in which stands what shows its role


class Layout:
    """The places of one article, whose title has `title` letters."""

    def __init__(self, whole: str, *, title: int) -> None:
        self._whole, self._title, self.end = whole, title, len(whole)
        self._sentences: dict[int, list[Span]] = {}

    @cached_property
    def heading(self) -> Span:
        """The title; of a text without one, its first sentence."""
        opening = self._whole[self._title + 1 :].lstrip()
        if self._whole[: self._title].strip() or not opening:
            return 0, self._title
        return self.sentence(self.end - len(opening))

    def words_between(self, start: int, end: int) -> int:
        """How many words of the article `[start, end)` touches; a line break of the text stands for some."""
        count = bisect_left(self._words, end) - bisect_right(self._words, start) + 1
        breaks = bisect_left(self._breaks, end) - bisect_right(self._breaks, start)
        return count + breaks * (_LINE_BREAK - 1)

    @cached_property
    def _words(self) -> list[int]:
        """Where the words and the line breaks of the article begin, but for that after the title."""
        return [at for at in map(re.Match.start, _COUNTED.finditer(self._whole)) if at != self._title]

    @cached_property
    def _breaks(self) -> list[int]:
        return [at for at in self._words if self._whole[at] == "\n"]

    @cached_property
    def _lines_of_text(self) -> list[int]:
        """Where the lines of the article begin, the title first; a sentence never runs across two."""
        text = self._whole[self._title + 1 :]
        return [0, *accumulate((len(line) + 1 for line in text.split("\n")), initial=self._title + 1)]

    def sentence(self, position: int) -> Span:
        """The sentence around a hit; the title is one. Only lines with hits are parted into sentences."""
        starts = self._lines_of_text
        number = bisect_right(starts, position) - 1
        if number == 0:
            return 0, self._title
        if number not in self._sentences:
            start, end = starts[number], starts[number + 1] - 1
            self._sentences[number] = [(start + low, start + high) for low, high in sentences(self._whole[start:end])]
        spans = self._sentences[number]
        return spans[bisect_right(spans, (position, self.end)) - 1]

    def beside(self, start: int, end: int) -> tuple[str, str]:
        """The text on both sides, as far as its line goes: a headline says nothing of the first word below it."""
        before, after = self._whole[max(start - _BESIDE, 0) : start], self._whole[end : end + _BESIDE]
        return before.rpartition("\n")[2], after.partition("\n")[0]

    def place(self, span: Span) -> tuple[Where, int, int]:
        """Where it begins and ends in the title, or in the text."""
        start, end = span
        if start <= self._title:
            return "title", start, end
        offset = self._title + 1
        return "text", start - offset, end - offset
