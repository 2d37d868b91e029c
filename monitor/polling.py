"""One round over one feed: fetch → parse → read the articles → match → record. It orchestrates and never decides.

Nothing is kept between the steps: until `store.record` commits, a crash leaves the feed exactly as it was,
and the next poll finds the same entries again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

import structlog

from monitor import sources
from monitor.cadence import SOON, next_poll_at
from monitor.errors import DatabaseError, FeedError, FetchError, ParseError, ParseFailure
from monitor.extraction import extract, is_full
from monitor.fetching import Fetcher
from monitor.languages import detect
from monitor.matching.engine import Matcher
from monitor.models import (
    Article,
    Entry,
    EntryOutcome,
    Extracted,
    Feed,
    FeedKind,
    FeedState,
    Fetched,
    NotModified,
    Outcome,
    PollOutcome,
    Telling,
    Tier,
)
from monitor.similarity import fingerprint
from monitor.store import Store
from monitor.stories import SAME_CASE, Chats, group
from monitor.urls import canonical

LEASE = timedelta(minutes=5)  # longer than a poll may take: one GET, and pages for `page_seconds`
FRESH = timedelta(hours=24)  # what a feed shows at first sight may be posted only if younger (docs/decisions/0007)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Everything a poll needs; `chance` gives numbers in [0, 1), `clock` aware UTC.

    After `page_seconds` a poll records what it has; the rest stays unseen and the feed is asked again soon.
    """

    fetcher: Fetcher
    store: Store
    matcher: Matcher
    chats: Chats
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    page_seconds: float = 90.0

    async def poll(self, feed: Feed, state: FeedState) -> PollOutcome:
        """Poll a leased feed and record what came of it, good or bad. Raises DatabaseError only.

        A job boundary: one feed that trips over a mistake of ours is recorded as failed and backed off like any
        other; the rest of the feeds go on.
        """
        now = self.clock()
        try:
            outcome = await self._read(feed, state, now)
        except FeedError as error:
            outcome = self._failed(feed, state, now, error)
        except DatabaseError:
            raise
        except Exception as error:
            log.exception("a poll tripped over a mistake of ours", action="poll", feed=feed.name)
            mistake = FeedError(f"внутренняя ошибка ({type(error).__name__}); подробности в журнале", feed=feed.name)
            outcome = self._failed(feed, state, now, mistake)
        place = partial(group, chats=self.chats)
        recorded = await asyncio.to_thread(self.store.record, outcome, place, window=SAME_CASE)
        _report(outcome, recorded=recorded)
        return outcome

    async def _read(self, feed: Feed, state: FeedState, now: datetime) -> PollOutcome:
        answer = await self.fetcher.get(feed.url, etag=state.etag, last_modified=state.last_modified, feed=feed)
        good = self._good(feed, state, now)
        if isinstance(answer, NotModified):
            return good
        body_hash = sha256(answer.body).hexdigest()
        good = replace(good, etag=answer.etag, last_modified=answer.last_modified, body_hash=body_hash)
        if body_hash == state.body_hash:
            return good
        return await self._decide(feed, state, answer, good)

    async def _decide(self, feed: Feed, state: FeedState, answer: Fetched, good: PollOutcome) -> PollOutcome:
        """Judge every unseen entry; if the time for pages runs out, keep the old validators for the rest."""
        parsed = await asyncio.to_thread(sources.parse, feed, answer, now=good.polled_at)
        if state.had_entries and not parsed.entries:
            message = "лента пуста, хотя раньше в ней были записи; проверьте адрес в feeds.yaml"
            raise ParseError(message, feed=feed.name, kind=ParseFailure.NO_ENTRIES)
        unseen = await asyncio.to_thread(self.store.unseen, feed.name, parsed.entries)
        decided, all_read = await self._judge_all(feed, state, unseen, good.polled_at)
        new = frozenset(key for entry in unseen for key in entry.keys)
        outcome = replace(
            good,
            had_entries=bool(parsed.entries),
            settled=tuple(one for one in decided if one.outcome is not Outcome.POSTED),
            matched=tuple(one for one in decided if one.outcome is Outcome.POSTED),
            known_keys=tuple(key for entry in parsed.entries for key in entry.keys if key not in new),
            problems=parsed.problems,
        )
        return outcome if all_read else self._come_back_soon(outcome, state)

    async def _judge_all(
        self, feed: Feed, state: FeedState, unseen: tuple[Entry, ...], now: datetime
    ) -> tuple[list[EntryOutcome], bool]:
        """Old entries are settled at once; the others are read, oldest first, while there is time."""
        stale = {entry: _stale(entry, state, now) for entry in unseen}
        decided = [outcome for outcome in stale.values() if outcome]
        fresh = sorted((entry for entry in unseen if not stale[entry]), key=lambda entry: entry.published_at or now)
        deadline = asyncio.get_running_loop().time() + self.page_seconds
        for number, entry in enumerate(fresh):
            if number and asyncio.get_running_loop().time() > deadline:
                return decided, False
            decided.append(await self._judge(feed, state, entry, now))
        return decided, True

    async def _judge(self, feed: Feed, state: FeedState, entry: Entry, now: datetime) -> EntryOutcome:
        article = await self._article(feed, entry, now)
        dated = replace(entry, published_at=article.published_at)
        stale = _stale(dated, state, now)
        if stale:
            return stale
        verdict = await asyncio.to_thread(self.matcher.judge, title=article.title, text=article.text)
        telling = Telling(article=article, verdict=verdict)
        if verdict.tier is not Tier.NONE:
            return EntryOutcome(entry=dated, outcome=Outcome.POSTED, reason="", telling=telling)
        if verdict.vetoes:
            words = "; ".join(f"{veto.topic}/{veto.rule}: «{veto.form}»" for veto in verdict.vetoes)
            return EntryOutcome(entry=dated, outcome=Outcome.VETOED, reason=words, telling=telling)
        reason = "ни одно правило не сработало" + (f" ({article.problem})" if article.problem else "")
        return EntryOutcome(entry=dated, outcome=Outcome.UNMATCHED, reason=reason)

    async def _article(self, feed: Feed, entry: Entry, now: datetime) -> Article:
        """The readable article: from the feed when it carries the text, else from the page, else the summary."""
        given = entry.content or entry.summary
        page = Extracted(text="")
        if feed.kind is not FeedKind.TELEGRAM and entry.url and not is_full(given):
            page = await self._page(feed, entry, now)
        text = _joined(given, page.text)
        title = entry.title or page.title
        return Article(
            feed=feed.name,
            url=entry.url,
            canonical_url=canonical(entry.url) or f"{feed.name}:{entry.keys[0]}",
            title=title,
            text=text,
            language=detect(f"{title}\n{text}", feed.lang),
            published_at=entry.published_at or page.published_at,
            fingerprint=fingerprint(title, text),
            problem=page.problem,
        )

    async def _page(self, feed: Feed, entry: Entry, now: datetime) -> Extracted:
        try:
            answer = await self.fetcher.get(entry.url, accept="page", feed=feed)
        except FetchError as error:
            return Extracted(text="", problem=f"страница не прочитана: {error.kind}")
        assert isinstance(answer, Fetched)  # no validators were sent
        return await asyncio.to_thread(
            extract, answer.body, content_type=answer.content_type, url=answer.url, now=now, tz=feed.tz
        )

    def _good(self, feed: Feed, state: FeedState, now: datetime) -> PollOutcome:
        return PollOutcome(
            feed=feed.name,
            lease_no=state.lease_no,
            polled_at=now,
            next_poll_at=next_poll_at(now, interval=feed.interval, chance=self.chance()),
            etag=state.etag,
            last_modified=state.last_modified,
            body_hash=state.body_hash,
        )

    def _come_back_soon(self, outcome: PollOutcome, state: FeedState) -> PollOutcome:
        """Law 1: no validator is saved apart from the entries it stands for, and some are still unread."""
        soon = next_poll_at(outcome.polled_at, interval=SOON, chance=self.chance())
        return replace(
            outcome,
            etag=state.etag,
            last_modified=state.last_modified,
            body_hash=state.body_hash,
            next_poll_at=soon,
        )

    def _failed(self, feed: Feed, state: FeedState, now: datetime, error: FeedError) -> PollOutcome:
        failures = state.failures + 1
        at = next_poll_at(
            now,
            interval=feed.interval,
            failures=failures,
            retry_after=getattr(error, "retry_after", None),
            chance=self.chance(),
        )
        good = self._good(feed, state, now)
        return replace(good, next_poll_at=at, failure=error.message, failures=failures)


