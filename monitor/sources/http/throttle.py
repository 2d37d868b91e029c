"""Politeness: one request at a time to a host, a gap between two, a rest when it asks. Knows nothing of HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_GAP = 10.0  # seconds; what a Crawl-delay may ask for
_LONGEST_REST = timedelta(minutes=5)  # of a whole host; the feed that was refused may wait longer by itself


@dataclass(slots=True)
class _Host:
    free: asyncio.Semaphore
    waiting: int = 0
    left_at: float = 0  # on the loop's clock


class HostThrottle:
    """Hands out turns at hosts, first come first served: at most `concurrency` at once, `gap` seconds after a turn.

    `line` is how many seconds one may wait for a turn.
    """

    def __init__(self, *, gap: float, concurrency: int, line: float) -> None:
        self._gap, self._concurrency, self._line = gap, concurrency, line
        self._hosts: dict[str, _Host] = {}
        self._swept_to = 0  # how many hosts the last clearing left

    @asynccontextmanager
    async def at(self, host: str, *, gap: float = 0) -> AsyncIterator[None]:
        """Waits for a turn at `host` and holds it for the block; a longer `gap` (up to 10 s) may be asked for.

        Never nest two: they could wait for each other. Raises TimeoutError when the line is too long.
        """
        loop = asyncio.get_running_loop()
        place = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._concurrency), left_at=-LONGEST_GAP))
        place.waiting += 1
        try:
            async with asyncio.timeout(self._line) as line, place.free:
                await asyncio.sleep(place.left_at + min(max(gap, self._gap), LONGEST_GAP) - loop.time())
                line.reschedule(None)
                try:
                    yield
                finally:
                    place.left_at = loop.time()
        finally:
            place.waiting -= 1
            self._forget_idle(loop.time())

    def _forget_idle(self, now: float) -> None:
        """Hosts come from outside and have no end; one that nobody waits for and that rested is not kept."""
        if len(self._hosts) < 2 * self._swept_to + 64:  # looking at all of them after each turn would cost the most
            return
        longest = max(self._gap, LONGEST_GAP)
        idle = [host for host, place in self._hosts.items() if not place.waiting and place.left_at + longest <= now]
        for host in idle:
            del self._hosts[host]
        self._swept_to = len(self._hosts)


class HostBackoff:
    """Hosts that asked to be left alone (Retry-After). Time is an argument; a clock set back ends a rest."""

    def __init__(self) -> None:
        self._hosts: dict[str, tuple[datetime, datetime]] = {}

    def begin(self, host: str, now: datetime, asked: timedelta) -> None:
        """`host` asked for a pause; it is granted up to five minutes."""
        self._hosts = {name: (began, until) for name, (began, until) in self._hosts.items() if began <= now < until}
        self._hosts[host] = now, now + min(asked, _LONGEST_REST)

    def left(self, host: str, now: datetime) -> timedelta:
        """How much longer to leave `host` alone; 0 when it may be asked."""
        began, until = self._hosts.get(host, (now, now))
        return until - now if began <= now < until else timedelta(0)
