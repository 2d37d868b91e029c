"""A day of three times more news than Telegram takes, against the governor; the test moves the clock, nobody sleeps."""

import gc
import logging
import re
import tracemalloc
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine, func, insert, select

from monitor.bot.dispatcher import Dispatcher
from monitor.models.outbox import Buttons, ChatIdentity, Pace, WantedPost
from monitor.storage.chats import ChatStore
from monitor.storage.database import open_engine, write_transaction
from monitor.storage.outbox.deliveries import Outbox, want
from monitor.storage.tables import deliveries, sends, stories
from tests.factories import NOW
from tests.harness.clock import Clock
from tests.harness.databases import sqlite_database

CHAT = "@channel"
A_MINUTE = 54  # three times the pace of 18
TITLE = re.compile(r"Новость (\d+)\b")


class Subscriber:
    """Sees the channel: when something came, and how often each story. Keeps no message."""

    def __init__(self, clock: Clock, stories: int) -> None:
        self._clock = clock
        self.times_shown = bytearray(stories + 1)
        self.window: deque[datetime] = deque()
        self.most_in_a_minute = 0
        self.messages = 0
        self.longest = 0

    async def post(
        self,
        chat: str,  # noqa: ARG002 - the shape of a chat
        html: str,
        *,
        silent: bool = False,  # noqa: ARG002 - the same
        reply_to: int | None = None,  # noqa: ARG002 - the same
        quote: str = "",  # noqa: ARG002 - the same
        buttons: Buttons = (),  # noqa: ARG002 - the same
        photo: bytes = b"",  # noqa: ARG002 - the same
    ) -> int:
        self.messages += 1
        for number in TITLE.findall(html):
            self.times_shown[int(number)] += 1
        self.longest = max(self.longest, len(TITLE.findall(html)))
        self.window.append(self._clock())
        while self.window[0] <= self._clock() - timedelta(seconds=60):
            self.window.popleft()
        self.most_in_a_minute = max(self.most_in_a_minute, len(self.window))
        return self.messages

    async def edit(self, chat: str, message_id: int, html: str, *, buttons: Buttons = ()) -> None:  # noqa: ARG002 - the shape of a chat
        raise AssertionError("nothing is edited here")

    async def delete(self, chat: str, message_id: int) -> None:  # noqa: ARG002 - the same
        raise AssertionError("nothing is deleted here")

    async def pin(self, chat: str, message_id: int) -> None:  # noqa: ARG002 - the same
        raise AssertionError("nothing is pinned here")

    async def identify(self, chat: str) -> ChatIdentity:
        return ChatIdentity(number=chat)

    async def check(self, chats: Iterable[str]) -> None:
        """Always open."""


@pytest.fixture
def no_log() -> Iterator[None]:
    """A log that is kept by the test runner would look like a leak."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()


def arrive(engine: Engine, numbers: Iterable[int], now: datetime) -> None:
    """What one poll writes."""
    with write_transaction(engine) as db:
        for number in numbers:
            db.execute(insert(stories).values(id=number, created_at=now, updated_at=now))
            html = f'<a href="https://news.example/{number}">Новость {number}</a>'
            want(db, number, WantedPost(chat=CHAT, html=html), now)


@pytest.mark.parametrize("minutes", [5, pytest.param(24 * 60, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
async def test_three_times_too_much_for_a_day(tmp_path: Path, no_log: None, minutes: int) -> None:
    engine = open_engine(sqlite_database(tmp_path / "monitor.db"))
    clock, total = Clock(), A_MINUTE * minutes
    subscriber = Subscriber(clock, total)
    dispatcher = Dispatcher(Outbox(engine), ChatStore(engine), {CHAT: subscriber}, clock=clock, pace=Pace())

    for minute in range(minutes):
        for part in range(6):
            first = minute * A_MINUTE + part * 9 + 1
            arrive(engine, range(first, first + 9), clock())
            await drain_until(dispatcher, clock, NOW + timedelta(minutes=minute, seconds=10 * (part + 1)))
        if minute == minutes // 4:  # what came before is not asked of, and tracing makes all of it slower
            tracemalloc.start()
    gc.collect()  # rings that only wait for it are no leak
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await drain_until(dispatcher, clock, clock() + timedelta(minutes=3))

    assert subscriber.most_in_a_minute <= 18
    assert set(subscriber.times_shown[1:]) == {1}, "every story once, in a post or in a digest"
    with engine.connect() as db:
        states = set(db.scalars(select(deliveries.c.state).distinct()))
        kept = db.scalar(select(func.count()).select_from(sends))
    assert states == {"sent", "digested"}
    assert kept is not None
    assert kept <= 18
    assert grown < 400_000, f"{grown} bytes more than after a quarter of the time"
    assert subscriber.messages < total / 2
    engine.dispose()


async def drain_until(dispatcher: Dispatcher, clock: Clock, end: datetime) -> None:
    """Let the dispatcher send whenever it may, until `end`."""
    while clock() < end:
        again = await dispatcher.drain(CHAT)
        clock.now = min(end, max(again, clock() + timedelta(seconds=0.05)) if again else end)
