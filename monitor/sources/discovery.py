"""From an address somebody knows to a feed: where to look for it, what its stanza should say, whether we have it.

Nothing here fetches: `probing` does, and asks here where to look and what to make of it.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from monitor.errors import FeedError, FetchError
from monitor.models.feeds import Entry, Feed, FeedKind, FeedLanguage, Fetched
from monitor.sources.checkup import get, with_further
from monitor.sources.feeds import parse
from monitor.sources.http.client import Fetcher
from monitor.text import charsets, markup, urls
from monitor.text.languages import detection

MOST_TRIES = 30  # addresses asked for one search
_ENOUGH_LINKS = 5  # on a page, to be read as a listing


FEED_PATHS = ("/rss", "/feed/", "/rss.xml", "/feed", "/rss/", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
SITEMAP_PATHS = (
    *("/news-sitemap.xml", "/sitemap_news.xml", "/sitemap-news.xml", "/google-news-sitemap.xml"),
    *("/sitemap_google_news.xml", "/sitemaps/sitemap_news.xml"),
)

_FEED_TYPES = re.compile(
    r"application/(?:rss|atom|rdf)\+xml|application/feed\+json|(?:text|application)/xml", re.IGNORECASE
)
_FEED_LINK = re.compile(r"(?:^|[/?.=_-])(?:rss|feed|atom)(?:$|[/?.=_-])", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|коммент|пікір", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\"'\s<>]{3,300}")
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_TITLE = re.compile(
    r"<(?:\w+:)?title[^<>]{0,200}>(.{0,500}?)</(?:\w+:)?title>|\"title\"\s*:\s*\"([^\"]{1,200})\"",
    re.IGNORECASE | re.DOTALL,
)
_TITLE_TAIL = re.compile(r"\s+(?:[|•·»/–—-]|::)\s+.*$|\s+[–—-]\s+Telegram$")
_CHANNEL = re.compile(r"(?:@|(?:https?://)?(?:t|telegram)\.me/(?:s/)?)([A-Za-z]\w{3,63})/?(?:[?#].*)?", re.ASCII)
_NOT_CHANNELS = frozenset({"share", "joinchat", "iv", "proxy", "addstickers", "contact", "login"})
_LONGEST_NAME = 60

_ZONES = {  # by the last part of a site's name
    "kz": "Asia/Almaty",
    "kg": "Asia/Bishkek",
    "tj": "Asia/Dushanbe",
    "uz": "Asia/Tashkent",
    "tm": "Asia/Ashgabat",
    "ru": "Europe/Moscow",
    "by": "Europe/Minsk",
    "ua": "Europe/Kyiv",
}
_SAME = 0.5  # of the newer feed's addresses: with so many in another, both tell the same
_MIXED = 0.2  # of the titles: with so many in the other language, the feed is in both
_VISITS = 4  # while what a feed shows is replaced once


def channel_address(written: str) -> str:
    """The preview of the Telegram channel that `@name`, `t.me/name` or its preview's address means; else ""."""
    found = _CHANNEL.fullmatch(written.strip())
    return f"https://t.me/s/{found[1]}" if found and found[1].lower() not in _NOT_CHANNELS else ""


def named_on(page: Fetched) -> tuple[str, ...]:
    """The feeds a web page names, the surest first: its `<link>`s, its links that look like feeds, its linked data."""
    tree = markup.skeleton(charsets.decode(page.body, page.content_type))
    found = [urls.absolute(page.url, address) for address in (*_declared(tree), *_linked(tree), *_stated(tree))]
    return tuple(dict.fromkeys(address for address in found if address and not _COMMENTS.search(address)))


def _declared(tree: LexborHTMLParser) -> Iterator[str]:
    for link in tree.css("link[rel~=alternate][href]"):
        if _FEED_TYPES.match(link.attributes.get("type") or "") and not _COMMENTS.search(
            link.attributes.get("title") or ""
        ):
            yield link.attributes.get("href") or ""


def _linked(tree: LexborHTMLParser) -> Iterator[str]:
    for link in tree.css("a[href]"):
        address = link.attributes.get("href") or ""
        if _FEED_LINK.search(address) or link.text().strip().upper() == "RSS":
            yield address


