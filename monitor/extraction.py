"""A web page → the article on it: text, title, date, or a named reason why not.

A cascade: the element that the page itself marks as the article's body, else the densest part of the page, else
the body in the page's linked data. What feeds carry is not read here.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor import challenges, charsets, dates, markup, text
from monitor.models import Extracted

_LARGEST_PAGE = 4_000_000  # bytes; what follows is not the article
_LONGEST_TEXT = 200_000
_LONGEST_TITLE = 1_000
_LEAST_TEXT = 200  # characters; less is no article but what is left of one
_FULL_TEXT = 600
_LEAST_PARAGRAPH = 40
_MOST_LINKED = 0.5  # share of a paragraph's letters inside links
_MOST_BLOCKS = 5_000
_MOST_CANDIDATES = 8
_MOST_LEFTOVERS = 500
_OPENING = 1_500  # characters of an article in which its title's words come up
_WORD = re.compile(r"\w{5,}")

_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.)\]|(?:читать|читайте) (?:далее|дальше|полностью|полную)[^\n]{0,80}|подробнее[^\n]{0,40}"
    r"|толығырақ[^\n]{0,40}|continue reading[^\n]{0,80})\W*$",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"\btype\s*=\s*[\"']?password\b", re.IGNORECASE)
_MARKED_BODY = "[itemprop~=articleBody]"
_LEFTOVER_STEMS = (
    "recommend",
    "social",
    "subscri",
    "advert",
    "breadcrumb",
    "comment",
    "related",
    "teaser",
    "newsletter",
)
_LEFTOVER_NAMES = frozenset(
    {"ad", "ads", "also", "banner", "cookie", "copyright", "disqus", "hashtags", "modal", "more", "pagination", "popup"}
    | {"promo", "rating", "share", "sharing", "sidebar", "taglist", "tags", "tgb", "widget"}
)
_NAME_BORDER = re.compile(r"[\s_-]+")
_PROMISING = re.compile(r"article|content|entry|story|post|news|text|body|wsw|material", re.IGNORECASE)
_DATE_METAS = (
    'meta[property="article:published_time"], meta[property="og:article:published_time"],'
    ' meta[itemprop="datePublished"], meta[name="pubdate"], meta[name="publish-date"],'
    ' meta[name="mediator_published_time"]'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """What the page's linked data (schema.org in JSON-LD) says of the article."""

    title: str = ""
    text: str = ""
    published: str = ""
    is_free: bool = True


def is_full(readable: str) -> bool:
    """Whether a feed's text is the whole article: long enough, and not cut off at the end."""
    return len(readable) >= _FULL_TEXT and not _CUT_OFF.search(readable[-200:])


def extract(body: bytes, *, content_type: str, url: str, now: datetime, tz: str = "UTC") -> Extracted:
    """The article on a page that came from `url`. Never fails: what is wrong is `problem`, in Russian.

    `tz` is the zone of a date that names none, `now` the bound of dates (monitor/dates.py). The first 4 MB of the
    page are read. A text may come with a problem: then it is a part of the article.
    """
    html = charsets.decode(body[:_LARGEST_PAGE], content_type)
    if wall := challenges.wall(html):
        return Extracted(text="", problem=f"вместо статьи пришла проверка {wall}")
    tree = markup.document(html)
    stated = _stated(tree)
    title, published_at = _title(tree, stated), _published_at(tree, stated, tz, now)
    readable = _text(tree, stated, title).removeprefix(title).lstrip("\n")[:_LONGEST_TEXT]
    problem = _problem(readable, stated, url, asks_for_password=bool(_PASSWORD.search(html)))
    return Extracted(text=readable, title=title, published_at=published_at, problem=problem)


def _problem(readable: str, stated: _Stated, url: str, *, asks_for_password: bool) -> str:
    if len(readable) >= _LEAST_TEXT:
        return "" if stated.is_free else "статья за платной подпиской: видно только её начало"
    if asks_for_password:
        return "вместо статьи страница входа"
    if not urlsplit(url).path.strip("/"):
        return "вместо статьи пришла главная страница сайта"
    return "на странице не нашлось текста статьи" if not readable else "на странице почти нет текста"


def _text(tree: LexborHTMLParser, stated: _Stated, title: str) -> str:
    """The visible article; the stated one where the page shows clearly less of it."""
    markup.drop_unread(tree)
    _drop_leftovers(tree)
    marked = tree.css(_MARKED_BODY)
    node = marked[0] if len(marked) == 1 else None
    shown = _readable(node) if node else ""
    if len(shown) < _LEAST_TEXT:
        dense = _densest(tree, title)
        shown = _readable(dense) if dense else ""
    return stated.text if len(stated.text) * 0.8 > len(shown) else shown


def _readable(node: LexborNode) -> str:
    markup.drop(block for block in node.css("p, li, div, h2, h3, h4") if _is_only_links(block))
    return markup.without_notices(markup.text_of(node))


def _is_only_links(block: LexborNode) -> bool:
    """A line that is nothing but links leads elsewhere; a long one is a text full of references."""
    whole = len(block.text(deep=True).strip())
    return 0 < whole < 300 and _linked(block) >= whole * 0.8


def _linked(block: LexborNode) -> int:
    return sum(len(link.text(deep=True).strip()) for link in block.css("a"))


