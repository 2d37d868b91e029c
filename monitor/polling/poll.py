"""One round over one feed: fetch → judge what is new → record. It orchestrates and never decides.

Nothing is kept between the steps: until `record` commits, a crash leaves the feed exactly as it was, and the next poll
finds the same entries again.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from monitor.errors import DatabaseError, FeedError
from monitor.matching.mutes import Mute, no_mutes
from monitor.models.articles import Outcome
from monitor.models.feeds import Feed, FeedState, Habit, Validators
from monitor.models.stories import EntryOutcome, PollOutcome
from monitor.polling import fallback, habits, renamed_entries
from monitor.polling.age_limit import AgeLimit, age_limit
from monitor.polling.fetch_feed import Changed, FeedAnswer, FeedFetcher, SameBody, Unmodified
from monitor.polling.habits import FeedObservation
from monitor.polling.judge import Judge, Triage, count_new, split
from monitor.polling.outage import OUT_OF_REACH, OutageChange, OutageDetector
from monitor.polling.recorder import Recorder
from monitor.polling.schedule import SOON, next_poll_at, usual_pause, weight
from monitor.sources.feeds.entry_source import entry_source
from monitor.sources.http.byte_budget import ByteBudget, NoRoom
from monitor.storage.entries import EntryStore, KnownEntries
from monitor.storage.feeds import FeedStore
from monitor.stories.people.followed import NOBODY, Followed

LEASE = timedelta(minutes=5)  # longer than a poll may take: some GETs, and pages for `page_seconds`
BYTES_AT_ONCE = 16 * 1024 * 1024  # of large feeds, from their bodies until what is found in them is recorded
MOST_OLDER = 10  # pages back, until something known comes

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """What is new in a changed body, and what of it needs a page."""

    known: KnownEntries
    renamed: tuple[EntryOutcome, ...]  # shown before under other identities
    new: int  # entries, without the renamed ones
    triage: Triage
    limit: AgeLimit
    judge: Judge  # with the rules that are muted now
    bodies: tuple[bytes, ...]  # where it stood


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Everything a poll needs; `chance` gives numbers in [0, 1), `clock` aware UTC; `slots` bound the polls at once;
    `mutes` and `followed` may ask the database.

    After `page_seconds` a poll records what it has; the rest stays unseen and the feed is asked again soon.
    """

    fetcher: FeedFetcher
    judge: Judge
    feeds: FeedStore
    entries: EntryStore
    recorder: Recorder
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    slots: asyncio.Semaphore
    mutes: Callable[[datetime], tuple[Mute, ...]] = no_mutes
    followed: Callable[[datetime], Followed] = lambda _now: NOBODY
    outage: OutageDetector = field(default_factory=OutageDetector)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    bodies: ByteBudget = field(default_factory=partial(ByteBudget, BYTES_AT_ONCE))
    page_seconds: float = 90.0

    async def poll(self, feed: Feed, state: FeedState) -> PollOutcome:
        """Poll a leased feed and record what came of it, good or bad. Raises DatabaseError only.

        Once `stopping` is set, a poll that still waits for a slot is cancelled: its lease says that it is to be done.
        """
        with self.bodies.allowance() as allowance:  # what is found is held until it is recorded
            poller = replace(self, fetcher=replace(self.fetcher, allowance=allowance))
            outcome = await allowance.fit(partial(poller._in_a_slot, feed, state))  # noqa: SLF001 - one of us
            now = outcome.polled_at
            change = self.outage.note(feed.name, outcome.failure_kind, now)
            if self.outage.is_down and outcome.failure_kind in OUT_OF_REACH:
                outcome = replace(outcome, failures=state.failures, next_poll_at=self._soon(now))
            outcome, recorded = await self._recorded(feed, state, outcome)
        if not (self.outage.is_down and outcome.failure_kind in OUT_OF_REACH and recorded):
            _report(outcome, recorded=recorded)
        if change is not OutageChange.NONE:
            await self._outage_changed(change, now)
        return outcome

    async def _recorded(self, feed: Feed, state: FeedState, outcome: PollOutcome) -> tuple[PollOutcome, bool]:
        """What cannot be recorded for a mistake of ours (the recorder has logged it) is a failure of the feed, which is
        told and backed off: its entries are read again.
        """
        try:
            return outcome, await self.recorder.record(outcome)
        except DatabaseError:
            raise
        except Exception as error:
            failed = self._failed(feed, state, outcome.polled_at, _mistake(feed, error))
            return failed, await self.recorder.record(failed)

    async def _in_a_slot(self, feed: Feed, state: FeedState) -> PollOutcome:
        """Raises NoRoom: whoever waits for it leaves the slot to others."""
        async with self.slots:
            if self.stopping.is_set():
                raise asyncio.CancelledError("stopping")
            return _on_the_clock(await self._outcome(feed, state, self.clock()), self.clock())

    async def _outcome(self, feed: Feed, state: FeedState, now: datetime) -> PollOutcome:
        """A job boundary: one feed that trips over a mistake of ours is recorded as failed and backed off like any
        other; the rest of the feeds go on.
        """
        try:
            return await self._polled(feed, state, now)
        except FeedError as error:
            return self._failed(feed, state, now, error)
        except (DatabaseError, NoRoom):
            raise
        except Exception as error:
            log.exception("a poll tripped over a mistake of ours", action="poll", feed=feed.name)
            return self._failed(feed, state, now, _mistake(feed, error))

    async def _polled(self, feed: Feed, state: FeedState, now: datetime) -> PollOutcome:
        answer = await self.fetcher.fetch(feed, state, now)
        habit = fallback.after_answer(state.habit, is_home=answer.feed is feed, now=now)
        habit = replace(habit, hint=answer.hint)
        match answer:
            case Changed():
                return await self._changed(feed, state, answer, habit, now)
            case SameBody():
                habit = habits.after_same(habit, now, since=state.succeeded_at)
            case Unmodified():
                habit = habits.after_unmodified(habit, now, since=state.succeeded_at)
        return self._good(feed, state, answer, habit, now)

    async def _changed(self, feed: Feed, state: FeedState, answer: Changed, habit: Habit, now: datetime) -> PollOutcome:
        """A body that may hold news: judge them, and learn from what it showed."""
        answer, news = await self._news(state, answer, now)
        seen = FeedObservation(
            total=answer.total,
            new=news.new,
            is_whole=answer.is_whole,
            is_first=state.baseline_at is None or answer.is_switched,
            problems=answer.problems,
        )
        habit = habits.after_changed(habit, seen, now, since=state.succeeded_at)
        if answer.is_plain and habits.lied(state, answer.validators, news.known.unseen):
            habit = replace(habit, lies=True)
        outcome = replace(
            self._good(feed, state, answer, habit, now),
            had_entries=seen.total > 0,
            settled=news.renamed,
            known_keys=news.known.known if answer.is_whole else (),
            aliases=news.known.aliases,
            edited=_edited(state, answer, news.known),
            problems=(*answer.problems, *habits.gap_problem(seen)),
        )
        return await self._judged(answer.feed, state, outcome, news)

    async def _news(self, state: FeedState, answer: Changed, now: datetime) -> tuple[Changed, _News]:
        """What is new; and while nothing of it is known, the feed's older pages too."""
        news = await asyncio.to_thread(self._triage, state, answer, now)
        can_page = state.baseline_at is not None and not answer.is_switched and not answer.repeated
        for _ in range(MOST_OLDER if can_page else 0):
            if not answer.older or news.new < len(answer.entries):
                break
            try:
                answer = await self.fetcher.fetch_older(answer, now)
            except FeedError as error:
                answer = replace(answer, older="", problems=(*answer.problems, f"старые записи: {error.message}"))
            news = await asyncio.to_thread(self._triage, state, answer, now)
        return answer, news

    def _triage(self, state: FeedState, answer: Changed, now: datetime) -> _News:
        known = self.entries.find_known(state.name, answer.entries, now)
        renamed = self._renamed(state, known, now, total=answer.total, is_moved=answer.is_switched)
        settled = {outcome.entry.keys for outcome in renamed}
        new = [entry for entry in known.unseen if entry.keys not in settled]
        limit = age_limit(state, now, is_switched=answer.is_switched)
        judge = replace(self.judge.muting(self.mutes(now)), followed=self.followed(now))
        triage = judge.triage(answer.feed, new, limit, now)
        return _News(
            known=known,
            renamed=renamed,
            new=len(new),
            triage=triage,
            limit=limit,
            judge=judge,
            bodies=answer.bodies,
        )

    def _renamed(
        self, state: FeedState, known: KnownEntries, now: datetime, *, total: int, is_moved: bool
    ) -> tuple[EntryOutcome, ...]:
        """The unseen entries shown before under another identity, settled as duplicates."""
        unseen = known.unseen
        if state.baseline_at is None or not renamed_entries.may_be_renamed(unseen, total=total, is_moved=is_moved):
            return ()
        shown = self.entries.shown_lately(state.name, now, max(1_000, total))
        same = renamed_entries.find_renamed(unseen, shown, total=total, is_moved=is_moved)
        reason = "уже была в ленте под другим идентификатором"
        return tuple(EntryOutcome(entry=entry, outcome=Outcome.DUPLICATE, reason=reason) for entry in same)

    async def _judged(self, feed: Feed, state: FeedState, outcome: PollOutcome, news: _News) -> PollOutcome:
        """Read the pages that are needed. What already matched is recorded before the rest is read."""
        triage, now = news.triage, outcome.polled_at
        deadline = asyncio.get_running_loop().time() + self.page_seconds
        first = await news.judge.read(feed, triage.urgent, news.limit, now, deadline=deadline)
        urgent = await _with_sources((*triage.decided, *first.decided), news.bodies)
        if triage.waiting and split(urgent)[1]:
            if not await self._record_urgent(outcome, state, urgent):
                return outcome  # the lease is lost: nothing of the rest would be recorded either
            outcome, urgent = replace(outcome, urgent=urgent), ()
        rest = await news.judge.read(feed, triage.waiting, news.limit, now, deadline=deadline)
        later = await _with_sources(rest.decided, news.bodies)
        settled, matched = split((*outcome.settled, *urgent, *later))
        habit = habits.after_pages(
            outcome.habit, read=len(first.decided) + len(rest.decided), bare=first.bare + rest.bare
        )
        outcome = replace(outcome, settled=settled, matched=matched, habit=habit)
        if first.unread or rest.unread:
            return _come_back(outcome, state, self._soon(now))
        if first.put_off or rest.put_off or news.known.unsettled:
            return _come_back(outcome, state, outcome.next_poll_at)
        return outcome

    async def _record_urgent(self, outcome: PollOutcome, state: FeedState, decided: tuple[EntryOutcome, ...]) -> bool:
        settled, matched = split(decided)
        part = replace(outcome, habit=state.habit, validators=state.validators, known_keys=(), aliases=(), edited=())
        return await self.recorder.record(replace(part, settled=settled, matched=matched, is_over=False))

    async def _outage_changed(self, change: OutageChange, now: datetime) -> None:
        """Many feeds out of reach at once: said once, charged to no feed; at its end, how many polls it cost."""
        if change is OutageChange.ENDED:
            lasted = (now - (self.outage.since or now)).total_seconds()
            about = {"action": "outage", "failed_polls": self.outage.failed, "seconds": lasted}
            log.warning("feeds can be reached again: the outage of our own network is over", **about)
            return
        unreachable = self.outage.unreachable()
        log.error("most feeds cannot be reached: our own network is down", action="outage", feeds=len(unreachable))
        await asyncio.to_thread(self.feeds.forgive, unreachable, self._soon(now))

    def _good(self, feed: Feed, state: FeedState, answer: FeedAnswer, habit: Habit, now: datetime) -> PollOutcome:
        usual = usual_pause(feed.interval, habit.pause, habit.hint)
        return PollOutcome(
            feed=feed.name,
            lease_no=state.lease_no,
            polled_at=now,
            next_poll_at=next_poll_at(now, usual=usual, chance=self.chance()),
            habit=habit,
            problems=answer.problems,
            validators=answer.validators,
        )

    def _soon(self, now: datetime) -> datetime:
        return next_poll_at(now, usual=SOON, chance=self.chance())

    def _failed(self, feed: Feed, state: FeedState, now: datetime, error: FeedError) -> PollOutcome:
        failures, kind = state.failures + 1, str(getattr(error, "kind", ""))
        at = next_poll_at(
            now,
            usual=usual_pause(feed.interval, state.habit.pause, None),
            failures=failures,
            weight=weight(kind),
            retry_after=getattr(error, "retry_after", None),
            chance=self.chance(),
        )
        return PollOutcome(
            feed=feed.name,
            lease_no=state.lease_no,
            polled_at=now,
            next_poll_at=at,
            validators=state.validators,
            failure=error.message,
            failure_kind=kind,
            failures=failures,
            habit=state.habit,
        )


