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

PATIENCE = 120.0  # seconds a job may take to come round
WIND = 5.0  # seconds; winding up costs a thread, so not at every round


class Watchdog:
    """Ends the process (exit code 1) unless every one of `jobs` keeps coming round."""

    def __init__(self, jobs: Collection[str], *, patience: float = PATIENCE, stream: TextIO | None = None) -> None:
        self._jobs, self._patience, self._stream = frozenset(jobs), patience, stream or sys.stderr
        self._seen: set[str] = set()
        self._wound_at = 0.0
        self._on_duty = False

    @contextmanager
    def on_duty(self) -> Iterator[None]:
        """Watch until the block ends."""
        self._on_duty = True
        self._wind()
        try:
            yield
        finally:
            self._on_duty = False
            faulthandler.cancel_dump_traceback_later()

    def came_round(self, job: str) -> None:
        """A round of this job has ended, well or not: a database that refuses is no reason to die."""
        self._seen.add(job)
        if self._on_duty and self._seen >= self._jobs and time.monotonic() - self._wound_at >= WIND:
            self._wind()

    def _wind(self) -> None:
        self._seen.clear()
        self._wound_at = time.monotonic()
        faulthandler.dump_traceback_later(self._patience, exit=True, file=self._stream)
