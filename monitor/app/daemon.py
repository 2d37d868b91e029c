"""The daemon: a clock that asks the database what is due, the jobs it starts, and a tidy end.

APScheduler is only the clock. The jobs are tasks of our own, because it cancels running coroutines when it
stops, and a send in hand should be finished. What is due, and for whom, stands in the database.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.app import memory
from monitor.app.build_health import rule_names, serve_pages
from monitor.app.build_polling import HELD_POLLS, placing_anew, recording, story_chats
from monitor.app.config_files import ChannelsEdition, FeedsEdition, RulesEdition
from monitor.app.environment import clock
from monitor.app.reload import Reloader
from monitor.app.rules.edited_rules import EditedRules
from monitor.app.startup import Config
from monitor.app.sweep import drain, index
from monitor.app.wiring import Components, open_components
from monitor.config.channels import chats_of
from monitor.errors import DatabaseError, EvidenceError
from monitor.evidence.retention import Retention
from monitor.health.liveness import DISPATCH, EVERY, POLL, START, beat_name
from monitor.health.watchdog import Watchdog
from monitor.models.feeds import FeedState
from monitor.polling.claim import claim_due
from monitor.polling.poll import LEASE
from monitor.storage.store import Store

TICK = timedelta(seconds=1)  # between two looks at what is due
WATCH = timedelta(seconds=60)  # between two looks at how the work goes
FIRST_WATCH = timedelta(seconds=20)  # after the start, when there is something to see
FILES = timedelta(seconds=2)  # between two looks at the maintainers' files
INDEX = timedelta(seconds=10)  # between two looks at what the search does not know yet
UPKEEP = timedelta(seconds=600)  # between two clean-ups of the archive, and of questions nobody answered
LATE = timedelta(seconds=5)  # a tick that comes later is worth a line in the log
GRACE = 7.0  # seconds a stopping daemon gives its jobs; the whole stop must end within 10
RELEASE = 1.0  # seconds it then tries to free its leases
PATIENCE = timedelta(seconds=2)  # a job sits out the spacing of two posts; for longer waits the clock calls again
LONGEST_WAIT = timedelta(minutes=1)  # however long a chat must wait, it is looked at this often

_ASKED = attrgetter("kind", "fallback", "listing", "proxy", "user_agent", "ca_file")  # how a feed is asked and read

log = structlog.get_logger()


def _is_no_end(record: logging.LogRecord) -> bool:
    """A tick that our end cuts off is no trouble: APScheduler tells of it as of a failure, with a traceback."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class Daemon:
    """Polls what is due and drains the outbox until it is told to stop."""

    def __init__(self, components: Components, config: Config, watchdog: Watchdog) -> None:
        self._components, self._watchdog, self._settings = components, watchdog, config.settings
        self._keep = timedelta(days=config.settings.keep_days)
        self._reloader = Reloader(
            config,
            adopt_feeds=self._adopt_feeds,
            adopt_rules=self._adopt_rules,
            adopt_channels=self._adopt_channels,
            open_edit=partial(EditedRules, config.settings.database_url),
            versions=components.store.versions,
            notify=components.notify,
            tell_operator=components.tell_operator,
            clock=clock,
        )
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._polls: dict[str, asyncio.Task[None]] = {}
        self._drains: dict[str, asyncio.Task[None]] = {}
        self._interruptible: dict[str, asyncio.Task[None]] = {}  # posts in doubt, digests, the review chat
        self._next_drain_at: dict[str, datetime] = {}  # when a chat may have something to send again
        self._beaten_at: dict[str, datetime] = {}
        self._failing: dict[str, str] = {}  # why a job fails; said once, until it goes well
        self._cut_off: list[FeedState] = []  # polls cut off by the end

    async def run(self, stop: asyncio.Event) -> bool:
        """Work until `stop` is set, then finish what is held. False: some work had to be cut off."""
        # A late tick is as good as a punctual one: never skip it (the library's default is 1 s of mercy).
        scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None})
        for tick, every, first in (
            (self._tick_polls, TICK, timedelta(0)),
            (self._tick_drains, TICK, timedelta(0)),
            (self._tick_evidence, TICK, timedelta(0)),
            (self._tick_watch, WATCH, FIRST_WATCH),
            (self._tick_site, WATCH, FILES),
            (self._tick_files, FILES, FILES),
            (self._tick_index, INDEX, INDEX),
            (self._tick_upkeep, UPKEEP, UPKEEP),
        ):
            scheduler.add_job(tick, "interval", seconds=every.total_seconds(), next_run_time=clock() + first)
        with suppress(DatabaseError):  # the first tick finds it too, and says so
            await self._renew_digests()  # before anything is sent: stories are retracted while nobody works, too
            await self._components.look_back.round(clock())  # who is followed before anything new is read
        scheduler.start()
        self._start(self._interruptible, "audit", self._components.audit.round())
        rescheduling = asyncio.create_task(reschedule_when_set_back(scheduler))
        await stop.wait()
        rescheduling.cancel()
        scheduler.pause()
        logging.getLogger("apscheduler.executors.default").addFilter(_is_no_end)
        finished = await self._finish()
        scheduler.shutdown(wait=False)
        return finished

    async def _tick_polls(self) -> None:
        """Lease what is due, as much as there is room for. A bad moment must not stop the clock."""
        self._note_tick(POLL)
        began = clock.steady()
        try:
            feeds = self._components.store.feeds
            async for state in claim_due(feeds, self._polls, most=HELD_POLLS, clock=clock):
                if ending := self._polls.get(state.name):  # it is recorded, and due again before its task has ended
                    await asyncio.wait([ending])
                self._start(self._polls, state.name, self._poll(state))
            await self._beat(POLL)
            self._components.database_outage.succeeded(POLL)
        except DatabaseError as error:
            self._components.database_outage.failed(POLL, error, began)
        except Exception:
            log.exception("the poll tick failed; trying again", action="poll")
        self._start(self._jobs, "database_outage", self._components.database_outage.round())
        self._watchdog.record_round(POLL)

    async def _poll(self, state: FeedState) -> None:
        feed = self._components.feeds.get(state.name)
        if feed is None:
            return  # taken out of feeds.yaml a moment ago: it is no longer due
        began = clock.steady()
        try:
            async with asyncio.timeout(LEASE.total_seconds()):
                outcome = await self._components.poller.poll(feed, state)
        except DatabaseError as error:
            self._components.database_outage.failed(state.name, error, began)
            return
        except asyncio.CancelledError:
            self._cut_off.append(state)
            raise
        except TimeoutError:  # many large feeds at once stand in line for longer than that
            log.warning("a poll came to no end while its lease lasted; it is begun anew", action="poll", feed=feed.name)
            return
        self._components.database_outage.succeeded(state.name)
        if outcome.matched:
            self._start_drains()  # nobody waits for the next tick to hear of it

    async def _tick_drains(self) -> None:
        """Look at each chat that may have something to send. A bad moment must not stop the clock."""
        self._note_tick(DISPATCH)
        try:
            self._start(self._interruptible, "daily", self._components.daily_digest.put_if_due())
            self._start(self._interruptible, "weekly", self._components.weekly_digest.put_if_due())
            if review_chat := self._components.review_chat:
                self._start(self._interruptible, "updates", review_chat.round())
            if reconciler := self._components.reconciler:
                for chat in self._components.dispatcher.chats:
                    self._start(self._interruptible, chat, reconciler.reconcile(chat))
            self._start_drains()
            await self._beat(DISPATCH)
        except DatabaseError:
            pass  # the poll tick finds it too, and says so
        except Exception:
            log.exception("the dispatch tick failed; trying again", action="dispatch")
        self._watchdog.record_round(DISPATCH)

    async def _renew_digests(self) -> None:
        await self._components.daily_digest.renew()
        await self._components.weekly_digest.renew()

    def _start_drains(self) -> None:
        now = clock.steady()
        for chat in self._components.dispatcher.chats:
            if self._next_drain_at.get(chat, now) <= now:
                self._start(self._drains, chat, self._drain(chat))

    async def _drain(self, chat: str) -> None:
        until = await drain(self._components.dispatcher, chat, patience=PATIENCE)
        wait = min(until - clock(), LONGEST_WAIT) if until else timedelta(0)
        self._next_drain_at[chat] = clock.steady() + wait

    async def _tick_evidence(self) -> None:
        """A look that is cut off at the end is done again: its lease runs out."""
        self._start(self._interruptible, "evidence", self._components.capturer.round())

    async def _tick_watch(self) -> None:
        self._start(self._jobs, "watch", self._components.watch.round())
        self._start(self._jobs, "look_back", self._components.look_back.round(clock()))
        self._start(self._interruptible, "stamps", self._components.stamp())
        self._start(self._interruptible, "unsent", self._renew_digests())
        self._start(self._interruptible, "pinned", self._components.pinned_index.round())
        self._start(self._jobs, "memory", asyncio.to_thread(memory.give_back))
        if review_chat := self._components.review_chat:
            self._start(self._interruptible, "doubts", review_chat.ask_about_uncertain_posts())
            self._start(self._interruptible, "mutes", review_chat.end_mutes())

    async def _tick_site(self) -> None:
        if site := self._components.site:
            self._start(self._interruptible, "site", site.round())

    async def _tick_files(self) -> None:
        self._start(self._jobs, "edits", self._reloader.look())

    async def _tick_index(self) -> None:
        self._start(self._interruptible, "index", index(self._components.store.search))

    async def _tick_upkeep(self) -> None:
        self._start(self._jobs, "upkeep", self._tidy())
        self._start(self._jobs, "chains", self._components.capturer.join())
        self._start(self._interruptible, "audit", self._components.audit.round())
        if retention := self._components.retention:
            self._start(self._jobs, "retention", self._delete_old_copies(retention))
        if review_chat := self._components.review_chat:
            self._start(self._interruptible, "expiry", review_chat.expire())

    async def _tidy(self) -> None:
        """Forget old texts; learn how to keep new ones small."""
        archive = self._components.store.archive
        forgotten = await asyncio.to_thread(archive.tidy, clock(), keep=self._keep)
        await asyncio.to_thread(self._components.store.search.sweep)
        learned = await asyncio.to_thread(archive.learn, clock())
        if forgotten or learned:
            log.info("archive tidied", action="upkeep", forgotten=forgotten, new_dictionary=learned)

    async def _delete_old_copies(self, retention: Retention) -> None:
        try:
            await asyncio.to_thread(retention.round)
        except EvidenceError as error:
            log.warning("old copies of pages are not deleted; tried again", action="retention", error=str(error))

    def _adopt_rules(self, rules: RulesEdition) -> None:
        """The next poll asks these rules; those under way hold the poller they began with."""
        poller = self._components.poller
        self._components.poller = replace(poller, judge=replace(poller.judge, matcher=rules.matcher))
        self._components.watch.rules = partial(rule_names, rules.matcher)
        self._components.read_commands.matcher = rules.matcher
        memory.settle(replaced=True)

    async def _adopt_feeds(self, edition: FeedsEdition) -> None:
        """New feeds are known here before the database says they are due, old ones until it says they are not."""
        before, feeds = self._components.feeds, {feed.name: feed for feed in edition.feeds}
        changed = [name for name, feed in feeds.items() if name in before and _ASKED(before[name]) != _ASKED(feed)]
        self._components.capturer = replace(self._components.capturer, feeds=feeds)
        self._components.feeds = {**before, **feeds}
        await asyncio.to_thread(self._components.store.feeds.sync, edition.feeds, clock(), changed=changed)
        self._components.feeds = feeds

    async def _adopt_channels(self, edition: ChannelsEdition) -> None:
        """Whatever is recorded from now on goes where the edition says."""
        components, destinations = self._components, edition.destinations
        chats = chats_of(self._settings, destinations)
        placed = story_chats(self._settings, destinations)
        settle = partial(components.store.destinations.settle, [to.chat for to in destinations])
        await asyncio.to_thread(settle, clock())  # before anything is recorded for a new one
        components.poller.recorder.record_all = recording(components.store.polls, placed)
        components.look_back.place = placing_anew(components.store.polls, placed)
        components.store.reviews.chats = placed
        components.daily_digest.destinations = destinations
        components.store.retractions.destinations = destinations
        components.store.outbox.destinations = destinations
        served = dict.fromkeys(chats, components.chat)
        components.dispatcher.serve(served)
        components.pinned_index.serve(served, destinations)
        components.watch.served = chats
        await asyncio.to_thread(settle, clock())  # what was recorded meanwhile for one that left

    def _note_tick(self, job: str) -> None:
        late = self._components.watch.metrics.record_tick(job, every=TICK)
        if late > LATE:
            log.warning("a tick came late: the process was busy or stopped", action=job, seconds=late.total_seconds())

    def _start(self, running: dict[str, asyncio.Task[None]], key: str, work: Coroutine[None, None, None]) -> None:
        """Run one job at a time for each key; a failed one is logged and the next tick tries again."""
        if key in running:
            work.close()
            return

        def done(task: asyncio.Task[None]) -> None:
            del running[key]
            error = None if task.cancelled() else task.exception()
            said, self._failing[key] = self._failing.get(key, ""), repr(error) if error else ""
            if isinstance(error, DatabaseError) and said != repr(error):
                log.warning("a job failed; it will be tried again", action="job", key=key, error=str(error))
            elif error and said != repr(error):
                log.error("a job failed; it will be tried again", action="job", key=key, exc_info=error)

        running[key] = asyncio.create_task(work)
        running[key].add_done_callback(done)

    async def _beat(self, job: str) -> None:
        now = clock.steady()
        if now - self._beaten_at.get(job, now - EVERY) < EVERY:
            return
        name = beat_name(job, self._components.watch.worker)
        await asyncio.to_thread(self._components.clock_watch.beat, name)
        self._beaten_at[job] = now

    async def _finish(self) -> bool:
        """Let running jobs end; what does not end in time is cut off, and its lease or claim says so."""
        self._components.dispatcher.stopping = True
        self._components.poller.stopping.set()
        self._reloader.stop()
        for task in self._interruptible.values():
            task.cancel()  # what is cut short here is done again; a slow page must not hold up the end
        running: Iterable[asyncio.Task[None]] = [
            *self._polls.values(),
            *self._drains.values(),
            *self._jobs.values(),
            *self._interruptible.values(),
        ]
        if not running:
            return True
        _, late = await asyncio.wait(running, timeout=GRACE)
        for task in late:
            task.cancel()
        return await self._release() and not late

    async def _release(self) -> bool:
        """Leave the feeds not polled to the other workers, or to the next start. False: the database is away."""
        try:
            async with asyncio.timeout(RELEASE):
                await asyncio.to_thread(self._components.store.feeds.release, self._cut_off)
        except (TimeoutError, DatabaseError) as error:
            log.warning("leases not freed; they end by themselves", action="run", error=str(error) or "timeout")
            return False
        return True


