"""Everything that runs, wired: a `Config` in, `Components` out. The files `build_…` wire the packages one by one."""

import random
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from monitor.app import memory
from monitor.app.build_bot import (
    build_daily_digest,
    build_dispatcher,
    build_look,
    build_notifier,
    build_pinned_index,
    build_read_commands,
    build_reconciler,
    build_review_chat,
    build_weekly_digest,
    open_client,
    operator_notifier,
    why_closed,
)
from monitor.app.build_evidence import build_capturer, open_stamper
from monitor.app.build_health import build_audit, build_clock_watch, build_database_outage, build_retention, open_watch
from monitor.app.build_polling import build_look_back, build_poller, story_chats
from monitor.app.build_storage import open_store
from monitor.app.environment import clock
from monitor.app.site_keeper import SiteKeeper
from monitor.app.startup import Config, open_fetcher
from monitor.bot.commands import ReadCommands
from monitor.bot.daily_digest import DailyDigest
from monitor.bot.dispatcher import Chat, Dispatcher
from monitor.bot.pinned_index import PinnedIndex
from monitor.bot.reconcile import Reconciler
from monitor.bot.review_chat import ReviewChat
from monitor.bot.weekly_digest import WeeklyDigest
from monitor.config.channels import chats_of
from monitor.evidence.audit import ChainAudit
from monitor.evidence.capture import Capturer
from monitor.evidence.retention import Retention
from monitor.health.clock_watch import ClockWatch
from monitor.health.database_outage import DatabaseOutage
from monitor.health.watch import Watch
from monitor.models.feeds import Feed
from monitor.models.outbox import Notifier
from monitor.polling.fetch_feed import FeedFetcher
from monitor.polling.look_back import LookBack
from monitor.polling.outage import OutageDetector
from monitor.polling.poll import Poller
from monitor.sources.recent_pages import RecentPages
from monitor.sources.sandbox import Sandbox
from monitor.storage.store import Store


@dataclass(slots=True, kw_only=True)
class Components:
    """What a sweep and the daemon work with. The daemon puts others in their place when the files are edited."""

    feeds: Mapping[str, Feed]
    store: Store
    poller: Poller
    look_back: LookBack
    chat: Chat  # what takes posts, to whatever chat: Telegram, or the terminal
    dispatcher: Dispatcher
    reconciler: Reconciler | None  # None: what is shown in the terminal is never in doubt
    daily_digest: DailyDigest
    weekly_digest: WeeklyDigest
    pinned_index: PinnedIndex
    read_commands: ReadCommands
    review_chat: ReviewChat | None  # None: preview mode, nobody can be asked
    watch: Watch
    database_outage: DatabaseOutage
    clock_watch: ClockWatch
    outage: OutageDetector
    capturer: Capturer
    audit: ChainAudit
    site: SiteKeeper | None  # None: nobody wants a site
    retention: Retention | None  # None: copies are kept for ever
    stamp: Callable[[], Coroutine[None, None, None]]  # asks outside authorities for time stamps
    notify: Notifier  # tells maintainers, and while they have no chat the operator
    tell_operator: Notifier
    check_chats: Callable[[], Coroutine[None, None, Mapping[str, str]]]  # which take no messages, and why


@asynccontextmanager
async def open_components(config: Config) -> AsyncIterator[Components]:
    """Lock and migrate the database, take up what a dead process left, open the network; close it all at the end.

    Raises DatabaseError, InstanceRunning.
    """
    settings = config.settings
    async with AsyncExitStack() as stack:
        store = stack.enter_context(open_store(config))
        fetcher = await stack.enter_async_context(open_fetcher(settings))
        sandbox = await stack.enter_async_context(Sandbox())
        reconciler = review_chat = None
        client = await open_client(stack, settings) if settings.live else None
        chat: Chat = client or _terminal()
        read_commands = build_read_commands(config, store)
        if client:
            listener = await open_client(stack, settings)
            reconciler = build_reconciler(settings, store, fetcher, client)
            review_chat = build_review_chat(settings, store, listener, read_commands, chance=random.random)
        chats = dict.fromkeys(chats_of(settings, config.destinations), chat)
        look = build_look(settings, store, fetcher, client)
        outage, recent = OutageDetector(), RecentPages(clock)
        capturer, audit = build_capturer(config, store, fetcher, sandbox, recent), build_audit(config, store)
        site = SiteKeeper(settings.site_dir, store.published.pulse, clock) if settings.site_dir else None
        watch = await open_watch(
            stack,
            config,
            store,
            is_down=lambda: outage.is_down,
            copy_trouble=capturer.trouble,
            site_trouble=site.trouble if site else (),
            audit=audit,
        )
        feed_fetcher = FeedFetcher(fetcher=fetcher, reader=sandbox)
        memory.settle()
        yield Components(
            feeds={feed.name: feed for feed in config.feeds},
            store=store,
            poller=build_poller(config, store, feed_fetcher, outage, recent, chance=random.random),
            look_back=build_look_back(config, store),
            chat=chat,
            dispatcher=build_dispatcher(settings, store, chats, posted=watch.record_post),
            reconciler=reconciler,
            daily_digest=build_daily_digest(settings, store, config.destinations, look),
            weekly_digest=build_weekly_digest(settings, store, look),
            pinned_index=build_pinned_index(settings, store, chats, config.destinations),
            read_commands=read_commands,
            review_chat=review_chat,
            watch=watch,
            database_outage=build_database_outage(settings, chats, watch),
            clock_watch=build_clock_watch(settings, store, watch),
            outage=outage,
            capturer=capturer,
            audit=audit,
            site=site,
            retention=build_retention(settings, store),
            stamp=await open_stamper(stack, config, store),
            notify=_tell_maintainers(config, store),
            tell_operator=operator_notifier(settings, store),
            check_chats=lambda: why_closed(chats),
        )


def _tell_maintainers(config: Config, store: Store) -> Notifier:
    """Without a chat of theirs the operator hears it."""
    chat = story_chats(config.settings, config.destinations).review
    return build_notifier(store, chat) if chat else operator_notifier(config.settings, store)


def _terminal() -> Chat:
    """Where posts are shown while there is no channel. Brings what draws, two megabytes, which a live daemon spares."""
    from monitor.bot.terminal import Terminal  # noqa: PLC0415 - as above

    return Terminal()
