"""A page laid flat → the element that holds its article.

First a survey: what the page's own names call a leftover is dropped, and so is what stands below the heading of its
comments; the rest is counted. Then a choice, in which names and text are weighed against each other: the names
(class_names.py) say where to look first, the amount of prose whether to believe them. Nothing here knows a site; a site
that needs more gets a selector in feeds.yaml.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from monitor.sources.pages import boilerplate, class_names
from monitor.sources.pages.class_names import PageRole
from monitor.sources.pages.flat_dom import HEADINGS, Outline, measure

LEAST = 250  # letters of prose; less under a promising name is a teaser of another article
SHORTEST = 80  # letters of prose of the shortest note

# The survey.
_MOST_LEFT_OVER = 0.6  # share of the page's prose in something called a leftover: then the name misleads
_LEAST_AGREEMENT = 0.45  # share of the title's words in the heading that shows it
_MOSTLY_NOTICE = 0.5  # share of a box's prose
_RANKS = {"h1": 1.0, "h2": 0.8, "h3": 0.7}
_NEAR = 7  # lines
_OPENING = 12  # lines in which an article speaks of what its title says
_OPENING_LETTERS = 1_500
_WORD = re.compile(r"\w{4,}")
_STEM = 5  # letters of a word that its endings leave alone

# The choice.
_LISTING = 0.12  # share of linked letters in a list of teasers; articles have less
_AGREED = 0.3  # share of the title's words in a short text that is about it
_SURELY_AGREED = 0.5
_INNERMOST = 0.85  # share of the prose that an inner body must hold to stand for the outer one
_SECONDARY = 0.3  # a body with less prose than this share of the densest element is something beside the article
_NARROW = 0.5  # share of a main column's prose that its densest element must hold to stand for it
_PURE = 0.85  # share of prose in what stands around a text and belongs to it
_HIGHEST = 8  # levels above an element
_FARTHEST_PIECE = 15  # lines between two pieces of one article
_HEAVIEST = 8  # elements whose agreement with the title is worth asking for
_TEXTUAL = HEADINGS | {"p", "li", "blockquote", "pre", "dd", "dt"}


class PageSurvey:
    """The facts about one page. Amounts are letters; of dropped lines nothing counts."""

    def __init__(self, outline: Outline, title: str) -> None:
        self.outline = outline
        self.title, self._title_stems = title, _stems(title)
        self._shared: dict[int, frozenset[str]] = {}
        self.roles = [class_names.role(*named) for named in zip(outline.tags, outline.names, strict=True)]
        self.roles[0] = PageRole.UNKNOWN  # the whole is never a part
        self.heading = self._find_heading()  # number of the line that shows the title; -1: none does
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

    def _drop_notices(self) -> None:
        """Drops what the site says of itself and asks of its readers, where a box holds little else."""
        notices = [
            n for n, amount in enumerate(self.prose) if amount and boilerplate.is_notice(self.outline.lines[n].text)
        ]
        boxes = {n: self.box(n) for n in notices}
        for box in set(boxes.values()):
            amount = sum(self.prose[n] for n in notices if boxes[n] == box)
            if box and amount > self.amount(box) * _MOSTLY_NOTICE:
                self._drop(self.outline.span(box))

    def box(self, number: int) -> int:
        """The element around the paragraph that a line is, or the one that it stands in bare."""
        owner = self.outline.lines[number].owner
        return self.outline.parents[owner] if self.outline.tags[owner] in _TEXTUAL else owner

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
        return heading

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
        opening = [number for number in range(start, stop) if number not in without][:_OPENING]
        letters, shared = 0, set[str]()
        for number in opening:
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


def choose(page: PageSurvey) -> tuple[int | None, str]:
    """The element that holds the article (None: there is no prose), and how it was chosen: `named` or `dense`."""
    return _Choice(page).made()


class _Choice:
    def __init__(self, page: PageSurvey) -> None:
        self.page, self.outline = page, page.outline

    def made(self) -> tuple[int | None, str]:
        dense = self._densest(range(len(self.outline.tags)))
        for role in (PageRole.BODY, PageRole.ARTICLE, PageRole.MAIN):
            named = self._first_named(role)
            if named is not None and self._is_credible(named, dense):
                return self._narrowed(named) if role is PageRole.MAIN else named, "named"
        return dense, "dense"

    def _first_named(self, role: PageRole) -> int | None:
        """The first element of that role after the title that holds prose enough, with its like beside it."""
        pool = [element for element, its in enumerate(self.page.roles) if its is role and self._is_enough(element)]
        after = [element for element in pool if self.outline.ends[element] > self.page.heading + 1] or pool
        if not after:
            return None
        first = after[0] if self.page.heading >= 0 else max(after, key=self._promise)
        return self._innermost(self._with_its_like(first, role), after)

    def _is_enough(self, element: int) -> bool:
        """Whether it may be an article; a short one must speak of what the title says."""
        amount = self.page.amount(element)
        if amount >= LEAST:
            return True
        return amount >= SHORTEST and (self.page.follows(element) or self.page.title_share(element) >= _AGREED)

    def _with_its_like(self, first: int, role: PageRole) -> int:
        """What holds all pieces, where the text is cut into several bodies of one name."""
        outline, last = self.outline, first
        for element in range(first + 1, len(outline.tags)) if role is PageRole.BODY else ():
            if outline.firsts[element] < outline.ends[last]:
                continue
            if outline.firsts[element] - outline.ends[last] > _FARTHEST_PIECE or self._parts_articles(element, last):
                break
            if self.page.roles[element] is role and outline.names[element] == outline.names[first]:
                last = element
        above = set(outline.upwards(first))
        return next(element for element in outline.upwards(last) if element in above)

    def _parts_articles(self, element: int, last: int) -> bool:
        """Whether another article begins with it, or under it: a heading right beside a piece is only a subheading."""
        tag, beside = self.outline.tags[element], self.outline.parents[element] == self.outline.parents[last]
        return self.page.roles[element] is PageRole.ARTICLE or tag == "h1" or (tag in HEADINGS and not beside)

    def _innermost(self, outer: int, pool: Iterable[int]) -> int:
        for inner in pool:
            is_inside = inner > outer and self.outline.ends[inner] <= self.outline.ends[outer]
            if is_inside and self.page.amount(inner) >= self.page.amount(outer) * _INNERMOST:
                outer = inner
        return outer

    def _is_credible(self, named: int, dense: int | None) -> bool:
        """Whether no other element has more prose by far; or, if one has, whether this one is about the title."""
        amount = self.page.amount(named)
        if dense is None or amount >= self.page.amount(dense) * _SECONDARY:
            return True
        here, elsewhere = self.page.title_share(named), self.page.title_share(dense, without=self.outline.span(named))
        if amount >= LEAST:
            return here >= max(_SURELY_AGREED, elsewhere) or self.page.follows(named)
        return here >= elsewhere + _AGREED or (self.page.follows(named) and self.page.link_share(dense) > _LISTING)

    def _narrowed(self, main: int) -> int:
        """The densest element of a main column, unless much of the column's prose is elsewhere in it."""
        inner = [n for n in range(main, len(self.outline.tags)) if self.outline.ends[n] <= self.outline.ends[main]]
        dense = self._densest(inner)
        return dense if dense is not None and self.page.amount(dense) >= self.page.amount(main) * _NARROW else main

    def _densest(self, among: Sequence[int]) -> int | None:
        """The element whose paragraphs, near and less near, weigh most and agree with the title."""
        if not among:
            return None
        outline, low, high = self.outline, among[0], among[-1]
        scores: dict[int, float] = defaultdict(float)
        for number in range(outline.firsts[low], len(outline.lines)):
            line = outline.lines[number]
            if not self.page.prose[number] or not low <= line.owner <= high:
                continue
            owner = line.owner if outline.tags[line.owner] not in _TEXTUAL else outline.parents[line.owner]
            weight = 1 + min(line.text.count(","), 5) * 0.5 + min(len(line.text) / 100, 5)
            for share, element in zip((1.0, 0.6, 0.3), outline.upwards(owner), strict=False):
                scores[element] += weight * share
        weights = {element: score * (1 - self.page.link_share(element)) for element, score in scores.items()}
        heaviest = sorted(weights, key=lambda element: -weights[element])[:_HEAVIEST]
        best = max(
            heaviest, key=lambda element: weights[element] * (0.3 + self.page.title_share(element)), default=None
        )
        return self._grown(best) if best is not None else None

    def _grown(self, element: int) -> int:
        """The element with what stands around it, as long as that is prose too."""
        best = element
        for parent in list(self.outline.upwards(element))[1:_HIGHEST]:
            if parent == 0 or self.page.roles[element] is PageRole.BODY:
                break
            added = self.page.amount(parent) - self.page.amount(element)
            if added < (self.page.letters(parent) - self.page.letters(element)) * _PURE:
                break
            element = parent
            best = parent if added else best
        return best

    def _promise(self, element: int) -> float:
        return self.page.amount(element) * (0.2 + self.page.title_share(element))
