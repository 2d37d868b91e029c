"""What a feed says now: which address to ask, with which validators, and what of the answer needs reading.

It orchestrates sources/http/client.py and sources/sandbox.py; what the entries are worth is judge.py's matter.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import TypeVar

from monitor.errors import FeedError, ParseError, ParseFailure
from monitor.models.feeds import Entry, Feed, FeedKind, FeedState, Fetched, NotModified, ParsedFeed, Validators
from monitor.polling import fallback, habits
from monitor.polling.age_limit import age_limit
from monitor.sources.feeds.unchanged import Trimmed, trim
from monitor.sources.http.byte_budget import Allowance
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import SMALL, Sandbox

_T = TypeVar("_T")

MOST_FURTHER = 5  # parts of one feed read at a poll
_TTL = re.compile(rb"<ttl>\s*(\d{1,5})\s*</ttl>")  # minutes (RSS 2.0)
_HEAD = 4_096  # bytes in which it is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAnswer:
    """What a feed answered: `Unmodified`, `SameBody` or `Changed`, and what all three have."""

    feed: Feed  # at the address that answered
    validators: Validators  # for the next poll
    hint: timedelta | None  # for how long the body asks to be kept
    problems: tuple[str, ...] = ()  # in Russian


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmodified(FeedAnswer):
    """304."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameBody(FeedAnswer):
    """A body in which nothing is new: it is the last one, or every entry stood in that one word for word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(FeedAnswer):
    """A body that may hold news."""

    entries: tuple[Entry, ...]  # without those known word for word
    repeated: int  # how many those are
    is_whole: bool  # none was taken for known word for word
    is_plain: bool  # asked without the validators we had
    is_switched: bool  # the last body came from the feed's other address
    bodies: tuple[bytes, ...]  # the documents that the entries stood in
    older: str = ""  # where the entries before these stand; "" for nowhere

    @property
    def total(self) -> int:
        """How many entries the body has."""
        return len(self.entries) + self.repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFetcher:
    """Asks feeds. Large bodies draw on the allowance, if there is one; then there may be NoRoom for them."""

    fetcher: Fetcher
    reader: Sandbox
    allowance: Allowance | None = None

    async def fetch(self, feed: Feed, state: FeedState, now: datetime) -> FeedAnswer:
        """Ask the feed, its other address too where the first turns us away. Raises FeedError: the first refusal."""
        first, *others = fallback.order(feed, state.habit, now)
        try:
            return await self._fetch_at(first, feed, state, now)
        except FeedError as refusal:
            if not others or not fallback.turns_away(refusal, state):
                raise
            try:
                answer = await self._fetch_at(others[0], feed, state, now)
            except FeedError:
                raise refusal from None
            problem = f"{first.url} не даёт новостей ({refusal.message}); взято с {others[0].url}"
            return replace(answer, problems=(problem, *answer.problems))

    async def fetch_older(self, answer: Changed, now: datetime) -> Changed:
        """`answer` with the entries of the page at `older` too. Raises FeedError."""
        page, body = await self._get_and_parse(answer.feed, answer.older, now)
        entries, bodies = (*answer.entries, *page.entries), (*answer.bodies, body)
        return replace(answer, entries=entries, bodies=bodies, older=page.older)

    async def _fetch_at(self, at: Feed, feed: Feed, state: FeedState, now: datetime) -> FeedAnswer:
        """Ask one of the feed's addresses; what the other one taught counts for nothing here."""
        is_switched = (at is feed) != (state.habit.away_since is None)
        known = Validators() if is_switched else state.validators
        sent = Validators() if habits.wants_body(state.habit, now) else known
        got = await self.fetcher.fetch_if_modified(
            at.url, etag=sent.etag, last_modified=sent.last_modified, feed=at, allowance=self.allowance
        )
        if isinstance(got, NotModified):
            etag, last_modified = got.etag or known.etag, got.last_modified or known.last_modified
            renewed = replace(known, etag=etag, last_modified=last_modified)
            return Unmodified(feed=at, validators=renewed, hint=got.max_age or state.habit.hint)
        body_hash = await _off_the_loop(_hash, got.body)
        fresh = Validators(etag=got.etag, last_modified=got.last_modified, body_hash=body_hash, items=known.items)
        if body_hash == known.body_hash:
            return SameBody(feed=at, validators=fresh, hint=_hint(got))
        return await self._read(at, got, fresh, state, now, is_switched=is_switched)

    async def _read(
        self, at: Feed, got: Fetched, fresh: Validators, state: FeedState, now: datetime, *, is_switched: bool
    ) -> FeedAnswer:
        """Read what has changed in a body. `fresh` are its validators, but for the `items`: those of the last one."""
        wants_whole = is_switched or habits.wants_whole(state.habit, now)
        known = b"" if wants_whole else fresh.items
        is_xml = at.kind in (FeedKind.RSS, FeedKind.ATOM)
        trimmed = (
            await _off_the_loop(partial(trim, known=known), got.body) if is_xml else Trimmed(body=got.body, items=b"")
        )
        fresh, hint = replace(fresh, items=trimmed.items), _hint(got)
        if trimmed.known and trimmed.known == trimmed.total:
            return SameBody(feed=at, validators=fresh, hint=hint)
        news_since = age_limit(state, now, is_switched=is_switched).since
        parsed, bodies = await self._parse(at, replace(got, body=trimmed.body), now, news_since)
        if state.had_entries and not (parsed.entries or parsed.further or trimmed.known):
            message = "лента пуста, хотя раньше в ней были записи; проверьте адрес в feeds.yaml"
            raise ParseError(message, feed=at.name, kind=ParseFailure.NO_ENTRIES)
        moved = f"лента переехала насовсем: впишите в feeds.yaml адрес {got.moved_to}"
        return Changed(
            feed=at,
            validators=Validators() if parsed.further else fresh,  # an index may stay as it is while its parts change
            hint=hint,
            problems=(moved, *parsed.problems) if got.moved_to and wants_whole else parsed.problems,  # once a day
            entries=parsed.entries,
            repeated=trimmed.known,
            is_whole=wants_whole or not trimmed.known,
            is_plain=habits.wants_body(state.habit, now),
            is_switched=is_switched,
            bodies=bodies,
            older=parsed.older,
        )

    async def _parse(
        self, feed: Feed, got: Fetched, now: datetime, since: datetime
    ) -> tuple[ParsedFeed, tuple[bytes, ...]]:
        """The entries of a body and of its further parts, and all of these; a part that fails is a problem."""
        parsed = await self.reader.parse(feed, got, now=now, since=since)
        if not parsed.further:
            return parsed, (got.body,)
        entries, problems, bodies = list(parsed.entries), list(parsed.problems), [got.body]
        for url in parsed.further[:MOST_FURTHER]:
            try:
                part, body = await self._get_and_parse(feed, url, now)
            except FeedError as error:
                problems.append(f"часть ленты {url}: {error.message}")
            else:
                entries += part.entries
                bodies.append(body)
                problems += [
                    *part.problems,
                    *([f"часть ленты {url} — снова указатель: не прочитана"] if part.further else []),
                ]
        return replace(parsed, entries=_each_once(entries), problems=tuple(problems)), tuple(bodies)

    async def _get_and_parse(self, feed: Feed, url: str, now: datetime) -> tuple[ParsedFeed, bytes]:
        got = await self.fetcher.fetch(url, feed=feed, allowance=self.allowance)
        return await self.reader.parse(feed, got, now=now), got.body


async def _off_the_loop(read: Callable[[bytes], _T], body: bytes) -> _T:
    """What `read` makes of a body; of a large one in a thread, so that nothing else waits for it."""
    return read(body) if len(body) <= SMALL else await asyncio.to_thread(read, body)


def _hash(body: bytes) -> str:
    return sha256(body).hexdigest()


def _hint(got: Fetched) -> timedelta | None:
    """For how long the body asks to be kept: by its headers, by the feed's own word."""
    ttl = _TTL.search(got.body, 0, _HEAD)
    own = timedelta(minutes=int(ttl[1])) if ttl else timedelta(0)
    return max(own, got.max_age or timedelta(0)) or None


def _each_once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries none of whose keys came before."""
    seen: set[str] = set()
    once: list[Entry] = []
    for entry in entries:
        if seen.isdisjoint(entry.keys):
            once.append(entry)
        seen.update(entry.keys)
    return tuple(once)
