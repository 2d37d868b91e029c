"""One simulation: workers over one database while everything fails now and then, then without failures.

The Store, Outbox, Recorder, Poller, Judge, rules and Dispatcher are the product's own. What must hold at the end is
checked here.
"""

import asyncio
import random  # noqa: TID251 - a seed makes the chances the same every time
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import structlog
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError

from monitor.bot.dispatcher import Dispatcher
from monitor.errors import DatabaseError
from monitor.models.feeds import FeedState
from monitor.models.stories import PollOutcome
from monitor.polling.poll import LEASE
from monitor.polling.recorder import RecordAll
from monitor.sources.http.client import Fetcher
from monitor.sources.sandbox import Sandbox
from monitor.storage.outbox.deliveries import Outbox
from monitor.storage.store import Store
from monitor.storage.tables import articles, deliveries, entries, feeds
from tests.factories.polling import poller_of
from tests.harness.databases import open_test_engine, sqlite_database
from tests.harness.visibility import hidden
from tests.simulation.virtual_loop import SimulationLoop, wait, worker
from tests.simulation.world import (
    CHAT,
    PACE,
    FailureRates,
    SimulatedPress,
    SimulatedTelegram,
    SimulationLog,
    failing_rates,
    make_feed,
    now,
    publications,
)

TROUBLE_SECONDS = 600.0  # virtual, in which things fail
ROUND, MOST_ROUNDS = 20.0, 300  # virtual seconds between two looks afterwards; by the last one all must be right
TICK = 15.0


class Worker:
    """One process of the product: the daemon's two ticks, over the virtual clock."""

    def __init__(self, simulation: "Simulation", number: int) -> None:
        self.alive, self.asleep_until = True, 0.0
        self._simulation, self._number = simulation, number
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._look_again = now()
        self._store, self._outbox = Store(simulation.engine), Outbox(simulation.engine)
        fetcher, reader = cast("Fetcher", simulation.press), Sandbox()  # the press has the two methods that are asked
        chance = simulation.chance.random
        poller = poller_of(
            self._store, fetcher, reader, now, chat=CHAT, chance=chance, at_once=2, waits_for_company=True
        )
        recorder = replace(poller.recorder, record_all=self._ending_polls(poller.recorder.record_all))
        self._poller = replace(poller, recorder=recorder)
        self._dispatcher = Dispatcher(
            self._outbox, self._store.chats, {CHAT: simulation.telegram}, clock=now, pace=PACE
        )

    def __str__(self) -> str:
        return f"worker {self._number}"

    @property
    def is_up(self) -> bool:
        """Neither dead nor asleep: what it has done it also knows."""
        return self.alive and self.asleep_until <= asyncio.get_running_loop().time()

    def maybe_fail(self, where: str) -> None:
        """SIGKILL: none of its steps and waits ever ends. Or its machine is suspended for a while."""
        rates, draw = self._simulation.rates, self._simulation.chance.random()
        if draw < rates.kill:
            self.alive = False
            self._simulation.log.add(f"{self} dies {where}")
            self._simulation.restart_later(self._number)
        elif draw < rates.kill + rates.suspend:
            seconds = self._simulation.chance.uniform(60, 600)
            self.asleep_until = asyncio.get_running_loop().time() + seconds
            self._simulation.log.add(f"{self} sleeps for {seconds:.0f} s {where}")

    def _ending_polls(self, record_all: RecordAll) -> RecordAll:
        """A poll that is recorded is over, though its worker hears of that a moment later."""

        def record(outcomes: Sequence[PollOutcome]) -> frozenset[str]:
            try:
                return record_all(outcomes)
            finally:
                for outcome in (one for one in outcomes if one.is_over):
                    self._simulation.polling.pop((self, outcome.feed), None)

        return record

    async def run(self) -> None:
        """As app/build_storage.py and app/daemon.py do it."""
        worker.set(self)
        await self._until_done(self._start_up)
        while self.alive:
            for tick in (self._poll_tick, self._drain_tick):
                try:
                    await tick()
                except DatabaseError:
                    self._simulation.log.add(f"{self}: no database")
            await wait(self._simulation.chance.uniform(0.5, 1.5) * TICK)

    def _start_up(self) -> None:
        self._store.feeds.sync(self._simulation.feeds, now())
        if self._simulation.alone:
            self._store.feeds.release_all()
        self._outbox.recover(now(), everything=self._simulation.alone)

    async def _until_done(self, work: Callable[[], None]) -> None:
        while True:
            try:
                return await asyncio.to_thread(work)
            except DatabaseError:
                await wait(5)

    async def _poll_tick(self) -> None:
        room = 4 - sum(name != CHAT for name in self._running)
        asked_at = asyncio.get_running_loop().time()
        states = await asyncio.to_thread(self._store.feeds.claim, now(), limit=room, lease=LEASE)
        for state in states:
            if state.name in self._running:
                continue  # it slept through its own lease; the daemon does the same
            self._simulation.note_claim(self, state.name, asked_at)
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
        self._simulation.polling.pop((self, key), None)
        if error:
            self._simulation.log.add(f"{self}: {key}: {type(error).__name__}")
            expected = DatabaseError if not self.asleep_until else (DatabaseError, TimeoutError)
            self._simulation.log.require(isinstance(error, expected), f"{key} ended with {error!r}")


