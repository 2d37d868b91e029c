"""A page laid flat → the lines that are its article, and by which way they were found.

main_element.py says which element the names or the density of text choose, text_run.py which run of lines reads like
one text; where the first is short, a small part of the page, or far from the headline, the two are compared here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.sources.pages import main_element, text_run
from monitor.sources.pages.class_names import PageRole
from monitor.sources.pages.content_reader import ContentReader
from monitor.sources.pages.flat_dom import Line, Outline
from monitor.sources.pages.main_element import SHORTEST
from monitor.sources.pages.page_survey import LEAST, PageSurvey

_SMALL_PART = 0.35  # share of the text that may be something else
_SURE = 400  # letters; a named element with less is compared with the text below the headline
_SAME = 0.5  # share of the run that an element must have to be the same text
_LARGER = 1.5
_FEW = 0.1  # share of the run: so little more is no list
_LISTED = 0.4  # links for each sentence in a list of other texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """The article's lines by their numbers, and which way won: `named`, `dense`, `run` or `whole` (all prose)."""

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
    reader = ContentReader(page)
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
    if not chosen.numbers or not below.numbers:
        return chosen if chosen.numbers else below
    page, shared = chosen.page, set(chosen.numbers) & set(below.numbers)
    is_small = chosen.amount < max(_SURE, page.sums[-1] * _SMALL_PART)
    if chosen.by == "named":
        is_part = len(shared) == len(chosen.numbers) and not _is_cut_by_articles(chosen, below)
        return below if is_part and below.amount >= max(_SURE, 2 * chosen.amount) else chosen
    if page.prose_of(shared) < below.amount * _SAME:  # two different texts
        is_nearer = page.shows_title and page.opening_share(below.numbers) >= page.opening_share(chosen.numbers)
        return below if is_nearer and below.amount >= SHORTEST else chosen
    is_more = is_small and below.amount >= chosen.amount * _LARGER
    return below if is_more or _adds_others(chosen, below) else chosen


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
    links = sum(map(page.is_headline_link, added))
    headlines = sum(page.tag(n) == "h1" for n in added if n > page.heading >= 0)
    return links >= sentences * _LISTED or headlines > 0 or _stand_above(added, below)


def _stand_above(added: list[int], below: Prose) -> bool:
    """Whether much of it is prose above a headline that shows the very title of a whole text."""
    page = below.page
    above = page.prose_of(n for n in added if n < page.heading)
    return page.shows_title and below.amount >= _SURE and above > below.amount * _SMALL_PART


def _around(outline: Outline, run: range) -> int:
    """The innermost element that holds a run of lines."""
    owner = outline.lines[run.start].owner
    return next(e for e in outline.upwards(owner) if outline.firsts[e] <= run.start and run.stop <= outline.ends[e])


def body_lines(outline: Outline, title: str) -> tuple[Line, ...]:
    """The article's lines when the whole outline is known to be its body."""
    return tuple(outline.lines[number] for number in ContentReader(PageSurvey(outline, title)).read(0))
