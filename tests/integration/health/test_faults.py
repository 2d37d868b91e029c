"""What breaks around a worker, one thing at a time: nothing is lost, it recovers by itself, and the operator hears of
it once and of its end once. Real parts and servers; only time is the test's own.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from monitor.health.conditions import TITLES
from monitor.health.database_outage import TITLE
from monitor.models.health import ConditionKind
from monitor.storage.database import migrate, open_engine
from monitor.storage.outbox import Outbox
from tests.harness.clock import Clock
from tests.harness.worker import CHANNEL, Newspaper, Station, on_air
from tests.servers import faults
from tests.servers.bot_api import BotApi
from tests.servers.postgres import PostgresServer
from tests.servers.resolver import Resolver
from tests.servers.web import WebServer

Trouble = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def paper(web: WebServer) -> Newspaper:
    """The newspaper, and by it everybody's clock."""
    made = Newspaper(web=web, clock=Clock())
    made.tell()
    return made


def is_about(told: str, title: str, *, over: bool = False) -> bool:
    return title in told and ("✅" in told) is over


def heard_once(station: Station, title: str) -> bool:
    """Whether the operator was told of this trouble once, of its end once, and of nothing else."""
    return len(station.told) == 2 and is_about(station.told[0], title) and is_about(station.told[1], title, over=True)


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
            engine = open_engine(server.new_database())
            migrate(engine)
            yield engine, lambda: stopped(server)
            engine.dispose()
        return
    engine = open_engine(f"sqlite:///{tmp_path / 'monitor.db'}")
    migrate(engine)
    troubles: dict[str, Trouble] = {
        "full": lambda: pragma(engine, "PRAGMA max_page_count=1", "PRAGMA max_page_count=1000000"),
        "read-only": lambda: pragma(engine, "PRAGMA query_only=1", "PRAGMA query_only=0"),
        "locked": lambda: locked(engine),
    }
    yield engine, troubles[request.param]
    engine.dispose()


async def test_a_database_that_takes_nothing(
    troubled: tuple[Engine, Trouble], paper: Newspaper, bot_api: BotApi
) -> None:
    engine, trouble = troubled
    async with on_air(engine, bot_api, paper) as station:
        paper.tell(0)
        await station.minutes(15)
        assert station.shown(0) == [1]

        with trouble():
            paper.tell(*range(1, 8))
            await station.minutes(12)
            assert station.shown(*range(1, 8)) == [0] * 7
            assert [is_about(told, TITLE) for told in station.told] == [True]
            assert "here: " in station.told[0]
        await station.minutes(25)

        assert station.shown(*range(8)) == [1] * 8
        assert heard_once(station, TITLE)


@pytest.mark.postgres
async def test_a_server_that_only_restarts_is_not_worth_a_word(paper: Newspaper, bot_api: BotApi) -> None:
    with PostgresServer(durable=True) as server:
        engine = open_engine(server.new_database())
        migrate(engine)
        async with on_air(engine, bot_api, paper) as station:
            for number in range(3):
                paper.tell(number)
                await station.minutes(12)
                server.restart()
            await station.minutes(2)

            assert station.shown(0, 1, 2) == [1] * 3
            assert station.told == []
        engine.dispose()


# ── the network ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_no_name_can_be_resolved(engine: Engine, web: WebServer, bot_api: BotApi) -> None:
    """Feeds and Telegram are out of reach together; the outage is one, and charged to no feed."""
    clock = Clock()
    press = [Newspaper(web=web, clock=clock, host=f"paper{number}.example", path=f"/{number}") for number in range(7)]
    for paper in press:
        paper.tell()
    names = Resolver("127.0.0.1")
    async with on_air(engine, bot_api, *press, lookup=names) as station:
        await station.minutes(15)
    names.is_gone = True
    async with on_air(engine, bot_api, *press, lookup=names) as station:  # nothing is remembered of the names
        bot_api.stop()
        for number, paper in enumerate(press):
            paper.tell(number)
        await station.minutes(90)
        health = station.store.feed_health(clock())
        names.is_gone = False
        bot_api.start()
        await station.minutes(30)

        assert max(one.failures for one in health) <= 2, "our own network is no fault of theirs"
        assert station.shown(*range(7)) == [1] * 7
        assert heard_once(station, TITLES[ConditionKind.OUTAGE])


@pytest.mark.parametrize("hours", [4, pytest.param(24, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
@pytest.mark.parametrize("way", ["refuses", "hangs"])
async def test_telegram_is_away(way: str, hours: int, engine: Engine, paper: Newspaper, bot_api: BotApi) -> None:
    stories = range(24)
    async with on_air(engine, bot_api, paper) as station:
        await station.minutes(15)
        asked = len(bot_api.calls)
        if way == "hangs":
            bot_api.script(faults.hang, "*", times=None)
        else:
            bot_api.stop()
        for number in stories:
            paper.tell(number)
            await station.minutes(hours * 60 / len(stories), step=timedelta(minutes=5))
        in_doubt = len(Outbox(engine).uncertain(CHANNEL))
        if way == "hangs":
            assert len(bot_api.calls) - asked <= 2 * (hours * 60 / 5 + 5), "the pauses grow to five minutes"
            bot_api.mend("*")
        else:
            bot_api.start()
        await station.minutes(60)

        shown = station.shown(*stories)
        assert in_doubt == int(way == "hangs"), "whatever the time, one; the next is sent when Telegram speaks again"
        assert max(shown) == 1
        assert sum(shown) == len(stories) - in_doubt
        assert len(bot_api.posted(CHANNEL)) <= 4, "a flood is told by a digest"
        if way == "hangs":  # the notice itself is in doubt; the operator hears of that
            assert [is_about(told, TITLES[ConditionKind.LATE], over=True) for told in station.told].count(True) == 1
        else:
            assert heard_once(station, TITLES[ConditionKind.LATE])


# ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("days", [-1, 1], ids=["back and forth", "forth and back"])
async def test_the_clock_is_set_a_day_wrong_and_right_again(
    days: int, engine: Engine, paper: Newspaper, bot_api: BotApi
) -> None:
    stories = iter(range(30))
    told = []
    async with on_air(engine, bot_api, paper) as station:
        for wrong in (0, days, 0):
            paper.clock.wrong = timedelta(days=wrong)
            for age in (5, 50):
                told.append(next(stories))
                paper.tell(told[-1], age=timedelta(minutes=age))
                await station.minutes(14)

                assert station.shown(*told) == [1] * len(told), f"wrong by {wrong} days"
        (health,) = station.store.feed_health(paper.clock())

    assert health.failures == 0
    assert station.told == []


async def test_the_clock_goes_back_while_telegram_wants_a_pause(
    engine: Engine, paper: Newspaper, bot_api: BotApi
) -> None:
    async with on_air(engine, bot_api, paper) as station:
        await station.minutes(11)
        bot_api.script(faults.reset, times=1)
        bot_api.script(faults.hang, "getChat", times=2)
        paper.tell(0, 1)
        await station.minutes(11)
        paper.clock.wrong = timedelta(days=-1)

        await station.minutes(10)

        assert sorted(station.shown(0, 1)) == [0, 1], "the one in doubt is for those who look"