def _drop_leftovers(tree: LexborHTMLParser) -> None:
    """Parts that their names call something else than the article, unless much of the page's text is in them."""
    if tree.body is None:
        return
    much = _prose(tree.body) * 0.4
    named = [node for node in tree.css("div, section, aside, ul, ol, p, figure, footer, time") if _is_leftover(node)]
    markup.drop(node for node in named[:_MOST_LEFTOVERS] if _prose(node) <= much and not node.css_matches("h1"))


def _prose(node: LexborNode) -> int:
    """Letters in paragraphs: menus and headlines of others have many letters too."""
    return sum(len(paragraph.text(deep=True)) for paragraph in node.css("p"))


def _is_leftover(node: LexborNode) -> bool:
    if node.tag in ("aside", "footer", "time"):
        return True
    names = _NAME_BORDER.split(_named(node).lower())
    return any(name in _LEFTOVER_NAMES or name.startswith(_LEFTOVER_STEMS) for name in names)


def _named(node: LexborNode) -> str:
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}"


def _densest(tree: LexborHTMLParser, title: str) -> LexborNode | None:
    """The element whose paragraphs, near and less near, weigh most.

    A page may go on with the next article, and that may be longer: of the heaviest elements the one that speaks
    of what the title says is the article.
    """
    scores: dict[int, float] = defaultdict(float)
    nodes: dict[int, LexborNode] = {}
    for block in tree.css("p, div, section, article, main, blockquote, pre, li")[:_MOST_BLOCKS]:
        is_container = block.tag not in ("p", "blockquote", "pre", "li")
        weight = _weight(block, is_container=is_container)
        if not weight:
            continue
        start = block if is_container else block.parent
        for share, node in zip((1.0, 0.6, 0.3), _upwards(start), strict=False):
            nodes[node.mem_id] = node
            scores[node.mem_id] += weight * share
    heaviest = sorted(nodes, key=lambda mem_id: -scores[mem_id])[:_MOST_CANDIDATES]
    stems = _stems(title)
    best = max(heaviest, key=lambda mem_id: scores[mem_id] * _promise(nodes[mem_id], stems), default=None)
    return nodes[best] if best is not None else None


def _weight(block: LexborNode, *, is_container: bool) -> float:
    own = block.text(deep=not is_container).strip()
    if len(own) < _LEAST_PARAGRAPH or _linked(block) > len(own) * _MOST_LINKED:
        return 0
    return 1 + min(own.count(","), 5) * 0.5 + min(len(own) / 100, 5)


def _promise(node: LexborNode, title_stems: frozenset[str]) -> float:
    told = len(title_stems & _stems(node.text(deep=True)[:_OPENING])) / len(title_stems) if title_stems else 0
    several = sum(_prose(article) > 2 * _LEAST_TEXT for article in node.css("article")[:10]) > 1
    return (1.2 if _PROMISING.search(f"{node.tag} {_named(node)}") else 1.0) * (0.2 + told) * (0.1 if several else 1.0)


def _stems(readable: str) -> frozenset[str]:
    """The beginnings of its longer words: enough to see whether two texts speak of one thing in spite of endings."""
    return frozenset(word[:5].lower() for word in _WORD.findall(readable))


def _upwards(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None and node.tag not in ("html", "-undef"):
        yield node
        node = node.parent


def _title(tree: LexborHTMLParser, stated: _Stated) -> str:
    meta, heading, name = (tree.css_first(selector) for selector in ('meta[property="og:title"]', "h1", "title"))
    candidates = (
        (meta.attributes.get("content") or "") if meta else "",
        heading.text(deep=True) if heading else "",
        stated.title,
        name.text(deep=True) if name else "",
    )
    titles = (text.clean(candidate[: 2 * _LONGEST_TITLE]).replace("\n", " ") for candidate in candidates)
    return next((title for title in titles if title), "")[:_LONGEST_TITLE]


def _published_at(tree: LexborHTMLParser, stated: _Stated, tz: str, now: datetime) -> datetime | None:
    """The order of trust that the press of this region has earned: linked data, metas, `<time>`."""
    times = (node.attributes.get("datetime") for node in tree.css("time[datetime]")[:5])
    metas = (node.attributes.get("content") for node in tree.css(_DATE_METAS))
    written = (value for value in (stated.published, *metas, *times) if value)
    return next((at for value in written if (at := dates.parse(value, tz=tz, now=now))), None)


def _stated(tree: LexborHTMLParser) -> _Stated:
    """The linked data of the article: of several, the one with the longest body, then with a date."""
    described = [
        _Stated(
            title=_string(data.get("headline")),
            text=_stated_text(_string(data.get("articleBody"))),
            published=_string(data.get("datePublished")),
            is_free=str(data.get("isAccessibleForFree", True)).lower() != "false",
        )
        for data in _linked_data(tree)
        if "articleBody" in data or "datePublished" in data
    ]
    return max(described, key=lambda stated: (len(stated.text), bool(stated.published)), default=_Stated())


def _stated_text(body: str) -> str:
    readable = markup.plain(body) if "<" in body else text.clean(body)
    return markup.without_notices(readable)


def _linked_data(tree: LexborHTMLParser) -> Iterator[Mapping[str, Any]]:
    for script in tree.css('script[type="application/ld+json"]')[:20]:
        try:
            yield from _objects(json.loads(script.text(deep=True), strict=False))
        except (ValueError, RecursionError):
            continue


def _objects(data: object) -> Iterable[Mapping[str, Any]]:
    """The objects of one JSON-LD block: one, a list, or a graph."""
    listed = data if isinstance(data, list) else [data]
    for item in listed[:50]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            yield from (part for part in graph[:50] if isinstance(part, dict)) if isinstance(graph, list) else ()


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
