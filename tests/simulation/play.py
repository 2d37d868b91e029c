"""One seed played: workers over one database, a storm, then calm; what must hold at the end is checked here.

The Store, Outbox, Recorder, Poller, Taker, Judge, rules and Dispatcher are the product's own.
"""

import asyncio
import random  # noqa: TID251 - a seed makes the chances the same every time
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import structlog
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import OperationalError

from monitor.bot.dispatcher import Dispatcher
from monitor.errors import DatabaseError
from monitor.models.feeds import FeedState
from monitor.models.stories import PollOutcome
from monitor.polling.poll import LEASE
from monitor.polling.recorder import RecordAll
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import Sandbox
from monitor.storage.database import migrate, open_engine
from monitor.storage.outbox import Outbox
from monitor.storage.polls import Store
from monitor.storage.tables import articles, deliveries, entries, feeds
from tests.factories.polling import poller_of
from tests.simulation.clockwork import VirtualLoop, passes, worker
from tests.simulation.world import (
    CHAT,
    PACE,
    Ledger,
    Press,
    Telegram,
    Weather,
    make_feed,
    now,
    publications,
    stormy,
)

STORM = 600.0  # virtual seconds of trouble
ROUND, MOST_ROUNDS = 20.0, 300  # virtual seconds between two looks in calm weather; by the last one all must be right
TICK = 15.0
_COMPILED: dict[Any, Any] = {}  # statements, the same in every world


class Worker:
    """One process of the product: the daemon's two ticks, over the virtual clock."""

    def __init__(self, play: "Play", number: int) -> None:
        self.alive, self.asleep_until = True, 0.0
        self._play, self._number = play, number
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._look_again = now()
        self._store, self._outbox = Store(play.engine), Outbox(play.engine)
        fetcher, reader = cast("Fetcher", play.press), Sandbox()  # the press has the one method that is asked
        chance = play.chance.random
        poller = poller_of(
            self._store, fetcher, reader, now, chat=CHAT, chance=chance, at_once=2, waits_for_company=True
        )
        recorder = replace(poller.recorder, record_all=self._noting(poller.recorder.record_all))
        self._poller = replace(poller, recorder=recorder)
        self._dispatcher = Dispatcher(self._outbox, {CHAT: play.telegram}, clock=now, pace=PACE)

    def __str__(self) -> str:
        return f"worker {self._number}"

    @property
    def is_up(self) -> bool:
        """Neither dead nor asleep: what it has done it also knows."""
        return self.alive and self.asleep_until <= asyncio.get_running_loop().time()

    def may_fall(self, where: str) -> None:
        """SIGKILL: none of its steps and waits ever ends. Or its machine is suspended for a while."""
        weather, draw = self._play.weather, self._play.chance.random()
        if draw < weather.death:
            self.alive = False
            self._play.ledger.note(f"{self} dies {where}")
            self._play.start_later(self._number)
        elif draw < weather.death + weather.sleep:
            seconds = self._play.chance.uniform(60, 600)
            self.asleep_until = asyncio.get_running_loop().time() + seconds
            self._play.ledger.note(f"{self} sleeps for {seconds:.0f} s {where}")

    def _noting(self, record_all: RecordAll) -> RecordAll:
        """Whoever has written its poll down works on it no more, though it hears of that a moment later."""

        def record(outcomes: Sequence[PollOutcome]) -> frozenset[str]:
            try:
                return record_all(outcomes)
            finally:
                for outcome in (one for one in outcomes if one.is_over):
                    self._play.polling.pop((self, outcome.feed), None)

        return record

    async def live(self) -> None:
        """As app/startup.py and app/daemon.py do it."""
        worker.set(self)
        await self._until_done(self._take_up)
        while self.alive:
            for tick in (self._poll_tick, self._drain_tick):
                try:
                    await tick()
                except DatabaseError:
                    self._play.ledger.note(f"{self}: no database")
            await passes(self._play.chance.uniform(0.5, 1.5) * TICK)

    def _take_up(self) -> None:
        self._store.sync_feeds(self._play.feeds, now())
        if self._play.alone:
            self._store.release_all()
        self._outbox.recover(now(), everything=self._play.alone)

    async def _until_done(self, work: Callable[[], None]) -> None:
        while True:
            try:
                return await asyncio.to_thread(work)
            except DatabaseError:
                await passes(5)

    async def _poll_tick(self) -> None:
        room = 4 - sum(name != CHAT for name in self._running)
        asked_at = asyncio.get_running_loop().time()
        states = await asyncio.to_thread(self._store.claim_due_feeds, now(), limit=room, lease=LEASE)
        for state in states:
            if state.name in self._running:
                continue  # it slept through its own lease; the daemon does the same
            self._play.claimed(self, state.name, asked_at)
            self._start(state.name, self._poll(state))

    async def _poll(self, state: FeedState) -> None:
        async with asyncio.timeout(LEASE.total_seconds()):
            await self._poller.poll(make_feed(state.name), state)

    async def _drain_tick(self) -> None:
        if CHAT not in self._running and self._look_again <= now():
            self._start(CHAT, self._drain())

    async def _drain(self) -> None:
        self._look_again = await self._dispatcher.drain(CHAT) or now() + timedelta(seconds=TICK)

    def _start(self, key: str, work: Coroutine[Any, Any, Any]) -> None:
        task = self._running[key] = asyncio.create_task(work)
        task.add_done_callback(partial(self._ended, key))

    def _ended(self, key: str, task: asyncio.Task[Any]) -> None:
        error = None if task.cancelled() else task.exception()
        if not self.alive:
            return
        del self._running[key]
        self._play.polling.pop((self, key), None)
        if error:
            self._play.ledger.note(f"{self}: {key}: {type(error).__name__}")
            expected = DatabaseError if not self.asleep_until else (DatabaseError, TimeoutError)
            self._play.ledger.demand(isinstance(error, expected), f"{key} ended with {error!r}")


