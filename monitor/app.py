"""The one place that wires: environment → settings → parts → jobs. The only clock and the only chance live here.

`Parts` is everything running; `poll_once` and `drain_once` make one sweep; `run` goes on until a signal.
APScheduler is just the clock that asks the database what is due; the jobs themselves are tasks of our own,
because APScheduler cancels running coroutines when it stops.
"""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from dotenv import dotenv_values

from monitor import __version__
from monitor.channel import Channel
from monitor.config.feeds import load_feeds
from monitor.config.keywords import load_keywords
from monitor.config.settings import Settings, load_settings, wanted_files
from monitor.database import instance_lock, migrate, open_engine, sqlite_file
from monitor.dispatch import Chat, Dispatcher
from monitor.errors import ChannelClosed, ConfigError, DeliveryError
from monitor.fetching import Fetcher
from monitor.health import DISPATCH, EVERY, POLL
from monitor.matching.engine import Matcher
from monitor.matching.rules import compile_rules
from monitor.models import Feed, FeedState, Pace, PollOutcome
from monitor.outbox import Outbox
from monitor.polling import LEASE, Poller
from monitor.preview import Terminal
from monitor.store import Store
from monitor.stories import Chats

CONCURRENT_POLLS = 16
TICK = 1.0  # seconds between two looks at what is due
GRACE = 8.0  # seconds a stopping daemon gives its jobs; the whole stop must end within 10
LOOK_AGAIN = timedelta(minutes=1)  # however long a chat must wait, it is looked at this often
CHECK_SECONDS = 10.0  # a silent Telegram must not hold up the start
PATIENCE = timedelta(seconds=65)  # a sweep waits this long for the chat's pace, then leaves the rest to the next run
UNPACED = Pace(per_minute=1_000_000, spacing=timedelta(0))  # the terminal has no limits

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The operator's settings and the maintainers' two files, read and valid."""

    settings: Settings
    feeds: tuple[Feed, ...]
    matcher: Matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that runs, wired."""

    feeds: Mapping[str, Feed]
    store: Store
    outbox: Outbox
    poller: Poller
    dispatcher: Dispatcher
    check_chats: Callable[[], Coroutine[None, None, str]]


def clock() -> datetime:
    """The time, aware UTC."""
    return datetime.now(UTC)


def environment() -> dict[str, str]:
    """The environment over `.env`, with the contents of `MONITOR_…_FILE` put in. Raises ConfigError."""
    given = {**{name: value or "" for name, value in dotenv_values(".env").items()}, **os.environ}
    return given | {name: read_text(path).strip() for name, path in wanted_files(given).items()}