def _mistake(feed: Feed, error: Exception) -> FeedError:
    return FeedError(f"внутренняя ошибка ({type(error).__name__}); подробности в журнале", feed=feed.name)


def _edited(state: FeedState, answer: Changed, known: KnownEntries) -> tuple[str, ...]:
    """Known entries that were not taken out as known word for word: only of some kinds of feeds that can be said."""
    if not (state.validators.items and answer.validators.items):
        return ()
    keys = frozenset(known.known)
    return tuple(entry.url for entry in answer.entries if entry.url and not keys.isdisjoint(entry.keys))


def _come_back(outcome: PollOutcome, state: FeedState, at: datetime) -> PollOutcome:
    """No validator is saved apart from the entries it stands for, and some of them are still unread."""
    is_switched = outcome.habit.away_since != state.habit.away_since  # what we had belongs to the other address
    return replace(outcome, next_poll_at=at, validators=Validators() if is_switched else state.validators)


async def _with_sources(decided: tuple[EntryOutcome, ...], bodies: Sequence[bytes]) -> tuple[EntryOutcome, ...]:
    """What matched with its own piece of the feed's document."""

    def sourced(one: EntryOutcome) -> EntryOutcome:
        return replace(one, source=entry_source(bodies, one.entry)) if one.outcome is Outcome.POSTED else one

    if all(one.outcome is not Outcome.POSTED for one in decided):
        return decided  # most polls: nothing that takes CPU, so no thread
    return await asyncio.to_thread(lambda: tuple(map(sourced, decided)))


