"""What a page says of its article outside the text: linked data (schema.org), metas, `<title>`.

Statements are made by machines for machines: often right, sometimes stale or a template never filled in. They are
read here; article.py decides whether they are believed. Dates are read in publication_date.py.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.text import markup, unicode

_LONGEST_TITLE = 1_000
_FRONT_PAGES = ("/", "./", "index.html", "index.php")
_LEAST_TITLE = 12  # characters; a shorter first-rank heading is the site's name or a rubric
_ARTICLE_TYPES = re.compile(r"article|posting|report|review|story", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the page's linked data says of the article."""

    title: str = ""
    text: str = ""
    published: str = ""
    changed: str = ""
    is_free: bool = True


def read_linked_data(tree: LexborHTMLParser) -> Stated:
    """The linked data of the article: of several, the one with the longest body, then of an article's type."""
    described = [
        (
            bool(_ARTICLE_TYPES.search(str(data.get("@type"))[:_LONGEST_TITLE])),
            Stated(
                title=_string(data.get("headline")),
                text=_body(_string(data.get("articleBody"))),
                published=_string(data.get("datePublished")) or _string(data.get("dateCreated")),
                changed=_string(data.get("dateModified")),
                is_free=str(data.get("isAccessibleForFree", True)).lower() != "false",
            ),
        )
        for data in _linked_data(tree)
        if "articleBody" in data or "datePublished" in data
    ]
    likeliest = max(described, key=lambda typed: (len(typed[1].text), typed[0], bool(typed[1].published)), default=None)
    return likeliest[1] if likeliest else Stated()


def title(tree: LexborHTMLParser, stated: Stated) -> str:
    """The article's title without the site's name: the heading that the page's metas repeat, else what they say."""
    og_title, name = tree.css_first('meta[property="og:title"]'), tree.css_first("title")
    shown = [_one_line(heading.text(deep=True)) for heading in tree.css("h1")[:5] if not _is_logo(heading)]
    if not shown and not og_title:  # the one first-rank heading is the site's name
        shown = [_one_line(heading.text(deep=True)) for heading in tree.css("h2")[:1]]
    metas = [_one_line(raw) for raw in (_content(og_title), stated.title, name.text(deep=True) if name else "")]
    places = {head: [meta.find(head) for meta in metas if head in meta] for head in shown if len(head) >= _LEAST_TITLE}
    if repeated := {head: min(starts) for head, starts in places.items() if starts}:
        return min(repeated, key=repeated.__getitem__)  # the site's name stands last
    return next((text for text in (metas[0], *shown, *metas[1:]) if text), "")


def _is_logo(heading: LexborNode) -> bool:
    """Whether a heading is a link to the site's front page: its name, not a headline."""
    link = heading.css_first("a[href]")
    return link is not None and (link.attributes.get("href") or "") in _FRONT_PAGES


def _content(meta: LexborNode | None) -> str:
    return (meta.attributes.get("content") or "") if meta else ""


def _one_line(raw: str) -> str:
    return " ".join(unicode.clean(raw[: 2 * _LONGEST_TITLE]).split())[:_LONGEST_TITLE]


def _body(stated: str) -> str:
    written = html.unescape(stated) if "&" in stated else stated  # some escape it once too often
    readable = markup.plain(written) if "<" in written else unicode.clean(written)
    return markup.without_disclaimers(readable)


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
