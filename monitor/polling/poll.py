"""One round over one feed: take → judge what is new → record. It orchestrates and never decides.

Nothing is kept between the steps: until `record` commits, a crash leaves the feed exactly as it was, and the next poll
finds the same entries again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from monitor.errors import DatabaseError, FeedError
from monitor.matching.mutes import Mute, no_mutes
from monitor.models.articles import Outcome
from monitor.models.feeds import Feed, FeedState, Habit
from monitor.models.stories import EntryOutcome, PollOutcome
from monitor.polling import fallback, habits, renamed_entries
from monitor.polling.fetch_feed import MOST_OLDER, FeedAnswer, FeedFetcher, Validators
from monitor.polling.habits import FeedObservation
from monitor.polling.judge import FRESH, LATE, AgeLimit, Judge, Triage, count_new, split
from monitor.polling.outage import OUT_OF_REACH, OutageChange, OutageDetector
from monitor.polling.recorder import Recorder
from monitor.polling.schedule import SOON, next_poll_at, usual_pause, weight
from monitor.storage.entries import KEYS_KEPT, KnownEntries
from monitor.storage.polls import Store

LEASE = timedelta(minutes=5)  # longer than a poll may take: some GETs, and pages for `page_seconds`
MOVED = timedelta(hours=3)  # what the fallback dates before that, the feed's own address has told

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """The entries of a changed body: what is known of them, and of the new ones what needs a page."""

    sighting: KnownEntries
    renamed: tuple[EntryOutcome, ...]
    new: int
    told: Triage
    horizon: AgeLimit
    judge: Judge  # with the rules that are muted now


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Everything a poll needs; `chance` gives numbers in [0, 1), `clock` aware UTC; `slots` bound the polls at once;
    `mutes` may ask the database.

    After `page_seconds` a poll records what it has; the rest stays unseen and the feed is asked again soon.
    """

    taker: FeedFetcher
    judge: Judge
    store: Store
    recorder: Recorder
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    slots: asyncio.Semaphore
    mutes: Callable[[datetime], tuple[Mute, ...]] = no_mutes
    weather: OutageDetector = field(default_factory=OutageDetector)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    page_seconds: float = 90.0

    async def poll(self, feed: Feed, state: FeedState) -> PollOutcome:
        """Poll a leased feed and record what came of it, good or bad. Raises DatabaseError only.

        Once `stopping` is set, a poll that still waits for a slot is cancelled: its lease says that it is to be done.
        """
        async with self.slots:
            if self.stopping.is_set():
                raise asyncio.CancelledError("stopping")
            now = self.clock()
            outcome = _on_the_clock(await self._outcome(feed, state, now), self.clock())
        turn = self.weather.saw(feed.name, outcome.failure_kind, now)
        if self.weather.is_down and outcome.failure_kind in OUT_OF_REACH:
            outcome = replace(outcome, failures=state.failures, next_poll_at=self._soon(now))
        recorded = await self.recorder.record(outcome)
        _report(outcome, recorded=recorded)
        if turn is not OutageChange.NONE:
            await self._weather_turned(turn, now)
        return outcome

    async def _outcome(self, feed: Feed, state: FeedState, now: datetime) -> PollOutcome:
        """A job boundary: one feed that trips over a mistake of ours is recorded as failed and backed off like any
        other; the rest of the feeds go on.
        """
        try:
            return await self._polled(feed, state, now)
        except FeedError as error:
            return self._failed(feed, state, now, error)
        except DatabaseError:
            raise
        except Exception as error:
            log.exception("a poll tripped over a mistake of ours", action="poll", feed=feed.name)
            mistake = FeedError(f"внутренняя ошибка ({type(error).__name__}); подробности в журнале", feed=feed.name)
            return self._failed(feed, state, now, mistake)

    async def _polled(self, feed: Feed, state: FeedState, now: datetime) -> PollOutcome:
        taken = await self.taker.take(feed, state, now)
        habit = fallback.after_answer(state.habit, is_home=taken.feed is feed, tried_home=taken.tried_home, now=now)
        since = state.succeeded_at
        habit = replace(habit, hint=taken.hint or (habit.hint if taken.is_unmodified else None))
        if taken.is_unmodified:
            return self._good(feed, state, taken, habits.after_unmodified(habit, now, since=since), now)
        if not taken.is_changed:
            return self._good(feed, state, taken, habits.after_same(habit, now, since=since), now)
        return await self._changed(feed, state, taken, habit, now)

    async def _changed(
        self, feed: Feed, state: FeedState, taken: FeedAnswer, habit: Habit, now: datetime
    ) -> PollOutcome:
        """A body that may hold news: judge them, and learn from what it showed."""
        taken, weighed = await self._weighed(state, taken, now)
        reading = FeedObservation(
            total=len(taken.entries) + taken.repeated,
            new=weighed.new,
            known=len(taken.entries) + taken.repeated - weighed.new,
            is_whole=taken.is_whole,
            is_first=state.baseline_at is None or taken.is_switched,
            notices=taken.problems,
        )
        habit = habits.after_reading(habit, reading, now, since=state.succeeded_at)
        validators = (taken.validators.etag, taken.validators.last_modified)
        if taken.is_plain and habits.lied(state, validators, weighed.sighting.unseen):
            habit = replace(habit, lies=True)
        outcome = replace(
            self._good(feed, state, taken, habit, now),
            had_entries=reading.total > 0,
            settled=weighed.renamed,
            known_keys=weighed.sighting.known if taken.is_whole else (),
            aliases=weighed.sighting.aliases,
            problems=(*taken.problems, *habits.gap_told(reading)),
        )
        return await self._judged(taken.feed, state, outcome, weighed)

    async def _weighed(self, state: FeedState, taken: FeedAnswer, now: datetime) -> tuple[FeedAnswer, _Weighed]:
        """What is new; and while nothing of it is known, the feed's older pages too."""
        weighed = await asyncio.to_thread(self._weigh, state, taken, now)
        can_page = state.baseline_at is not None and not taken.is_switched and not taken.repeated
        for _ in range(MOST_OLDER if can_page else 0):
            if not taken.older or weighed.new < len(taken.entries):
                break
            try:
                taken = await self.taker.older(taken, now)
            except FeedError as error:
                taken = replace(taken, older="", problems=(*taken.problems, f"старые записи: {error.message}"))
            weighed = await asyncio.to_thread(self._weigh, state, taken, now)
        return taken, weighed

    def _weigh(self, state: FeedState, taken: FeedAnswer, now: datetime) -> _Weighed:
        sighting = self.store.sight(state.name, taken.entries)
        total = len(taken.entries) + taken.repeated
        renamed = self._renamed(state, sighting, total=total, is_moved=taken.is_switched)
        known = {one.entry.keys for one in renamed}
        new = [entry for entry in sighting.unseen if entry.keys not in known]
        horizon = _horizon(state, taken, now)
        judge = self.judge.muting(self.mutes(now))
        told = judge.sort(taken.feed, new, horizon, now)
        return _Weighed(sighting=sighting, renamed=renamed, new=len(new), told=told, horizon=horizon, judge=judge)

    def _renamed(
        self, state: FeedState, sighting: KnownEntries, *, total: int, is_moved: bool
    ) -> tuple[EntryOutcome, ...]:
        """The unseen entries shown before under another identity, settled as duplicates."""
        unseen = sighting.unseen
        if state.baseline_at is None or not renamed_entries.may_be_renamed(unseen, total=total, is_moved=is_moved):
            return ()
        shown = self.store.shown_lately(state.name)
        same = renamed_entries.renamed(unseen, shown, total=total, is_moved=is_moved)
        reason = "уже была в ленте под другим идентификатором"
        return tuple(EntryOutcome(entry=entry, outcome=Outcome.DUPLICATE, reason=reason) for entry in same)

    async def _judged(self, feed: Feed, state: FeedState, outcome: PollOutcome, weighed: _Weighed) -> PollOutcome:
        """Read the pages that are needed. What already matched is recorded before the rest is read."""
        told, now = weighed.told, outcome.polled_at
        deadline = asyncio.get_running_loop().time() + self.page_seconds
        first = await weighed.judge.read(feed, told.urgent, weighed.horizon, now, deadline=deadline)
        urgent = (*told.decided, *first.decided)
        if told.waiting and split(urgent)[1]:
            await self._record_urgent(outcome, state, urgent)
            outcome, urgent = replace(outcome, urgent=urgent), ()
        rest = await weighed.judge.read(feed, told.waiting, weighed.horizon, now, deadline=deadline)
        settled, matched = split((*outcome.settled, *urgent, *rest.decided))
        habit = habits.after_pages(outcome.habit, read=first.pages + rest.pages, bare=first.bare + rest.bare)
        outcome = replace(outcome, settled=settled, matched=matched, habit=habit)
        if first.unread or rest.unread:
            return self._come_back(outcome, state, self._soon(now))
        if first.put_off or rest.put_off:
            return self._come_back(outcome, state, outcome.next_poll_at)
        return outcome

    async def _record_urgent(self, outcome: PollOutcome, state: FeedState, decided: tuple[EntryOutcome, ...]) -> None:
        settled, matched = split(decided)
        part = PollOutcome(
            feed=outcome.feed,
            lease_no=outcome.lease_no,
            polled_at=outcome.polled_at,
            next_poll_at=outcome.next_poll_at,
            habit=state.habit,
            settled=settled,
            matched=matched,
            is_over=False,
        )
        await self.recorder.record(part)

    async def _weather_turned(self, turn: OutageChange, now: datetime) -> None:
        """Many feeds out of reach at once: told once, charged to no feed."""
        if turn is OutageChange.ENDED:
            log.warning("feeds can be reached again: the outage of our own network is over", action="outage")
            return
        lost = self.weather.charged()
        log.error("most feeds cannot be reached: our own network is down", action="outage", feeds=len(lost))
        await asyncio.to_thread(self.store.forgive, lost, self._soon(now))

    def _good(self, feed: Feed, state: FeedState, taken: FeedAnswer, habit: Habit, now: datetime) -> PollOutcome:
        usual = usual_pause(feed.interval, habit.pause, habit.hint)
        return PollOutcome(
            feed=feed.name,
            lease_no=state.lease_no,
            polled_at=now,
            next_poll_at=next_poll_at(now, usual=usual, chance=self.chance()),
            habit=habit,
            problems=taken.problems,
            **asdict(taken.validators),
        )

    def _soon(self, now: datetime) -> datetime:
        return next_poll_at(now, usual=SOON, chance=self.chance())

    def _come_back(self, outcome: PollOutcome, state: FeedState, at: datetime) -> PollOutcome:
        """Law 1: no validator is saved apart from the entries it stands for, and some are still unread."""
        kept = asdict(_kept(state))
        if outcome.habit.away_since != state.habit.away_since:  # what is kept belongs to the other address
            kept = asdict(Validators())
        return replace(outcome, next_poll_at=at, **kept)

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
            failure=error.message,
            failure_kind=kind,
            failures=failures,
            habit=state.habit,
            **asdict(_kept(state)),
        )


