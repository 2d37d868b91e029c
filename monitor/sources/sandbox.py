"""Outside bytes, read where they can do no harm: small ones in a thread, the others in a child that may be killed.

A child (sandbox_child.py) is started at the first need and kept. A document that takes too much time or memory ends
it: the document is named a failure, the next one gets a new child.
"""

import asyncio
import io
import pickle
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import structlog

from monitor.errors import ParseError, ParseFailure
from monitor.models.articles import Extracted
from monitor.models.feeds import Feed, Fetched, ParsedFeed
from monitor.sources.children import module_path
from monitor.sources.feeds import parse
from monitor.sources.pages import article
from monitor.sources.sandbox_child import LENGTH

SMALL = 64 * 1024  # bytes read in a thread: the worst of that size takes a second and never the lock (decision 0012)
SECONDS = 20.0  # of a job, by the clock; its CPU seconds are bounded by the child itself
CHILDREN = 2
PATIENCE = 2.0  # seconds a job waits for the child at work before another one is started: most take hundredths
HEAVY = 1024 * 1024  # bytes; larger documents are read one after the other, so that one child at most grows large
IDLE = 60.0  # seconds without a job after which a child ends: at rest each would hold 17 MB, and a new one takes .3 s
_MOST_JOBS = 1_000  # of one child, then a new one: the libraries it reads with leak
_LARGEST_ANSWER = 24 * 1024 * 1024  # of eight megabytes in a charset of one byte a letter it is the double

_HEAVY = "слишком тяжёлый документ: чтение заняло больше времени или памяти, чем можно"
_COMMAND = "from monitor.sources.sandbox_child import main; main()"
_ANSWERS = {
    "monitor.models.feeds": {"ParsedFeed", "Entry"},
    "monitor.models.articles": {"Extracted"},
    "datetime": {"datetime", "timedelta", "timezone"},
    "copyreg": {"_reconstructor"},
}

log = structlog.get_logger()


class TooHeavy(Exception):
    """The child ended before its answer: the document took too much time or memory."""


@dataclass(slots=True)
class _Child:
    process: asyncio.subprocess.Process
    jobs: int = 0


