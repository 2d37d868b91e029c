"""Feeds tried before they are saved: what an edited stanza reads, and which feeds an address has.

The code is that of `monitor feeds add` and `check --online`; nothing is recorded. A trial starts with the press of a
button and puts load on other people's servers, so it has a time limit, and each site is tried by one trial at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from monitor.errors import FeedError
from monitor.models.articles import Extracted
from monitor.models.clock import Clock
from monitor.models.feeds import Entry, Feed
from monitor.sources.checkup import Checkup, try_feed
from monitor.sources.discovery import FoundFeed, find_feeds, usual_addresses
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import Sandbox
from monitor.text import urls

SECONDS = 25.0  # that one trial may take
MORE_SECONDS = 3.0  # that a search goes on after its first find: the surest feeds come first
MOST_AT_ONCE = 3
MOST_FOUND = 5  # feeds of one address
SHOWN = 10  # entries shown

OpenReading = Callable[[], AbstractAsyncContextManager[tuple[Fetcher, Sandbox]]]
"""Opens what fetches and parses outside documents, for one trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTrial:
    """What a feed reads now: the verdict, its first entries, and the text of the first that has a page."""

    checkup: Checkup
    entries: tuple[Entry, ...] = ()
    page: str = ""  # its address; "" when no page was read
    article: Extracted | None = None


class FeedTrials:
    """Tries feeds; for use in one event loop."""

    def __init__(self, open_reading: OpenReading, *, clock: Clock, seconds: float = SECONDS) -> None:
        self._open_reading, self._clock, self._seconds = open_reading, clock, seconds
        self._tried: set[str] = set()

    async def preview(self, feed: Feed) -> FeedTrial:
        """Return what the stanza reads, and the article text it extracts. Raises FeedError, in Russian."""
        async with self._alone(feed.url), self._open_reading() as (fetcher, sandbox), self._in_time():
            tried = await try_feed(fetcher, feed, now=self._clock(), read=sandbox.parse)
            entries = tried.entries[:SHOWN]
            page = next((entry.url for entry in entries if entry.url), "")
            article = await self._read(page, feed, fetcher, sandbox) if page else None
            return FeedTrial(checkup=tried.checkup, entries=entries, page=page, article=article)

    async def search(self, written: str, known: Sequence[Feed]) -> tuple[FoundFeed, ...]:
        """Return the feeds of an address, `@channel` or site name, as far as found in time; () if there are none.

        Raises FeedError, in Russian.
        """
        address = usual_addresses(written)[0]
        feeds: list[FoundFeed] = []
        async with self._alone(address), self._open_reading() as (fetcher, sandbox), self._in_time(feeds) as time:
            async for one in find_feeds(fetcher, written, known, now=self._clock(), read=sandbox.parse):
                if not feeds:
                    time.reschedule(asyncio.get_running_loop().time() + min(MORE_SECONDS, self._seconds))
                feeds.append(one)
                if len(feeds) == MOST_FOUND:
                    break
        return tuple(feeds)

    async def _read(self, page: str, feed: Feed, fetcher: Fetcher, sandbox: Sandbox) -> Extracted:
        try:
            answer = await fetcher.fetch(page, accept="page", feed=feed)
        except FeedError as error:
            return Extracted(text="", problem=error.message)
        return await sandbox.extract(answer, now=self._clock(), tz=feed.tz, selector=feed.article)

    @asynccontextmanager
    async def _alone(self, address: str) -> AsyncIterator[None]:
        """Reserve the site for the block. Raises FeedError when it, or too many others, are being tried."""
        site = urls.host_key(address)
        if site in self._tried:
            raise FeedError(f"{site} как раз пробуют — повторите через полминуты", feed="")
        if len(self._tried) >= MOST_AT_ONCE:
            raise FeedError("сейчас пробуют другие ленты — повторите через полминуты", feed="")
        self._tried.add(site)
        try:
            yield
        finally:
            self._tried.discard(site)

    @asynccontextmanager
    async def _in_time(self, feeds: Sequence[FoundFeed] = ()) -> AsyncIterator[asyncio.Timeout]:
        """Limit the time of the block. Raises FeedError when it runs out, unless feeds have been found by then."""
        try:
            async with asyncio.timeout(self._seconds) as time:
                yield time
        except TimeoutError as error:
            if not feeds:
                message = f"за {self._seconds:.0f} с сайт не ответил до конца — повторите позже"
                raise FeedError(message, feed="") from error
