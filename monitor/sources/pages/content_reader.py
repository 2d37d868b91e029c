"""An element of a page laid flat → the lines of it that are the article's own, and the lead above it.

What is left out here: other articles, shares, tags, bylines, headings under which nothing was left, dates, notices at
the edges, and whatever stands there a second time.
"""

import re
from collections.abc import Iterable, Iterator

from monitor.sources.pages import boilerplate
from monitor.sources.pages.flat_dom import HEADINGS, LEAST_PROSE
from monitor.sources.pages.page_survey import PageSurvey
from monitor.text import dates

_MOST_SIGNS = 30
_SMALL_PART = 0.35  # share of the text that may be something else
_LONGEST_LABEL = 45
_LONG = 80  # letters: such a line does not stand twice by chance
_LEAD = 50  # letters: a shorter line between title and text is a date, a name, a rubric
_FARTHEST_LEAD = 25  # lines above the text in which its lead may stand
_LONGEST_SIGN = 12  # characters of an hour, a number, an ornament on a line of its own
_LONGEST_DATELINE = 100
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_KEPT_SHORT = frozenset({"li", "pre", "dd", "td", "blockquote"})
_ENDS_A_SENTENCE = re.compile(r"[.!?…:;»”\"')\]]$")


class ContentReader:
    """Chooses which lines of an element are the article's own."""

    def __init__(self, page: PageSurvey) -> None:
        self.page, self.outline = page, page.outline

    def read(self, element: int, run: range | None = None) -> tuple[int, ...]:
        """The numbers of the article's own lines inside an element, or a run of its lines, and the lead above them."""
        span = run or self.outline.span(element)
        start = self._start(span, self.page.amount(element))
        numbers = self._without_sections([n for n in range(start, span.stop) if not self.page.dropped[n]], element)
        kept = [n for n in numbers if self._is_own(n)]
        kept = self._without_labels(self._without_bare_headings(kept))
        return tuple(self._once([*self._lead(span.start), *kept]))

    def _start(self, span: range, amount: int) -> int:
        """Below the title, if that stands in the element; unless much of the text stands above it."""
        heading = self.page.heading
        above = self.page.sums[heading + 1] - self.page.sums[span.start] if heading in span else amount
        return heading + 1 if above < amount * _SMALL_PART else span.start

    def _is_own(self, number: int) -> bool:
        line = self.outline.lines[number]
        is_title = line.text == self.page.title or self.page.tag(number) == "h1"
        is_short = len(line.text) <= _LONGEST_DATELINE
        is_sign = is_short and self.page.tag(number) not in _KEPT_SHORT and _is_sign(line.text)
        is_date = line.dated * 2 >= len(line.text)
        is_link = self.page.is_headline_link(number)
        return not (is_link or is_title or is_sign or is_date or boilerplate.is_about_page(line.text))

    def _without_sections(self, numbers: list[int], element: int) -> list[int]:
        """Without the parts that a heading calls something else: other articles, shares, a note on the author."""
        signs = [number for number in numbers if boilerplate.opens_others(self.outline.lines[number].text)]
        skipped: set[int] = set()
        for number in signs[:_MOST_SIGNS]:
            if number not in skipped:
                skipped.update(self._section(number, element))
        return [number for number in numbers if number not in skipped]

    def _section(self, number: int, element: int) -> range:
        """The lines under a heading: its box if that is a small one, else what looks like a list of links below it."""
        box = self._box(number, element)
        if box is not None:
            return self.outline.span(box)
        end = self.outline.ends[element]
        stop = next((n for n in range(number + 1, end) if self.page.prose[n] and self._is_followed(n)), end)
        links = sum(line.linked * 2 > len(line.text) for line in self.outline.lines[number:stop])
        return range(number, stop) if stop == end and links > 1 else range(number, number + 1)

    def _box(self, number: int, element: int) -> int | None:
        """The widest element that begins with this line and holds only a small part of the text."""
        box = None
        for above in self.outline.upwards(self.outline.lines[number].owner):
            if above == element or self.page.amount(above) > self.page.amount(element) * _SMALL_PART:
                break
            if self.outline.firsts[above] == number and self.outline.ends[above] > number + 1:
                box = above
        return box

    def _is_followed(self, number: int) -> bool:
        """Whether prose goes on below: an excerpt of another article stands between two links."""
        around = self.outline.lines[number - 1 : number + 2]
        return sum(line.linked * 2 > len(line.text) for line in around) == 0

    def _without_bare_headings(self, numbers: list[int]) -> list[int]:
        """Without headings under which nothing was left."""
        kept: list[int] = []
        rank_below = 0  # of the heading that follows; 0: something else follows
        for number in reversed(numbers):
            tag = self.page.tag(number)
            rank = int(tag[1]) if tag in HEADINGS else 0
            if rank and (not kept or 0 < rank_below <= rank):
                continue
            kept.append(number)
            rank_below = rank
        return kept[::-1]

    def _without_labels(self, numbers: list[int]) -> list[int]:
        """Without the dates, names, rubrics and notices before the first sentence and after the last one."""
        start, stop = 0, len(numbers)
        while start < stop and self._is_label(numbers[start]):
            start += 1
        while stop > start and self._is_label(numbers[stop - 1]):
            stop -= 1
        return numbers[start:stop]

    def _is_label(self, number: int) -> bool:
        line = self.outline.lines[number]
        if number in self.page.notices:
            return True
        if self.page.tag(number) in _KEPT_SHORT or len(line.text) > _LONGEST_LABEL:
            return False
        return not _ENDS_A_SENTENCE.search(line.text)

    def _lead(self, start: int) -> list[int]:
        """Lines of prose between the title and the text: what the article says first must not be lost."""
        if self.page.heading < 0 or not 0 <= start - self.page.heading - 1 <= _FARTHEST_LEAD:
            return []
        above = range(self.page.heading + 1, start)
        headlines = [n for n in above if self.outline.lines[n].linked >= LEAST_PROSE and not self.page.prose[n]]
        end = headlines[1] if len(headlines) > 1 else start  # a list of links: others begin there
        leads = [n for n in above if self.page.prose[n] >= _LEAD and self._is_own(n)]
        return [n for n in leads if n < end or n == start - 1][:3]

    def _once(self, numbers: Iterable[int]) -> Iterator[int]:
        """Without long lines that stand there a second time: a pull quote, a lead repeated, a copy for phones."""
        seen: set[str] = set()
        for number in numbers:
            line = self.outline.lines[number]
            if line.prose < _LONG or line.text not in seen:
                seen.add(line.text)
                yield number


def _is_sign(line: str) -> bool:
    """Whether a line is a date, or has no letter at all."""
    if len(line) < _LONGEST_SIGN and not _LETTER.search(line):
        return True
    return _DIGIT.search(line) is not None and dates.is_alone(boilerplate.DATE_MARK.sub(" ", line))
