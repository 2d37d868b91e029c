"""A page laid flat → the facts by which its article is found: amounts, links, the line that shows the title.

What the page's own names call a leftover is dropped, and so is what stands below the heading of its comments and what
the site says of itself; the rest is counted. main_element.py and text_run.py choose by these counts.
"""

import re
from collections.abc import Iterable, Sequence

from monitor.sources.pages import boilerplate, class_names
from monitor.sources.pages.class_names import PageRole
from monitor.sources.pages.flat_dom import HEADINGS, Outline, measure

LEAST = 250  # letters of prose; less under a promising name is a teaser of another article
TEXTUAL = HEADINGS | {"p", "li", "blockquote", "pre", "dd", "dt"}

_MOST_LEFT_OVER = 0.6  # share of the page's prose in something called a leftover: then the name misleads
_LEAST_AGREEMENT = 0.45  # share of the title's words in the heading that shows it
_MOSTLY_NOTICE = 0.5  # share of a box's prose
_LEAST_TITLE = 15  # characters; a shorter line may begin the title by chance
_LONGEST_HEADLINE = 300  # characters; a longer line is a text full of references
_RANKS = {"h1": 1.0, "h2": 0.8, "h3": 0.7}
_NEAR = 7  # lines
_OPENING = 12  # lines in which an article speaks of what its title says
_OPENING_LETTERS = 1_500
_WORD = re.compile(r"\w{4,}")
_STEM = 5  # letters of a word that its endings leave alone


