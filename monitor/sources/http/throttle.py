"""Politeness: few requests at once to a host, a gap between two, a pause when it asks. Knows nothing of HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_GAP = 10.0  # seconds; what a Crawl-delay may ask for
_LONGEST_PAUSE = timedelta(minutes=5)  # of a whole host; the feed that was refused may wait longer by itself


@dataclass(slots=True)
class _Host:
    free: asyncio.Semaphore
    waiting: int = 0  # for a slot, and in one
    left_at: float = 0  # when the last slot was left, on the loop's clock


class HostThrottle:
    """At most `concurrency` requests at once to a host, first come first served, `gap` seconds after the last one.

    `longest_wait` is how many seconds one may wait for a slot.
    """

    def __init__(self, *, gap: float, concurrency: int, longest_wait: float) -> None:
        self._gap, self._concurrency, self._longest_wait = gap, concurrency, longest_wait
        self._hosts: dict[str, _Host] = {}
        self._kept = 0  # how many hosts the last clearing left

    @asynccontextmanager
    async def slot(self, name: str, *, gap: float = 0) -> AsyncIterator[None]:
        """Waits until the host `name` may be asked, and holds the slot for the block; `gap` asks for more, up to 10 s.

        Never nest two: they could wait for each other. Raises TimeoutError when the wait is too long.
        """
        loop = asyncio.get_running_loop()
        host = self._hosts.setdefault(name, _Host(asyncio.Semaphore(self._concurrency), left_at=-LONGEST_GAP))
        host.waiting, gap = host.waiting + 1, min(max(gap, self._gap), LONGEST_GAP)
        try:
            is_free = not host.free.locked() and host.left_at + gap <= loop.time()
            async with asyncio.timeout(None if is_free else self._longest_wait) as wait, host.free:
                if (rest := host.left_at + gap - loop.time()) > 0:
                    await asyncio.sleep(rest)
                wait.reschedule(None)
                try:
                    yield
                finally:
                    host.left_at = loop.time()
        finally:
            host.waiting -= 1
            self._forget_idle(loop.time())

    def _forget_idle(self, now: float) -> None:
        """Hosts come from outside and have no end; one that nobody waits for and whose gap is over is not kept."""
        if len(self._hosts) < 2 * self._kept + 64:  # looking at all of them after each request would cost the most
            return
        longest = max(self._gap, LONGEST_GAP)
        idle = [name for name, host in self._hosts.items() if not host.waiting and host.left_at + longest <= now]
        for name in idle:
            del self._hosts[name]
        self._kept = len(self._hosts)


class HostBackoff:
    """Hosts that asked for a pause (Retry-After). Every `now` is of the steady clock."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def begin(self, host: str, now: datetime, pause: timedelta) -> None:
        """`host` asked for a pause; it is granted up to five minutes."""
        self._until = {name: until for name, until in self._until.items() if now < until}
        self._until[host] = now + min(pause, _LONGEST_PAUSE)

    def left(self, host: str, now: datetime) -> timedelta:
        """How much longer to leave `host` alone; 0 when it may be asked."""
        return max(self._until.get(host, now) - now, timedelta(0))
