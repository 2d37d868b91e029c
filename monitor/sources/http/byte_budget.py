"""How many bytes of large bodies may be held at once, by all GETs and by whoever works on what they brought.

Nobody waits while holding any: who needs more than is left is turned away at once, leaves the host and all else, waits
in line for the whole of it, and begins anew. So nobody waits for ever, and no connection stands open meanwhile.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

LIGHT = 256 * 1024  # bytes that any body may have unasked: small feeds wait for nobody

_T = TypeVar("_T")


class NoRoom(Exception):
    """Others hold, or wait for, what is left; `size` is how much to wait for before beginning anew."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class ByteBudget:
    """`most` bytes, shared by all who ask for an allowance; who asks for more gets all of them, alone."""

    def __init__(self, most: int) -> None:
        self.most = self.left = most
        self._line: deque[tuple[int, asyncio.Future[None]]] = deque()

    @contextmanager
    def allowance(self) -> Iterator["Allowance"]:
        """For one GET and all that is done with its body: at the end of the block everything is given back."""
        allowance = Allowance(self)
        try:
            yield allowance
        finally:
            allowance.free()

    def reserve(self, size: int) -> bool:
        """Take `size` bytes, if there are as many and nobody waits for them."""
        if self._line or size > self.left:
            return False
        self.left -= size
        return True

    async def wait(self, size: int) -> None:
        """Take `size` bytes, after those who came before."""
        turn = asyncio.get_running_loop().create_future()
        self._line.append((size, turn))
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            self.release(0 if turn.cancelled() else size)
            raise

    def release(self, size: int) -> None:
        """Give `size` bytes back."""
        self.left += size
        self._serve()

    def _serve(self) -> None:
        while self._line and (self._line[0][1].cancelled() or self._line[0][0] <= self.left):
            size, turn = self._line.popleft()
            if not turn.cancelled():
                self.left -= size
                turn.set_result(None)


class Allowance:
    """What one holder may use of a budget; `used` is how much it does."""

    def __init__(self, budget: ByteBudget) -> None:
        self.used = 0
        self._budget = budget
        self._reserved = self._waited_for = 0

    def take(self, size: int) -> None:
        """Use so many bytes more. Raises NoRoom."""
        wanted = min(self.used + size, self._budget.most)
        if wanted > self._reserved:
            if not self._budget.reserve(wanted - self._reserved):
                raise NoRoom(wanted)
            self._reserved = wanted
        self.used += size

    def shrink(self, used: int) -> None:
        """Use only so many; what was waited for is kept, as it may be needed later in the same work."""
        self.used = used
        kept = max(min(used, self._budget.most), self._waited_for)
        surplus, self._reserved = self._reserved - kept, kept
        self._budget.release(surplus)

    def free(self) -> None:
        """Use nothing, keep nothing."""
        self._waited_for = 0
        self.shrink(0)

    async def fit(self, work: Callable[[], Awaitable[_T]]) -> _T:
        """What `work` comes to; turned away, it is done anew from the beginning, once there is room for it."""
        while True:
            try:
                return await work()
            except NoRoom as turned_away:
                size = turned_away.size
            self.free()
            await self._budget.wait(size)
            self._reserved = self._waited_for = size
