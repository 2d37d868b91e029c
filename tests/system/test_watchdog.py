"""A stuck process ends by itself, whatever it is stuck in."""

import subprocess
import sys

import pytest

from tests.harness.monitor_process import PATIENCE, ROOT

PROGRAM = """
import sys, time
from monitor.health.watchdog import Watchdog
watchdog = Watchdog(("poll", "dispatch"), patience=2.5)
with watchdog.watching():
    {work}
print("done", flush=True)
"""
WELL = "for _ in range(40): watchdog.record_round('poll'); watchdog.record_round('dispatch'); time.sleep(0.1)"
HALF = "for _ in range(300): watchdog.record_round('poll'); time.sleep(0.1)"
ASLEEP = "time.sleep(30)"
LOCKED = "import re; re.match('(a+)+$', 'a' * 60 + 'b')"  # holds the interpreter's lock: no Python thread runs


def run(work: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(work=work)],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


def test_a_process_whose_jobs_come_round_lives() -> None:
    ended = run(WELL)

    assert (ended.returncode, ended.stdout) == (0, "done\n")


@pytest.mark.parametrize("work", [ASLEEP, HALF, LOCKED], ids=["asleep", "one job of two", "the lock held"])
def test_a_stuck_process_prints_its_stack_and_ends(work: str) -> None:
    ended = run(work)

    assert ended.returncode == 1
    assert "done" not in ended.stdout
    assert "Timeout" in ended.stderr
    assert "most recent call first" in ended.stderr


def test_when_it_no_longer_watches_nothing_happens() -> None:
    ended = run("pass\ntime.sleep(3.5)")

    assert ended.returncode == 0
