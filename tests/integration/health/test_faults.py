"""What breaks around a worker, one thing at a time: nothing is lost, it recovers by itself, and the operator hears of
it once and of its end once. Real parts and servers; only time is the test's own.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from monitor.health.conditions import TITLES
from monitor.health.database_outage import TITLE
from monitor.models.health import ConditionKind
from monitor.models.outbox import DeliveryState
from monitor.storage.database import migrate
from monitor.storage.tables import deliveries
from tests.harness.clock import Clock
from tests.harness.databases import open_test_engine, sqlite_database
from tests.harness.loops import wait_out
from tests.harness.worker import CHANNEL, ServedFeed, Worker, run_worker
from tests.servers import faults
from tests.servers.bot_api import BotApi
from tests.servers.postgres import PostgresServer
from tests.servers.resolver import Resolver
from tests.servers.web import WebServer

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.manual_time  # no answer is late because the machine is busy
Trouble = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def served(web: WebServer) -> ServedFeed:
    """An empty feed, and by its clock everybody's."""
    empty = ServedFeed(web=web, clock=Clock())
    empty.publish()
    return empty


def is_about(message: str, title: str, *, over: bool = False) -> bool:
    return title in message and ("✅" in message) is over


def heard_once(worker: Worker, title: str) -> bool:
    """Whether the operator was told of this trouble once, of its end once, and of nothing else."""
    messages = worker.operator_messages
    return len(messages) == 2 and is_about(messages[0], title) and is_about(messages[1], title, over=True)


