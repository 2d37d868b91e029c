"""Polls recorded together: many that found nothing to post share one transaction, one that did is recorded at once.

Law 1 stands: whatever one poll decided is committed whole; a batch only puts several wholes into one commit.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from monitor.errors import DatabaseError
from monitor.models import PollOutcome

MOST = 100  # polls in one transaction
WAIT = 0.2  # seconds a poll waits for company

log = structlog.get_logger()

RecordAll = Callable[[Sequence[PollOutcome]], frozenset[str]]
"""Commits these outcomes (of different feeds) or none; returns the feeds whose poll still held its lease."""


@dataclass(slots=True)
class _Waiting:
    outcome: PollOutcome
    recorded: asyncio.Future[bool]


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Records outcomes; one for the process. `record_all` runs in a thread, one batch at a time."""

    record_all: RecordAll
    wait: float = WAIT
    _waiting: list[_Waiting] = field(default_factory=list)
    _flushes: set[asyncio.Task[None]] = field(default_factory=set)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def record(self, outcome: PollOutcome) -> bool:
        """Returns once it is committed. False: the lease was lost, nothing written. Raises DatabaseError."""
        if outcome.matched:
            return outcome.feed in await asyncio.to_thread(self.record_all, [outcome])
        mine = _Waiting(outcome, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if len(self._waiting) == 1:
            flush = asyncio.create_task(self._flush_soon())
            self._flushes.add(flush)
            flush.add_done_callback(self._flushes.discard)
        return await mine.recorded

    async def _flush_soon(self) -> None:
        async with self._one_at_a_time:
            if len(self._waiting) < MOST:
                await asyncio.sleep(self.wait)
            while self._waiting:
                batch, self._waiting[:] = self._waiting[:MOST], self._waiting[MOST:]
                await self._commit(batch)

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        try:
            recorded = await asyncio.to_thread(self.record_all, [one.outcome for one in batch])
        except DatabaseError as error:
            _settle(batch, error)
        except Exception as error:
            log.exception("a batch could not be recorded; trying its polls one by one", action="record")
            for one in batch if len(batch) > 1 else ():
                await self._commit([one])
            if len(batch) == 1:
                _settle(batch, error)
        else:
            for one in batch:
                if not one.recorded.done():
                    one.recorded.set_result(one.outcome.feed in recorded)


def _settle(batch: Sequence[_Waiting], error: Exception) -> None:
    for one in batch:
        if not one.recorded.done():  # its poll may have been cancelled meanwhile
            one.recorded.set_exception(error)
