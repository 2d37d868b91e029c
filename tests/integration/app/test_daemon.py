"""The clock: what each tick tells the watchdog and the metrics."""

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import select
from structlog.testing import capture_logs

from monitor.app import daemon, startup, wiring
from monitor.app.daemon import LATE, TICK, Daemon, reschedule_when_set_back
from monitor.app.environment import clock, worker_name
from monitor.errors import DatabaseError
from monitor.health.liveness import DISPATCH, POLL, problems
from monitor.health.watchdog import Watchdog
from monitor.storage.database import read_transaction, write_transaction
from monitor.storage.tables import feeds
from tests.harness.command_line import write_files


class RecordingWatchdog(Watchdog):
    """A watchdog that only notes whose rounds ended."""

    def __init__(self) -> None:
        super().__init__((POLL, DISPATCH))
        self.noted: set[str] = set()

    def record_round(self, job: str) -> None:
        self.noted.add(job)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> startup.Config:
    """A preview installation whose feed is refused at once: its address is private."""
    write_files(tmp_path)
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text(feeds.read_text(encoding="utf-8").replace("https://news.example", "http://127.0.0.1:1"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return startup.load()


class HeldUp(Daemon):
    """A daemon whose beats the database holds up."""

    begun: asyncio.Event

    async def _beat(self, job: str) -> None:  # noqa: ARG002 - the parent's
        self.begun.set()
        await asyncio.Event().wait()


async def test_a_tick_that_the_end_cuts_off_is_no_failure(
    config: startup.Config, caplog: pytest.LogCaptureFixture
) -> None:
    stop = asyncio.Event()
    async with wiring.open_components(config) as components:
        daemon = HeldUp(components, config, RecordingWatchdog())
        daemon.begun = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        await daemon.begun.wait()
        stop.set()
        await running
        await asyncio.sleep(0)

    assert not [record for record in caplog.records if record.exc_info]


async def run_for(config: startup.Config, components: wiring.Components, watchdog: Watchdog, seconds: float) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    assert await Daemon(components, config, watchdog).run(stop)


async def test_both_ticks_end_their_rounds_and_beat_under_the_workers_name(config: startup.Config) -> None:
    watchdog = RecordingWatchdog()
    async with wiring.open_components(config) as components:
        await run_for(config, components, watchdog, 1.5)
        vitals = components.watch.stats.vitals(clock())

    assert watchdog.noted == {POLL, DISPATCH}
    assert problems(vitals, clock(), worker=worker_name(), chats=config.settings.chats) == ()
    assert b'monitor_tick_lag_seconds{job="poll"}' in components.watch.metrics.page()


async def test_a_tick_that_fails_has_ended_its_round_too(config: startup.Config) -> None:
    """A database that refuses is no reason to end the process: it would refuse the next one as well."""
    watchdog = RecordingWatchdog()
    async with wiring.open_components(config) as components:
        with write_transaction(components.store.heartbeats._engine) as db:
            db.exec_driver_sql("ALTER TABLE heartbeats RENAME TO elsewhere")
        await run_for(config, components, watchdog, 1.5)

    assert watchdog.noted == {POLL, DISPATCH}


async def test_a_job_that_fails_in_one_way_says_so_once(config: startup.Config) -> None:
    async def job(error: Exception | None) -> None:
        if error:
            raise error

    away, other = DatabaseError("нет места"), DatabaseError("нет прав")
    async with wiring.open_components(config) as components:
        daemon = Daemon(components, config, Watchdog(()))
        with capture_logs() as log:
            for error in (away, away, other, other, None, other, ValueError("x"), ValueError("x")):
                daemon._start(daemon._jobs, "job", job(error))
                await asyncio.wait(daemon._jobs.values())
                await asyncio.sleep(0)

    said = [line.get("error") or repr(line["exc_info"]) for line in log if line["event"].startswith("a job failed")]
    assert said == ["нет места", "нет прав", "нет прав", "ValueError('x')"]


async def test_a_poll_that_stands_in_line_longer_than_its_lease_is_begun_anew(
    config: startup.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "LEASE", timedelta(seconds=0.3))
    async with wiring.open_components(config) as components:
        waiting = replace(components, poller=replace(components.poller, slots=asyncio.Semaphore(0)))
        with capture_logs() as logged:
            await run_for(config, waiting, RecordingWatchdog(), 2)

    cut_off = [line for line in logged if line.get("action") in ("poll", "job")]
    assert cut_off
    assert {line["log_level"] for line in cut_off} == {"warning"}, "it is no mistake of ours"


async def test_a_feed_due_again_before_its_poll_has_ended_is_polled_and_not_only_leased(config: startup.Config) -> None:
    """What is leased and not begun nobody polls until the lease runs out."""
    async with wiring.open_components(config) as components:
        daemon = Daemon(components, config, Watchdog(()))
        (name,) = components.feeds
        ended = asyncio.Event()

        async def end() -> None:
            await ended.wait()

        daemon._start(daemon._polls, name, end())
        asyncio.get_running_loop().call_later(0.3, ended.set)
        await daemon._tick_polls()
        await asyncio.wait(daemon._polls.values())
        with read_transaction(components.store.heartbeats._engine) as db:
            failures = db.scalar(select(feeds.c.failures))

    assert failures == 1, "the address is refused"


async def test_what_would_ring_in_a_day_rings_now() -> None:
    """APScheduler goes by the wall clock: this is what one set back by a day leaves behind."""
    rung = asyncio.Event()

    async def ring() -> None:
        rung.set()

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(ring, "interval", seconds=TICK.total_seconds(), next_run_time=clock() + timedelta(days=1))
    punctual = scheduler.add_job(ring, "interval", days=9, next_run_time=clock() + timedelta(days=9) + LATE / 2)
    scheduler.start()
    rescheduling = asyncio.create_task(reschedule_when_set_back(scheduler))

    await asyncio.wait_for(rung.wait(), 60)

    assert punctual.next_run_time > clock() + timedelta(days=8)
    rescheduling.cancel()
    scheduler.shutdown(wait=False)
