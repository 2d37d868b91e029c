"""From an address somebody knows to a feed: where it stands, what its stanza should say, whether we already read it."""

import re
import unicodedata
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, count

from selectolax.lexbor import LexborHTMLParser

from monitor.errors import FeedError, FetchError, FetchFailure
from monitor.models.feeds import LONGEST_LINE, Entry, Feed, FeedKind, FeedLanguage, Fetched
from monitor.sources.checkup import ReadFeed, get, in_thread, with_further
from monitor.sources.feeds import parse
from monitor.sources.http.client import Fetcher
from monitor.text import charsets, markup, urls
from monitor.text.languages import detection
from monitor.text.unicode import cut

MOST_TRIES = 30  # addresses asked for one search
_MOST_CHANNELS = 3  # of a page, asked after these
_ENOUGH_LINKS = 5  # on a page, to be read as a listing
_SAME = 0.5  # of the newer feed's addresses: with so many in another, both give the same news
_MIXED = 0.2  # of the titles: with so many in the other language, the feed is in both
_VISITS = 4  # while what a feed shows is replaced once
_LONGEST_NAME = 60
_NOBODY_THERE = frozenset({FetchFailure.CONNECTION, FetchFailure.TLS, FetchFailure.TIMEOUT})

_FEED_PATHS = ("/rss", "/feed/", "/rss.xml", "/feed", "/rss/", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_SITEMAP_PATHS = (
    *("/news-sitemap.xml", "/sitemap_news.xml", "/sitemap-news.xml", "/google-news-sitemap.xml"),
    *("/sitemap_google_news.xml", "/sitemaps/sitemap_news.xml"),
)
_FEED_TYPES = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json|xml)|text/xml", re.IGNORECASE)
_FEED_LINK = re.compile(r"(?:^|[/?.=_-])(?:rss|feed|atom)(?:$|[/?.=_-])", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|коммент|пікір", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\"'\s<>]{3,300}")
_SITEMAP_LINE = re.compile(r"^[^\S\n]*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_TITLE = re.compile(
    r"<(?:\w+:)?title[^<>]{0,200}>(.{0,500}?)</(?:\w+:)?title>|\"title\"\s*:\s*\"([^\"]{1,200})\"",
    re.IGNORECASE | re.DOTALL,
)
_TITLE_TAIL = re.compile(r" (?:[|•·»/–—-]|::) .*$")
_CHANNEL = re.compile(r"(?:@|(?:https?://)?(?:t|telegram)\.me/(?:s/)?)([A-Za-z]\w{3,63})/?(?:[?#].*)?", re.ASCII)
_NOT_CHANNELS = frozenset({"share", "joinchat", "iv", "proxy", "addstickers", "contact", "login"})
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed behind an address, and what it holds now. `twin` already reads it, by address or by content."""

    feed: Feed
    entries: tuple[Entry, ...]
    twin: Feed | None = None


async def find_feed(fetcher: Fetcher, url: str, known: Sequence[Feed], *, now: datetime) -> FoundFeed | None:
    """The first of `find_feeds`; None: nothing readable within `MOST_TRIES` addresses. Raises as it does."""
    async with aclosing(find_feeds(fetcher, url, known, now=now)) as feeds:
        return await anext(feeds, None)


async def find_feeds(
    fetcher: Fetcher, url: str, known: Sequence[Feed], *, now: datetime, read: ReadFeed = in_thread
) -> AsyncGenerator[FoundFeed, None]:
    """The feeds behind an address, the surest first, each with other news than those before it: what stands there
    itself, or what its page, its robots.txt or custom lead to.

    An address may be as somebody wrote it (`usual_addresses`). Raises FetchError when it cannot be had, ParseError when
    a list of feeds (OPML) stands there.
    """
    page = await _first_page(fetcher, usual_addresses(url))
    parse.refuse_feed_list(page)
    search = _Search(fetcher=fetcher, page=page, now=now, read=read)
    feeds: list[FoundFeed] = []
    async for candidate in search.candidates():
        if not any(same_entries(candidate.entries, one.entries) for one in feeds):
            feeds.append(candidate)
            yield await search.find_twin(candidate, known)


async def _first_page(fetcher: Fetcher, addresses: Sequence[str]) -> Fetched:
    """What stands at the first of the addresses where anybody answers. Raises FetchError, of the first."""
    try:
        return await get(fetcher, addresses[0])
    except FetchError as error:
        if error.kind not in _NOBODY_THERE:
            raise
        for address in addresses[1:]:
            with suppress(FetchError):
                return await get(fetcher, address)
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What is behind one page."""

    fetcher: Fetcher
    page: Fetched
    now: datetime
    read: ReadFeed

    async def candidates(self) -> AsyncIterator[FoundFeed]:
        """Everything there that reads as a feed, the surest first."""
        if candidate := await self._readable(self.page):
            yield candidate
        elif parse.recognise(self.page) is FeedKind.HTML:
            async for candidate in self._behind():
                yield candidate

    async def _behind(self) -> AsyncIterator[FoundFeed]:
        tried = {self.page.url}
        async for address in self._addresses():
            if address in tried:
                continue
            tried.add(address)
            if len(tried) > MOST_TRIES:
                break
            if candidate := await self._readable(await self._fetched(address)):
                yield candidate
        if listing := await self._read_as(FeedKind.HTML, self.page, least=_ENOUGH_LINKS):
            yield listing
        for address in channels_on(self.page)[:_MOST_CHANNELS]:
            if candidate := await self._readable(await self._fetched(address)):
                yield candidate

    async def _addresses(self) -> AsyncIterator[str]:
        """What the page names, where feeds usually stand; the same of news sitemaps, which robots.txt names."""
        base = self.page.url
        for address in (*named_on(self.page), *(urls.absolute(base, path) for path in _FEED_PATHS)):
            yield address
        robots = await self._fetched(urls.absolute(base, "/robots.txt"))
        named = news_sitemaps_in(robots.body.decode("utf-8", "replace"), base) if robots else ()
        for address in (*named, *(urls.absolute(base, path) for path in _SITEMAP_PATHS)):
            yield address

    async def _readable(self, answer: Fetched | None) -> FoundFeed | None:
        """The feed that this very answer is, if it has entries; a page is none yet."""
        kind = parse.recognise(answer) if answer else None
        return await self._read_as(kind, answer) if answer and kind and kind is not FeedKind.HTML else None

    async def _read_as(self, kind: FeedKind, answer: Fetched, *, least: int = 1) -> FoundFeed | None:
        """The feed of that kind if it has `least` entries."""
        entries = await self._entries(Feed(name="", kind=kind, url=answer.url, lang="both"), answer)
        return FoundFeed(feed=propose_feed(answer, kind, entries), entries=entries) if len(entries) >= least else None

    async def _entries(self, feed: Feed, answer: Fetched) -> tuple[Entry, ...]:
        try:
            return (await with_further(self.fetcher, feed, answer, self.now, self.read)).entries
        except FeedError:
            return ()

    async def _fetched(self, url: str, feed: Feed | None = None) -> Fetched | None:
        try:
            return await get(self.fetcher, url, feed)
        except FetchError:
            return None

    async def find_twin(self, candidate: FoundFeed, known: Sequence[Feed]) -> FoundFeed:
        """With the known feed that gives the same news as its twin, else under a name of its own."""
        if twin := same_address(candidate.feed, known):
            return replace(candidate, twin=twin)
        for feed in feeds_of_same_hosts(candidate.feed, candidate.entries, known):
            answer = await self._fetched(feed.url, feed)
            if answer and same_entries(candidate.entries, await self._entries(feed, answer)):
                return replace(candidate, twin=feed)
        return replace(candidate, feed=with_own_name(candidate.feed, {name_key(one.name) for one in known}))


