"""What a feed says now: which address to ask, with which validators, and what of the answer needs reading.

It orchestrates sources/http/client.py and sources/sandbox.py; what the entries are worth is not its matter.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.errors import FeedError, ParseError, ParseFailure
from monitor.models.feeds import Entry, Feed, FeedKind, FeedState, Fetched, NotModified, ParsedFeed
from monitor.polling import fallback, habits
from monitor.sources.feeds.unchanged import Trimmed, trim
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import Sandbox

MOST_FURTHER = 5  # parts of one feed read at a poll
MOST_OLDER = 10  # pages back, until something known comes
_TTL = re.compile(rb"<ttl>\s*(\d{1,5})\s*</ttl>")  # minutes (RSS 2.0)
_HEAD = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What to send, or to compare with, at the next poll; blank when the body must be read then."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    items: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAnswer:
    """What came of asking a feed."""

    feed: Feed  # at the address that answered
    validators: Validators
    is_unmodified: bool = False  # 304
    is_changed: bool = False  # `entries` hold what may be new
    entries: tuple[Entry, ...] = ()  # of a changed body, without those known word for word
    repeated: int = 0  # how many those are
    is_whole: bool = False  # none was taken for known word for word
    is_plain: bool = False  # asked without the validators we had
    is_switched: bool = False  # the last body came from the feed's other address
    tried_home: bool = True  # the feed's own address was asked
    older: str = ""
    hint: timedelta | None = None  # for how long the answer asks to be kept
    moved_to: str = ""  # where the feed says it lives for good
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFetcher:
    """Asks feeds."""

    fetcher: Fetcher
    reader: Sandbox

    async def take(self, feed: Feed, state: FeedState, now: datetime) -> FeedAnswer:
        """Ask the feed, its other address too where the first turns us away. Raises FeedError: the first refusal."""
        first, *others = fallback.order(feed, state.habit, now)
        try:
            taken = await self._take_at(first, feed, state, now)
            return replace(taken, tried_home=first is feed)
        except FeedError as refusal:
            if not others or not fallback.turns_away(refusal, state):
                raise
            try:
                taken = await self._take_at(others[0], feed, state, now)
            except FeedError:
                raise refusal from None
            told = f"{first.url} не даёт новостей ({refusal.message}); взято с {others[0].url}"
            return replace(taken, problems=(told, *taken.problems))

    async def older(self, taken: FeedAnswer, now: datetime) -> FeedAnswer:
        """`taken` with one older page of the feed, and where the next one is."""
        answer = await self.fetcher.get(taken.older, feed=taken.feed)
        assert isinstance(answer, Fetched)  # no validators were sent
        parsed = await self.reader.parse(taken.feed, answer, now=now)
        return replace(taken, entries=(*taken.entries, *parsed.entries), older=parsed.older)

    async def _take_at(self, at: Feed, feed: Feed, state: FeedState, now: datetime) -> FeedAnswer:
        """Ask one of the feed's addresses; what another one taught counts for nothing here."""
        is_switched = (at is feed) != (state.habit.away_since is None)
        known = Validators() if is_switched else _validators(state)
        is_plain = habits.wants_body(state.habit, now)
        sent = Validators() if is_plain else known
        answer = await self.fetcher.get(at.url, etag=sent.etag, last_modified=sent.last_modified, feed=at)
        taken = FeedAnswer(feed=at, validators=known, is_plain=is_plain, is_switched=is_switched)
        if isinstance(answer, NotModified):
            return replace(taken, is_unmodified=True, hint=answer.max_age, validators=_renewed(known, answer))
        body_hash = sha256(answer.body).hexdigest()
        taken = replace(taken, hint=_hint(answer), moved_to=answer.moved_to)
        got = Validators(etag=answer.etag, last_modified=answer.last_modified, body_hash=body_hash, items=known.items)
        taken = replace(taken, validators=got)
        if body_hash == known.body_hash:
            return taken
        read_whole = is_switched or habits.wants_whole(state.habit, now)
        return await self._read(replace(taken, is_whole=read_whole), answer, had_entries=state.had_entries, now=now)

    async def _read(self, taken: FeedAnswer, answer: Fetched, *, had_entries: bool, now: datetime) -> FeedAnswer:
        trimmed = _trimmed(taken, answer)
        taken = replace(taken, validators=replace(taken.validators, items=trimmed.items), repeated=trimmed.known)
        if trimmed.known and trimmed.known == trimmed.total:
            return taken
        parsed = await self.reader.parse(taken.feed, replace(answer, body=trimmed.body), now=now)
        if had_entries and not parsed.entries and not parsed.further and not trimmed.known:
            message = "лента пуста, хотя раньше в ней были записи; проверьте адрес в feeds.yaml"
            raise ParseError(message, feed=taken.feed.name, kind=ParseFailure.NO_ENTRIES)
        taken = replace(
            taken,
            is_changed=True,
            is_whole=taken.is_whole or not trimmed.known,
            entries=parsed.entries,
            older=parsed.older,
            problems=(*_moved(taken), *parsed.problems),
        )
        return await self._with_further(taken, parsed, now) if parsed.further else taken

    async def _with_further(self, taken: FeedAnswer, index: ParsedFeed, now: datetime) -> FeedAnswer:
        """The entries of the parts, too. An index may stay as it is while its parts change: it is always read."""
        entries, problems = list(taken.entries), list(taken.problems)
        for url in index.further[:MOST_FURTHER]:
            try:
                answer = await self.fetcher.get(url, feed=taken.feed)
                assert isinstance(answer, Fetched)  # no validators were sent
                part = await self.reader.parse(taken.feed, answer, now=now)
            except FeedError as error:
                problems.append(f"часть ленты {url}: {error.message}")
                continue
            entries += part.entries
            problems += part.problems
        return replace(taken, entries=_each_once(entries), problems=tuple(problems), validators=Validators())


def _validators(state: FeedState) -> Validators:
    return Validators(etag=state.etag, last_modified=state.last_modified, body_hash=state.body_hash, items=state.items)


def _moved(taken: FeedAnswer) -> tuple[str, ...]:
    """Told when the feed is read whole, which is once a day."""
    told = f"лента переехала насовсем: впишите в feeds.yaml адрес {taken.moved_to}"
    return (told,) if taken.moved_to and taken.is_whole else ()


def _renewed(known: Validators, answer: NotModified) -> Validators:
    """Those we had, or what the 304 says instead."""
    return replace(known, etag=answer.etag or known.etag, last_modified=answer.last_modified or known.last_modified)


def _hint(answer: Fetched) -> timedelta | None:
    """For how long the body asks to be kept: by its headers, by the feed's own word."""
    said = _TTL.search(answer.body, 0, _HEAD)
    hints = [timedelta(minutes=int(said[1]))] if said else []
    return max([*hints, *([answer.max_age] if answer.max_age else [])], default=None)


def _trimmed(taken: FeedAnswer, answer: Fetched) -> Trimmed:
    if taken.feed.kind not in (FeedKind.RSS, FeedKind.ATOM):
        return Trimmed(body=answer.body, items=b"")
    return trim(answer.body, b"" if taken.is_whole else taken.validators.items)


def _each_once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    seen: set[str] = set()
    once: list[Entry] = []
    for entry in entries:
        if seen.isdisjoint(entry.keys):
            once.append(entry)
        seen.update(entry.keys)
    return tuple(once)
