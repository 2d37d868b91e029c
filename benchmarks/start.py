"""What a start costs, and what the daemon holds: `python benchmarks/start.py [--against FOLDER] [--turns 5]`.

Real processes on a migrated database, the project's own two files, a live monitor with a stand-in for Telegram. CPU
seconds are of the process and its children, the least of all turns (other work on the machine only adds); of `run` up
to its first GET. MB are the peak of a command, and of the daemon PSS with its children: the most in its first sweep,
and what is left two minutes after the start. Bytecode is compiled beforehand, as in the image. `--against` measures the
tree of another version in turns with ours. `of goal` is what counts: above 1 a goal is missed; seconds of another
machine are others, what `--against` prints beside them are not.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.soak import environment, write_feeds
from benchmarks.sweeps.measured import proportional_mb, spent
from benchmarks.sweeps.processes import running
from tests.samples.news import feed_of, relevant
from tests.servers.bot_api import BotApi
from tests.servers.web import WebServer

NEWSWIRE = ROOT / "benchmarks" / "sweeps" / "newswire.py"
FEEDS = 100
SETTLE = 130.0  # seconds after the start until what nobody needs was let go
LOOK = 0.2  # seconds between two looks at the memory of a sweep
FIRST_GET, SWEEP, REST = "run to its first GET", "run, in its first sweep", "run, at rest"
GOALS = {
    "--help": (0.3, 40),
    "health": (0.4, 0),
    "check": (1.0, 0),
    FIRST_GET: (1.5, 0),
    SWEEP: (0, 140),
    REST: (0, 110),
}
"""CPU seconds and MB; 0: none is set."""


class Cost(NamedTuple):
    """CPU seconds and MB; 0 of what was not measured."""

    cpu: float
    mb: float


class Installation:
    """One version of the monitor, with a folder and a database of its own."""

    def __init__(self, code: Path, folder: Path, bot: BotApi) -> None:
        folder.mkdir()
        self.folder = folder
        self.environment = environment(folder, bot) | {
            "PYTHONPATH": str(code),
            "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
            "MONITOR_KEYWORDS": str(code / "keywords.yaml"),
        }
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def call(self, *arguments: str) -> Cost:
        """One command, to its end."""
        process = self._begin(*arguments)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)

    def to_first_get(self, web: WebServer) -> Cost:
        """The daemon of one feed, until it asks for it."""
        url = feed_of(web, "/rss", [relevant(1)[0]])
        feed = f"feeds:\n  - {{name: Проба, kind: rss, lang: ru, url: '{url}'}}\n"
        (self.folder / "feeds.yaml").write_text(feed, encoding="utf-8")
        self._empty_database()
        with web.hold("/rss") as hold, self._daemon() as pid:
            hold.wait_arrived()
            return Cost(spent(pid), sum(proportional_mb(pid)))

    def sweep_and_rest(self, port: int) -> tuple[Cost, Cost]:
        """The daemon of many feeds: the most it holds, and what it holds when nothing is left to do."""
        write_feeds(self.folder / "feeds.yaml", FEEDS, port, every="30m")
        self._empty_database()
        most, until = 0.0, time.monotonic() + SETTLE
        with self._daemon() as pid:
            while time.monotonic() < until:
                time.sleep(LOOK)
                most = max(most, sum(proportional_mb(pid)))
            return Cost(0, most), Cost(0, sum(proportional_mb(pid)))

    def _empty_database(self) -> None:
        for file in self.folder.glob("monitor.db*"):
            file.unlink()
        self.call("migrate")

    def _begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / "log").open("ab")
        command = (sys.executable, "-m", "monitor", *arguments)
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)

    @contextmanager
    def _daemon(self) -> Iterator[int]:
        """The number of `monitor run`, which works while the block lasts."""
        process = self._begin("run")
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)


def one_turn(installed: Installation, web: WebServer, found: dict[str, Cost]) -> None:
    """Measure every start once; the least of all turns is kept."""
    costs = {command: installed.call(command) for command in ("--help", "health", "check")}
    costs[FIRST_GET] = installed.to_first_get(web)
    for name, cost in costs.items():
        known = found.get(name, cost)
        found[name] = Cost(min(cost.cpu, known.cpu), min(cost.mb, known.mb))


def show(found: Mapping[str, Mapping[str, Cost]]) -> None:
    """A row for each thing measured, ours first."""
    print(f"{'of goal':>8} {'CPU-s':>7} {'goal':>5} {'MB':>6} {'goal':>5}  what")
    for name, (seconds, mb) in GOALS.items():
        for whose, costs in found.items():
            if cost := costs.get(name):
                of_goal = max(cost.cpu / seconds if seconds else 0, cost.mb / mb if mb else 0)
                cpu, memory = f"{cost.cpu:>7.2f} {seconds or '':>5}", f"{cost.mb:>6.0f} {mb or '':>5}"
                print(f"{of_goal:>8.2f} {cpu} {memory}  {name}{whose}")


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--against", type=Path, help="the folder of another version")
    options.add_argument("--turns", type=int, default=5)
    options.add_argument("--no-memory", action="store_true", help="starts only: the daemon at rest takes two minutes")
    given = options.parse_args()
    trees = {"": ROOT} | ({" (before)": given.against.resolve()} if given.against else {})
    found: dict[str, dict[str, Cost]] = {whose: {} for whose in trees}
    with ExitStack() as stack:
        folder, bot = Path(stack.enter_context(tempfile.TemporaryDirectory())), stack.enter_context(BotApi())
        web = stack.enter_context(WebServer())
        farm = stack.enter_context(running(sys.executable, str(NEWSWIRE), "3", "100"))
        assert farm.stdout
        port = int(farm.stdout.readline())
        installed = {whose: Installation(code, folder / f"tree{whose}", bot) for whose, code in trees.items()}
        for turn in range(given.turns + 1):
            for whose, monitor in installed.items():
                one_turn(monitor, web, found[whose] if turn else {})  # the first compiles
        for whose, monitor in () if given.no_memory else installed.items():
            found[whose][SWEEP], found[whose][REST] = monitor.sweep_and_rest(port)
    show(found)


if __name__ == "__main__":
    main()
