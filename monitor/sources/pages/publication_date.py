"""When the article on a page was published, by everything that the page says of it, the surest first.

Linked data and metas that name the publication; an element marked as its date; a machine date or a line in words near
the headline or below the text; the day in the address; what is left: vaguer metas, other machine dates, the date of a
change. What stands among comments or under other articles is theirs.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from operator import itemgetter
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from monitor.sources.pages import boilerplate
from monitor.sources.pages.content import Prose
from monitor.sources.pages.flat_dom import Stamp
from monitor.sources.pages.parsed_page import ParsedPage
from monitor.text import dates

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before it a date on a page is a template's zero

# Ends of names of metas, in small letters without signs: of article:published_time "publishedtime".
_PUBLISHED_METAS = (
    *("published", "publishedtime", "publisheddate", "publishedat", "datepublished", "publishdate", "publishtime"),
    *("pubdate", "pubtime", "publicationdate", "dateissued", "termsissued", "onlinedate", "sailthrudate", "dcdate"),
    *("dctermsdate", "dctermscreated", "dcdatecreated", "dateoriginal", "releasedate"),
)
_VAGUE_METAS = frozenset(
    {"date", "created", "datecreated", "createdate", "creationdate", "articlecreated", "articledate", "displaydate"}
    | {"citationdate", "ptime", "originaldate"}
)
_CHANGED_METAS = ("modifiedtime", "modifieddate", "datemodified", "updatedtime", "lastmodified", "termsmodified")
_MOST_METAS = 200

_OF_OTHERS = re.compile(
    r"comment|respon[ds]|repl(?:y|ies)|relat|recommend|similar|sidebar|popular|latest|trending|kommentar", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_LONGEST_LINE = 160  # characters
_BESIDE, _ABOVE, _BELOW = 12, 8, 8  # lines under and over the headline, and under the text, where the date stands
_OPENING = 2  # lines of the text that may be a byline
_FAR = 1_000.0
_SIGNS = re.compile(r"[^a-z]")
_IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sign>[/_.-]?)(?P<month>\d\d|(?<=/)[a-z]{3})(?P=sign)(?P<day>\d\d)(?!\d)"
)
_YEAR_IN_ADDRESS = re.compile(r"/(?P<year>(?:19|20)\d\d)/")
_YEAR = re.compile(r"\d{4}|['’./-]\d\d$")
_IN_SCRIPT = ("datePublished", "publishedAt", "published_at", "published_time", "publishDate", "pubDate")
_STATEMENT = re.compile(r"\\?\"\s?:\s?\\?\"([^\"\\<>]{8,40})")
_PIECE = 12  # characters of a line that may be a day, a month or a year alone


_Read = Callable[[str], datetime | None]


def published_at(page: ParsedPage, *, tz: str, now: datetime) -> datetime | None:
    """The instant of publication, in UTC; None if the page does not say. `tz` is the zone of what names none."""
    month_first = _is_american(page.tree)
    read = partial(dates.parse, tz=tz, now=now, month_first=month_first)
    read_line = partial(dates.in_line, tz=tz, now=now, month_first=month_first)
    return next((at for at in _instants(page, read, read_line) if at and at >= _EARLIEST), None)


def _instants(page: ParsedPage, read: _Read, read_line: _Read) -> Iterator[datetime | None]:
    metas = list(_metas(page.tree))
    yield read(page.stated.published)
    yield from (read(value) for name, value in metas if name.endswith(_PUBLISHED_METAS))
    dateline = _Dateline(page, page.prose, read, read_line) if page.prose else None
    if dateline:
        yield from dateline.marked_dates()
    yield from map(read, _in_scripts(page.html))
    if dateline:
        yield from dateline.nearby_dates()
    yield from map(read, _in_address(page.url))
    yield from (read(value) for name, value in metas if name in _VAGUE_METAS)
    if dateline:
        yield from dateline.elsewhere()
    yield read(page.stated.changed)
    yield from (read(value) for name, value in metas if name.endswith(_CHANGED_METAS))


class _Dateline:
    """The dates that a page shows, by how near they stand to the article's headline and to the end of its text."""

    def __init__(self, page: ParsedPage, prose: Prose, read: _Read, read_line: _Read) -> None:
        self._survey, self._outline = prose.page, prose.page.outline
        self._read, self._read_line = read, read_line
        year = _YEAR_IN_ADDRESS.search(urlsplit(page.url).path)
        self._year = year["year"] if year else ""
        heading = self._survey.heading
        self._first = prose.numbers[0] if prose.numbers else heading + 1
        self._last = prose.numbers[-1] if prose.numbers else heading + 1
        self._heading = heading if 0 <= heading <= self._last else self._first - 1
        self._stamps = [stamp for stamp in self._outline.stamps if not self._is_others(stamp.owner)]

    def marked_dates(self) -> Iterator[datetime | None]:
        """Those of elements that call themselves the date of publication, the nearest first."""
        marked = [stamp for stamp in self._stamps if _is_published(stamp)]
        return map(self._at, sorted(marked, key=lambda stamp: self._distance(stamp.line) or _FAR))

    def nearby_dates(self) -> Iterator[datetime | None]:
        """Machine dates and lines in words beside the headline, above it, below the text."""
        lines = range(max(self._heading - _ABOVE, 0), min(self._last + _BELOW + 1, len(self._outline.lines)))
        places: list[tuple[float, Stamp | int]] = [
            *((self._distance(stamp.line) - 0.5, stamp) for stamp in self._stamps if not _is_changed(stamp)),
            *((self._distance(number), number) for number in lines),
        ]
        for far, place in sorted(places, key=itemgetter(0)):
            if far > 0:
                yield self._in_line(place) if isinstance(place, int) else self._at(place)

    def elsewhere(self) -> Iterator[datetime | None]:
        """Machine dates wherever they stand on the page."""
        return (self._at(stamp) for stamp in self._stamps if not _is_changed(stamp))

    def _distance(self, number: int) -> float:
        """How far from the headline a line is, those above it and below the text behind all others; 0: too far."""
        below_heading, below_text = number - self._heading, number - self._last
        if 0 < below_heading <= _BESIDE and number <= self._first + _OPENING:
            return below_heading
        if -_ABOVE <= below_heading <= 0:
            return _BESIDE + 1 - below_heading
        return _BESIDE + _ABOVE + 1 + below_text if 0 < below_text <= _BELOW else 0

    def _at(self, stamp: Stamp) -> datetime | None:
        if stamp.value:
            said = self._line(stamp.line)
            is_changed = boilerplate.DATE_MARK.search(said) and not _published_part(said)
            return None if is_changed and not _is_published(stamp) else self._read(stamp.value)
        return self._read_line(self._line(stamp.line))

    def _in_line(self, number: int) -> datetime | None:
        line = self._outline.lines[number]
        if number == self._survey.heading or len(line.text) > _LONGEST_LINE or not _DIGIT.search(line.text):
            return None
        if line.prose and line.text.endswith((".", "!", "?", "…")):
            return None
        whole = self._whole(number)
        said = _published_part(whole) if self._read_line(whole) else ""
        is_in_year = bool(self._year) and not _YEAR.search(said)
        at = (self._read_line(f"{said} {self._year}") if is_in_year else None) or self._read_line(said)
        return at if at and not self._is_others(line.owner) else None

    def _whole(self, number: int) -> str:
        """A line, with the next two where each holds a piece of the date: «20», «ноя», «2026»."""
        first, *others = (line.text for line in self._outline.lines[number : number + 3])
        pieces = takewhile(lambda text: len(text) <= _PIECE, others if len(first) <= _PIECE else ())
        return " ".join([first, *pieces])

    def _line(self, number: int) -> str:
        lines = self._outline.lines
        return lines[number].text[:_LONGEST_LINE] if number < len(lines) else ""

    def _is_others(self, element: int) -> bool:
        """Whether an element is among comments or other articles."""
        names = (self._outline.names[above] for above in self._outline.upwards(element))
        return any(_OF_OTHERS.search(name) for name in names if name)


