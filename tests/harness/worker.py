"""One worker of the product's own parts over real servers, its clock in the test's hand: hours pass in a moment.

`Worker.run` does what app/daemon.py does in that time: it polls, beats, sends, and watches itself. Stories come from
feeds over HTTP, and the Bot API stand-in keeps what is posted.
"""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Engine

from monitor.app.build_bot import send_directly
from monitor.bot.client import BotClient
from monitor.bot.dispatcher import Dispatcher
from monitor.errors import DatabaseError
from monitor.health.clock_watch import ClockWatch
from monitor.health.database_outage import DatabaseOutage
from monitor.health.liveness import DISPATCH, POLL, beat_name
from monitor.health.metrics import Metrics
from monitor.health.watch import Watch
from monitor.models.feeds import Feed, FeedState
from monitor.models.outbox import Pace
from monitor.polling.outage import OutageDetector
from monitor.polling.poll import LEASE, Poller
from monitor.sources.http.client import Fetcher, Limits
from monitor.sources.sandbox import Sandbox
from monitor.storage.maintenance import AlarmStore, Housekeeping
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.stats import Stats
from monitor.storage.store import Store
from tests.factories import feed
from tests.factories.polling import poller_of
from tests.harness.clock import Clock
from tests.samples.news import relevant
from tests.servers.bot_api import OPERATOR, TOKEN, BotApi
from tests.servers.web import PAGE_TYPE, Item, WebServer, page, rss

CHANNEL = "@test_channel"
OWNER = str(OPERATOR.id)
STEP = timedelta(minutes=2)  # between two looks at what is due: a feed is asked every ten
LIMITS = Limits(host_gap=0, host_concurrency=9)
STORIES = relevant(30, whole=False)
_Result = TypeVar("_Result")


@dataclass(slots=True, kw_only=True)
class ServedFeed:
    """A feed on loopback. A `host` that is a name needs a lookup that leads it to 127.0.0.1."""

    web: WebServer
    clock: Clock
    host: str = "127.0.0.1"
    path: str = "/rss"
    items: list[Item] = field(default_factory=list)

    def feed(self) -> Feed:
        """Asked every ten minutes."""
        url = f"http://{self.host}:{self.web.url.rpartition(':')[2]}{self.path}"
        return feed(name=self.host + self.path, url=url, interval=timedelta(minutes=10))

    def publish(self, *numbers: int, age: timedelta = timedelta(minutes=5)) -> None:
        """Add these of STORIES, so old by the true time, whatever the worker's clock says. None: an empty feed."""
        for number in numbers:
            title, text = STORIES[number]
            link = f"{self.web.url}{self.path}/{number}"
            at = self.clock.now - age
            self.items.insert(0, Item(title=title, link=link, guid=link, content=f"<p>{text}</p>", published=at))
            self.web.serve(f"{self.path}/{number}", page(title, text.split(". ")), content_type=PAGE_TYPE)
        self.web.serve(self.path, rss(self.items))


@dataclass(slots=True, kw_only=True)
class Worker:
    """The parts of one process and the servers around it."""

    engine: Engine
    bot_api: BotApi
    clock: Clock
    store: Store
    poller: Poller
    dispatcher: Dispatcher
    watch: Watch
    database_outage: DatabaseOutage
    clock_watch: ClockWatch
    feeds: dict[str, Feed] = field(default_factory=dict)

    async def run(self, minutes: float, *, step: timedelta = STEP) -> None:
        """Work until so much time has passed. The watch looks once a minute, or at every step if those are longer."""
        end = self.clock.now + timedelta(minutes=minutes)
        looked_at = self.clock.now
        while self.clock.now < end:
            self.clock.forward(seconds=step.total_seconds())
            await self._work()
            if self.clock.now - looked_at >= timedelta(minutes=1):
                looked_at = self.clock.now
                with suppress(DatabaseError):
                    await self.watch.round()

    async def _work(self) -> None:
        due = await self._try(POLL, self._claim) or ()
        for state in due:
            await self._try(state.name, partial(self.poller.poll, self.feeds[state.name], state))
        for chat in self.dispatcher.chats:
            with suppress(DatabaseError):
                await self._drain(chat)
        with suppress(DatabaseError):
            await self.database_outage.round()

    async def _claim(self) -> tuple[FeedState, ...]:
        due = self.store.feeds.claim(self.clock(), limit=50, lease=LEASE)
        for job in (POLL, DISPATCH):
            self.clock_watch.beat(beat_name(job, "here"))
        return due

    async def _try(self, name: str, work: Callable[[], Awaitable[_Result]]) -> _Result | None:
        began = self.clock.steady()
        try:
            result = await work()
        except DatabaseError as error:
            self.database_outage.failed(name, error, began)
            return None
        self.database_outage.succeeded(name)
        return result

    async def _drain(self, chat: str) -> None:
        """Send what the pace lets through in one step."""
        for _ in range(4):
            until = await self.dispatcher.drain(chat)
            if until is None or until - self.clock() > timedelta(seconds=2):
                return
            self.clock.forward(seconds=(until - self.clock()).total_seconds())

    @property
    def operator_messages(self) -> list[str]:
        """The texts in the operator's chat, the oldest first."""
        return [message.text for message in self.bot_api.posted(OWNER)]

    def posts_telling(self, *numbers: int) -> list[int]:
        """In how many messages of the channel each of these stories stands."""
        posts = [message.text for message in self.bot_api.posted(CHANNEL)]
        return [sum(STORIES[number][0] in post for post in posts) for number in numbers]


@asynccontextmanager
async def run_worker(
    engine: Engine, bot_api: BotApi, *served_feeds: ServedFeed, lookup: Callable[..., Any] = socket.getaddrinfo
) -> AsyncIterator[Worker]:
    """A worker that starts on this database, with the clock of the first feed."""
    clock, store, outbox, stats = served_feeds[0].clock, Store(engine), Outbox(engine), Stats(engine)
    feeds = {one.name: one for one in (served.feed() for served in served_feeds)}
    store.feeds.sync(list(feeds.values()), clock())
    outage = OutageDetector()

    def notify(key: str, html: str) -> None:
        outbox.tell(OWNER, key, html, now=clock())

    async with (
        Fetcher(user_agent="test", clock=clock, allow_private=True, limits=LIMITS, lookup=lookup) as fetcher,
        Sandbox() as reader,
        BotClient(TOKEN, base_url=bot_api.url) as channel,
    ):
        poller = poller_of(store, fetcher, reader, clock, chat=CHANNEL)
        yield Worker(
            engine=engine,
            bot_api=bot_api,
            clock=clock,
            store=store,
            poller=replace(poller, outage=outage),
            dispatcher=Dispatcher(outbox, store.chats, {CHANNEL: channel, OWNER: channel}, clock=clock, pace=Pace()),
            watch=Watch(
                worker="here",
                served=(CHANNEL, OWNER),
                stats=stats,
                feeds=store.feeds.health,
                metrics=Metrics(lambda: stats.vitals(clock()), clock=clock),
                alarm_store=AlarmStore(engine),
                housekeeping=Housekeeping(engine),
                rules=lambda: ["extradition/выдача из Казахстана"],
                clock=clock,
                notify=notify,
                operator=OWNER,
                is_down=lambda: outage.is_down,
            ),
            database_outage=DatabaseOutage(
                worker="here", clock=clock, send_directly=partial(send_directly, channel, OWNER), notify=notify
            ),
            clock_watch=ClockWatch(heartbeats=store.heartbeats, clock=clock, notify=notify),
            feeds=feeds,
        )
