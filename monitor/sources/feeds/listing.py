"""A page that lists articles → entries: by the selectors of feeds.yaml, or by what links to articles look like."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.errors import ParseError, ParseFailure
from monitor.models.feeds import Listing, ParsedFeed
from monitor.sources import challenge_pages
from monitor.sources.feeds import entry_keys
from monitor.sources.feeds.entry_keys import Draft
from monitor.sources.feeds.repair import is_feed_list, not_a_feed
from monitor.text import charsets, dates, markup, urls

_MOST_ITEMS = 500
_LONGEST_PAGE = 4_000_000
_LONGEST_TITLE = 1_000
_SHORTEST_HEADLINE = 20  # letters; menus and buttons say less
_LETTER = re.compile(r"[^\W\d_]")
_MENUS = "nav, footer, script, style, template"
_DATE_ATTRIBUTES = ("datetime", "data-unixtime", "data-time", "data-date", "title", "content")
_ARTICLE_PATH = re.compile(r"\d{4,}|\.s?html?$|/(?:news|novosti|articles?|posts?|p)/[^/]{8,}", re.IGNORECASE)
_WORD_BREAK = re.compile(r"[-_]")
_LONG_SLUG = 3  # breaks between words
_NUMBERED = re.compile(r"\d{3,}")


def parse(
    body: bytes, *, content_type: str, url: str, listing: Listing | None, tz: str, now: datetime, name: str = ""
) -> ParsedFeed:
    """The articles a page links to, in its order, at most 500; an entry has an address, a title, perhaps a date.

    Without `listing`: the links to the same host whose text is longer than 20 letters and whose path looks like an
    article's. Raises ParseError: CHALLENGE, OPML, NOT_A_FEED (no HTML at all), NO_MATCH (no such link).
    """
    html = charsets.decode(body[:_LONGEST_PAGE], content_type)
    if "<" not in html or challenge_pages.wall(html) or is_feed_list(html):
        raise not_a_feed(html, name)
    page = markup.skeleton(html)
    base = _base(page, url)
    drafts = list(_selected(page, base, listing, tz, now) if listing else _usual(page, base, url))
    entries = entry_keys.entries([draft for draft in drafts if draft.url and draft.title][:_MOST_ITEMS])
    if not entries:
        raise _nothing(listing, name)
    return ParsedFeed(entries=entries, problems=tuple(_problems(drafts)))


def _nothing(listing: Listing | None, name: str) -> ParseError:
    if listing:
        message = f"по listing («{listing.item}») ничего не нашлось: сайт сменил вёрстку, исправьте селекторы"
    else:
        message = "на странице нет ссылок, похожих на статьи: задайте listing или найдите RSS либо канал Telegram"
    return ParseError(message, feed=name, kind=ParseFailure.NO_MATCH)


def _base(page: LexborHTMLParser, url: str) -> str:
    tag = page.css_first("base[href]")
    return (urls.absolute(url, tag.attributes.get("href") or "") if tag else "") or url


def _selected(page: LexborHTMLParser, base: str, listing: Listing, tz: str, now: datetime) -> Iterator[Draft]:
    for item in page.css(listing.item)[:_MOST_ITEMS]:
        link = _link(item, listing.link)
        title = item.css_first(listing.title) if listing.title else link
        if link is None or title is None:
            continue
        yield Draft(
            url=urls.absolute(base, link.attributes.get("href") or ""),
            title=_headline(title),
            published_at=_date(item.css_first(listing.date or "time"), tz, now),
        )


def _link(item: LexborNode, selector: str) -> LexborNode | None:
    """The link by its selector, or the item itself when it is one, or the first link within."""
    if selector:
        node = item.css_first(selector)
        return node if node is None or node.tag == "a" else node.css_first("a[href]")
    return item if item.tag == "a" else item.css_first("a[href]")


def _headline(node: LexborNode) -> str:
    return " ".join(markup.text_of(node).split())[:_LONGEST_TITLE]


def _date(node: LexborNode | None, tz: str, now: datetime) -> datetime | None:
    """By an attribute for machines, else by what is written; templates leave code in either."""
    if node is None:
        return None
    written = [node.attributes.get(name) or "" for name in _DATE_ATTRIBUTES] + [markup.text_of(node)]
    return next((at for text in written if (at := dates.parse(text, tz=tz, now=now))), None)


def _usual(page: LexborHTMLParser, base: str, url: str) -> Iterator[Draft]:
    """Links that look like articles; a picture and a headline often lead to the same one: the longest text counts."""
    markup.drop(page.css(_MENUS))
    titles: dict[str, str] = {}
    for link in page.css("a[href]"):
        address = urls.absolute(base, link.attributes.get("href") or "").partition("#")[0]
        title = _headline(link)
        if _is_article(address, url) and len(_LETTER.findall(title)) > _SHORTEST_HEADLINE:
            titles[address] = max(titles.get(address, ""), title, key=len)
    for address, title in titles.items():
        yield Draft(url=address, title=title)


def _is_article(address: str, url: str) -> bool:
    if not address or urls.host_key(address) != urls.host_key(url) or urls.canonical(address) == urls.canonical(url):
        return False
    parts = urlsplit(address)
    slug = parts.path.rstrip("/").rpartition("/")[2]
    worded = len(_WORD_BREAK.findall(slug)) >= _LONG_SLUG
    return worded or bool(_ARTICLE_PATH.search(parts.path) or _NUMBERED.search(parts.query))


def _problems(drafts: Sequence[Draft]) -> Iterator[str]:
    if wanting := sum(not (draft.url and draft.title) for draft in drafts):
        yield f"на странице строки без ссылки или заголовка: {wanting} из {len(drafts)}"
