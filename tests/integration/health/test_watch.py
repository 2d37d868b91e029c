"""One look a minute: what the operator is told, what the outside hears. Real databases, a clock to set."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update
from structlog.testing import capture_logs

from monitor.app.logs import Redactor
from monitor.errors import DatabaseError
from monitor.evidence.audit import ChainAudit
from monitor.health.heartbeat import Heartbeat
from monitor.health.liveness import DISPATCH, POLL, beat_name
from monitor.health.metrics import Metrics
from monitor.health.watch import Watch
from monitor.storage.database import write_transaction
from monitor.storage.evidence.schema import captures
from monitor.storage.evidence.vitals import EvidenceStats
from monitor.storage.maintenance import AlarmStore, Housekeeping
from monitor.storage.stats import Stats
from monitor.storage.store import Store
from monitor.storage.tables import alarms, chats, feeds
from monitor.stories.grouping import group
from tests.factories import HOUR, NOW, feed, matched, poll_outcome
from tests.factories.channels import to_channel
from tests.harness.clock import Clock
from tests.harness.kept_pages import KeptPages
from tests.servers.web import WebServer

MINUTE = timedelta(minutes=1)
PLACE = partial(group, chats=to_channel("@channel", review="-1005"))


class Scene:
    """A watch, a clock that goes a minute a look, and what the operator was told."""

    def __init__(self, engine: Engine, **given: object) -> None:
        self.clock = Clock()
        self.messages: dict[str, str] = {}
        self.broken = False
        stats = Stats(engine)
        fields: dict[str, Any] = {
            "worker": "here",
            "served": ("@channel",),
            "stats": stats,
            "feeds": Store(engine).feeds.health,
            "metrics": Metrics(lambda: stats.vitals(self.clock()), clock=self.clock),
            "alarm_store": AlarmStore(engine),
            "housekeeping": Housekeeping(engine),
            "rules": lambda: ["extradition/правило"],
            "clock": self.clock,
            "notify": self.notify,
        }
        self.watch = Watch(**fields | given)

    def notify(self, key: str, html: str) -> None:
        if self.broken:
            raise DatabaseError("away")
        self.messages[key] = html

    async def look(self, times: int = 1) -> None:
        for _ in range(times):
            await self.watch.round()
            self.clock.now += MINUTE

    @property
    def words(self) -> str:
        return "\n".join(self.messages.values())


def fire(store: Store, at: datetime, *, numbers: range) -> None:
    """A poll at this time that finds so many stories of one rule."""
    (state,) = store.feeds.claim(at, limit=1, lease=MINUTE, names=["Лента"])
    entries = tuple(matched(number, title=f"Случай {number}", text=f"слово{number} " * 30) for number in numbers)
    outcome = poll_outcome(lease_no=state.lease_no, polled_at=at, matched=entries)
    assert store.polls.record_all([outcome], PLACE, window=timedelta(days=5))


def close(engine: Engine, reason: str) -> None:
    with write_transaction(engine) as db:
        db.execute(update(chats).values(closed=reason))


@pytest.fixture
def channel(engine: Engine) -> Engine:
    """A database that knows the channel."""
    with write_transaction(engine) as db:
        db.execute(insert(chats).values(chat="@channel", closed=""))
    return engine


async def test_trouble_is_told_once_and_its_end_once(channel: Engine) -> None:
    scene = Scene(channel)
    await scene.look(3)
    assert scene.messages == {}

    close(channel, "бот удалён из канала")
    await scene.look(5)
    assert scene.words == "⚠️ <b>Чат не принимает сообщений</b>\n• @channel: бот удалён из канала"
    close(channel, "")
    await scene.look(5)

    assert len(scene.messages) == 2
    assert scene.words.endswith("✅ Прошло: <b>Чат не принимает сообщений</b>\n• @channel")


async def test_a_restart_does_not_tell_again(channel: Engine) -> None:
    close(channel, "нет прав")
    first = Scene(channel)
    await first.look(3)
    second = Scene(channel)
    second.clock.now = first.clock.now

    await second.look(3)

    assert (len(first.messages), second.messages) == (1, {})


async def test_two_workers_and_a_crash_tell_the_same(channel: Engine) -> None:
    """Whoever tells, and however often: the key is the same, and the outbox keeps one."""
    close(channel, "нет прав")
    first, second = Scene(channel), Scene(channel)
    await first.look()
    second.clock.now = first.clock.now
    second.broken = True
    with pytest.raises(DatabaseError):
        await second.look()
    second.broken = False

    await second.look()
    with write_transaction(channel) as db:
        db.execute(update(alarms).values(told_at=None))
    await first.look()

    assert first.messages.keys() == second.messages.keys()
    assert len(first.messages) == 1


async def test_without_an_operators_chat_it_stands_in_the_log(channel: Engine) -> None:
    close(channel, "нет прав")
    scene = Scene(channel, notify=None)

    with capture_logs() as log:
        await scene.look(2)

    assert [line["began"] for line in log if line["event"] == "alarm"] == [["closed:@channel"]]


async def test_what_is_told_carries_no_secret(channel: Engine) -> None:
    close(channel, "прокси http://user:hush@127.0.0.1 не отвечает")
    scene = Scene(channel, redact=Redactor(["hush"]))

    await scene.look(2)

    assert "прокси" in scene.words
    assert "hush" not in scene.words


async def test_a_broken_feed_is_told_with_its_reason(engine: Engine, store: Store) -> None:
    store.feeds.sync([feed(name="Вести")], NOW)
    with write_transaction(engine) as db:
        db.execute(
            update(feeds).values(
                failures=5, failure="<404>", succeeded_at=NOW - 2 * HOUR, polled_at=NOW, next_poll_at=NOW + HOUR
            )
        )
    scene = Scene(engine)

    await scene.look(2)

    assert scene.words.startswith("⚠️ <b>Лента не читается</b>\n• Вести: &lt;404&gt; (последний успех")


async def test_the_outside_hears_of_us_only_while_the_work_goes_on(
    engine: Engine, store: Store, web: WebServer
) -> None:
    async with Heartbeat(web.serve("/ping", "OK")) as heartbeat:
        scene = Scene(engine, heartbeat=heartbeat)
        await scene.look()
        assert web.count("/ping") == 0, "nothing has come round yet"

        for job in (POLL, DISPATCH):
            store.heartbeats.beat(beat_name(job, "here"), scene.clock())
        await scene.look()
        assert web.count("/ping") == 1
        await scene.look(3)

    assert web.count("/ping") == 2, "a minute later the beats are still fresh, then no more"


async def test_a_rule_gone_wild_is_told_and_no_firing_is_counted_twice(engine: Engine, store: Store) -> None:
    store.feeds.sync([feed()], NOW)
    for day in range(-5, 0):
        fire(store, NOW + timedelta(days=day), numbers=range(day * 100, day * 100 + 2))
    scene = Scene(engine, served=())  # nobody sends here
    await scene.look(4)
    assert scene.messages == {}

    fire(store, NOW, numbers=range(1, 16))
    await scene.look(2)

    assert scene.words == (
        "⚠️ <b>Правило срабатывает слишком часто</b>\n• extradition/правило: 15 раз за сутки, обычно 2.5"
    )


async def test_the_house_is_tidied_once_a_day(engine: Engine) -> None:
    scene = Scene(engine)
    with capture_logs() as log:
        await scene.look(3)

    assert [line["event"] for line in log].count("tidied") == 1


async def test_a_workers_copies_are_its_own_to_call_well_again(channel: Engine, store: Store) -> None:
    """Three workers look in turn: two see nothing, and must not take back what the first tells."""
    trouble: list[str] = []
    scenes = [Scene(channel, worker=name, copy_trouble=lambda: "") for name in ("one", "two", "three")]
    scenes[0].watch.copy_trouble = lambda: next(iter(trouble), "")
    for scene in scenes:
        scene.watch.evidence = lambda: EvidenceStats(channel).vitals(scenes[0].clock(), worker="one")

    async def look(times: int) -> None:
        for _ in range(times):
            for scene in scenes:
                store.heartbeats.beat(beat_name(POLL, scene.watch.worker), scene.clock())
                await scene.watch.round()
            for scene in scenes:
                scene.clock.now += MINUTE

    await look(1)
    trouble.append("нет места на диске")
    await look(9)
    assert scenes[0].words == "⚠️ <b>Копии страниц не сохраняются</b>\n• one: нет места на диске"
    trouble.clear()
    await look(9)

    assert [len(scene.messages) for scene in scenes] == [2, 0, 0]
    assert scenes[0].words.endswith("✅ Прошло: <b>Копии страниц не сохраняются</b>\n• one")


async def test_a_broken_chain_is_told_and_a_restart_takes_nothing_back(channel: Engine, tmp_path: Path) -> None:
    kept = KeptPages(engine=channel, folder=tmp_path / "evidence", worker="here")
    for number in range(3):
        kept.keep(number, NOW - HOUR)
    with write_transaction(channel) as db:
        db.execute(update(captures).where(captures.c.number == 2).values(digest="0" * 64))
    told: dict[str, str] = {}
    clock = Clock()
    for checked_after in (1, 4):
        stats = EvidenceStats(channel)
        audit = ChainAudit(stats=stats, folder=kept.folder, chain="here", clock=clock)
        scene = Scene(channel, chain_breaks=lambda audit=audit: audit.breaks)
        scene.clock.now = clock.now
        await scene.look(checked_after)
        await audit.round()
        await scene.look(4)
        told |= scene.messages
        clock.now = scene.clock.now

    (message,) = told.values()
    assert message.startswith("⚠️ <b>Цепочка копий нарушена</b>\n• here: цепь here, звено 2: хеш звена не сходится")
