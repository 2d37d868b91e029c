import asyncio
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.http.byte_budget import Allowance, ByteBudget, NoRoom
from tests.harness.loops import VirtualTimeLoop

pytestmark = pytest.mark.virtual_time


async def hold(allowance: Allowance, *sizes: int, seconds: float = 1) -> int:
    """A body after the other, each worked on for a while; returns what was used in the end."""
    for size in sizes:
        allowance.take(size)
        await asyncio.sleep(seconds)
    return allowance.used


def test_who_needs_more_than_is_left_is_turned_away_and_told_how_much_to_wait_for() -> None:
    budget = ByteBudget(10)
    with budget.allowance() as one, budget.allowance() as other:
        one.take(7)
        other.take(3)
        with pytest.raises(NoRoom) as turned_away:
            other.take(4)
        assert turned_away.value.size == 7
        assert budget.left == 0
    assert budget.left == 10


def test_what_a_body_turns_out_not_to_need_is_left_to_others() -> None:
    budget = ByteBudget(10)
    with budget.allowance() as one:
        one.take(10)
        one.shrink(2)
        assert budget.left == 8


async def test_who_is_turned_away_begins_anew_once_there_is_room_for_all_of_it() -> None:
    budget, begun = ByteBudget(10), list[float]()

    async def work(allowance: Allowance) -> int:
        begun.append(asyncio.get_running_loop().time())
        return await hold(allowance, 4, 4, seconds=2)

    with budget.allowance() as one, budget.allowance() as other:
        one.take(5)
        asyncio.get_running_loop().call_later(9, one.free)
        assert await other.fit(partial(work, other)) == 8
    assert begun == [0, 9], "it held nothing while it waited, and did not begin a third time"
    assert budget.left == 10


async def test_a_body_larger_than_the_budget_is_read_alone() -> None:
    budget = ByteBudget(10)
    with budget.allowance() as small, budget.allowance() as giant:
        small.take(1)
        asyncio.get_running_loop().call_later(5, small.free)
        assert await giant.fit(partial(hold, giant, 25)) == 25
        assert budget.left == 0
    assert budget.left == 10


async def test_a_large_one_is_not_overtaken_for_ever() -> None:
    budget, order = ByteBudget(10), list[int]()

    async def one(number: int, size: int) -> None:
        with budget.allowance() as allowance:
            await allowance.fit(partial(hold, allowance, size))
            order.append(number)

    async with asyncio.TaskGroup() as tasks:
        for number, size in enumerate((6, 9, *[3] * 20)):
            tasks.create_task(one(number, size))
    assert order[:2] == [0, 1] or order[:3] == [0, 2, 1], "those that came before, or fitted beside the first"
    assert budget.left == 10


async def test_whoever_is_cancelled_in_line_leaves_nothing_behind() -> None:
    budget = ByteBudget(10)
    with budget.allowance() as holder:
        holder.take(10)
        waiting = [asyncio.create_task(budget.wait(size)) for size in (10, 4)]
        await asyncio.sleep(1)
        waiting[0].cancel()
        await asyncio.sleep(1)
        holder.free()
        await waiting[1]
        assert budget.left == 6
        waiting.append(asyncio.create_task(budget.wait(8)))
        await asyncio.sleep(1)
        budget.release(4)
        waiting[2].cancel()  # at the very moment that it was served
        await asyncio.gather(*waiting, return_exceptions=True)
    assert budget.left == 10


SIZES = st.lists(st.integers(1, 15), max_size=3)


@given(works=st.lists(SIZES, max_size=12), cancelled=st.sets(st.integers(0, 11)))
def test_whatever_they_take_it_is_never_more_than_there_is_and_all_come_to_an_end(
    works: list[list[int]], cancelled: set[int]
) -> None:
    budget = ByteBudget(10)
    finished = list[int]()

    async def one(number: int, sizes: list[int]) -> None:
        with budget.allowance() as allowance:
            await allowance.fit(partial(hold, allowance, *sizes))
            assert budget.left >= 0
        finished.append(number)

    async def all_of_them() -> None:
        tasks = [asyncio.create_task(one(number, sizes)) for number, sizes in enumerate(works)]
        await asyncio.sleep(2)
        for number in cancelled & set(range(len(tasks))):
            tasks[number].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(all_of_them())
    assert {*range(len(works))} - cancelled <= {*finished}
    assert budget.left == 10