class Play:
    """A world and its workers. `broken` is empty when every promise was kept."""

    def __init__(self, seed: int, url: str) -> None:
        self.chance = random.Random(seed)
        self.ledger = Ledger()
        self.weather = Weather()
        names = [f"feed{number}" for number in range(self.chance.randint(2, 4))]
        self.feeds = [make_feed(name) for name in names]
        self.workers = self.chance.choice((1, 2, 3))
        self.alone = self.workers == 1  # then the product holds the instance lock
        self.polling: dict[tuple[Worker, str], float] = {}
        self.engine = _open(url)
        event.listen(self.engine, "commit", self._commit_may_fail)
        self.press = Press(publications(self.chance, names, STORM), self.chance, self.ledger)
        self.telegram = Telegram(self.engine, self.chance, self.ledger)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """A storm, then calm weather until everything has come right."""
        self._set_weather(stormy(self.chance))
        self.telegram.is_paced = not self.weather.sleep
        self.ledger.note(f"{self.workers} workers, {self.weather}")
        for number in range(self.workers):
            self._start(number)
        await asyncio.sleep(STORM)
        self._set_weather(Weather())
        self.ledger.note("calm weather")
        for _ in range(MOST_ROUNDS):
            await asyncio.sleep(ROUND)
            if self._is_quiet():
                break
        self._check()

    def start_later(self, number: int) -> None:
        """The container's restart policy."""
        asyncio.get_running_loop().call_later(self.chance.uniform(1, 60), self._start, number)

    def _start(self, number: int) -> None:
        self.ledger.note(f"worker {number} starts")
        self._tasks.add(asyncio.create_task(Worker(self, number).live()))

    def _set_weather(self, weather: Weather) -> None:
        self.weather = self.press.weather = self.telegram.weather = weather

    def claimed(self, by: Worker, name: str, asked_at: float) -> None:
        """Leases never overlap: nobody alive polls a feed that another one holds."""
        at = asyncio.get_running_loop().time()
        held = [one for (one, feed), until in self.polling.items() if feed == name and until > at and one.is_up]
        until = asked_at + LEASE.total_seconds()
        self.ledger.demand(not held or until <= at, f"{name} is leased twice")  # its own may have ended in its sleep
        self.polling[by, name] = until

    def _commit_may_fail(self, db: Connection) -> None:
        """The disk is full; or the answer to COMMIT is lost on the way."""
        draw, writer = self.chance.random(), worker.get()
        if writer is None or draw >= self.weather.disk + self.weather.limbo:
            return
        in_limbo = draw < self.weather.limbo
        if in_limbo:
            db.connection.commit()
        self.ledger.note(f"{writer}: a commit {'is done and nobody hears of it' if in_limbo else 'fails'}")
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("disk I/O error"))

    def _is_quiet(self) -> bool:
        with self.engine.connect() as db:
            urls = set(db.scalars(select(entries.c.url)))
            moving = db.scalar(select(deliveries.c.id).where(deliveries.c.state.in_(("pending", "sending"))))
        return moving is None and urls >= {one.link for one in self.press.told} and not self._forgotten()

    def _forgotten(self) -> list[str]:
        """Feeds overdue for longer than a lease explains; two workers that slept one after the other may leave some."""
        with self.engine.connect() as db:
            return list(db.scalars(select(feeds.c.name).where(feeds.c.next_poll_at < now() - 2 * LEASE)))

    def _check(self) -> None:
        demand = self.ledger.demand
        with self.engine.connect() as db:
            seen = db.execute(select(entries.c.url, entries.c.outcome)).all()
            told = db.execute(select(articles.c.url, articles.c.story_id, articles.c.part)).all()
            rows = db.execute(select(deliveries)).all()
        outcomes = {row.url: row.outcome for row in seen}
        demand(len(seen) == len(outcomes), "an entry was recorded twice")
        demand(not self._forgotten(), f"feeds that nobody polls: {self._forgotten()}")
        for one in self.press.told:
            wanted = ("posted", "joined", "duplicate") if one.number >= 0 else ("unmatched", "baseline")
            demand(outcomes.get(one.link) in wanted, f"{one.link}: {outcomes.get(one.link)}")
        held = {(row.story_id, row.part): row for row in rows}
        for article in told:
            row = held.get((article.story_id, article.part))
            demand(row and row.state in ("sent", "uncertain", "rejected"), f"{article.url} is neither shown nor held")
        self._check_events(dict.fromkeys((row.url, row.story_id) for row in told))
        for row in rows:
            posted = self.telegram.posts[row.id]
            demand(posted <= 1, f"delivery {row.id} was posted {posted} times")
            shown = self.telegram.shown.get(row.message_id)
            demand(row.state != "sent" or shown == row.html, f"delivery {row.id} shows something else")

    def _check_events(self, told: dict[tuple[str, int], None]) -> None:
        stories: dict[str, set[int]] = {}
        for url, story in told:
            stories.setdefault(url.rpartition("/")[2], set()).add(story)
        for number, found in stories.items():
            self.ledger.demand(len(found) == 1, f"story {number} was begun {len(found)} times")


