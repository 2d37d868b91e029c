"""Feeds tried without recording anything: a verdict on each that a maintainer can act on."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.errors import FeedError, FetchError, FetchFailure, ParseError, ParseFailure
from monitor.models.feeds import Entry, Feed, FeedKind, Fetched, ParsedFeed
from monitor.sources.feeds import parse
from monitor.sources.http.client import Fetcher

CONCURRENT = 8
STALE_AFTER = timedelta(days=7)  # most outlets publish every day

_STATUS = re.compile(r"\((\d{3})\)")  # as the messages of http/failures.py have it
_ALIVE = ("OK", "STALE")
_VERDICTS = {
    FetchFailure.CHALLENGE: "BLOCKED",
    FetchFailure.BLOCKED_ADDRESS: "PRIVATE",
    ParseFailure.CHALLENGE: "BLOCKED",
    ParseFailure.NO_ENTRIES: "EMPTY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """One feed tried. `kind` is what the body was recognised as, shares are of `entries`, 0 to 1."""

    feed: str
    url: str  # the address asked
    verdict: str  # OK · STALE · EMPTY · HTML · BLOCKED · `HTTP 404` · the name of any other failure
    detail: str = ""  # what went wrong, in Russian
    final_url: str = ""  # after redirects; "" when nothing came
    kind: FeedKind | None = None
    entries: int = 0
    newest_at: datetime | None = None
    without_date: float = 0.0
    without_id: float = 0.0  # known by its title only: an edited title is a new entry
    is_fallback: bool = False  # the feed's own address failed and this is the other one

    @property
    def is_alive(self) -> bool:
        """Whether news can come from there."""
        return self.verdict in _ALIVE

    @property
    def said(self) -> str:
        """The verdict in Russian, without the reason."""
        if not self.is_alive:
            return "не читается"
        return "читается" if self.verdict == "OK" else "читается, но нового давно не было"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedFeed:
    """A feed tried, with the entries that came."""

    checkup: Checkup
    entries: tuple[Entry, ...] = ()


class ReadFeed(Protocol):
    """What makes entries of a body: `in_thread`, or `Sandbox.parse` where nobody can stop what a hostile one costs."""

    async def __call__(self, feed: Feed, fetched: Fetched, /, *, now: datetime) -> ParsedFeed:
        """Raises ParseError."""


async def in_thread(feed: Feed, fetched: Fetched, /, *, now: datetime) -> ParsedFeed:
    """What a command reads with, whose user can stop it."""
    return await asyncio.to_thread(parse.parse, feed, fetched, now=now)


async def check_feeds(
    fetcher: Fetcher, feeds: Sequence[Feed], *, now: datetime, checked: Callable[[Checkup], None]
) -> tuple[Checkup, ...]:
    """Try every feed, a few at once, calling `checked` as each ends; the answers are in the order of the feeds."""
    slots = asyncio.Semaphore(CONCURRENT)

    async def one(feed: Feed) -> Checkup:
        async with slots:
            answer = await _check(fetcher, feed, now)
        checked(answer)
        return answer

    return tuple(await asyncio.gather(*(one(feed) for feed in feeds)))


async def _check(fetcher: Fetcher, feed: Feed, now: datetime) -> Checkup:
    """The feed's own address, and the fallback when that one is dead: the better answer of the two."""
    first = (await try_feed(fetcher, feed, now=now)).checkup
    if first.is_alive or not feed.fallback:
        return first
    second = (await try_feed(fetcher, feed, now=now, fallback=True)).checkup
    return replace(second, is_fallback=True, detail=f"{feed.url}: {first.detail}") if second.is_alive else first


async def try_feed(
    fetcher: Fetcher, feed: Feed, *, now: datetime, fallback: bool = False, read: ReadFeed = in_thread
) -> TriedFeed:
    """One address of a feed: its own, or its fallback."""
    try:
        answer = await get(fetcher, feed.fallback if fallback else feed.url, feed)
    except FeedError as error:
        return TriedFeed(checkup=for_failure(feed, error))
    kind = parse.recognise(answer)
    asked = parse.switch_to_fallback(feed, answer) if fallback else feed
    try:
        parsed = await with_further(fetcher, asked, answer, now, read)
    except FeedError as error:
        return TriedFeed(checkup=for_failure(asked, error, final_url=answer.url, kind=kind))
    checkup = for_entries(asked, parsed.entries, final_url=answer.url, kind=kind, problems=parsed.problems, now=now)
    return TriedFeed(checkup=checkup, entries=parsed.entries)


async def with_further(
    fetcher: Fetcher, feed: Feed, answer: Fetched, now: datetime, read: ReadFeed = in_thread
) -> ParsedFeed:
    """The entries of an answer; of an index, which has only addresses, those of the first document it names.

    Raises FeedError.
    """
    parsed = await read(feed, answer, now=now)
    if parsed.entries or not parsed.further:
        return parsed
    further = await get(fetcher, parsed.further[0], feed)
    return await read(feed, further, now=now)


async def get(fetcher: Fetcher, url: str, feed: Feed | None = None) -> Fetched:
    """One GET, on behalf of a feed or of nobody. Raises FetchError."""
    return await fetcher.fetch(url, feed=feed)


def for_entries(
    feed: Feed,
    entries: Sequence[Entry],
    *,
    final_url: str,
    kind: FeedKind | None,
    problems: Sequence[str],
    now: datetime,
) -> Checkup:
    """The checkup of a body that was read."""
    newest = max((entry.published_at for entry in entries if entry.published_at), default=None)
    verdict = "EMPTY" if not entries else "STALE" if newest and now - newest > STALE_AFTER else "OK"
    return Checkup(
        feed=feed.name,
        url=feed.url,
        verdict=verdict,
        detail="; ".join(problems),
        final_url=final_url,
        kind=kind,
        entries=len(entries),
        newest_at=newest,
        without_date=_share(entries, [entry for entry in entries if entry.published_at is None]),
        without_id=_share(entries, [entry for entry in entries if entry.keys[0].startswith("t:")]),
    )


def for_failure(feed: Feed, error: FeedError, *, final_url: str = "", kind: FeedKind | None = None) -> Checkup:
    """The checkup of a feed that could not be fetched or read."""
    return Checkup(
        feed=feed.name, url=feed.url, verdict=_verdict(error), detail=error.message, final_url=final_url, kind=kind
    )


def _verdict(error: FeedError) -> str:
    if isinstance(error, FetchError) and (status := _STATUS.search(error.message)):
        return f"HTTP {status[1]}"
    if isinstance(error, FetchError | ParseError):
        return _VERDICTS.get(error.kind, error.kind.upper().replace("_", " "))
    return "ERROR"


def _share(entries: Sequence[Entry], wanting: Sequence[Entry]) -> float:
    return round(len(wanting) / len(entries), 3) if entries else 0.0
