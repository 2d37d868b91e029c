"""The end of a process that is alive but stuck. Whoever restarts it (Docker, systemd) does the rest; nothing is lost.

The alarm clock is faulthandler's: it needs neither the event loop nor the interpreter's lock, so it goes off even
when a C library or a regular expression holds that lock for ever. It writes where every thread stands, file and line
only, and leaves at once.
"""

import faulthandler
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TextIO

PATIENCE = 120.0  # seconds a job may take to end a round
REARMED = 24  # the alarm is set anew so many times in that: it costs a thread, so not at every round


class Watchdog:
    """Ends the process (exit code 1) unless every one of `jobs` ends a round within `patience` seconds, for ever."""

    def __init__(self, jobs: Collection[str], *, patience: float = PATIENCE, stream: TextIO | None = None) -> None:
        self._jobs, self._patience, self._stream = frozenset(jobs), patience, stream or sys.stderr
        self._seen: set[str] = set()
        self._armed_at = 0.0
        self._is_watching = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch until the block ends."""
        self._is_watching = True
        self._arm()
        try:
            yield
        finally:
            self._is_watching = False
            faulthandler.cancel_dump_traceback_later()

    def record_round(self, job: str) -> None:
        """A round of this job has ended, well or not: a database that refuses is no reason to die."""
        self._seen.add(job)
        is_old = time.monotonic() - self._armed_at >= self._patience / REARMED
        if self._is_watching and self._seen >= self._jobs and is_old:
            self._arm()

    def _arm(self) -> None:
        self._seen.clear()
        self._armed_at = time.monotonic()
        faulthandler.dump_traceback_later(self._patience, exit=True, file=self._stream)
