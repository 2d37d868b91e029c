import asyncio
from datetime import timedelta

import pytest

from monitor.sources.http.throttle import HostBackoff, HostThrottle
from tests.factories import NOW

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.virtual_time


async def test_slots_are_given_in_the_order_of_coming() -> None:
    throttle, order = HostThrottle(gap=0.01, concurrency=1, longest_wait=5), list[int]()

    async def ask(number: int) -> None:
        async with throttle.slot("a.kz"):
            order.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(ask(number))
    assert order == list(range(10))


async def test_a_longer_gap_holds_for_who_asks_for_it() -> None:
    throttle, loop = HostThrottle(gap=0.05, concurrency=1, longest_wait=5), asyncio.get_running_loop()
    async with throttle.slot("a.kz", gap=0.5):
        began = loop.time()
    async with throttle.slot("a.kz"):
        assert loop.time() - began < 0.3
    async with throttle.slot("a.kz", gap=0.5):
        assert loop.time() - began > 0.5


async def test_the_first_slot_at_a_host_is_free_at_once() -> None:
    throttle, loop = HostThrottle(gap=5, concurrency=1, longest_wait=1), asyncio.get_running_loop()
    began = loop.time()
    for host in ("a.kz", "b.kz"):
        async with throttle.slot(host, gap=10):
            assert loop.time() - began < 0.5


async def test_who_waits_too_long_goes_and_holds_nothing() -> None:
    throttle = HostThrottle(gap=0, concurrency=1, longest_wait=0.1)
    async with throttle.slot("a.kz"):
        with pytest.raises(TimeoutError):
            async with throttle.slot("a.kz"):
                pass
        await asyncio.sleep(0.2)  # a slot may be held longer than one may wait for it
    async with throttle.slot("a.kz"):
        pass


async def test_idle_hosts_are_forgotten() -> None:
    throttle = HostThrottle(gap=0, concurrency=1, longest_wait=5)
    for number in range(500):
        async with throttle.slot(f"{number}.kz"):
            pass
    for host in throttle._hosts.values():
        host.left_at -= 60
    for number in range(2_000):
        async with throttle.slot(f"new{number}.kz"):
            pass
        next(reversed(throttle._hosts.values())).left_at -= 60
    assert len(throttle._hosts) < 200


def test_a_host_is_left_alone_as_long_as_it_asked_up_to_five_minutes() -> None:
    backoff = HostBackoff()
    backoff.begin("a.kz", NOW, MINUTE)
    backoff.begin("b.kz", NOW, 60 * MINUTE)
    assert backoff.left("a.kz", NOW) == MINUTE
    assert backoff.left("a.kz", NOW + MINUTE) == timedelta(0)
    assert backoff.left("b.kz", NOW + MINUTE) == 4 * MINUTE
    assert backoff.left("c.kz", NOW) == timedelta(0)


def test_pauses_that_are_over_are_forgotten() -> None:
    backoff = HostBackoff()
    for number in range(100):
        backoff.begin(f"{number}.kz", NOW + number * MINUTE, MINUTE)
    assert len(backoff._until) == 1