def read_text(path: str) -> str:
    """A maintainer's or operator's file. Raises ConfigError with advice when it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("файл не в UTF-8; сохраните его в этой кодировке", file=path) from error
    except FileNotFoundError as error:
        raise ConfigError("такого файла нет; проверьте путь", file=path) from error
    except OSError as error:
        raise ConfigError(f"файл не читается ({error.strerror}); проверьте путь и права", file=path) from error


def load(*, feeds: str | None = None, keywords: str | None = None) -> Config:
    """Read settings and both files; the arguments win over the settings. Raises ConfigError."""
    settings = load_settings(environment())
    feeds, keywords = feeds or settings.feeds, keywords or settings.keywords
    return Config(
        settings=settings,
        feeds=load_feeds(read_text(feeds), file=feeds),
        matcher=Matcher(compile_rules(load_keywords(read_text(keywords), file=keywords))),
    )


@asynccontextmanager
async def open_parts(config: Config) -> AsyncIterator[Parts]:
    """Lock and migrate the database, take up what a dead process left, open the network.

    Raises DatabaseError, InstanceRunning.
    """
    settings = config.settings
    async with AsyncExitStack() as stack:
        stack.enter_context(instance_lock(settings.database_url))
        engine = open_engine(settings.database_url)
        stack.callback(engine.dispose)
        migrate(engine)
        store, outbox = Store(engine), Outbox(engine)
        _take_up(store, outbox, config)
        fetcher = await stack.enter_async_context(_fetcher(settings))
        chats = await _open_chats(stack, settings)
        yield Parts(
            feeds={feed.name: feed for feed in config.feeds},
            store=store,
            outbox=outbox,
            poller=Poller(
                fetcher=fetcher,
                store=store,
                matcher=config.matcher,
                chats=_chats(settings),
                clock=clock,
                chance=random.random,
            ),
            dispatcher=Dispatcher(outbox, chats, clock=clock, pace=Pace() if settings.live else UNPACED),
            check_chats=lambda: _closed(chats),
        )


def _take_up(store: Store, outbox: Outbox, config: Config) -> None:
    """Follow feeds.yaml, and settle what a killed process left behind."""
    now = clock()
    alone = sqlite_file(config.settings.database_url) is not None
    store.sync_feeds(config.feeds, now)
    if alone:
        store.release_all()
    doubtful = outbox.recover(now, everything=alone)
    if doubtful:
        log.warning("posts in doubt after a crash; see: monitor outbox list", action="recover", count=doubtful)


def _chats(settings: Settings) -> Chats:
    return Chats(post=settings.chat, review=settings.review_chat if settings.live else settings.chat)


def _fetcher(settings: Settings) -> Fetcher:
    contact = settings.contact or "news monitor"
    return Fetcher(
        user_agent=f"monitor/{__version__} (+{contact})",
        proxy=settings.proxy or None,
        allow_private=settings.allow_private_addresses,
        now=clock,
    )


async def _open_chats(stack: AsyncExitStack, settings: Settings) -> dict[str, Chat]:
    if not settings.live:
        return {settings.chat: await stack.enter_async_context(Terminal())}
    channel = Channel(settings.bot_token, base_url=settings.bot_api_url or None, proxy=settings.proxy or None)
    opened = await stack.enter_async_context(channel)
    return {chat: opened for chat in (settings.channel, settings.review_chat) if chat}


async def _closed(chats: Mapping[str, Chat]) -> str:
    """Why a chat takes no posts, in words for the operator; "" when all do or nobody can say."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            for name, chat in chats.items():
                await chat.check([name])
    except ChannelClosed as error:
        return str(error)
    except (DeliveryError, TimeoutError) as error:
        log.warning("Telegram does not answer yet", action="check", error=str(error) or "timeout")
    return ""


# ── one sweep ───────────────────────────────────────────────────────────────────────────────────────────────────


async def poll_once(parts: Parts, names: Sequence[str], polled: Callable[[PollOutcome], None]) -> None:
    """Poll these feeds once, due or not, telling of each as it ends."""
    slots = asyncio.Semaphore(CONCURRENT_POLLS)

    async def poll(name: str) -> None:
        async with slots:
            for state in await asyncio.to_thread(
                parts.store.claim_due_feeds, clock(), limit=1, lease=LEASE, names=[name]
            ):
                polled(await parts.poller.poll(parts.feeds[name], state))

    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(poll(name))


async def drain_once(parts: Parts) -> None:
    """Post what waits, at the pace of each chat; what may only go much later is left to the next run."""
    await asyncio.gather(*(_drain_patiently(parts.dispatcher, chat) for chat in parts.dispatcher.chats))


async def _drain_patiently(dispatcher: Dispatcher, chat: str) -> None:
    until = await dispatcher.drain(chat)
    while until is not None and until - clock() <= PATIENCE and not dispatcher.is_closed(chat):
        await asyncio.sleep(max(0.0, (until - clock()).total_seconds()))
        until = await dispatcher.drain(chat)


# ── the daemon ──────────────────────────────────────────────────────────────────────────────────────────────────