def _open(url: str) -> Engine:
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":  # nobody pulls the plug here: the system keeps what it was given
        event.listen(engine, "connect", lambda opened, _: opened.execute("PRAGMA synchronous=OFF"))
    return engine.execution_options(compiled_cache=_COMPILED)


@cache
def _empty_database() -> bytes:
    """A migrated SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = open_engine(f"sqlite:///{path}")
        migrate(engine)
        with engine.connect() as db:
            db.exec_driver_sql("ROLLBACK")
            db.exec_driver_sql("PRAGMA journal_mode=DELETE")
        engine.dispose()
        return path.read_bytes()


@contextmanager
def _silence() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


def play(seed: int, url: str) -> Ledger:
    """Everything that happened in the world of this seed, on an empty migrated database."""
    world: list[Play] = []

    async def all_of_it() -> None:
        world.append(Play(seed, url))
        try:
            await world[0].run()
        finally:
            world[0].engine.dispose()

    loop = VirtualLoop(random.Random(seed))
    with _silence(), asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(all_of_it())
    return world[0].ledger


def play_in(folder: Path, seed: int) -> Ledger:
    """`play` on a SQLite file in this folder."""
    path = folder / f"seed-{seed}.db"
    path.write_bytes(_empty_database())
    return play(seed, f"sqlite:///{path}")