def _on_the_clock(outcome: PollOutcome, now: datetime) -> PollOutcome:
    """A clock set back during the poll would leave the feed asleep until it has caught up."""
    ahead = outcome.polled_at - now
    if ahead <= timedelta(0):
        return outcome
    learnt = {name: getattr(outcome.habit, name) for name in ("news_at", "read_at", "whole_at")}
    habit = replace(outcome.habit, **{name: min(at, now) for name, at in learnt.items() if at})
    return replace(outcome, polled_at=now, next_poll_at=outcome.next_poll_at - ahead, habit=habit)


def _kept(state: FeedState) -> Validators:
    return Validators(etag=state.etag, last_modified=state.last_modified, body_hash=state.body_hash, items=state.items)


def _horizon(state: FeedState, taken: FeedAnswer, now: datetime) -> AgeLimit:
    """What is too old (decision 0007). First sight of a feed is a baseline: only what is surely younger than 24 h is
    news. Later 48 h count from the last good poll, so that what was published while we were away is news.
    """
    if state.baseline_at is None or state.succeeded_at is None or now - state.succeeded_at > KEYS_KEPT:
        return AgeLimit(since=now - FRESH, first_sight=True)
    if taken.is_switched and state.habit.away_since is None:
        return AgeLimit(since=state.succeeded_at - MOVED, first_sight=True)
    return AgeLimit(since=min(state.succeeded_at, now) - LATE)  # the clock may have been set back


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
