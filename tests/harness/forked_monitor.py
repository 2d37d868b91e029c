"""`monitor` forked from a process that has imported it: a process like any other, there in a moment.

Importing takes a second of CPU, and the system tests start hundreds. What differs from `python -m monitor` is only how
the process began; tests of that beginning ask for the real one (`Monitor.new_interpreter`).
"""

import atexit
import io
import multiprocessing
import os
import random  # noqa: TID251 - a fork must not have its parent's chance
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.harness.preloaded"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to run, where, and what stands for its standard files; `largest_file` is in bytes."""

    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    stdin: Path = Path(os.devnull)
    stdout: Path
    stderr: Path
    largest_file: int | None = None


class ForkedMonitor:
    """The process, with the part of `subprocess.Popen` that tests need."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._process = CONTEXT.Process(target=_run, args=(order,))
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code once it has ended. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(self._order.arguments, timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        """Nothing happens to one that has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)


def execute(order: Order) -> "subprocess.Popen[bytes]":
    """The same by a new interpreter."""
    limit = "unlimited" if order.largest_file is None else str(order.largest_file // 1024)
    limited = ["/bin/bash", "-c", f'ulimit -f {limit}; exec "$@"', "limited"]
    with order.stdin.open("rb") as stdin, order.stdout.open("ab") as stdout, order.stderr.open("ab") as stderr:
        return subprocess.Popen(
            [*limited, sys.executable, "-m", "monitor", *order.arguments],
            cwd=order.folder,
            env=dict(order.environment),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )


def _run(order: Order) -> None:
    """In the new process."""
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    time.tzset()
    random.seed()
    if order.largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.largest_file, order.largest_file))
    _redirect(order)
    sys.argv = ["monitor", *order.arguments]
    from monitor.__main__ import main  # noqa: PLC0415 - preloaded; only the child may run it

    try:
        main()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()


def _redirect(order: Order) -> None:
    """Standard files as Python opens them under the C locale."""
    sys.stdout.flush()
    sys.stderr.flush()
    ways = ((order.stdin, os.O_RDONLY), (order.stdout, _WRITTEN), (order.stderr, _WRITTEN))
    for number, (path, how) in enumerate(ways):
        opened = os.open(path, how, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), encoding="utf-8", errors="surrogateescape")
    sys.stdout = io.TextIOWrapper(_buffered(1), encoding="utf-8", errors="surrogateescape")
    sys.stderr = io.TextIOWrapper(_buffered(2), encoding="utf-8", errors="backslashreplace", line_buffering=True)


_WRITTEN = os.O_WRONLY | os.O_CREAT | os.O_APPEND


def _buffered(number: int) -> io.BufferedWriter:
    return io.BufferedWriter(io.FileIO(number, "w", closefd=False))
