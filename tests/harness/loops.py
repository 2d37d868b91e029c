"""The event loops of tests: the daemon's own, and two whose time does not depend on how busy the machine is.

`@pytest.mark.virtual_time`: nothing waits; when all tasks sleep, it is the moment of the first to wake. Without I/O.
`@pytest.mark.manual_time`: sockets and threads work as ever, and no second passes but by `pass_seconds`.
"""

import asyncio
import selectors
import time
from collections.abc import Awaitable
from typing import Any, ClassVar, TypeVar

import uvloop

from tests.servers.faults import Answer, Fault
from tests.servers.loopback import Exchange

Result = TypeVar("Result")


def refuse_outside(host: str | None) -> None:
    """Raise AssertionError for a host that is not this machine."""
    if host and not host.startswith("127.") and host not in {"::1", "localhost"}:
        raise AssertionError(f"a test tried to reach {host}")


class LoopbackLoop(uvloop.Loop):
    """The daemon's loop, which connects without Python's sockets, so that it must refuse the outside itself."""

    async def create_connection(  # type: ignore[override]  # both of its forms at once
        self, factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """As ever, within this machine."""
        refuse_outside(host)
        return await super().create_connection(factory, host, port, **options)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Time stands still while anything runs, and jumps to the next timer when nothing does."""

    def __init__(self) -> None:
        self._virtual = _VirtualSelector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._virtual.now


class _VirtualSelector(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits for something that never comes")
        self.now += max(timeout, 0.0)
        return []


class ManualTimeLoop(asyncio.SelectorEventLoop):
    """Real sockets and threads; timers fire when a test lets time pass."""

    running: ClassVar["ManualTimeLoop | None"] = None  # the one of the test under way

    def __init__(self) -> None:
        self._manual = _ManualSelector()
        super().__init__(self._manual)

    def run_forever(self) -> None:
        """As ever; servers in other threads find the loop meanwhile."""
        ManualTimeLoop.running = self
        try:
            super().run_forever()
        finally:
            ManualTimeLoop.running = None

    def time(self) -> float:
        """Seconds that the test has let pass."""
        return self._manual.now

    def pass_seconds(self, seconds: float) -> None:
        """Let so much time pass, as soon as all tasks wait for something."""
        self._manual.waiting += seconds


class _ManualSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.waiting = 0.0  # seconds to pass when nothing else is to be done

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if not self.waiting:
            return super().select(timeout and None)  # by no real time does a timer come nearer
        if timeout == 0:
            return super().select(timeout)
        if events := super().select(0):
            return events
        self.now, self.waiting = self.now + self.waiting, 0.0
        return []


async def pass_seconds(seconds: float) -> None:
    """Let so much time pass on the loop of this test; returns when the timers have fired."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, ManualTimeLoop), "the test wants @pytest.mark.manual_time"
    until = loop.time() + seconds
    loop.pass_seconds(seconds)
    while loop.time() < until:
        await asyncio.to_thread(time.sleep, 0.001)


async def finish(work: Awaitable[Result], *, every: float) -> Result:
    """The result of `work`, letting `every` seconds pass again and again until it is there."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await pass_seconds(every)
    return await task


def wait_out(fault: Fault, *, seconds: float = 50.0) -> Fault:
    """The fault, without the waiting: when the client waits for the answer, so much time passes on the test's loop."""

    async def fault_waited_out(exchange: Exchange, answer: Answer) -> None:
        task = asyncio.ensure_future(fault(exchange, answer))
        await asyncio.sleep(0)  # what the fault does at once, as keeping the message, is done
        if loop := ManualTimeLoop.running:
            loop.call_soon_threadsafe(loop.pass_seconds, seconds)
        await task

    return fault_waited_out