def usual_addresses(written: str) -> tuple[str, ...]:
    """The addresses that somebody may have meant, the likelier first: a site's name alone, with TLS and without."""
    address = channel_address(written) or written.strip()
    return (address,) if "://" in address else (f"https://{address}", f"http://{address}")


def name_key(name: str) -> str:
    """Equal for names that people take for the same: in any Unicode form, case and spacing."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def channel_address(written: str) -> str:
    """The preview of the Telegram channel that `@name`, `t.me/name` or its preview's address means; else ""."""
    channel = _CHANNEL.fullmatch(written.strip())
    return f"https://t.me/s/{channel[1]}" if channel and channel[1].lower() not in _NOT_CHANNELS else ""


def channels_on(page: Fetched) -> tuple[str, ...]:
    """The previews of the Telegram channels a page links to, as often-named ones first."""
    links = markup.skeleton(charsets.decode(page.body, page.content_type)).css("a[href]")
    channels = Counter(channel_address(link.attributes.get("href") or "") for link in links)
    return tuple(address for address, _ in channels.most_common() if address)


def named_on(page: Fetched) -> tuple[str, ...]:
    """The feeds a web page names, the surest first: its `<link>`s, its links that look like feeds, its linked data."""
    tree = markup.skeleton(charsets.decode(page.body, page.content_type))
    addresses = [urls.absolute(page.url, address) for address in (*_declared(tree), *_linked(tree), *_stated(tree))]
    return tuple(dict.fromkeys(address for address in addresses if address and not _COMMENTS.search(address)))


