"""Told to stop before it has begun: while its packages are loaded and its files are read. Real processes and signals.

The rules are a pipe that nobody writes to, so that the process stands at its beginning as long as a test wants.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness.monitor_process import Monitor, eventually

UNSHARE = ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "--pid", "--fork", "--kill-child"]
SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
TIMEOUT = 60.0


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    """One that cannot get beyond reading its rules."""
    rules = tmp_path / "rules.yaml"
    os.mkfifo(rules)
    monitor = Monitor(tmp_path, MONITOR_KEYWORDS=str(rules))
    monitor.write_feeds(Проба="http://127.0.0.1:9/rss")
    return monitor


@contextmanager
def started(monitor: Monitor, command: str, *, within: list[str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """The process, perhaps `within` the command of another; it is dead when the block ends."""
    arguments = [*(within or []), sys.executable, "-m", "monitor", command]
    with subprocess.Popen(arguments, cwd=monitor.folder, env=monitor.environment) as process:
        try:
            yield process
        finally:
            process.kill()


def minds_signals(pid: int) -> bool:
    """Whether the process has its handlers; that of SIGTERM is the last."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    caught = next(line for line in lines if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


@SIGNALS
def test_a_start_is_stopped_at_once_and_well(monitor: Monitor, number: signal.Signals) -> None:
    with started(monitor, "run") as process:
        eventually(lambda: minds_signals(process.pid), what="the handlers")
        process.send_signal(number)

        assert process.wait(TIMEOUT) == 0
    assert not monitor.database.exists()


@SIGNALS
def test_also_as_the_first_process_of_a_container(monitor: Monitor, number: signal.Signals) -> None:
    """To that one the kernel gives no signal that it does not handle."""
    if not shutil.which("unshare") or subprocess.run([*UNSHARE, "true"], check=False).returncode:
        pytest.skip("a PID namespace may not be made here")
    with started(monitor, "run", within=UNSHARE) as process:
        eventually(lambda: any(map(minds_signals, children(process.pid))), what="the handlers")
        os.kill(children(process.pid)[0], number)

        assert process.wait(TIMEOUT) == 0


def test_a_command_that_is_stopped_has_not_done_its_work(monitor: Monitor) -> None:
    with started(monitor, "check") as process, (monitor.folder / "keywords.yaml").open("wb"):
        process.terminate()  # a pipe is open for writing as soon as somebody reads: the command is at its work

        assert process.wait(TIMEOUT) == -signal.SIGTERM
