"""The maintainers' chat, wired: what is decided and answered there, and who listens. Only startup.py opens one."""

import asyncio
import gc
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from monitor.app.environment import clock, worker_name
from monitor.app.logs import Redactor
from monitor.app.startup import Config, data_folder, open_fetcher
from monitor.bot.client import BotClient
from monitor.bot.commands import UNCERTAIN_BUTTON, ReadCommands, write_commands
from monitor.bot.daily_digest import DailyDigest
from monitor.bot.dispatcher import Chat, Dispatcher
from monitor.bot.mute_commands import MuteCommands
from monitor.bot.reconcile import Reconciler
from monitor.bot.review_chat import ReviewChat
from monitor.bot.terminal import Terminal
from monitor.bot.updates import Updates
from monitor.config.settings import Settings
from monitor.errors import ChannelClosed, DeliveryError, MaybeAccepted
from monitor.health import http_endpoint, liveness
from monitor.health.database_outage import DatabaseOutage
from monitor.health.heartbeat import Heartbeat
from monitor.health.metrics import Metrics
from monitor.health.watch import Watch
from monitor.health.watchdog import Watchdog
from monitor.matching.matcher import Matcher
from monitor.matching.mutes import names_of
from monitor.models.feeds import Feed
from monitor.models.outbox import Notifier, Pace
from monitor.polling.fetch_feed import FeedFetcher
from monitor.polling.judge import Judge
from monitor.polling.outage import OutageDetector
from monitor.polling.poll import Poller
from monitor.polling.recorder import RecordAll, Recorder
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import Sandbox
from monitor.storage.database import instance_lock, migrate, open_engine, sqlite_file
from monitor.storage.outbox import Outbox
from monitor.storage.polls import PollStore
from monitor.storage.store import Store
from monitor.stories.grouping import Chats, group
from monitor.stories.placement import SAME_CASE

