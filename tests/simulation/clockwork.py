"""An event loop whose time is virtual and whose threads are steps: one seed decides every wait, and who dies where.

Nothing here knows of feeds or Telegram. A killed worker is one whose steps and waits never end.
"""

import asyncio
import contextvars
import random  # noqa: TID251 - a seed makes the chances the same every time
import selectors
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

SLOWEST_STEP = 0.2  # seconds that a call in a thread may take, before and after


class Mortal(Protocol):
    """Who runs a step: one of the workers."""

    alive: bool
    asleep_until: float  # a suspended machine: nothing of it moves before that second

    def may_fall(self, where: str) -> None:
        """Called around each step; after it the worker may be dead or asleep."""


worker: contextvars.ContextVar[Mortal | None] = contextvars.ContextVar("worker", default=None)


class _Patience(selectors.SelectSelector):
    """Never waits: the time that would have passed has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits for something that never comes")
        self.now += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time stands still while anything runs. What is given to a thread runs here, whole, at a moment of its own."""

    def __init__(self, chance: random.Random) -> None:
        self._patience, self._chance = _Patience(), chance
        super().__init__(self._patience)

    def time(self) -> float:
        """Virtual seconds since the beginning."""
        return self._patience.now

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
        mortal = worker.get()
        if (wakes_at := _wakes_at(self.time())) > self.time():
            self.call_at(wakes_at, self._deliver, settle, done)
        elif not done.done() and (mortal is None or mortal.alive):
            settle()


def _survives(where: str) -> bool:
    mortal = worker.get()
    if mortal and mortal.alive:
        mortal.may_fall(where)
    return mortal is None or mortal.alive


def _wakes_at(now: float) -> float:
    mortal = worker.get()
    return mortal.asleep_until if mortal else now


async def passes(seconds: float) -> None:
    """Wait; for a worker that sleeps the wait lasts until it wakes, for one that dies it never ends."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(seconds)
    if (wakes_at := _wakes_at(loop.time())) > loop.time():
        await passes(wakes_at - loop.time())
    mortal = worker.get()
    if mortal and not mortal.alive:
        await loop.create_future()