class Daemon:
    """Polls what is due and drains the outbox until it is told to stop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._polls: dict[str, asyncio.Task[None]] = {}
        self._drains: dict[str, asyncio.Task[None]] = {}
        self._again: dict[str, datetime] = {}  # when a chat wants to be looked at again
        self._beats: dict[str, datetime] = {}

    async def run(self, stop: asyncio.Event) -> bool:
        """Work until `stop` is set, then finish what is held. False: some work had to be cut off."""
        scheduler = AsyncIOScheduler(timezone=UTC)
        for tick in (self._tick_polls, self._tick_drains):
            # A late tick is as good as a punctual one: never skip it (the library's default is 1 s of mercy).
            scheduler.add_job(
                tick, "interval", seconds=TICK, coalesce=True, misfire_grace_time=None, next_run_time=clock()
            )
        scheduler.start()
        await stop.wait()
        scheduler.pause()
        finished = await self._finish()
        scheduler.shutdown(wait=False)
        return finished

    async def _tick_polls(self) -> None:
        """Lease what is due, as much as there is room for. One of the two job boundaries."""
        try:
            room = CONCURRENT_POLLS - len(self._polls)
            claimed = await asyncio.to_thread(
                self._parts.store.claim_due_feeds, clock(), limit=room, lease=LEASE, names=None
            )
            for state in claimed:
                self._start(self._polls, state.name, self._poll(state))
            await self._beat(POLL)
        except Exception:
            log.exception("the poll tick failed; trying again", action="poll")

    async def _poll(self, state: FeedState) -> None:
        async with asyncio.timeout(LEASE.total_seconds()):
            await self._parts.poller.poll(self._parts.feeds[state.name], state)

    async def _tick_drains(self) -> None:
        """Look at each chat that may have something to send. The other job boundary."""
        try:
            now = clock()
            for chat in self._parts.dispatcher.chats:
                # What stands further away than we ever put it was put there before the clock was set back.
                if not now < self._again.get(chat, now) <= now + LOOK_AGAIN:
                    self._start(self._drains, chat, self._drain(chat))
            await self._beat(DISPATCH)
        except Exception:
            log.exception("the dispatch tick failed; trying again", action="dispatch")

    async def _drain(self, chat: str) -> None:
        again = await self._parts.dispatcher.drain(chat)
        self._again[chat] = min(again or clock(), clock() + LOOK_AGAIN)

    def _start(self, running: dict[str, asyncio.Task[None]], key: str, work: Coroutine[None, None, None]) -> None:
        """Run one job at a time for each key; a failed one is logged and the next tick tries again."""
        if key in running:
            work.close()
            return

        def done(task: asyncio.Task[None]) -> None:
            del running[key]
            if not task.cancelled() and (error := task.exception()):
                log.error("a job failed; it will be tried again", action="job", key=key, exc_info=error)

        running[key] = asyncio.create_task(work)
        running[key].add_done_callback(done)

    async def _beat(self, job: str) -> None:
        now = clock()
        if abs(now - self._beats.get(job, now - EVERY)) >= EVERY:  # the clock may have been set back
            await asyncio.to_thread(self._parts.store.beat, job, now)
            self._beats[job] = now

    async def _finish(self) -> bool:
        """Let running jobs end; what does not end in time is cut off, and its lease or claim says so."""
        self._parts.dispatcher.stopping = True
        running: Iterable[asyncio.Task[None]] = [*self._polls.values(), *self._drains.values()]
        if not running:
            return True
        _, late = await asyncio.wait(running, timeout=GRACE)
        for task in late:
            task.cancel()
        return not late


async def run(config: Config, *, ready: Callable[[Parts], Coroutine[None, None, None]]) -> bool:
    """The daemon: until SIGTERM or SIGINT. `ready` is called once everything stands. False: cut off at the end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_parts(config) as parts:
        greeting = asyncio.create_task(ready(parts))
        log.info("running", action="run", feeds=len(config.feeds), live=config.settings.live)
        finished = await Daemon(parts).run(stop)
        greeting.cancel()
        await asyncio.gather(greeting, return_exceptions=True)
        log.info("stopped", action="run", finished=finished)
        return finished
