"""The event loop of the simulation: virtual time, and what would run in a thread runs as a step of the loop.

One seed decides how long each step takes and which worker is killed where. A killed worker is one whose steps and
waits never end. Nothing here knows of feeds or Telegram.
"""

import asyncio
import contextvars
import random  # noqa: TID251 - a seed makes the chances the same every time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from tests.harness.loops import VirtualTimeLoop

SLOWEST_STEP = 0.2  # seconds that a call in a thread may take, before and after


class SimulatedProcess(Protocol):
    """A worker, as the steps that it runs see it."""

    alive: bool
    asleep_until: float  # a suspended machine: nothing of it moves before that second

    def maybe_fail(self, where: str) -> None:
        """Called before and after each step; may kill the worker or put it to sleep."""


worker: contextvars.ContextVar[SimulatedProcess | None] = contextvars.ContextVar("worker", default=None)


class SimulationLoop(VirtualTimeLoop):
    """What is given to a thread runs here, whole, at a moment that the seed chooses."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        super().__init__()

    def run_in_executor(self, _: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]  # asyncio passes it by place
        """What `asyncio.to_thread` stands on."""
        done: asyncio.Future[Any] = self.create_future()
        self.call_later(self._chance.uniform(0, SLOWEST_STEP), self._step, partial(func, *args), done)
        return done

    def _step(self, work: Callable[[], Any], done: asyncio.Future[Any]) -> None:
        if (wakes_at := _wakes_at(self.time())) > self.time():
            self.call_at(wakes_at, self._step, work, done)
        elif _survives("before a step"):
            settle: Callable[[], None]
            try:
                settle = partial(done.set_result, work())
            except Exception as error:  # noqa: BLE001 - the caller's to judge, as with a thread
                settle = partial(done.set_exception, error)
            if _survives("after a step"):
                self.call_later(self._chance.uniform(0, SLOWEST_STEP), self._deliver, settle, done)

    def _deliver(self, settle: Callable[[], None], done: asyncio.Future[Any]) -> None:
        process = worker.get()
        if (wakes_at := _wakes_at(self.time())) > self.time():
            self.call_at(wakes_at, self._deliver, settle, done)
        elif not done.done() and (process is None or process.alive):
            settle()


def _survives(where: str) -> bool:
    process = worker.get()
    if process and process.alive:
        process.maybe_fail(where)
    return process is None or process.alive


def _wakes_at(now: float) -> float:
    process = worker.get()
    return process.asleep_until if process else now


async def wait(seconds: float) -> None:
    """Sleep for so many virtual seconds; a sleeping worker at least until it wakes, a killed one for ever."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(seconds)
    if (wakes_at := _wakes_at(loop.time())) > loop.time():
        await wait(wakes_at - loop.time())
    process = worker.get()
    if process and not process.alive:
        await loop.create_future()