def _declared(tree: LexborHTMLParser) -> Iterator[str]:
    for link in tree.css("link[rel~=alternate][href]"):
        of_comments = _COMMENTS.search(link.attributes.get("title") or "")
        if _FEED_TYPES.match(link.attributes.get("type") or "") and not of_comments:
            yield link.attributes.get("href") or ""


def _linked(tree: LexborHTMLParser) -> Iterator[str]:
    for link in tree.css("a[href]"):
        address = link.attributes.get("href") or ""
        if _FEED_LINK.search(address) or link.text().strip().upper() == "RSS":
            yield address


def _stated(tree: LexborHTMLParser) -> Iterator[str]:
    for script in tree.css("script[type='application/ld+json']"):
        yield from filter(_FEED_LINK.search, _ADDRESS.findall(script.text().replace("\\/", "/")))


def news_sitemaps_in(robots: str, base: str) -> tuple[str, ...]:
    """The news sitemaps that a robots.txt names: of a sitemap of everything, nobody knows what is new."""
    addresses = dict.fromkeys(urls.absolute(base, address) for address in _SITEMAP_LINE.findall(robots))
    return tuple(address for address in addresses if "news" in address.lower())


def propose_feed(fetched: Fetched, kind: FeedKind, entries: Sequence[Entry]) -> Feed:
    """The stanza for what stands at an address: name, language, zone and, for fast feeds, an interval."""
    return Feed(
        name=_name(fetched),
        kind=kind,
        url=fetched.url,
        lang=_lang(entries),
        tz=usual_zone(fetched.url, kind),
        interval=_interval(entries),
    )


def usual_zone(url: str, kind: FeedKind) -> str:
    """The zone of dates that name none, by the country of the address; the previews of Telegram name theirs."""
    domain = urls.host_key(url).partition(":")[0].rpartition(".")[2]
    return "UTC" if kind is FeedKind.TELEGRAM else _ZONES.get(domain, "UTC")


def _name(fetched: Fetched) -> str:
    title = _TITLE.search(charsets.decode(fetched.body[:65_536], fetched.content_type))
    written = (title[1] or title[2] or "").removeprefix("<![CDATA[").removesuffix("]]>") if title else ""
    name = _TITLE_TAIL.sub("", markup.headline(written))
    return name if 0 < len(name) <= _LONGEST_NAME else urls.host_key(fetched.url)


def _lang(entries: Sequence[Entry]) -> FeedLanguage:
    counts = Counter(detection.detect(f"{entry.title}\n{entry.summary}", "both") for entry in entries)
    russian, kazakh = counts["ru"], counts["kk"]
    if not russian + kazakh or min(russian, kazakh) > _MIXED * (russian + kazakh):
        return "both"
    return "ru" if russian > kazakh else "kk"


def _interval(entries: Sequence[Entry]) -> timedelta | None:
    """Short enough to see everything of a feed that shows little of much; None where the usual pace will do."""
    dated = sorted(entry.published_at for entry in entries if entry.published_at)
    if len(dated) < 5:
        return None
    shown = dated[-1] - dated[0]
    intervals = (timedelta(minutes=5), timedelta(minutes=10))
    return next((interval for interval in intervals if shown / _VISITS < interval * 2), None)


def same_address(feed: Feed, known: Iterable[Feed]) -> Feed | None:
    """The feed that already reads this address, first or as its fallback."""
    address = urls.canonical(feed.url)
    return next((one for one in known if address in (urls.canonical(one.url), urls.canonical(one.fallback))), None)


def feeds_of_same_hosts(feed: Feed, entries: Sequence[Entry], known: Iterable[Feed]) -> tuple[Feed, ...]:
    """The known feeds that may give the same news: those of the host, and of the hosts that the entries lead to."""
    hosts = {urls.host_key(feed.url), *(urls.host_key(entry.url) for entry in entries)} - {"t.me", ""}
    return tuple(one for one in known if urls.host_key(one.url) in hosts)


def same_entries(entries: Sequence[Entry], others: Collection[Entry]) -> bool:
    """Whether most of the addresses stand in the other feed too."""
    addresses = {urls.canonical(entry.url) for entry in entries if entry.url}
    return len(addresses & {urls.canonical(entry.url) for entry in others}) > _SAME * len(addresses)


def with_own_name(feed: Feed, taken: Collection[str]) -> Feed:
    """The feed under a name that no other bears; `taken` are `name_key`s."""
    tails = chain(("", f" ({urls.host_key(feed.url)})"), (f" {number}" for number in count(2)))
    variants = (f"{cut(feed.name, LONGEST_LINE - len(tail))}{tail}" for tail in tails)
    return replace(feed, name=next(name for name in variants if name_key(name) not in taken))
