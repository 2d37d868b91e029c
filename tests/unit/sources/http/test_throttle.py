import asyncio
from datetime import timedelta

import pytest

from monitor.sources.http.throttle import HostBackoff, HostThrottle
from tests.factories import NOW

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.virtual_time


async def test_turns_are_had_in_the_order_of_coming() -> None:
    turns, had = HostThrottle(gap=0.01, concurrency=1, line=5), list[int]()

    async def come(number: int) -> None:
        async with turns.at("a.kz"):
            had.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(come(number))
    assert had == list(range(10))


async def test_a_longer_gap_holds_for_who_asks_for_it() -> None:
    turns, loop = HostThrottle(gap=0.05, concurrency=1, line=5), asyncio.get_running_loop()
    async with turns.at("a.kz", gap=0.5):
        began = loop.time()
    async with turns.at("a.kz"):
        assert loop.time() - began < 0.3
    async with turns.at("a.kz", gap=0.5):
        assert loop.time() - began > 0.5


async def test_the_first_turn_at_a_host_is_had_at_once() -> None:
    turns, loop = HostThrottle(gap=5, concurrency=1, line=1), asyncio.get_running_loop()
    began = loop.time()
    for host in ("a.kz", "b.kz"):
        async with turns.at(host, gap=10):
            assert loop.time() - began < 0.5


async def test_who_waits_too_long_goes_and_holds_nothing() -> None:
    turns = HostThrottle(gap=0, concurrency=1, line=0.1)
    async with turns.at("a.kz"):
        with pytest.raises(TimeoutError):
            async with turns.at("a.kz"):
                pass
        await asyncio.sleep(0.2)  # a turn had may last longer than the line
    async with turns.at("a.kz"):
        pass


async def test_hosts_that_rested_are_forgotten() -> None:
    turns = HostThrottle(gap=0, concurrency=1, line=5)
    for number in range(500):
        async with turns.at(f"{number}.kz"):
            pass
    for place in turns._hosts.values():
        place.left_at -= 60
    for number in range(2_000):
        async with turns.at(f"new{number}.kz"):
            pass
        next(reversed(turns._hosts.values())).left_at -= 60
    assert len(turns._hosts) < 200


def test_a_host_rests_as_long_as_it_asked_up_to_five_minutes() -> None:
    rests = HostBackoff()
    rests.begin("a.kz", NOW, MINUTE)
    rests.begin("b.kz", NOW, 60 * MINUTE)
    assert rests.left("a.kz", NOW) == MINUTE
    assert rests.left("a.kz", NOW + MINUTE) == timedelta(0)
    assert rests.left("b.kz", NOW + MINUTE) == 4 * MINUTE
    assert rests.left("c.kz", NOW) == timedelta(0)
    assert rests.left("a.kz", NOW - MINUTE) == timedelta(0), "the clock was set back"


def test_rests_that_are_over_are_forgotten() -> None:
    rests = HostBackoff()
    for number in range(100):
        rests.begin(f"{number}.kz", NOW + number * MINUTE, MINUTE)
    assert len(rests._hosts) == 1