def _on_the_clock(outcome: PollOutcome, now: datetime) -> PollOutcome:
    """A clock set back during the poll would leave the feed asleep until it has caught up, and what it called too old
    is yet to be judged.
    """
    ahead = outcome.polled_at - now
    if ahead <= timedelta(0):
        return outcome
    instants = {name: getattr(outcome.habit, name) for name in ("news_at", "read_at", "whole_at")}
    habit = replace(outcome.habit, **{name: min(at, now) for name, at in instants.items() if at})
    settled = tuple(one for one in outcome.settled if one.outcome is not Outcome.TOO_OLD)
    outcome = outcome if len(settled) == len(outcome.settled) else replace(outcome, validators=Validators())
    return replace(outcome, polled_at=now, next_poll_at=outcome.next_poll_at - ahead, habit=habit, settled=settled)


def _report(outcome: PollOutcome, *, recorded: bool) -> None:
    about = {"action": "poll", "feed": outcome.feed}
    new, matched = count_new(outcome)
    if not recorded:
        log.warning("the lease was lost; nothing recorded", **about)
    elif outcome.failure:
        log.warning("poll failed", **about, error=outcome.failure, failures=outcome.failures)
    elif new:
        log.info("polled", **about, new=new, matched=matched)
    for problem in outcome.problems:
        log.warning("feed problem", **about, problem=problem)
