"""What a worker finds of its clock, with a real database and a clock in hand."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.health.clock_watch import ClockWatch
from monitor.storage.maintenance import HeartbeatStore
from tests.harness.clock import Clock
from tests.harness.databases import open_test_engine, sqlite_database

DAY = timedelta(days=1)


class Process:
    """A worker on one database, and what it told its operator."""

    def __init__(self, heartbeats: HeartbeatStore) -> None:
        self.heartbeats, self.clock = heartbeats, Clock()
        self.told: list[str] = []
        self.restart()

    def restart(self) -> None:
        self.watch = ClockWatch(
            heartbeats=self.heartbeats,
            clock=self.clock,
            notify=lambda _, html: self.told.append(html),
            zone="Asia/Almaty",
        )

    def beat(self, *, wrong: timedelta = timedelta(0)) -> None:
        self.clock.wrong = wrong
        self.clock.forward(seconds=10)
        for job in ("poll@here", "dispatch@here"):
            self.watch.beat(job)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    engine = open_test_engine(sqlite_database(tmp_path / "monitor.db"))
    yield Process(HeartbeatStore(engine))
    engine.dispose()


def test_the_operator_is_told_once_from_when_to_when(process: Process) -> None:
    process.beat()
    process.clock.forward(hours=1)
    for wrong in (0, 2, 2, 0, 0):
        process.beat(wrong=wrong * DAY)

    (told,) = process.told
    assert "с 22.11.2026 15:00 до 22.11.2026 15:00 они спешили на 2 дн." in told


def test_a_clock_that_is_right_or_was_only_set_ahead_is_not_told(process: Process) -> None:
    for seconds in (0, 30, -20, 86_400, 86_400):
        process.beat(wrong=timedelta(seconds=seconds))

    assert process.told == []


def test_since_when_is_not_known_after_a_restart(process: Process) -> None:
    process.beat(wrong=DAY)
    process.restart()
    process.beat()

    (told,) = process.told
    assert "они переведены назад на 24 ч; с каких пор они спешили, неизвестно" in told


def test_a_step_ahead_that_was_right_is_not_counted_at_a_later_one_back(process: Process) -> None:
    """A machine that slept: its steady clock slept, too."""
    for wrong in (timedelta(0), DAY, DAY - timedelta(minutes=5)):
        process.beat(wrong=wrong)

    (told,) = process.told
    assert "переведены назад на 5 мин" in told