class Simulation:
    """The workers and all that surrounds them; `log` tells what happened."""

    def __init__(self, seed: int, url: str) -> None:
        self.chance = random.Random(seed)
        self.log = SimulationLog()
        self.rates = FailureRates()
        names = [f"feed{number}" for number in range(self.chance.randint(2, 4))]
        self.feeds = [make_feed(name) for name in names]
        self.workers = self.chance.choice((1, 2, 3))
        self.alone = self.workers == 1  # then the product holds the instance lock
        self.polling: dict[tuple[Worker, str], float] = {}
        self.engine = open_test_engine(url)
        event.listen(self.engine, "commit", self._commit_may_fail)
        self.press = SimulatedPress(publications(self.chance, names, TROUBLE_SECONDS), self.chance, self.log)
        self.telegram = SimulatedTelegram(self.engine, self.chance, self.log)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Failures for a while, then none until everything has come right."""
        self._set_rates(failing_rates(self.chance))
        self.telegram.is_paced = not self.rates.suspend
        self.log.add(f"{self.workers} workers, {self.rates}")
        for number in range(self.workers):
            self._start(number)
        await asyncio.sleep(TROUBLE_SECONDS)
        self._set_rates(FailureRates())
        self.log.add("no more failures")
        for _ in range(MOST_ROUNDS):
            await asyncio.sleep(ROUND)
            if self._is_quiet():
                break
        self._check()

    def restart_later(self, number: int) -> None:
        """The container's restart policy."""
        asyncio.get_running_loop().call_later(self.chance.uniform(1, 60), self._start, number)

    def _start(self, number: int) -> None:
        self.log.add(f"worker {number} starts")
        self._tasks.add(asyncio.create_task(Worker(self, number).run()))

    def _set_rates(self, rates: FailureRates) -> None:
        self.rates = self.press.rates = self.telegram.rates = rates

    def note_claim(self, by: Worker, name: str, asked_at: float) -> None:
        """Keep that this worker polls the feed; leases must not overlap while both workers are up."""
        at = asyncio.get_running_loop().time()
        held = [one for (one, feed), until in self.polling.items() if feed == name and until > at and one.is_up]
        until = asked_at + LEASE.total_seconds()
        self.log.require(not held or until <= at, f"{name} is leased twice")  # its own may have ended in its sleep
        self.polling[by, name] = until

    def _commit_may_fail(self, db: Connection) -> None:
        """The disk is full; or the answer to COMMIT is lost on the way."""
        draw, writer = self.chance.random(), worker.get()
        if writer is None or draw >= self.rates.disk + self.rates.lost_commit:
            return
        is_lost = draw < self.rates.lost_commit
        if is_lost:
            db.connection.commit()
        self.log.add(f"{writer}: a commit {'is done and nobody hears of it' if is_lost else 'fails'}")
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("disk I/O error"))

    def _is_quiet(self) -> bool:
        with self.engine.connect() as db:
            urls = set(db.scalars(select(entries.c.url)))
            moving = db.scalar(select(deliveries.c.id).where(deliveries.c.state.in_(("pending", "sending"))))
        return moving is None and urls >= {one.link for one in self.press.publications} and not self._forgotten()

    def _forgotten(self) -> list[str]:
        """Feeds overdue for longer than a lease explains; two workers that slept one after the other may leave some."""
        with self.engine.connect() as db:
            return list(db.scalars(select(feeds.c.name).where(feeds.c.next_poll_at < now() - 2 * LEASE)))

    def _check(self) -> None:
        require = self.log.require
        with self.engine.connect() as db:
            entry_rows = db.execute(select(entries.c.url, entries.c.outcome)).all()
            recorded = db.execute(select(articles.c.url, articles.c.story_id, articles.c.part)).all()
            rows = db.execute(select(deliveries)).all()
            require(not hidden(db), f"nobody can see: {hidden(db)}")
        outcomes = {row.url: row.outcome for row in entry_rows}
        require(len(entry_rows) == len(outcomes), "an entry was recorded twice")
        require(not self._forgotten(), f"feeds that nobody polls: {self._forgotten()}")
        for one in self.press.publications:
            wanted = ("posted", "joined", "duplicate") if one.number >= 0 else ("unmatched", "baseline")
            require(outcomes.get(one.link) in wanted, f"{one.link}: {outcomes.get(one.link)}")
        held = {(row.story_id, row.part): row for row in rows}
        for article in recorded:
            row = held.get((article.story_id, article.part))
            require(row and row.state in ("sent", "uncertain", "rejected"), f"{article.url} is neither shown nor held")
        self._check_events(dict.fromkeys((row.url, row.story_id) for row in recorded))
        for row in rows:
            posted = self.telegram.posts[row.id]
            require(posted <= 1, f"delivery {row.id} was posted {posted} times")
            shown = self.telegram.shown.get(row.message_id)
            require(row.state != "sent" or shown == row.html, f"delivery {row.id} shows something else")

    def _check_events(self, placed: dict[tuple[str, int], None]) -> None:
        stories: dict[str, set[int]] = {}
        for url, story in placed:
            stories.setdefault(url.rpartition("/")[2], set()).add(story)
        for number, ids in stories.items():
            self.log.require(len(ids) == 1, f"story {number} was begun {len(ids)} times")


def simulate(seed: int, url: str) -> SimulationLog:
    """What happens under this seed; `url` is an empty migrated database."""
    simulations: list[Simulation] = []

    async def run() -> None:
        simulations.append(Simulation(seed, url))
        try:
            await simulations[0].run()
        finally:
            simulations[0].engine.dispose()

    loop = SimulationLoop(random.Random(seed))
    with structlog.testing.capture_logs(), asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())
    return simulations[0].log


def simulate_in(folder: Path, seed: int) -> SimulationLog:
    """`simulate` on a SQLite file in this folder."""
    return simulate(seed, sqlite_database(folder / f"seed-{seed}.db"))
