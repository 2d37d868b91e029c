"""A web page → the article on it: text, title, date, or a named reason why not.

A cascade: the selector that feeds.yaml gives for the feed, else the element that the page's own names and its prose
agree on (content.py), else the body in the page's linked data (metadata.py). What feeds carry is not read here.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from monitor.models.articles import LONGEST_TEXT, Extracted
from monitor.sources import challenge_pages
from monitor.sources.pages import content, flat_dom, metadata, page_type, publication_date, script_data
from monitor.sources.pages.flat_dom import Line
from monitor.sources.pages.parsed_page import ParsedPage
from monitor.text import charsets, markup, unicode

_LARGEST_PAGE = 4_000_000  # bytes; what follows is not the article
_LEAST_TEXT = 200  # characters; less is no article but what is left of one
_FULL_TEXT = 600
_LONGEST_WALL = 1_000  # a challenge says less; looking for one in every page would take half of the time
_LONG_STATED = 80  # words
_MOST_SELECTED = 200  # elements that one selector may name

_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.)\]|(?:читать|читайте) (?:далее|дальше|полностью|полную)[^\n]{0,80}|подробнее[^\n]{0,40}"
    r"|толығырақ[^\n]{0,40}|continue reading[^\n]{0,80})\W*$"
)  # of small letters: four times as quick as minding none
_PASSWORD = re.compile(r"\btype\s*=\s*[\"']?password\b", re.IGNORECASE)


def is_full(readable: str) -> bool:
    """Whether a feed's text is the whole article: long enough, and not cut off at the end."""
    return len(readable) >= _FULL_TEXT and not _CUT_OFF.search(readable[-200:].lower())


def extract(
    body: bytes, *, content_type: str, url: str, now: datetime, tz: str = "UTC", selector: str = ""
) -> Extracted:
    """The article on a page that came from `url`. Never raises: what is wrong is `problem`, in Russian.

    `tz` is the zone of a date that names none, `now` the bound of dates (text/dates.py). `selector` is the CSS of
    the article's body; it is followed if it yields 200 characters, else named as a problem and done without. The
    first 4 MB of the page are read. A text may come with a problem: it is a part of the article, or the selector
    is stale.
    """
    html = charsets.decode(body[:_LARGEST_PAGE], content_type)
    if other := page_type.other_than_page(body, html, content_type):
        return Extracted(text="", problem=f"это не страница, а {other}")
    page = _parsed(html, url)
    readable, by = _text(page, selector)
    if len(readable) < _LONGEST_WALL and (wall := challenge_pages.wall(page.html)):
        return Extracted(text="", problem=f"вместо статьи пришла проверка {wall}")
    problem = _problem(readable, page)
    if selector and by != "selector" and not problem:
        problem = f"по селектору «{selector}» статья не нашлась: проверьте его в feeds.yaml"
    return Extracted(
        text=readable[:LONGEST_TEXT],
        title=page.title,
        published_at=publication_date.published_at(page, tz=tz, now=now),
        problem=problem,
        by=by,
    )


def _parsed(html: str, url: str) -> ParsedPage:
    tree = markup.document(html, edged=False)
    stated = metadata.read_linked_data(tree)
    title = metadata.title(tree, stated)
    prose = content.find(flat_dom.lay_out(tree.body), title) if tree.body else None
    return ParsedPage(url=url, html=html, tree=tree, stated=stated, title=title, prose=prose)


def _problem(readable: str, page: ParsedPage) -> str:
    if len(readable) >= _LEAST_TEXT:
        return "" if page.stated.is_free else "статья за платной подпиской: видно только её начало"
    if _PASSWORD.search(page.html):
        return "вместо статьи страница входа"
    if not urlsplit(page.url).path.strip("/"):
        return "вместо статьи пришла главная страница сайта"
    return "на странице не нашлось текста статьи" if not readable else "на странице почти нет текста"


def _text(page: ParsedPage, selector: str) -> tuple[str, str]:
    """The article's text and `Extracted.by`; the stated one where the page shows clearly less of it."""
    selected = _selected(page.tree, page.title, selector) if selector else ""
    if len(selected) >= _LEAST_TEXT:
        return selected, "selector"
    stated = page.stated.text
    if page.prose is None:
        return stated, "stated"
    shown = _readable(page.prose.lines)
    if len(stated) * 0.8 > len(shown) or _is_another(shown, stated):
        return stated, "stated"
    if len(shown) < _LEAST_TEXT and len(scripted := script_data.text(page.html, page.title)) >= _LEAST_TEXT:
        return markup.without_disclaimers(scripted), "stated"
    return shown, page.prose.by if shown else ""


def _is_another(shown: str, stated: str) -> bool:
    """Whether nothing of a long stated body is in the text shown: then that is not the article."""
    words = stated.split()
    if len(words) < _LONG_STATED:
        return False
    samples = (" ".join(words[at : at + 6]) for at in range(0, len(words) - 6, len(words) // 8))
    whole = " ".join(shown.split())
    return not any(sample in whole for sample in samples)


def _selected(tree: LexborHTMLParser, title: str, selector: str) -> str:
    """The text of the elements that a maintainer's selector names, those inside others left out."""
    try:
        nodes = tree.css(selector)[:_MOST_SELECTED]
    except SelectolaxError:
        return ""
    outermost = markup.outermost_nodes(nodes)
    texts = (_readable(content.body_lines(flat_dom.lay_out(node), title)) for node in outermost)
    return "\n\n".join(part for part in texts if part)


def _readable(lines: Iterable[Line]) -> str:
    joined = "".join(("\n\n" if line.gap > 1 else "\n") + line.text for line in lines)
    return markup.without_disclaimers(unicode.clean(joined))
