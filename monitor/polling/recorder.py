"""Polls recorded together: many without a match wait for each other and share one transaction; those with matches wait
for nobody and share one only with what comes while the one before is being committed.

Whatever one poll decided is committed whole: a batch puts several wholes into one commit. Placing stories takes a lock
that keeps every other worker from it; a batch takes it once.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from monitor.errors import DatabaseError
from monitor.models.stories import PollOutcome

MOST = 100  # polls in one transaction
MOST_MATCHED = 20  # of those with matches: nobody else places stories meanwhile
WAIT = 0.2  # seconds a poll waits for company

log = structlog.get_logger()

RecordAll = Callable[[Sequence[PollOutcome]], frozenset[str]]
"""Commits these outcomes (of different feeds) or none; returns the feeds whose poll still held its lease."""


@dataclass(slots=True)
class _Waiting:
    """A poll to be recorded, and the answer its caller waits for: whether it still held its lease."""

    outcome: PollOutcome
    recorded: asyncio.Future[bool]


@dataclass(slots=True, kw_only=True)
class _Line:
    """The polls that wait for the next transaction of their kind; one runs at a time."""

    wait: float
    most: int
    waiting: list[_Waiting] = field(default_factory=list)
    flushes: set[asyncio.Task[None]] = field(default_factory=set)
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Records outcomes; one for the process. `record_all` runs in a thread, one batch of either kind at a time."""

    record_all: RecordAll
    wait: float = WAIT
    _quiet: _Line = field(init=False)
    _matched: _Line = field(init=False)

    def __post_init__(self) -> None:
        self._quiet = _Line(wait=self.wait, most=MOST)
        self._matched = _Line(wait=0, most=MOST_MATCHED)

    async def record(self, outcome: PollOutcome) -> bool:
        """Returns once it is committed. False: the lease was lost, nothing written. Raises DatabaseError."""
        line = self._matched if outcome.matched else self._quiet
        mine = _Waiting(outcome, asyncio.get_running_loop().create_future())
        line.waiting.append(mine)
        if len(line.waiting) == 1:
            flush = asyncio.create_task(self._flush_soon(line))
            line.flushes.add(flush)
            flush.add_done_callback(line.flushes.discard)
        return await mine.recorded

    async def _flush_soon(self, line: _Line) -> None:
        async with line.one_at_a_time:
            if line.wait and len(line.waiting) < line.most:
                await asyncio.sleep(line.wait)
            while line.waiting:
                batch, line.waiting[:] = line.waiting[: line.most], line.waiting[line.most :]
                await self._commit(batch)

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        try:
            recorded = await asyncio.to_thread(self.record_all, [poll.outcome for poll in batch])
        except DatabaseError as error:
            _fail(batch, error)
        except Exception as error:
            log.exception("a batch could not be recorded; trying its polls one by one", action="record")
            if len(batch) == 1:
                return _fail(batch, error)
            for poll in batch:
                await self._commit([poll])
        else:
            for poll in batch:
                if not poll.recorded.done():
                    poll.recorded.set_result(poll.outcome.feed in recorded)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for poll in batch:
        if not poll.recorded.done():  # else its caller was cancelled meanwhile
            poll.recorded.set_exception(error)
