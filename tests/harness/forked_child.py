"""The child of monitor/edits/child_process.py, forked from a process that has imported what it works with.

A process of its own over pipes, as the real one; what differs is how it began, which costs half a second of CPU. Tests
of that beginning and of its end start the real one.
"""

import io
import os
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from tests.harness.forked_monitor import CONTEXT


class ForkedChild:
    """The process, with the part of `subprocess.Popen` that its parent needs."""

    def __init__(self) -> None:
        (asked, asking), (answers, answering) = Pipe(duplex=False), Pipe(duplex=False)
        self._process = CONTEXT.Process(target=_run, args=(asked, answering))
        self._process.start()
        asked.close()
        answering.close()
        self.stdin, self.stdout = os.fdopen(os.dup(asking.fileno()), "wb"), os.fdopen(os.dup(answers.fileno()), "rb")

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def communicate(self) -> None:
        """Wait for its end."""
        self._process.join()
        self.stdin.close()
        self.stdout.close()


def _run(asked: Connection, answering: Connection) -> None:
    """In the new process."""
    os.dup2(asked.fileno(), 0)
    os.dup2(answering.fileno(), 1)
    opened = io.TextIOWrapper(os.fdopen(0, "rb")), io.TextIOWrapper(os.fdopen(1, "wb"))
    sys.stdin, sys.stdout = opened  # and kept here: who listens puts others in their places
    from monitor.edits.child import main  # noqa: PLC0415 - preloaded; only the child may run it

    main()