def _stated(tree: LexborHTMLParser) -> Iterator[str]:
    for script in tree.css("script[type='application/ld+json']"):
        for address in _ADDRESS.findall(script.text().replace("\\/", "/")):
            if _FEED_LINK.search(address):
                yield address


def channels_on(page: Fetched) -> tuple[str, ...]:
    """The previews of the Telegram channels a page links to, as often-named ones first."""
    found = Counter(
        channel_address(link.attributes.get("href") or "")
        for link in markup.skeleton(charsets.decode(page.body, page.content_type)).css("a[href]")
    )
    return tuple(address for address, _ in found.most_common() if address)


def sitemaps_in(robots: str, base: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, those for news first."""
    found = dict.fromkeys(urls.absolute(base, address) for address in _SITEMAP_LINE.findall(robots))
    return tuple(sorted((address for address in found if address), key=lambda address: "news" not in address.lower()))


def usual_addresses(url: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Where feeds stand on most sites, from the root of this one."""
    return tuple(urls.absolute(url, path) for path in paths)


def proposed(fetched: Fetched, kind: FeedKind, entries: Sequence[Entry]) -> Feed:
    """The stanza for what was found at an address: name, language, zone and, for fast feeds, an interval."""
    return Feed(
        name=_name(fetched),
        kind=kind,
        url=fetched.url,
        lang=_lang(entries),
        tz="UTC" if kind is FeedKind.TELEGRAM else _ZONES.get(_top_domain(fetched.url), "UTC"),
        interval=_interval(entries),
    )


def _name(fetched: Fetched) -> str:
    found = _TITLE.search(charsets.decode(fetched.body[:65_536], fetched.content_type))
    written = (found[1] or found[2] or "").removeprefix("<![CDATA[").removesuffix("]]>") if found else ""
    title = _TITLE_TAIL.sub("", markup.headline(written))
    return title if 0 < len(title) <= _LONGEST_NAME else urls.host_key(fetched.url)


def _top_domain(url: str) -> str:
    return (urlsplit(url).hostname or "").rpartition(".")[2]


def _lang(entries: Sequence[Entry]) -> FeedLanguage:
    found = Counter(detection.detect(f"{entry.title}\n{entry.summary}", "both") for entry in entries)
    told = found["ru"] + found["kk"]
    if not told or min(found["ru"], found["kk"]) > _MIXED * told:
        return "both"
    return "ru" if found["ru"] > found["kk"] else "kk"


def _interval(entries: Sequence[Entry]) -> timedelta | None:
    """Short enough to see everything of a feed that shows little of much; None where the usual pace will do."""
    dated = sorted(entry.published_at for entry in entries if entry.published_at)
    if len(dated) < 5:
        return None
    shown = dated[-1] - dated[0]
    for interval in (timedelta(minutes=5), timedelta(minutes=10)):
        if shown / _VISITS < interval * 2:
            return interval
    return None


def same_address(feed: Feed, known: Iterable[Feed]) -> Feed | None:
    """The feed that already reads this address, first or as its fallback."""
    address = urls.canonical(feed.url)
    return next((one for one in known if address in (urls.canonical(one.url), urls.canonical(one.fallback))), None)


def kin(feed: Feed, entries: Sequence[Entry], known: Iterable[Feed]) -> tuple[Feed, ...]:
    """The known feeds that may tell the same: those of the host, and of the hosts that the entries lead to."""
    hosts = {urls.host_key(feed.url), *(urls.host_key(entry.url) for entry in entries)} - {"t.me", ""}
    return tuple(one for one in known if urls.host_key(one.url) in hosts)


def same_entries(entries: Sequence[Entry], others: Collection[Entry]) -> bool:
    """Whether most of the addresses stand in the other feed too."""
    addresses = {urls.canonical(entry.url) for entry in entries if entry.url}
    return len(addresses & {urls.canonical(entry.url) for entry in others}) > _SAME * len(addresses)


def unlike(feed: Feed, known: Iterable[Feed]) -> Feed:
    """The feed under a name that no other bears."""
    names = {one.name for one in known}
    variants = (feed.name, f"{feed.name} ({urls.host_key(feed.url)})", *(f"{feed.name} {n}" for n in range(2, 100)))
    return replace(feed, name=next(name for name in variants if name not in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed behind an address, and what it holds now. `twin` already reads it, by address or by content."""

    feed: Feed
    entries: tuple[Entry, ...]
    twin: Feed | None = None


async def find_feed(fetcher: Fetcher, url: str, known: Sequence[Feed], *, now: datetime) -> FoundFeed | None:
    """The feed behind an address: what stands there itself, or what its page, its robots.txt or custom lead to.

    None: nothing readable within `MOST_TRIES` addresses. Raises FetchError when the address itself cannot be had.
    """
    channel = channel_address(url)
    page = await get(fetcher, channel or url)
    found = await _readable(fetcher, page, now)
    if found is None and parse.recognise(page) is FeedKind.HTML:
        found = await _behind(fetcher, page, now)
    return await _judged(fetcher, found, known, now) if found else None


async def _behind(fetcher: Fetcher, page: Fetched, now: datetime) -> FoundFeed | None:
    tried = {page.url}
    async for address in _addresses(fetcher, page):
        if address in tried:
            continue
        tried.add(address)
        if len(tried) > MOST_TRIES:
            break
        if found := await _at(fetcher, address, now):
            return found
    return _listing(page, now) or await _first_channel(fetcher, page, now)


async def _addresses(fetcher: Fetcher, page: Fetched) -> AsyncIterator[str]:
    """What the page names, what the site's robots.txt names, where feeds usually stand."""
    for address in (*named_on(page), *usual_addresses(page.url, FEED_PATHS)):
        yield address
    for address in (
        *await _from_robots(fetcher, page.url),
        *usual_addresses(page.url, SITEMAP_PATHS),
    ):
        if "news" in address.lower():  # of a sitemap of everything, nobody knows what is new
            yield address


async def _from_robots(fetcher: Fetcher, url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    try:
        robots = await get(fetcher, f"{parts.scheme}://{parts.netloc}/robots.txt")
    except FetchError:
        return ()
    return sitemaps_in(robots.body.decode("utf-8", "replace"), url)


async def _at(fetcher: Fetcher, address: str, now: datetime) -> FoundFeed | None:
    try:
        return await _readable(fetcher, await get(fetcher, address), now)
    except FetchError:
        return None


async def _readable(fetcher: Fetcher, answer: Fetched, now: datetime) -> FoundFeed | None:
    """The feed that this very answer is, if it has entries; pages are looked at last, by `_listing`."""
    kind = parse.recognise(answer)
    if kind is None or kind is FeedKind.HTML:
        return None
    asked = Feed(name="", kind=kind, url=answer.url, lang="both")
    try:
        parsed = await with_further(fetcher, asked, answer, now)
    except FeedError:
        return None
    return _found(answer, kind, parsed.entries) if parsed.entries else None


def _listing(page: Fetched, now: datetime) -> FoundFeed | None:
    asked = Feed(name="", kind=FeedKind.HTML, url=page.url, lang="both")
    try:
        entries = parse.parse(asked, page, now=now).entries
    except FeedError:
        return None
    return _found(page, FeedKind.HTML, entries) if len(entries) >= _ENOUGH_LINKS else None


async def _first_channel(fetcher: Fetcher, page: Fetched, now: datetime) -> FoundFeed | None:
    for address in channels_on(page)[:3]:
        if found := await _at(fetcher, address, now):
            return found
    return None


def _found(answer: Fetched, kind: FeedKind, entries: tuple[Entry, ...]) -> FoundFeed:
    return FoundFeed(feed=proposed(answer, kind, entries), entries=entries)


async def _judged(fetcher: Fetcher, found: FoundFeed, known: Sequence[Feed], now: datetime) -> FoundFeed:
    """With the known feed that tells the same, or with a name of its own."""
    if twin := same_address(found.feed, known):
        return replace(found, twin=twin)
    for one in kin(found.feed, found.entries, known):
        if same_entries(found.entries, await _entries(fetcher, one, now)):
            return replace(found, twin=one)
    return replace(found, feed=unlike(found.feed, known))


async def _entries(fetcher: Fetcher, feed: Feed, now: datetime) -> tuple[Entry, ...]:
    try:
        answer = await get(fetcher, feed.url, feed)
        return (await with_further(fetcher, feed, answer, now)).entries
    except FeedError:
        return ()