def _stale(entry: Entry, state: FeedState, now: datetime) -> EntryOutcome | None:
    """The outcome of an entry too old to be news, or None.

    First sight of a feed is a baseline: only what is surely younger than 24 h is news. Later the same 24 h
    count from the last good poll, so that what was published while we were away is still news.
    """
    if state.baseline_at is None:
        if entry.published_at is not None and entry.published_at >= now - FRESH:
            return None
        return EntryOutcome(entry=entry, outcome=Outcome.BASELINE, reason="было в ленте до первого опроса")
    horizon = (state.succeeded_at or now) - FRESH
    if entry.published_at is None or entry.published_at >= horizon:
        return None
    return EntryOutcome(entry=entry, outcome=Outcome.TOO_OLD, reason=f"дата {entry.published_at:%d.%m.%Y}")


def _joined(given: str, page: str) -> str:
    """The page's text, with the feed's summary before it when the page does not contain it."""
    if len(page) <= len(given):
        return given
    return page if given[:60] in page else f"{given}\n{page}"


def _report(outcome: PollOutcome, *, recorded: bool) -> None:
    about = {"action": "poll", "feed": outcome.feed}
    if not recorded:
        log.warning("the lease was lost; nothing recorded", **about)
    elif outcome.failure:
        log.warning("poll failed", **about, error=outcome.failure, failures=outcome.failures)
    else:
        log.info("polled", **about, new=len(outcome.settled) + len(outcome.matched), matched=len(outcome.matched))
    for problem in outcome.problems:
        log.warning("feed problem", **about, problem=problem)
