"""A page laid flat → the run of lines below its headline that reads like one text, whatever boxes they stand in.

For pages whose names say nothing and whose boxes mislead: the sentences of an article follow each other, those of lists
and comments stand behind links (a headline, «ответить»). Gains and costs are letters; the run with most wins.
"""

from monitor.sources.pages.flat_dom import HEADINGS
from monitor.sources.pages.page_survey import PageSurvey

_MOST_GAIN = 600  # of one line
_FIRST_LINK, _NEXT_LINK = 80, 30  # costs of a line that is a link: another text may begin there
_MOST_LINKS = 300  # of the links in a row
_LABEL = 8
_ANOTHER = 100_000  # the cost of a second headline: no text goes on across it
_NOTICE = 200
_BELONGS = 2  # lines below a link that may be what it leads to
_SURELY_TEXT = 400  # letters; no excerpt is so long


def longest(page: PageSurvey) -> range:
    """The lines from the headline on, or from wherever it pays most if none shows the title."""
    costs = _gains(page)
    begin = start = stop = page.heading + 1
    total = best = 0
    for number in range(begin, len(costs)):
        total += costs[number]
        if total > best:
            best, start, stop = total, begin, number + 1
        elif total < 0 and page.heading < 0:
            total, begin = 0, number + 1
    return range(start, stop)


def _gains(page: PageSurvey) -> list[int]:
    gains: list[int] = []
    link = -_BELONGS - 1  # the last line that is one
    spent = 0  # on the links in a row
    for number, line in enumerate(page.outline.lines):
        gain = 0
        if page.dropped[number]:
            pass
        elif page.is_headline_link(number):
            gain = -min(_NEXT_LINK if spent else _FIRST_LINK, _MOST_LINKS - spent)
            spent -= gain
            link = number
        elif number > page.heading >= 0 and page.tag(number) == "h1":
            gain = -_ANOTHER
        elif page.prose[number]:
            is_theirs = line.prose < _SURELY_TEXT and (_in_card(page, number) or _is_below(page, number, link))
            gain = -_NOTICE if number in page.notices else 0 if is_theirs else min(line.prose, _MOST_GAIN)
            spent = 0
        elif page.tag(number) not in HEADINGS:
            gain = -_LABEL
        gains.append(gain)
    return gains


def _is_below(page: PageSurvey, number: int, link: int) -> bool:
    """Whether a sentence stands right below a link, in no box of its own: a headline, and what is said under it."""
    is_near = number - link <= _BELONGS
    return is_near and (page.tag(link) in HEADINGS or page.box(link) == page.box(number))


def _in_card(page: PageSurvey, number: int) -> bool:
    """Whether a sentence shares a small box with a link on a line of its own: another text and its headline."""
    outline, card = page.outline, -1
    for above in outline.upwards(page.box(number)):
        if page.amount(above) > _SURELY_TEXT or above == 0:
            break
        card = above
    return card > 0 and any(map(page.is_headline_link, outline.span(card)))
