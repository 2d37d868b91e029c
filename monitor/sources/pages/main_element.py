"""A page laid flat → the element that holds its article.

Names and text are weighed against each other: the names (class_names.py) say where to look first, the amount of prose
(page_survey.py) whether to believe them. Nothing here knows a site; one that needs more gets a selector in feeds.yaml.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from monitor.sources.pages.class_names import PageRole
from monitor.sources.pages.flat_dom import HEADINGS
from monitor.sources.pages.page_survey import LEAST, TEXTUAL, PageSurvey

SHORTEST = 80  # letters of prose of the shortest note

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


def choose(page: PageSurvey) -> tuple[int | None, str]:
    """The element that holds the article (None: there is no prose), and how it was chosen: `named` or `dense`."""
    return _Choice(page).choose()


class _Choice:
    def __init__(self, page: PageSurvey) -> None:
        self.page, self.outline = page, page.outline

    def choose(self) -> tuple[int | None, str]:
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
            owner = line.owner if outline.tags[line.owner] not in TEXTUAL else outline.parents[line.owner]
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