# ── the database ────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def pragma(engine: Engine, trouble: str, cure: str) -> Iterator[None]:
    """Every connection says this as it is taken from the pool."""
    saying = [trouble]

    def say(connection: Any, *_: object) -> None:
        connection.execute(saying[0])

    event.listen(engine, "checkout", say)
    yield
    saying[0] = cure


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Another process writes and does not end; we wait for a moment instead of half a minute."""
    with (
        pragma(engine, "PRAGMA busy_timeout=50", "PRAGMA busy_timeout=30000"),
        closing(engine.raw_connection()) as other,
    ):
        other.cursor().execute("BEGIN IMMEDIATE")
        yield
        other.cursor().execute("ROLLBACK")


@contextmanager
def stopped(server: PostgresServer) -> Iterator[None]:
    server.stop(immediate=True)
    yield
    server.start()


@pytest.fixture(params=["full", "read-only", "locked", pytest.param("away", marks=pytest.mark.postgres)])
def troubled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Trouble]]:
    """A database, and a way to make it take nothing: the disk is full, or read-only; it is locked; it is gone."""
    if request.param == "away":
        with PostgresServer(durable=True) as server:
            engine = open_test_engine(server.new_database())
            migrate(engine)
            yield engine, lambda: stopped(server)
            engine.dispose()
        return
    engine = open_test_engine(sqlite_database(tmp_path / "monitor.db"))
    troubles: dict[str, Trouble] = {
        "full": lambda: pragma(engine, "PRAGMA max_page_count=1", "PRAGMA max_page_count=1000000"),
        "read-only": lambda: pragma(engine, "PRAGMA query_only=1", "PRAGMA query_only=0"),
        "locked": lambda: locked(engine),
    }
    yield engine, troubles[request.param]
    engine.dispose()


async def test_a_database_that_takes_nothing(
    troubled: tuple[Engine, Trouble], served: ServedFeed, bot_api: BotApi
) -> None:
    engine, trouble = troubled
    async with run_worker(engine, bot_api, served) as worker:
        served.publish(0)
        await worker.run(15)
        assert worker.posts_telling(0) == [1]

        with trouble():
            served.publish(*range(1, 8))
            await worker.run(12)
            assert worker.posts_telling(*range(1, 8)) == [0] * 7
            assert [is_about(text, TITLE) for text in worker.operator_messages] == [True]
            assert "here: " in worker.operator_messages[0]
        await worker.run(25)

        assert worker.posts_telling(*range(8)) == [1] * 8
        assert heard_once(worker, TITLE)


@pytest.mark.postgres
async def test_a_server_that_only_restarts_is_not_worth_a_word(served: ServedFeed, bot_api: BotApi) -> None:
    with PostgresServer(durable=True) as server:
        engine = open_test_engine(server.new_database())
        migrate(engine)
        async with run_worker(engine, bot_api, served) as worker:
            for number in range(3):
                served.publish(number)
                await worker.run(12)
                server.restart()
            await worker.run(2)

            assert worker.posts_telling(0, 1, 2) == [1] * 3
            assert worker.operator_messages == []
        engine.dispose()


# ── the network ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_no_name_can_be_resolved(engine: Engine, web: WebServer, bot_api: BotApi) -> None:
    """Feeds and Telegram are out of reach together; the outage is one, and charged to no feed."""
    clock = Clock()
    served_feeds = [
        ServedFeed(web=web, clock=clock, host=f"feed{number}.example", path=f"/{number}") for number in range(7)
    ]
    for served in served_feeds:
        served.publish()
    names = Resolver("127.0.0.1")
    async with run_worker(engine, bot_api, *served_feeds, lookup=names) as worker:
        await worker.run(15)
    names.is_gone = True
    async with run_worker(engine, bot_api, *served_feeds, lookup=names) as worker:  # nothing is remembered of the names
        bot_api.stop()
        for number, served in enumerate(served_feeds):
            served.publish(number)
        await worker.run(45, step=MINUTE)
        health = worker.store.feeds.health(clock())
        names.is_gone = False
        bot_api.start()
        await worker.run(20, step=MINUTE)

        assert max(one.failures for one in health) <= 2, "our own network is no fault of theirs"
        assert worker.posts_telling(*range(7)) == [1] * 7
        assert heard_once(worker, TITLES[ConditionKind.OUTAGE])


@pytest.mark.parametrize("hours", [2, pytest.param(24, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
@pytest.mark.parametrize("way", ["refuses", "hangs"])
async def test_telegram_is_away(way: str, hours: int, engine: Engine, served: ServedFeed, bot_api: BotApi) -> None:
    stories = range(24)
    async with run_worker(engine, bot_api, served) as worker:
        await worker.run(15)
        asked = len(bot_api.calls)
        if way == "hangs":
            bot_api.script(wait_out(faults.hang), "*", times=None)
        else:
            bot_api.stop()
        for number in stories:
            served.publish(number)
            await worker.run(hours * 60 / len(stories), step=5 * MINUTE)
        with engine.connect() as db:
            unsure = (deliveries.c.chat == CHANNEL, deliveries.c.state == DeliveryState.UNCERTAIN)
            in_doubt = len(db.scalars(select(deliveries.c.id).where(*unsure)).all())
        if way == "hangs":
            assert len(bot_api.calls) - asked <= 2 * (hours * 60 / 5 + 5), "the pauses grow to five minutes"
            bot_api.mend("*")
        else:
            bot_api.start()
        await worker.run(60)

        shown = worker.posts_telling(*stories)
        assert in_doubt == int(way == "hangs"), "whatever the time, one; the next is sent when Telegram speaks again"
        assert max(shown) == 1
        assert sum(shown) == len(stories) - in_doubt
        assert len(bot_api.posted(CHANNEL)) <= 4, "a flood is told by a digest"
        if way == "hangs":  # the message itself is in doubt; the operator hears of that
            ends = [is_about(text, TITLES[ConditionKind.LATE], over=True) for text in worker.operator_messages]
            assert ends.count(True) == 1
        else:
            assert heard_once(worker, TITLES[ConditionKind.LATE])


# ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("days", [-1, 1], ids=["back and forth", "forth and back"])
async def test_the_clock_is_set_a_day_wrong_and_right_again(
    days: int, engine: Engine, served: ServedFeed, bot_api: BotApi
) -> None:
    stories = iter(range(30))
    published = []
    async with run_worker(engine, bot_api, served) as worker:
        for wrong in (0, days, 0):
            served.clock.wrong = timedelta(days=wrong)
            for age in (5, 50):
                published.append(next(stories))
                served.publish(published[-1], age=timedelta(minutes=age))
                await worker.run(14)

                assert worker.posts_telling(*published) == [1] * len(published), f"wrong by {wrong} days"
        (health,) = worker.store.feeds.health(served.clock())

    assert health.failures == 0
    (told,) = worker.operator_messages
    assert ("с 22.11.2026 09:28 до" if days > 0 else "переведены назад на 24 ч") in told


async def test_the_clock_goes_back_while_telegram_wants_a_pause(
    engine: Engine, served: ServedFeed, bot_api: BotApi
) -> None:
    async with run_worker(engine, bot_api, served) as worker:
        await worker.run(11)
        bot_api.script(faults.reset, times=1)
        bot_api.script(wait_out(faults.hang), "getChat", times=2)
        served.publish(0, 1)
        await worker.run(11)
        served.clock.wrong = timedelta(days=-1)

        await worker.run(10)

        assert sorted(worker.posts_telling(0, 1)) == [0, 1], "the one in doubt is for those who look"


async def test_what_a_clock_set_ahead_called_too_old_is_judged_again(
    engine: Engine, served: ServedFeed, bot_api: BotApi
) -> None:
    async with run_worker(engine, bot_api, served) as worker:
        for number, wrong in enumerate((0, 2, 2, 0)):
            served.clock.wrong = timedelta(days=wrong)
            if number < 3:
                served.publish(number, age=timedelta(hours=number))
            await worker.run(14)
        await worker.run(14)

        assert worker.posts_telling(0, 1, 2) == [1, 1, 1]
        (told,) = worker.operator_messages

    assert "с 22.11.2026 09:14 до 22.11.2026 09:44 они спешили на 2 дн." in told
