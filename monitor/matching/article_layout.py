"""Where the title, the lines, the sentences and the words of an article are; each is computed when first asked for.

Positions are offsets into the original `title + "\\n" + text`, so the title comes before the text.
"""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate

from monitor.matching.term_index import Span
from monitor.models.articles import Where
from monitor.text.unicode import sentences

_COUNTED = re.compile(r"\w\S*|\n\s*")  # words as a reader counts them: between blanks; a dash alone is not counted
_LINE_BREAK = 15  # words that a paragraph break counts for: words of two paragraphs seldom belong together
_BESIDE = 80  # characters on each side of a word that are enough to show its role


class Layout:
    """Positions within one article; `title` is the length of its title in characters."""

    def __init__(self, whole: str, *, title: int) -> None:
        self._whole, self._title, self.end = whole, title, len(whole)
        self._sentences: dict[int, list[Span]] = {}

    @cached_property
    def heading(self) -> Span:
        """Return the span of the title, or of the first sentence of the text if there is no title."""
        opening = self._whole[self._title + 1 :].lstrip()
        if self._whole[: self._title].strip() or not opening:
            return 0, self._title
        return self.sentence(self.end - len(opening))

    def words_between(self, start: int, end: int) -> int:
        """Count the words of the article that `[start, end)` touches; a line break in the text counts for several."""
        count = bisect_left(self._words, end) - bisect_right(self._words, start) + 1
        breaks = bisect_left(self._breaks, end) - bisect_right(self._breaks, start)
        return count + breaks * (_LINE_BREAK - 1)

    @cached_property
    def _words(self) -> list[int]:
        """The offsets at which the article's words and line breaks begin, except the break after the title."""
        return [at for at in map(re.Match.start, _COUNTED.finditer(self._whole)) if at != self._title]

    @cached_property
    def _breaks(self) -> list[int]:
        return [at for at in self._words if self._whole[at] == "\n"]

    @cached_property
    def _lines_of_text(self) -> list[int]:
        """The offsets at which the article's lines begin, the title first; a sentence never spans two lines."""
        text = self._whole[self._title + 1 :]
        return [0, *accumulate((len(line) + 1 for line in text.split("\n")), initial=self._title + 1)]

    def sentence(self, position: int) -> Span:
        """Return the span of the sentence around a position; the title is one sentence. Lines are split when needed."""
        starts = self._lines_of_text
        number = bisect_right(starts, position) - 1
        if number == 0:
            return 0, self._title
        if number not in self._sentences:
            start, end = starts[number], starts[number + 1] - 1
            self._sentences[number] = [(start + low, start + high) for low, high in sentences(self._whole[start:end])]
        spans = self._sentences[number]
        return spans[bisect_right(spans, (position, self.end)) - 1]

    def line_around(self, start: int, end: int) -> tuple[str, str]:
        """Return the text on both sides of a span, within its line: a headline says nothing about the word below it."""
        before, after = self._whole[max(start - _BESIDE, 0) : start], self._whole[end : end + _BESIDE]
        return before.rpartition("\n")[2], after.partition("\n")[0]

    def place(self, span: Span) -> tuple[Where, int, int]:
        """Say whether a span lies in the title or in the text, and give its start and end there."""
        start, end = span
        if start <= self._title:
            return "title", start, end
        offset = self._title + 1
        return "text", start - offset, end - offset