def _published_part(line: str) -> str:
    """What a line says of the publication: behind that word, else before that of a change."""
    before, *parts = boilerplate.DATE_MARK.split(line)
    behind = [part for changed, part in zip(parts[::3], parts[2::3], strict=True) if not changed]
    return next((part for part in behind if any(map(str.isdigit, part))), before)


def _is_published(stamp: Stamp) -> bool:
    return "published" in stamp.names and "modified" not in stamp.names


def _is_changed(stamp: Stamp) -> bool:
    names = stamp.names
    return "modified" in names or ("updated" in names and "entry-date" not in names and "published" not in names)


def _metas(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """Names, in small letters without signs, and contents."""
    for node in tree.css("meta[content]")[:_MOST_METAS]:
        attributes = node.attributes
        key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        yield _SIGNS.sub("", key.lower()), attributes.get("content") or ""


def _in_address(url: str) -> Iterator[str]:
    date = _IN_ADDRESS.search(unquote(urlsplit(url).path).lower())
    if date:
        yield (
            f"{date['day']} {date['month']} {date['year']}"
            if date["month"].isalpha()
            else "-".join(date.group("year", "month", "day"))
        )


def _in_scripts(html: str) -> Iterator[str]:
    """What scripts say that are no linked data, or are broken."""
    for key in _IN_SCRIPT:
        at = html.find(f'"{key}')
        statement = _STATEMENT.match(html, at + len(key) + 1) if at >= 0 else None
        if statement:
            yield statement[1]


def _is_american(tree: LexborHTMLParser) -> bool:
    """Whether the page is in English and does not say that it is not America's."""
    html = tree.root  # asking for it by CSS would take as long as all the rest
    return ((html.attributes.get("lang") if html else "") or "").lower() in ("en", "en-us", "en_us")
