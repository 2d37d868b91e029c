"""Feeds tried without recording anything: each of feeds.yaml for its health, an address for the feed behind it.

It orchestrates: what an answer means is decided in `sources`, `checkup` and `discovery`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.errors import FeedError, FetchError
from monitor.models.feeds import Entry, Feed, FeedKind, Fetched, ParsedFeed
from monitor.sources import checkup, discovery
from monitor.sources.checkup import Checkup
from monitor.sources.feeds import parse
from monitor.sources.http.client import Fetcher

CONCURRENT = 8
MOST_TRIES = 30  # addresses asked for one search
_ENOUGH_LINKS = 5  # on a page, to be read as a listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed behind an address, and what it holds now. `twin` already reads it, by address or by content."""

    feed: Feed
    entries: tuple[Entry, ...]
    twin: Feed | None = None


async def check(
    fetcher: Fetcher, feeds: Sequence[Feed], *, now: datetime, checked: Callable[[Checkup], None]
) -> tuple[Checkup, ...]:
    """Try every feed, a few at once, telling of each as it ends; the answers are in the order of the feeds."""
    slots = asyncio.Semaphore(CONCURRENT)

    async def one(feed: Feed) -> Checkup:
        async with slots:
            answer = await _check(fetcher, feed, now)
        checked(answer)
        return answer

    return tuple(await asyncio.gather(*(one(feed) for feed in feeds)))


async def _check(fetcher: Fetcher, feed: Feed, now: datetime) -> Checkup:
    """The feed's own address, and the fallback when that one is dead: the better answer of the two."""
    first = await _try(fetcher, feed, now)
    if first.is_alive or not feed.fallback:
        return first
    second = await _try(fetcher, feed, now, fallback=True)
    return replace(second, is_fallback=True, detail=f"{feed.url}: {first.verdict}") if second.is_alive else first


async def _try(fetcher: Fetcher, feed: Feed, now: datetime, *, fallback: bool = False) -> Checkup:
    try:
        answer = await _get(fetcher, feed.fallback if fallback else feed.url, feed)
    except FeedError as error:
        return checkup.of_failure(feed, error)
    kind = parse.recognise(answer)
    asked = parse.at_fallback(feed, answer) if fallback else feed
    try:
        parsed = await _with_further(fetcher, asked, answer, now)
    except FeedError as error:
        return checkup.of_failure(asked, error, final_url=answer.url, kind=kind)
    return checkup.of_entries(asked, parsed.entries, final_url=answer.url, kind=kind, problems=parsed.problems, now=now)


async def _with_further(fetcher: Fetcher, feed: Feed, answer: Fetched, now: datetime) -> ParsedFeed:
    """The entries; those of the first further document when there are only addresses of some."""
    parsed = await asyncio.to_thread(parse.parse, feed, answer, now=now)
    if parsed.entries or not parsed.further:
        return parsed
    further = await _get(fetcher, parsed.further[0], feed)
    return await asyncio.to_thread(parse.parse, feed, further, now=now)


async def _get(fetcher: Fetcher, url: str, feed: Feed | None = None) -> Fetched:
    answer = await fetcher.get(url, feed=feed)
    assert isinstance(answer, Fetched)  # no validators were sent
    return answer


async def find(fetcher: Fetcher, url: str, known: Sequence[Feed], *, now: datetime) -> Found | None:
    """The feed behind an address: what stands there itself, or what its page, its robots.txt or custom lead to.

    None: nothing readable within `MOST_TRIES` addresses. Raises FetchError when the address itself cannot be had.
    """
    channel = discovery.channel_address(url)
    page = await _get(fetcher, channel or url)
    found = await _readable(fetcher, page, now)
    if found is None and parse.recognise(page) is FeedKind.HTML:
        found = await _behind(fetcher, page, now)
    return await _judged(fetcher, found, known, now) if found else None


async def _behind(fetcher: Fetcher, page: Fetched, now: datetime) -> Found | None:
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
    for address in (*discovery.named_on(page), *discovery.usual_addresses(page.url, discovery.FEED_PATHS)):
        yield address
    for address in (
        *await _from_robots(fetcher, page.url),
        *discovery.usual_addresses(page.url, discovery.SITEMAP_PATHS),
    ):
        if "news" in address.lower():  # of a sitemap of everything, nobody knows what is new
            yield address


async def _from_robots(fetcher: Fetcher, url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    try:
        robots = await _get(fetcher, f"{parts.scheme}://{parts.netloc}/robots.txt")
    except FetchError:
        return ()
    return discovery.sitemaps_in(robots.body.decode("utf-8", "replace"), url)


async def _at(fetcher: Fetcher, address: str, now: datetime) -> Found | None:
    try:
        return await _readable(fetcher, await _get(fetcher, address), now)
    except FetchError:
        return None


async def _readable(fetcher: Fetcher, answer: Fetched, now: datetime) -> Found | None:
    """The feed that this very answer is, if it has entries; pages are looked at last, by `_listing`."""
    kind = parse.recognise(answer)
    if kind is None or kind is FeedKind.HTML:
        return None
    asked = Feed(name="", kind=kind, url=answer.url, lang="both")
    try:
        parsed = await _with_further(fetcher, asked, answer, now)
    except FeedError:
        return None
    return _found(answer, kind, parsed.entries) if parsed.entries else None


def _listing(page: Fetched, now: datetime) -> Found | None:
    asked = Feed(name="", kind=FeedKind.HTML, url=page.url, lang="both")
    try:
        entries = parse.parse(asked, page, now=now).entries
    except FeedError:
        return None
    return _found(page, FeedKind.HTML, entries) if len(entries) >= _ENOUGH_LINKS else None


async def _first_channel(fetcher: Fetcher, page: Fetched, now: datetime) -> Found | None:
    for address in discovery.channels_on(page)[:3]:
        if found := await _at(fetcher, address, now):
            return found
    return None


def _found(answer: Fetched, kind: FeedKind, entries: tuple[Entry, ...]) -> Found:
    return Found(feed=discovery.proposed(answer, kind, entries), entries=entries)


async def _judged(fetcher: Fetcher, found: Found, known: Sequence[Feed], now: datetime) -> Found:
    """With the known feed that tells the same, or with a name of its own."""
    if twin := discovery.same_address(found.feed, known):
        return replace(found, twin=twin)
    for one in discovery.kin(found.feed, found.entries, known):
        if discovery.same_entries(found.entries, await _entries(fetcher, one, now)):
            return replace(found, twin=one)
    return replace(found, feed=discovery.unlike(found.feed, known))


async def _entries(fetcher: Fetcher, feed: Feed, now: datetime) -> tuple[Entry, ...]:
    try:
        answer = await _get(fetcher, feed.url, feed)
        return (await _with_further(fetcher, feed, answer, now)).entries
    except FeedError:
        return ()