class Sandbox:
    """Parses and extracts without ever holding up the event loop. An async context manager; one for the process."""

    def __init__(self, *, small: int = SMALL, seconds: float = SECONDS) -> None:
        """`small`: up to how many bytes a document is read in a thread; `seconds`: the longest job of a child."""
        self._small, self._seconds = small, seconds
        self._slots, self._heavy = asyncio.Semaphore(CHILDREN), asyncio.Semaphore(1)
        self._idle: list[_Child] = []  # the last one used is used first, so that those too many are left alone
        self._at_work, self._freed = 0, asyncio.Event()
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        for child in self._idle:
            await _end(child)
        self._idle.clear()
        await asyncio.gather(*self._ending)

    async def parse(self, feed: Feed, fetched: Fetched, *, now: datetime, since: datetime | None = None) -> ParsedFeed:
        """What `feeds.parse` makes of a body, in a thread or in a child. Raises ParseError, TOO_HEAVY included."""
        if len(fetched.body) <= self._small:
            return await asyncio.to_thread(parse.parse, feed, fetched, now=now, since=since)
        try:
            answer = await self._ask("parse", feed, fetched, now=now, since=since, size=len(fetched.body))
        except TooHeavy as error:
            raise ParseError(_HEAVY, feed=feed.name, kind=ParseFailure.TOO_HEAVY) from error
        if isinstance(answer, ParsedFeed):
            return answer
        kind, message = answer
        raise ParseError(message, feed=feed.name, kind=ParseFailure(kind))

    async def extract(self, fetched: Fetched, **options: Any) -> Extracted:
        """What `article.extract` makes of a page (`options` are its other arguments).

        The problem may be its weight or a mistake of ours, which costs this page and not the whole feed.
        """
        options |= {"content_type": fetched.content_type, "url": fetched.url}
        try:
            if len(fetched.body) <= self._small:
                return await asyncio.to_thread(article.extract, fetched.body, **options)
            answer = await self._ask("extract", fetched.body, **options, size=len(fetched.body))
        except TooHeavy:
            return Extracted(text="", problem=f"страница не прочитана: {_HEAVY}")
        except Exception:
            log.exception("a page tripped over a mistake of ours", action="extract", url=fetched.url)
            return Extracted(text="", problem="страница не прочитана: внутренняя ошибка; подробности в журнале")
        assert isinstance(answer, Extracted)
        return answer

    async def _ask(self, name: str, *args: object, size: int, **options: object) -> Any:
        """One job of a child. Raises TooHeavy; the child is gone then, as it is after a cancelled job.

        A mistake of ours is a RuntimeError.
        """
        async with self._heavy if size > HEAVY else nullcontext(), self._slots:
            job = await asyncio.to_thread(pickle.dumps, (name, args, options), pickle.HIGHEST_PROTOCOL)
            async with self._child() as child:
                try:
                    async with asyncio.timeout(self._seconds):
                        message = await _converse(child, job)
                    is_well, answer = await asyncio.to_thread(_loaded, message)
                except (TimeoutError, asyncio.IncompleteReadError, OSError, pickle.UnpicklingError) as error:
                    raise TooHeavy from error
        if not is_well:
            raise RuntimeError(answer)
        return answer

    @asynccontextmanager
    async def _child(self) -> AsyncIterator[_Child]:
        """One for a job: another is started, of 15 MB, only when the one at work is not done with its job soon."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._at_work and not self._idle:  # another job may be quicker to take the one that is freed
                    self._freed.clear()
                    await self._freed.wait()
        self._at_work += 1
        try:
            child = self._idle.pop() if self._idle else await _start()
            may_go_on = False
            try:
                yield child
                may_go_on = child.jobs < _MOST_JOBS
            finally:
                if may_go_on:
                    self._idle.append(child)
                    asyncio.get_running_loop().call_later(IDLE, self._end_if_idle, child, child.jobs)
                else:
                    await _end(child)
        finally:
            self._at_work -= 1
            self._freed.set()

    def _end_if_idle(self, child: _Child, jobs: int) -> None:
        """End a child that has had no further job."""
        if child in self._idle and child.jobs == jobs:
            self._idle.remove(child)
            ending = asyncio.create_task(_end(child))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)


async def _start() -> _Child:
    """A new interpreter, not a fork of ours; of our environment it gets no more than where modules stand."""
    pipe = asyncio.subprocess.PIPE
    return _Child(
        await asyncio.create_subprocess_exec(sys.executable, "-c", _COMMAND, stdin=pipe, stdout=pipe, env=module_path())
    )


async def _end(child: _Child) -> None:
    with suppress(ProcessLookupError):
        child.process.kill()
    await child.process.communicate()


async def _converse(child: _Child, job: bytes) -> bytes:
    jobs, answers = child.process.stdin, child.process.stdout
    assert jobs is not None
    assert answers is not None
    child.jobs += 1
    try:
        jobs.write(LENGTH.pack(len(job)))
        jobs.write(job)
    except RuntimeError as error:  # uvloop's, of a pipe whose reader is known to be gone
        raise BrokenPipeError from error
    await jobs.drain()
    (length,) = LENGTH.unpack(await answers.readexactly(LENGTH.size))
    if length > _LARGEST_ANSWER:
        raise OSError("the child answers without end")
    return await answers.readexactly(length)


class _Answer(pickle.Unpickler):
    """Loads the values that a child answers with and nothing else: it has read hostile bytes."""

    def find_class(self, module: str, name: str) -> Any:
        """The class, if answers may hold it. Raises UnpicklingError."""
        if name not in _ANSWERS.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is no answer")
        return super().find_class(module, name)


def _loaded(answer: bytes) -> Any:
    return _Answer(io.BytesIO(answer)).load()
