"""Politeness: one request at a time to a host, with a gap between two. Knows hosts and time, nothing of HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Host:
    free: asyncio.Semaphore
    waiting: int = 0
    next_at: float = 0  # on the loop's clock


class Turns:
    """Hands out turns at hosts: at most `concurrency` at once, `gap` seconds after a turn before the next."""

    def __init__(self, *, gap: float, concurrency: int) -> None:
        self._gap, self._concurrency = gap, concurrency
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def at(self, host: str) -> AsyncIterator[None]:
        """Waits for a turn at `host` and holds it for the block. Never nest two: they could wait for each other."""
        loop = asyncio.get_running_loop()
        place = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._concurrency)))
        place.waiting += 1
        try:
            async with place.free:
                await asyncio.sleep(place.next_at - loop.time())
                try:
                    yield
                finally:
                    place.next_at = loop.time() + self._gap
        finally:
            place.waiting -= 1
            self._forget_idle(loop.time())

    def _forget_idle(self, now: float) -> None:
        """Hosts come from outside and have no end; a host that nobody waits for and that rested is not kept."""
        rested = [host for host, place in self._hosts.items() if not place.waiting and place.next_at <= now]
        for host in rested:
            del self._hosts[host]