async def reschedule_when_set_back(scheduler: AsyncIOScheduler) -> None:
    """For ever: let run now what APScheduler would run only when a clock that was set back has caught up."""
    while True:
        await asyncio.sleep(TICK.total_seconds())
        for job in scheduler.get_jobs():
            if job.next_run_time > clock() + job.trigger.interval + LATE:
                job.modify(next_run_time=clock())


def _desk(config: Config, store: Store) -> AbstractContextManager[object]:
    """The maintainers' web page while the block lasts, if a port is set. Raises ConfigError when it is taken."""
    settings = config.settings
    if not settings.desk_port:
        return nullcontext()
    # Its libraries cost 10 MB, and most monitors have no desk.
    from monitor.app.build_desk import serve_desk  # noqa: PLC0415 - as above

    return serve_desk(
        settings, store, rules=lambda: config.rules_edition, port=settings.desk_port, address=settings.desk_url
    )


async def run(config: Config, *, ready: Callable[[Components], Coroutine[None, None, None]]) -> bool:
    """Work until SIGTERM or SIGINT; `ready` is called once everything stands. False: some work had to be cut off."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    watchdog = Watchdog((POLL, DISPATCH))
    async with open_components(config) as components:
        began = beat_name(START, components.watch.worker)
        await asyncio.to_thread(components.clock_watch.beat, began)
        pages, desk = serve_pages(config.settings, components.watch), _desk(config, components.store)
        with pages, desk, watchdog.watching():
            greeting = asyncio.create_task(ready(components))
            log.info("running", action="run", feeds=len(config.feeds), live=config.settings.live)
            finished = await Daemon(components, config, watchdog).run(stop)
            greeting.cancel()
            await asyncio.gather(greeting, return_exceptions=True)
            log.info("stopped", action="run", finished=finished)
            return finished