CONCURRENT_POLLS = 32  # most of a poll is waiting for a server; each may hold a body of megabytes
CHECK_SECONDS = 10.0  # a silent Telegram must not hold up the start
UNPACED = Pace(per_minute=1_000_000, spacing=timedelta(0))  # the terminal has no limits
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What maintainers decide with."""

    read_commands: ReadCommands
    review_chat: ReviewChat | None  # None: preview mode, nobody can be asked


async def open_desk(
    stack: AsyncExitStack, settings: Settings, store: Store, *, matcher: Matcher, chance: Callable[[], float]
) -> Desk:
    """Wire the desk; connections are closed by the stack. Raises DatabaseError."""
    read_commands = ReadCommands(
        feeds=store.feeds,
        outbox=store.outbox,
        stats=store.stats,
        history=store.history,
        reviews=store.reviews,
        mutes=store.mutes,
        matcher=matcher,
        zone=settings.timezone,
        clock=clock,
    )
    if not settings.live:
        return Desk(read_commands=read_commands, review_chat=None)
    if sqlite_file(settings.database_url) is not None:
        await asyncio.to_thread(store.updates.release)  # we have the instance lock: who listened before is dead
    updates = Updates(await _open_client(stack, settings))
    zone = settings.timezone
    mutes, stats = store.mutes, store.stats
    mute_commands = MuteCommands(mutes, stats, matcher=lambda: read_commands.matcher, zone=zone, clock=clock)
    operator, review = settings.operator_chat, settings.review_chat
    # The maintainers' chat may ask more: it comes second, so that it wins when the two are one.
    commands = {operator: read_commands.of_operator_chat()} | {review: read_commands.of_review_chat()}
    review_chat = ReviewChat(
        updates,
        store.updates,
        store.reviews,
        store.outbox,
        worker=f"{worker_name()}:{chance():.9f}",
        review=review,
        operator=operator,
        expires_after=settings.review_patience,
        read_commands={chat: known for chat, known in commands.items() if chat},
        write_commands=write_commands(store.reviews, mute_commands, clock),
        presses={operator: {UNCERTAIN_BUTTON: read_commands.settle_uncertain}},
        uncertain_posts=read_commands.uncertain_posts,
        release=mute_commands.release,
        clock=clock,
    )
    return Desk(read_commands=read_commands, review_chat=review_chat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """Everything that runs, wired."""

    feeds: Mapping[str, Feed]
    store: Store
    poller: Poller
    dispatcher: Dispatcher
    watch: Watch
    database_outage: DatabaseOutage
    reconciler: Reconciler | None  # None: what is shown in the terminal is never in doubt
    daily: DailyDigest
    desk: Desk
    check_chats: Callable[[], Coroutine[None, None, str]]
    notify: Notifier  # tells maintainers


@asynccontextmanager
async def open_components(config: Config) -> AsyncIterator[Components]:
    """Lock and migrate the database, take up what a dead process left, open the network.

    Raises DatabaseError, InstanceRunning.
    """
    settings = config.settings
    async with AsyncExitStack() as stack:
        stack.enter_context(instance_lock(settings.database_url))
        engine = open_engine(settings.database_url)
        stack.callback(engine.dispose)
        migrate(engine)
        store = Store(engine, channel=settings.chat, zone=settings.timezone, folder=data_folder(settings))
        _take_up(store, config)
        fetcher = await stack.enter_async_context(open_fetcher(settings))
        reader = await stack.enter_async_context(Sandbox())
        channel = await _open_client(stack, settings) if settings.live else None
        desk = await open_desk(stack, settings, store, matcher=config.matcher, chance=random.random)
        chats: dict[str, Chat] = dict.fromkeys(settings.chats, channel or Terminal())
        outage = OutageDetector()
        watch = await _open_watch(stack, config, store, outage)
        settle_memory()
        yield Components(
            feeds={feed.name: feed for feed in config.feeds},
            store=store,
            poller=_poller(config, store, FeedFetcher(fetcher=fetcher, reader=reader), outage),
            dispatcher=_dispatcher(settings, store, chats, watch),
            watch=watch,
            database_outage=_database_outage(settings, chats, watch),
            reconciler=_reconciler(settings, store, fetcher, channel) if channel else None,
            daily=_daily(settings, store),
            desk=desk,
            check_chats=lambda: _closed(chats),
            notify=partial(_notify, store.outbox, _chats(settings).review),
        )


def settle_memory() -> None:
    """Keep what was loaded out of the garbage collector's way: the forms of the rules live as long as the process, and
    each full collection would walk all of them, 80 ms at a time and a tenth of a sweep's CPU.
    """
    gc.unfreeze()  # what an edit of the rules replaced is garbage now
    gc.collect()
    gc.freeze()


def _take_up(store: Store, config: Config) -> None:
    """Follow feeds.yaml, and settle what a killed process left behind."""
    now = clock()
    alone = sqlite_file(config.settings.database_url) is not None
    store.feeds.sync(config.feeds, now)
    if alone:
        store.feeds.release_all()
    doubtful = store.outbox.recover(now, everything=alone)
    if doubtful:
        log.warning("posts in doubt after a crash; see: monitor outbox list", action="recover", count=doubtful)


def _chats(settings: Settings) -> Chats:
    return Chats(post=settings.chat, review=settings.review_chat if settings.live else settings.chat)


def recording(polls: PollStore, chats: Chats) -> RecordAll:
    """How outcomes are committed: matched entries are placed into the stories of the last sixty days."""
    return partial(polls.record_all, group=partial(group, chats=chats), window=SAME_CASE)


async def _open_client(stack: AsyncExitStack, settings: Settings) -> BotClient:
    client = BotClient(settings.bot_token, base_url=settings.bot_api_url or None, proxy=settings.proxy or None)
    return await stack.enter_async_context(client)


def _poller(config: Config, store: Store, fetcher: FeedFetcher, outage: OutageDetector) -> Poller:
    settings = config.settings
    judge = Judge(fetcher=fetcher.fetcher, reader=fetcher.reader, matcher=config.matcher, zone=settings.timezone)
    return Poller(
        fetcher=fetcher,
        judge=judge,
        mutes=store.mutes.lately,
        feeds=store.feeds,
        entries=store.entries,
        recorder=Recorder(record_all=recording(store.polls, _chats(settings))),
        clock=clock,
        chance=random.random,
        slots=asyncio.Semaphore(CONCURRENT_POLLS),
        outage=outage,
    )


def _daily(settings: Settings, store: Store) -> DailyDigest:
    undecided, held = store.reviews.undecided, store.mutes.held_in
    return DailyDigest(store.digests, settings.chat, hours=settings.hours, clock=clock, undecided=undecided, held=held)


def _dispatcher(settings: Settings, store: Store, chats: Mapping[str, Chat], watch: Watch) -> Dispatcher:
    return Dispatcher(
        store.outbox,
        store.chats,
        chats,
        clock=clock,
        pace=Pace() if settings.live else UNPACED,
        hours=settings.hours,
        operator=settings.operator_chat,
        posted=watch.posted,
    )


def _database_outage(settings: Settings, chats: Mapping[str, Chat], watch: Watch) -> DatabaseOutage:
    through = chats.get(settings.operator_chat)
    directly = partial(send_directly, through, settings.operator_chat) if through else None
    return DatabaseOutage(
        worker=watch.worker, clock=clock, send_directly=directly, notify=watch.notify, redact=watch.redact
    )


def _reconciler(settings: Settings, store: Store, fetcher: Fetcher, channel: BotClient) -> Reconciler:
    return Reconciler(
        store.uncertain,
        store.chats,
        pages=fetcher,
        exists=channel.exists,
        clock=clock,
        preview_url=settings.telegram_preview_url,
        resend_after=settings.resend_after,
    )


async def _open_watch(stack: AsyncExitStack, config: Config, store: Store, outage: OutageDetector) -> Watch:
    settings = config.settings
    heartbeat = None
    if settings.heartbeat_url:
        heartbeat = await stack.enter_async_context(Heartbeat(settings.heartbeat_url, proxy=settings.proxy or None))
    return Watch(
        worker=worker_name(),
        served=settings.chats,
        stats=store.stats,
        feeds=store.feeds.health,
        metrics=Metrics(lambda: store.stats.vitals(clock()), clock=clock),
        alarm_store=store.alarms,
        housekeeping=store.housekeeping,
        rules=partial(rule_names, config.matcher),
        clock=clock,
        heartbeat=heartbeat,
        notify=partial(_notify, store.outbox, settings.operator_chat if settings.live else ""),
        operator=settings.operator_chat,
        redact=Redactor(settings.secrets),
        is_down=lambda: outage.is_down,
    )


def _notify(outbox: Outbox, chat: str, key: str, html: str) -> None:
    """Tell a chat; "" for none."""
    if chat:
        outbox.tell(chat, key, html, now=clock())


def rule_names(matcher: Matcher) -> Sequence[str]:
    """Every rule as "topic/name"."""
    return [name.path for name in names_of(matcher.compiled)]


@contextmanager
def on_duty(settings: Settings, watch: Watch) -> Iterator[Watchdog]:
    """Health and metrics over HTTP if a port is set, and a watchdog. Raises ConfigError when the port is taken."""
    watchdog = Watchdog((liveness.POLL, liveness.DISPATCH))
    with ExitStack() as stack:
        if settings.http_port:
            pages = http_endpoint.HealthPages(problems=watch.problems, metrics=watch.metrics.page)
            stack.enter_context(http_endpoint.serve(settings.http_host, settings.http_port, pages))
        stack.enter_context(watchdog.watching())
        yield watchdog


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


async def send_directly(through: Chat, chat: str, html: str) -> bool:
    """Post past the outbox. True: it was posted, or perhaps it was."""
    try:
        await through.post(chat, html)
    except MaybeAccepted:
        return True
    except DeliveryError as error:
        log.warning("the operator was not told", action="database", chat=chat, error=str(error))
        return False
    return True
