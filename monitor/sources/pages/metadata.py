"""What a page says of its article outside the text: linked data (schema.org), metas, `<time>`, `<title>`.

Statements are made by machines for machines: often right, sometimes stale or a template never filled in. They are
read here; article.py decides whether they are believed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.text import dates, markup, unicode

_LONGEST_TITLE = 1_000
_LEAST_TITLE = 12  # characters; a shorter first-rank heading is the site's name or a rubric
_DATE_METAS = frozenset(
    {"article:published_time", "og:article:published_time", "datepublished", "pubdate", "publish-date", "publishdate"}
    | {"mediator_published_time", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the page's linked data says of the article."""

    title: str = ""
    text: str = ""
    published: str = ""
    is_free: bool = True


def linked(tree: LexborHTMLParser) -> Stated:
    """The linked data of the article: of several, the one with the longest body, then with a date."""
    described = [
        Stated(
            title=_string(data.get("headline")),
            text=_body(_string(data.get("articleBody"))),
            published=_string(data.get("datePublished")),
            is_free=str(data.get("isAccessibleForFree", True)).lower() != "false",
        )
        for data in _linked_data(tree)
        if "articleBody" in data or "datePublished" in data
    ]
    return max(described, key=lambda stated: (len(stated.text), bool(stated.published)), default=Stated())


def title(tree: LexborHTMLParser, stated: Stated) -> str:
    """The article's title without the site's name: the heading that the page's metas repeat, else what they say."""
    og_title, name = tree.css_first('meta[property="og:title"]'), tree.css_first("title")
    shown = [_one_line(heading.text(deep=True)) for heading in tree.css("h1")[:5]]
    metas = [_one_line(raw) for raw in (_content(og_title), stated.title, name.text(deep=True) if name else "")]
    places = {head: [meta.find(head) for meta in metas if head in meta] for head in shown if len(head) >= _LEAST_TITLE}
    if repeated := {head: min(starts) for head, starts in places.items() if starts}:
        return min(repeated, key=repeated.__getitem__)  # the site's name stands last
    return next((text for text in (metas[0], *shown, *metas[1:]) if text), "")


def published_at(tree: LexborHTMLParser, stated: Stated, tz: str, now: datetime) -> datetime | None:
    """The order of trust that the press of this region has earned: linked data, metas, `<time>`."""
    times = (node.attributes.get("datetime") for node in tree.css("time[datetime]")[:5])
    written = (value for value in (stated.published, *_date_metas(tree), *times) if value)
    return next((at for value in written if (at := dates.parse(value, tz=tz, now=now))), None)


def _date_metas(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css("meta[content]")[:200]:
        attributes = node.attributes
        keys = (attributes.get("property"), attributes.get("name"), attributes.get("itemprop"))
        if any(key and key.lower() in _DATE_METAS for key in keys):
            yield attributes.get("content") or ""


def _content(meta: LexborNode | None) -> str:
    return (meta.attributes.get("content") or "") if meta else ""


def _one_line(raw: str) -> str:
    return " ".join(unicode.clean(raw[: 2 * _LONGEST_TITLE]).split())[:_LONGEST_TITLE]


def _body(stated: str) -> str:
    readable = markup.plain(stated) if "<" in stated else unicode.clean(stated)
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