class PageSurvey:
    """The facts about one page. Amounts are letters; of dropped lines nothing counts."""

    def __init__(self, outline: Outline, title: str) -> None:
        self.outline = outline
        self.title, self._title_stems = title, _stems(title)
        self._shared: dict[int, frozenset[str]] = {}
        self.roles = [class_names.role(*named) for named in zip(outline.tags, outline.names, strict=True)]
        self.roles[0] = PageRole.UNKNOWN  # the whole is never a part
        self.heading = self._find_heading()  # number of the line that shows the title; -1: none does
        self.notices = boilerplate.notices([line.text if line.prose else "" for line in outline.lines])
        self.dropped = bytearray(len(outline.lines))
        self._recount()
        self._drop_leftovers()
        self._drop_below_comments()
        self._drop_notices()
        self._recount()

    def _recount(self) -> None:
        kept = [None if gone else line for line, gone in zip(self.outline.lines, self.dropped, strict=True)]
        self.prose = [line.prose if line else 0 for line in kept]
        self.sums = measure(self.prose)
        self._shown = measure(len(line.text) if line else 0 for line in kept)
        self._linked = measure(line.linked if line else 0 for line in kept)

    def _drop_leftovers(self) -> None:
        """Drops what is called a leftover; but a name that most of the prose bears, or all that is left, misleads."""
        much = self.sums[-1] * _MOST_LEFT_OVER
        spans: list[range] = []
        for element, role in enumerate(self.roles):
            span = self.outline.span(element)
            if role is not PageRole.LEFTOVER or not span or (spans and span.start < spans[-1].stop):
                continue
            if self.amount(element) <= much and self.heading not in span and not self._is_lead(element, spans):
                spans.append(span)
        amounts = [self.sums[span.stop] - self.sums[span.start] for span in spans]
        if spans and self.sums[-1] - sum(amounts) < LEAST:
            del spans[amounts.index(max(amounts))]
        for span in spans:
            self._drop(span)

    def _is_lead(self, element: int, dropped: list[range]) -> bool:
        """Whether a box called a teaser is the first text below the headline, with no link or headline of its own."""
        span = self.outline.span(element)
        if not class_names.may_be_lead(self.outline.names[element]) or not 0 < span.start - self.heading <= _NEAR:
            return False
        above = self.sums[span.start] - self.sums[self.heading + 1]
        left_over = sum(self.sums[gone.stop] - self.sums[gone.start] for gone in dropped if gone.start > self.heading)
        is_bare = not any(self.outline.lines[n].linked or self.tag(n) in HEADINGS for n in span)
        return self.heading >= 0 and above == left_over and is_bare and self.amount(element) > 0

    def _drop(self, numbers: range) -> None:
        self.dropped[numbers.start : numbers.stop] = b"\1" * len(numbers)

    def _drop_below_comments(self) -> None:
        before = self.sums[self.heading + 1]
        for number, line in enumerate(self.outline.lines):
            if self.sums[number] - before >= LEAST and boilerplate.opens_comments(line.text):
                self._drop(range(number, len(self.outline.lines)))
                return

    def _drop_notices(self) -> None:
        """Drops what the site says of itself and asks of its readers, where a box holds little else."""
        if not self.notices:
            return
        sums = measure(amount if n in self.notices else 0 for n, amount in enumerate(self.prose))
        for number in self.notices:
            widest = None
            for box in self.outline.upwards(self.box(number)):
                span = self.outline.span(box)
                if not box or sums[span.stop] - sums[span.start] < self.amount(box) * _MOSTLY_NOTICE:
                    break
                widest = span
            if widest and self.heading not in widest:
                self._drop(widest)

    def is_headline_link(self, number: int) -> bool:
        """Whether a line is next to nothing but links, and no longer than a headline may be."""
        line = self.outline.lines[number]
        return line.linked >= len(line.text) * 0.8 and len(line.text) < _LONGEST_HEADLINE

    def box(self, number: int) -> int:
        """The element around the paragraph that a line is, or the one that it stands in bare."""
        owner = self.outline.lines[number].owner
        return self.outline.parents[owner] if self.outline.tags[owner] in TEXTUAL else owner

    def _find_heading(self) -> int:
        """The line that shows the title: a first-rank heading if one agrees, else any."""
        best, heading = 0.0, -1
        for element, tag in enumerate(self.outline.tags):
            if tag not in _RANKS:
                continue
            span = self.outline.span(element)
            shown = " ".join(self.outline.lines[number].text for number in span[:5])
            likeness = (1.0 if shown == self.title else self._agreement(shown)) * _RANKS[tag]
            if span and likeness > max(best, _LEAST_AGREEMENT):
                best, heading = likeness, span.stop - 1
        return heading if heading >= 0 else self._find_bare_title()

    @property
    def shows_title(self) -> bool:
        """Whether the headline is surely this article's: of the first rank, or the title's own words."""
        return self.heading >= 0 and (self.tag(self.heading) == "h1" or self._begins_title(self.heading))

    def _begins_title(self, number: int) -> bool:
        text = self.outline.lines[number].text
        return len(text) >= _LEAST_TITLE and self.title.startswith(text)

    def _find_bare_title(self) -> int:
        """The line that is the title or begins it, where no heading shows it."""
        return next(filter(self._begins_title, range(len(self.outline.lines))), -1)

    def _agreement(self, shown: str) -> float:
        """The share of the title's longer words that stand in a text, whatever their endings."""
        return len(self._title_stems & _stems(shown)) / len(self._title_stems) if self._title_stems else 0.0

    def amount(self, element: int) -> int:
        """Letters of prose inside an element."""
        return self.sums[self.outline.ends[element]] - self.sums[self.outline.firsts[element]]

    def prose_of(self, numbers: Iterable[int]) -> int:
        """Letters of prose in some lines."""
        return sum(self.prose[number] for number in numbers)

    def letters(self, element: int) -> int:
        """Letters of any kind that an element shows."""
        return self._shown[self.outline.ends[element]] - self._shown[self.outline.firsts[element]]

    def link_share(self, element: int) -> float:
        """The share of its letters that are in links."""
        span = self.outline.span(element)
        return (self._linked[span.stop] - self._linked[span.start]) / (self.letters(element) or 1)

    def follows(self, element: int) -> bool:
        """Whether the title stands right above an element, or in it."""
        return 0 <= self.heading < self.outline.ends[element] and self.outline.firsts[element] - self.heading <= _NEAR

    def title_share(self, element: int, *, without: range = range(0)) -> float:
        """The share of the title's words that an element's opening has, the lines `without` left out."""
        span = self.outline.span(element)
        start = max(span.start, self.heading + 1) if self.heading < span.stop else span.start
        stop = min(start + _OPENING + len(without), span.stop)
        return self.opening_share([number for number in range(start, stop) if number not in without])

    def opening_share(self, numbers: Sequence[int]) -> float:
        """The share of the title's words that the first of these lines have."""
        letters, shared = 0, set[str]()
        for number in numbers[:_OPENING]:
            if letters > _OPENING_LETTERS:
                break
            letters += len(self.outline.lines[number].text)
            shared |= self._of_title(number)
        return len(shared) / (len(self._title_stems) or 1)

    def _of_title(self, number: int) -> frozenset[str]:
        """The title's words that a line has; nested elements ask for the same lines."""
        if number not in self._shared:
            self._shared[number] = self._title_stems & _stems(self.outline.lines[number].text[:_OPENING_LETTERS])
        return self._shared[number]

    def tag(self, number: int) -> str:
        """The tag of the element that a line stands in."""
        return self.outline.tags[self.outline.lines[number].owner]


def _stems(readable: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(readable.lower()))
