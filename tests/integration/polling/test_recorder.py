"""Polls recorded together, in a real database."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from monitor.errors import DatabaseError
from monitor.models.feeds import Validators
from monitor.models.stories import PollOutcome
from monitor.polling.recorder import MOST, MOST_MATCHED, Recorder
from monitor.storage.store import Store
from monitor.stories.grouping import group
from tests.factories import NOW, entry, feed, matched, poll_outcome, settled
from tests.factories.channels import to_channel
from tests.harness.databases import open_test_engine, sqlite_database

LEASE = timedelta(minutes=5)


class Room:
    """A recorder over a database of its own, and the sizes of the batches it committed."""

    def __init__(self, folder: Path, feeds: int) -> None:
        engine = open_test_engine(sqlite_database(folder / "monitor.db"))
        self.store, self.batches = Store(engine), list[int]()
        self.names = [f"лента {number}" for number in range(feeds)]
        self.store.feeds.sync([feed(name=name, url=f"http://{name}/") for name in self.names], NOW)
        self.store.feeds.claim(NOW, limit=feeds, lease=LEASE)
        self.recorder = Recorder(record_all=self.record_all, wait=0.05)

    def record_all(self, outcomes: Sequence[PollOutcome]) -> frozenset[str]:
        self.batches.append(len(outcomes))
        place = partial(group, chats=to_channel("@channel"))
        return self.store.polls.record_all(outcomes, place, window=timedelta(hours=48))

    async def record(self, *outcomes: PollOutcome) -> list[bool]:
        return await asyncio.gather(*(self.recorder.record(outcome) for outcome in outcomes))


def quiet(name: str, **given: object) -> PollOutcome:
    return poll_outcome(feed=name, **given)


async def test_quiet_polls_share_a_transaction(tmp_path: Path) -> None:
    room = Room(tmp_path, MOST + 20)

    recorded = await room.record(*(quiet(name, validators=Validators(etag="1")) for name in room.names))

    assert recorded == [True] * (MOST + 20)
    assert room.batches == [MOST, 20]
    states = room.store.feeds.claim(NOW + timedelta(hours=1), limit=999, lease=LEASE)
    assert {state.validators.etag for state in states} == {"1"}


async def test_a_find_does_not_wait_for_the_others(tmp_path: Path) -> None:
    room = Room(tmp_path, 3)

    slow = asyncio.create_task(room.recorder.record(quiet(room.names[0])))
    await asyncio.sleep(0)
    assert await room.recorder.record(quiet(room.names[1], matched=(matched(1),)))

    assert not slow.done()
    assert await slow
    assert room.batches == [1, 1]


async def test_a_poll_that_lost_its_lease_is_told_so(tmp_path: Path) -> None:
    room = Room(tmp_path, 2)

    assert await room.record(quiet(room.names[0]), quiet(room.names[1], lease_no=9)) == [True, False]


async def test_one_poll_that_cannot_be_recorded_does_not_cost_the_others(tmp_path: Path) -> None:
    room = Room(tmp_path, 3)
    broken = quiet(room.names[1], settled=(settled(1),), polled_at=NOW.replace(tzinfo=None))
    outcomes = [quiet(room.names[0], settled=(settled(2),)), broken, quiet(room.names[2])]

    recorded = await asyncio.gather(*(room.recorder.record(one) for one in outcomes), return_exceptions=True)

    assert [recorded[0], recorded[2]] == [True, True]
    assert isinstance(recorded[1], Exception)
    assert room.store.entries.find_known(room.names[0], [entry(2)], NOW).unseen == ()
    assert room.store.entries.find_known(room.names[1], [entry(1)], NOW).unseen == (entry(1),)


async def test_a_database_out_of_reach_is_told_to_every_poll() -> None:
    def fails(_outcomes: Sequence[PollOutcome]) -> frozenset[str]:
        raise DatabaseError("нет места на диске")

    recorder = Recorder(record_all=fails, wait=0)

    for name in ("А", "Б"):
        with pytest.raises(DatabaseError):
            await recorder.record(quiet(name))


async def test_a_cancelled_poll_does_not_disturb_its_batch(tmp_path: Path) -> None:
    room = Room(tmp_path, 2)
    cancelled, kept = (asyncio.create_task(room.recorder.record(quiet(name))) for name in room.names)
    await asyncio.sleep(0)

    cancelled.cancel()

    assert await kept
    assert room.batches == [2]


async def test_finds_that_come_during_a_commit_share_the_next_one(tmp_path: Path) -> None:
    room = Room(tmp_path, MOST_MATCHED + 5)
    outcomes = [quiet(name, matched=(matched(number),)) for number, name in enumerate(room.names)]
    first = asyncio.create_task(room.recorder.record(outcomes[0]))
    await asyncio.sleep(0)  # it waits in line
    await asyncio.sleep(0)  # its commit begins

    assert await room.record(*outcomes[1:]) == [True] * (MOST_MATCHED + 4)

    assert await first
    assert room.batches == [1, MOST_MATCHED, 4]
