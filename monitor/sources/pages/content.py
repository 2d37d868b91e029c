"""A page laid flat → the lines that are its article: all of its element but what is not its own, and the lead above it.

main_element.py says which element that is. What is left out here: other articles, shares, tags, bylines, headings under
which nothing was left, and whatever stands there a second time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.sources.pages import boilerplate, main_element, text_run
from monitor.sources.pages.class_names import PageRole
from monitor.sources.pages.flat_dom import HEADINGS, LEAST_PROSE, Line, Outline
from monitor.sources.pages.main_element import SHORTEST
from monitor.sources.pages.page_survey import LEAST, PageSurvey

_LONGEST_LINKS = 300  # characters; a longer line is a text full of references
_MOST_SIGNS = 30
_SMALL_PART = 0.35  # share of the text that may be something else
_LONGEST_LABEL = 45
_LONG = 80  # letters: such a line does not stand twice by chance
_LEAD = 50  # letters: a shorter line between title and text is a date, a name, a rubric
_FARTHEST_LEAD = 25  # lines above the text in which its lead may stand
_SURE = 400  # letters; a named element with less is compared with the text below the headline
_SAME = 0.5  # share of the run that an element must have to be the same text
_LARGER = 1.5
_FEW = 0.1  # share of the run: so little more is no list
_LISTED = 0.4  # links for each sentence in a list of other texts
_LONGEST_SIGN = 12  # characters of an hour, a number, an ornament on a line of its own
_LETTER = re.compile(r"[^\W\d_]")
_KEPT_SHORT = frozenset({"li", "pre", "dd", "td", "blockquote"})
_ENDS_A_SENTENCE = re.compile(r"[.!?…:;»”\"')\]]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """The article's lines by their numbers, and how its element was chosen: `named`, `dense` or `whole` (all prose)."""

    page: PageSurvey
    numbers: tuple[int, ...]
    by: str

    @property
    def amount(self) -> int:
        """Its letters of prose."""
        return self.page.prose_of(self.numbers)

    @property
    def lines(self) -> Iterable[Line]:
        """The lines themselves."""
        return (self.page.outline.lines[number] for number in self.numbers)


def find(outline: Outline, title: str) -> Prose:
    """The article of a page. No lines when there is no prose on it.

    The element that names or density choose is compared with the run of text below the headline wherever it is short,
    a small part of the page's prose, or far from the headline.
    """
    page = PageSurvey(outline, title)
    reader = _ContentReader(page)
    element, by = main_element.choose(page)
    chosen = Prose(page=page, numbers=reader.read(element) if element is not None else (), by=by)
    if by == "named" and chosen.amount >= max(_SURE, page.sums[-1] * _SMALL_PART):
        return chosen
    run = text_run.longest(page)
    below = Prose(page=page, numbers=reader.read(_around(outline, run), run) if run else (), by="run")
    better = _better(chosen, below)
    if better.amount < (SHORTEST if better.by == "named" else LEAST):
        whole = Prose(page=page, numbers=tuple(n for n in reader.read(0) if page.prose[n]), by="whole")
        if whole.amount > 2 * better.amount and not (better.numbers and _adds_others(whole, better)):
            return whole
    return better


def _better(chosen: Prose, below: Prose) -> Prose:
    if chosen.by == "named":
        is_part = set(chosen.numbers) <= set(below.numbers) and not _is_cut_by_articles(chosen, below)
        return below if is_part and below.amount >= max(_SURE, 2 * chosen.amount) else chosen
    shared = chosen.page.prose_of(set(chosen.numbers) & set(below.numbers))
    if shared < below.amount * _SAME:  # two different texts
        return below if below.amount >= SHORTEST and below.page.heading >= 0 else chosen
    if below.amount >= chosen.amount * _LARGER:
        return below
    return below if _adds_others(chosen, below) else chosen


def _is_cut_by_articles(chosen: Prose, below: Prose) -> bool:
    """Whether another article or body begins among the lines that a run has beyond the named element."""
    outline, roles = chosen.page.outline, chosen.page.roles
    beyond = range(chosen.numbers[-1] + 1, below.numbers[-1] + 1)
    return any(roles[e] >= PageRole.ARTICLE and first in beyond for e, first in enumerate(outline.firsts))


def _adds_others(chosen: Prose, below: Prose) -> bool:
    """Whether what an element has beyond the run of text looks like a list of other texts, each with its link."""
    page, inside = chosen.page, set(below.numbers)
    added = [n for n in range(chosen.numbers[0], chosen.numbers[-1] + 1) if n not in inside and not page.dropped[n]]
    if page.prose_of(added) < below.amount * _FEW:
        return False
    sentences = sum(page.prose[n] > 0 for n in added)
    links = sum(page.outline.lines[n].linked * 2 > len(page.outline.lines[n].text) for n in added)
    headlines = sum(page.tag(n) == "h1" for n in added if n > page.heading >= 0)
    return links >= sentences * _LISTED or headlines > 0 or _stand_above(added, below)


def _stand_above(added: list[int], below: Prose) -> bool:
    """Whether much of it is prose above a headline that shows the very title of a whole text."""
    page = below.page
    above = page.prose_of(n for n in added if n < page.heading)
    shows = page.heading >= 0 and page.outline.lines[page.heading].text == page.title
    return shows and below.amount >= _SURE and above > below.amount * _SMALL_PART


def _around(outline: Outline, run: range) -> int:
    """The innermost element that holds a run of lines."""
    owner = outline.lines[run.start].owner
    return next(e for e in outline.upwards(owner) if outline.firsts[e] <= run.start and run.stop <= outline.ends[e])


def inside(outline: Outline, title: str) -> tuple[Line, ...]:
    """The article's lines when the whole outline is known to be its body."""
    return tuple(outline.lines[number] for number in _ContentReader(PageSurvey(outline, title)).read(0))


class _ContentReader:
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
        long = len(line.text)
        is_links = line.linked >= long * 0.8 and long < _LONGEST_LINKS
        is_title = line.text == self.page.title or self.page.tag(number) == "h1"
        is_sign = long < _LONGEST_SIGN and self.page.tag(number) not in _KEPT_SHORT and not _LETTER.search(line.text)
        return not (is_links or is_title or is_sign or line.dated * 2 >= long or boilerplate.is_about_page(line.text))

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
        if boilerplate.is_notice(line.text):
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
        return [n for n in above if n < end and self.page.prose[n] >= _LEAD and self._is_own(n)][:3]

    def _once(self, numbers: Iterable[int]) -> Iterator[int]:
        """Without long lines that stand there a second time: a pull quote, a lead repeated, a copy for small screens."""
        seen: set[str] = set()
        for number in numbers:
            line = self.outline.lines[number]
            if line.prose < _LONG or line.text not in seen:
                seen.add(line.text)
                yield number
